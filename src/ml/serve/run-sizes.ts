/** How work is cut for a device. */
import { BUCKETS } from '../gpt2/shared-prefix';
import type { Device } from '../runtime/devices';

export interface RunSizes {
  /** Lengths that candidates are padded to within attention. */
  readonly buckets: number;
  /** Tokens of one batch and of one part of a call, about. */
  readonly batchTokens: number;
  /** Tokens of one run of the model, about. */
  readonly runTokens: number;
}

/**
 * On a processor a token costs the same in a run of a hundred as in one of a thousand (75 to 100 microseconds of one core for the shipped
 * model), so that large batches gain nothing and make others wait; a run fills its matrix products and stays in cache.
 */
const PROCESSOR: RunSizes = { buckets: BUCKETS, batchTokens: 768, runTokens: 3_072 };
/**
 * A device is told of every operator of every run, whatever its size, so that runs are few and large: of GPT-2 124M 2 candidates take 9 ms,
 * 100 take 12, 400 take 29 (docs/evidence/gpu.md). Much larger ones gain little, keep others waiting and leave large buffers behind.
 */
const DEVICE: RunSizes = { buckets: 1, batchTokens: 4_096, runTokens: 4_096 };

export function runSizes(device: Device = 'cpu'): RunSizes {
  return device === 'cpu' ? PROCESSOR : DEVICE;
}
