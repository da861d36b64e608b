/** Models and tokenizers through transformers.js: from a prepared directory, or from the hub by name. */
import path from 'node:path';
import { AutoModelForCausalLM, AutoTokenizer, env, type PreTrainedModel, type PreTrainedTokenizer } from '@xenova/transformers';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import type { Ends, TextCodec } from '../decoding/language-model';
import { installHint, type Device } from '../runtime/devices';

export interface Pretrained {
  /** A directory, or a name on the hub. */
  reference: string;
  local: boolean;
  /** Where the hub's files are kept. */
  cache: string;
}

/** @throws MODEL_INVALID for a directory, MODEL_UNAVAILABLE for a name */
export function openTokenizer(pretrained: Pretrained): Promise<PreTrainedTokenizer> {
  return open(pretrained, (name, local) => AutoTokenizer.from_pretrained(name, { local_files_only: local }));
}

/** @throws MODEL_INVALID for a directory, MODEL_UNAVAILABLE for a name, DEVICE_UNAVAILABLE where the device does not take it */
export function openModel(pretrained: Pretrained, device: Device): Promise<PreTrainedModel> {
  return open(pretrained, (name, local) => AutoModelForCausalLM.from_pretrained(name, { local_files_only: local, dtype: 'fp32', device }), device);
}

export function textCodec(tokenizer: PreTrainedTokenizer): TextCodec {
  return {
    specials: new Set((tokenizer.all_special_ids ?? []).map(Number)),
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }),
    decodeToken: (id) => tokenizer.decode([id], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
  };
}

/** @param named by the model's configuration; where it names none, the tokenizer does */
export function endsOf([first, ...others]: readonly number[], tokenizer: PreTrainedTokenizer): Ends {
  return [first ?? tokenizer.eos_token_id ?? 0, ...others];
}

async function open<T>({ reference, local, cache }: Pretrained, load: (name: string, local: boolean) => Promise<T>, device: Device = 'cpu'): Promise<T> {
  env.allowRemoteModels = !local;
  env.cacheDir = path.join(cache, 'hub');
  if (local) env.localModelPath = `${path.dirname(reference)}${path.sep}`;
  try {
    return await load(local ? path.basename(reference) : reference, local);
  } catch (cause) {
    if (isAdloomError(cause)) throw cause;
    if (device !== 'cpu') throw new AdloomError('DEVICE_UNAVAILABLE', `The device ${device} did not take the model ${reference}: ${messageOf(cause)}`, { field: 'ENGINE_DEVICE', hint: installHint(device), cause });
    throw new AdloomError(local ? 'MODEL_INVALID' : 'MODEL_UNAVAILABLE', `The model ${reference} could not be loaded: ${messageOf(cause)}`, {
      hint: local ? 'Check that the directory holds config.json, tokenizer.json and model.safetensors of one model.' : 'Check the name and the network, or give a directory.',
      cause,
    });
  }
}
