import path from 'node:path';
import { AdloomError } from '../../base/errors';
import type { ParameterSpec, Weights } from '../gpt2/parameters';
import { readSafetensors } from '../weights/safetensors';

/** The weights of a part beside GPT-2, which ranker.json says that there is. @throws MODEL_INVALID where they do not fit it */
export async function readRankerPart(directory: string, file: string, parameters: readonly ParameterSpec[]): Promise<Weights> {
  const { tensors } = await readSafetensors(path.join(directory, file));
  const part: Weights = new Map();
  for (const { name, shape } of parameters) {
    const tensor = tensors.get(name);
    if (!tensor || !(tensor.data instanceof Float32Array) || tensor.shape.join() !== shape.join()) {
      throw new AdloomError('MODEL_INVALID', `${file} must hold ${name} of shape [${shape.join(', ')}]; it holds ${tensor ? `[${tensor.shape.join(', ')}]` : 'none'}.`, {
        field: file,
        hint: `${file} and ranker.json do not belong together.`,
      });
    }
    part.set(name, { shape, data: tensor.data });
  }
  return part;
}
