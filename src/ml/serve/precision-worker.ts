/** The worker thread behind `judge-precision.ts`. */
import { workerData } from 'node:worker_threads';
import { applyPlatt } from '../metrics/platt';
import { gateFigures, marginOf, type GateFigures, type GroupScores } from '../precision/gate';
import { BUILDS } from '../precision/builds';
import type { Precision } from '../precision/precision-for';
import type { PrecisionReport } from '../precision/report';
import { serveWorker } from '../runtime/rpc';
import { observeRanges, rewritingOf } from './precision-builds';
import { readRankerDirectory } from './ranker-directory';
import { ScorerEngine, type TextGroup } from './scorer-engine';

export interface PrecisionWorkerData {
  directory: string;
  threads?: number;
}

export interface JudgeCall {
  /** Names the groups. */
  set: string;
  /** Ranges and margins come from these, figures from those. */
  fit: readonly TextGroup[];
  judge: readonly TextGroup[];
}

export interface JudgeReply {
  report: PrecisionReport;
}

serveWorker<object, JudgeCall, JudgeReply>(async () => {
  const { directory, threads } = workerData as PrecisionWorkerData;
  const ranker = await readRankerDirectory(directory);
  const { withPrefix, withoutPrefix } = ranker.calibration;

  const scoresOf = async (engine: ScorerEngine, groups: readonly TextGroup[], cancelled: () => boolean): Promise<Float32Array[] | undefined> => {
    const found: Float32Array[] = [];
    for (const group of groups) {
      const reply = await engine.score([group], cancelled);
      if (!reply) return undefined;
      found.push(reply.logits);
    }
    return found;
  };
  return {
    ready: {},
    async handle({ set, fit, judge }, cancelled) {
      const all = [...fit, ...judge];
      const ranges = await observeRanges(ranker, fit, { threads }, cancelled);
      if (!ranges) return undefined;
      const scored = async (precision: Precision): Promise<Float32Array[] | undefined> => {
        const engine = await ScorerEngine.open(ranker, { threads, rewrite: rewritingOf(precision, ranges) });
        try {
          return await scoresOf(engine, all, cancelled);
        } finally {
          await engine.release();
        }
      };
      const exact = await scored('fp32');
      if (!exact) return undefined;
      const builds: Record<string, GateFigures> = {};
      for (const precision of BUILDS) {
        const build = await scored(precision);
        if (!build) return undefined;
        const groups = all.map(({ prefix }, i): GroupScores => {
          const curve = prefix === '' ? withoutPrefix : withPrefix;
          return { exact: exact[i]!, build: build[i]!, probability: (logit) => applyPlatt(curve, logit) };
        });
        builds[precision] = gateFigures(groups.slice(fit.length), precision === 'int8' ? marginOf(groups.slice(0, fit.length)) : 0);
      }
      return { report: { model: ranker.id, set, builds, ranges } };
    },
  };
});
