/** A language model run by transformers.js: any architecture that the library knows. */
import { LogitsProcessor, LogitsProcessorList, Tensor, type PreTrainedModel, type PreTrainedTokenizer } from '@xenova/transformers';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import type { Continuation, LanguageModel } from '../decoding/language-model';
import type { Device } from '../runtime/devices';
import { distributionOf } from '../decoding/sampler';
import { endsOf, textCodec } from './open-pretrained';

/** Rows decoded together; more are done in turns. */
const BATCH = 16;

export function pipelineModel(of: { id: string; parameters: number; model: PreTrainedModel; tokenizer: PreTrainedTokenizer; device: Device }): LanguageModel {
  const { id, parameters, model, tokenizer, device } = of;
  const config = model.config as unknown as { vocab_size: number; eos_token_id?: number | number[]; n_positions?: number };
  const ends = endsOf([config.eos_token_id ?? []].flat(), tokenizer);
  return {
    id,
    parameters,
    vocabulary: config.vocab_size,
    positions: config.n_positions ?? 1024,
    ends,
    ...textCodec(tokenizer),
    async continueRows(continuation) {
      for (let from = 0; from < continuation.rows; from += BATCH) {
        if (continuation.cancelled()) return;
        await generate({ model, end: ends[0], device }, continuation, from, Math.min(BATCH, continuation.rows - from));
      }
    },
  };
}

/** The library runs the model and its cache, greedily: a processor leaves it one token per row, the one that was chosen. */
async function generate({ model, end, device }: { model: PreTrainedModel; end: number; device: Device }, { prompt, maxTokens, temperature, choose, cancelled }: Continuation, from: number, rows: number): Promise<void> {
  const dims = [rows, prompt.length];
  const flat = Array.from({ length: rows }, () => prompt).flat();
  const ended = new Set<number>();
  const next = (row: number, logits: Float32Array): number => {
    const token = ended.has(row) || cancelled() ? undefined : choose(from + row, distributionOf(logits, temperature));
    if (token === undefined) ended.add(row);
    return token ?? end;
  };
  const processors = new LogitsProcessorList();
  processors.push(new ChosenTokens(next));
  try {
    await model.generate({
      inputs: new Tensor('int64', BigInt64Array.from(flat, BigInt), dims),
      attention_mask: new Tensor('int64', new BigInt64Array(flat.length).fill(1n), dims),
      max_new_tokens: maxTokens,
      do_sample: false,
      eos_token_id: end,
      pad_token_id: end,
      logits_processor: processors,
    } as never);
  } catch (cause) {
    if (isAdloomError(cause)) throw cause;
    // A device may be lost at any time; whether it was that or the model, the cpu will tell.
    if (device !== 'cpu') throw new AdloomError('DEVICE_UNAVAILABLE', `The device ${device} failed while it ran: ${messageOf(cause)}`, { field: 'ENGINE_DEVICE', cause });
    throw new AdloomError('MODEL_INVALID', `The language model failed: ${messageOf(cause)}`, { cause });
  }
}

/** Hands every row's logits of a step to `choose`, which answers the token that must come next. */
class ChosenTokens extends LogitsProcessor {
  constructor(private readonly choose: (row: number, logits: Float32Array) => number) {
    super();
  }

  override _call(ids: bigint[][], logits: Tensor): Tensor {
    const V = logits.dims.at(-1)!;
    const data = logits.data as Float32Array;
    for (let row = 0; row < ids.length; row++) {
      const mine = data.subarray(row * V, (row + 1) * V);
      const token = this.choose(row, mine);
      mine.fill(-Infinity);
      mine[token] = 0;
    }
    return logits;
  }
}
