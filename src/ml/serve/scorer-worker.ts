/** The worker thread behind `open-scorer.ts`. */
import { workerData } from 'node:worker_threads';
import { messageOf } from '../../base/errors';
import type { Device } from '../runtime/devices';
import { precisionFor, type AskedPrecision, type ChosenPrecision } from '../precision/precision-for';
import { serveWorker } from '../runtime/rpc';
import type { Calibration } from './calibration';
import { readPrecisionReport, rewritingOf } from './precision-builds';
import { readRankerDirectory } from './ranker-directory';
import type { AdapterCall, AdapterReply } from './scorer-adapters';
import type { TextLimits } from './score-parts';
import { ScorerEngine, type EngineReply, type TextGroup } from './scorer-engine';

export interface ScorerWorkerData {
  directory: string;
  threads?: number;
  precision?: AskedPrecision;
  /** Memory for adapters. */
  adapterBytes: number;
  device: Device;
  prefixCacheBytes?: number;
  deviceBufferBytes?: number;
}

export interface ScorerReady {
  id: string;
  parameters: number;
  /** `margin`: within how much of the best an 8-bit score must be run again; 0 where none must. */
  precision: ChosenPrecision & { margin: number };
  calibration: Calibration;
  limits: TextLimits;
}

export interface ScorerCall {
  groups: readonly TextGroup[];
}

export type ScorerReply = EngineReply;

serveWorker<ScorerReady, ScorerCall | AdapterCall, ScorerReply | AdapterReply>(async () => {
  const { directory, precision: asked, ...options } = workerData as ScorerWorkerData;
  const ranker = await readRankerDirectory(directory);
  const report = await readPrecisionReport(directory, ranker.id);
  const open = async (chosen: ChosenPrecision): Promise<{ engine: ScorerEngine; chosen: ChosenPrecision }> => {
    const ranges = 'missing' in report || chosen.used === 'fp32' ? new Map() : report.ranges;
    const engine = await ScorerEngine.openAdaptable(ranker, { ...options, rewrite: rewritingOf(chosen.used, ranges) });
    if (options.device === 'cpu' || chosen.used === 'fp32') return { engine, chosen };
    try {
      await engine.score([{ prefix: 'a', texts: ['b'] }], () => false);
      return { engine, chosen };
    } catch (error) {
      // Not every device has 16-bit floats, and it says so only when it runs.
      await engine.release();
      if (asked === chosen.used) throw error;
      return open({ used: 'fp32', why: `${options.device} does not run ${chosen.used}: ${messageOf(error)}` });
    }
  };
  const { engine, chosen } = await open(precisionFor(options.device, report, asked ?? 'fp32'));
  const figures = 'missing' in report || chosen.used === 'fp32' ? undefined : report.builds[chosen.used];
  return {
    ready: { id: ranker.id, parameters: ranker.parameters, precision: { ...chosen, margin: figures?.margin ?? 0 }, calibration: ranker.calibration, limits: { prefix: ranker.text.prefixLimit, text: ranker.text.textLimit } },
    handle: (call, cancelled) => ('groups' in call ? engine.score(call.groups, cancelled) : engine.adapters!.handle(call)),
  };
});
