import { AdloomError } from '../../base/errors';
import { BUILDS, type Build } from './builds';
import { objections } from './gate';
import type { PrecisionReport } from './report';

export type Precision = 'fp32' | Build;
export const PRECISIONS = ['auto', 'fp32', ...BUILDS] as const;
export type AskedPrecision = (typeof PRECISIONS)[number];

/** What `auto` tries on a device, in turn. */
const PREFERRED: Readonly<Record<string, readonly Build[]>> = { cpu: ['int8'], webgpu: ['w8a16', 'fp16'], cuda: ['fp16'] };

export interface ChosenPrecision {
  used: Precision;
  /** In one sentence, for the log of the start. */
  why: string;
}

/**
 * The build that a device runs: 8 bits on processors, 16 bits on graphics devices (by WebGPU with weights of 8 bits, where its matrix
 * units come in), where the gate lets them pass; else float32.
 * @param device cpu, webgpu or cuda
 * @param report figures of these very weights, or the reason why there are none
 * @throws CONFIG_INVALID where a build is asked for that the gate refuses or the device cannot run
 */
export function precisionFor(device: string, report: PrecisionReport | { missing: string }, asked: AskedPrecision = 'auto'): ChosenPrecision {
  if (asked === 'fp32') return { used: 'fp32', why: 'float32 was asked for' };
  const wanted = asked !== 'auto' ? [asked] : PREFERRED[device] ?? ['fp16'];
  let against: string | undefined;
  for (const build of wanted) {
    const objection = refusal(device, report, build);
    if (objection === undefined) {
      const { top1, ece } = (report as PrecisionReport).builds[build]!;
      return { used: build, why: `${build} kept ${(100 * top1).toFixed(1)} % of the winners, with probabilities within ${ece.toFixed(4)}` };
    }
    against ??= `${build} is not offered: ${objection}`;
  }
  if (asked === 'auto') return { used: 'fp32', why: against! };
  throw new AdloomError('CONFIG_INVALID', `The precision ${asked} was asked for, and the classifier cannot offer it: ${against!.replace(`${asked} is not offered: `, '')}.`, {
    field: 'precision',
    hint: 'Ask for auto or fp32, or judge the builds of these weights anew with adloom precision.',
  });
}

function refusal(device: string, report: PrecisionReport | { missing: string }, wanted: Build): string | undefined {
  if (wanted === 'int8' && device !== 'cpu') return `${device} runs 16-bit floats, not 8-bit whole numbers`;
  if ('missing' in report) return report.missing;
  const figures = report.builds[wanted];
  if (!figures) return `the report holds no figures of ${wanted}`;
  const found = objections(figures);
  return found.length > 0 ? found.join(', and ') : undefined;
}
