import { AdloomError } from '../../base/errors';
import { objections } from './gate';
import type { PrecisionReport } from './report';

export type Precision = 'fp32' | 'fp16' | 'int8';
export const PRECISIONS = ['auto', 'fp32', 'int8', 'fp16'] as const;
export type AskedPrecision = (typeof PRECISIONS)[number];

export interface ChosenPrecision {
  used: Precision;
  /** In one sentence, for the log of the start. */
  why: string;
}

/**
 * The build that a device runs: 8 bits on processors, 16 bits on graphics devices, where the gate lets them pass; else float32.
 * @param device cpu, webgpu or cuda
 * @param report figures of these very weights, or the reason why there are none
 * @throws CONFIG_INVALID where a build is asked for that the gate refuses or the device cannot run
 */
export function precisionFor(device: string, report: PrecisionReport | { missing: string }, asked: AskedPrecision = 'auto'): ChosenPrecision {
  if (asked === 'fp32') return { used: 'fp32', why: 'float32 was asked for' };
  const wanted: Precision = asked !== 'auto' ? asked : device === 'cpu' ? 'int8' : 'fp16';
  const against = refusal(device, report, wanted);
  if (against === undefined) {
    const { top1, ece } = (report as PrecisionReport).builds[wanted as 'int8']!;
    return { used: wanted, why: `${wanted} kept ${(100 * top1).toFixed(1)} % of the winners, with probabilities within ${ece.toFixed(4)}` };
  }
  if (asked === 'auto') return { used: 'fp32', why: `${wanted} is not offered: ${against}` };
  throw new AdloomError('CONFIG_INVALID', `The precision ${asked} was asked for, and the classifier cannot offer it: ${against}.`, {
    field: 'precision',
    hint: 'Ask for auto or fp32, or judge the builds of these weights anew with adloom precision.',
  });
}

function refusal(device: string, report: PrecisionReport | { missing: string }, wanted: 'int8' | 'fp16' | 'fp32'): string | undefined {
  if (wanted === 'int8' && device !== 'cpu') return `${device} runs 16-bit floats, not 8-bit whole numbers`;
  if ('missing' in report) return report.missing;
  const figures = wanted === 'fp32' ? undefined : report.builds[wanted];
  if (!figures) return `the report holds no figures of ${wanted}`;
  const found = objections(figures);
  return found.length > 0 ? found.join(', and ') : undefined;
}
