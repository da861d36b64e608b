/** `adloom eval`: the click classifier beside its yardstick, on the test split. */
import { AdloomError } from '../../base/errors';
import type { Device } from '../../ml/runtime/devices';
import { openScorer } from '../../ml/serve/open-scorer';
import { copyJudgements, headlineCases, titleCases } from './ctr-cases';
import { inSplit, readCtrSources, type CopyFolders } from './ctr-data';
import { baselineHeadlines, baselineTitles } from './evaluate-baseline';
import { evaluateCtr, type CtrFigures, type HeadlineFigures } from './evaluate-ctr';
import { readGames } from './sources';

export interface EvaluationReport {
  model: { id: string; directory: string; parameters: number };
  ours: CtrFigures;
  baseline: { headlines: HeadlineFigures; titlesAuc: number; copyAuc: number };
}

export interface EvalArguments {
  /** Folder of the data sets. */
  data: string;
  /** Folders of the project's own copy and titles, where they are elsewhere. */
  copy?: CopyFolders;
  /** Directory of the ranker. */
  model: string;
  threads?: number;
  /** What the ranker runs on; the cpu when absent. */
  device?: Device;
}

/** @throws CANCELLED when the signal aborts */
export async function runEvaluation(args: EvalArguments, { note, signal }: { note: (text: string) => void; signal?: AbortSignal }): Promise<EvaluationReport> {
  const stopIfAborted = (): void => {
    if (signal?.aborted) throw new AdloomError('CANCELLED', 'The evaluation was interrupted.');
  };
  const sources = await readCtrSources(args.data, args.copy);
  const test = inSplit(sources, 'test');
  note(`${test.upworthy.length} arms of headline tests, ${test.people.length} people held out`);
  stopIfAborted();
  const scorer = await openScorer(args.model, { threads: args.threads, device: args.device });
  try {
    const ours = await evaluateCtr(scorer, test, sources.people, { signal });
    stopIfAborted();
    note('the yardstick: TF-IDF and ridge on the training split');
    const { titles } = await readGames(args.data);
    const copy = copyJudgements(test.copy);
    const cases = titleCases(test.people.filter((p) => p.history.length > 0), sources.people, 17);
    return {
      model: { id: scorer.identity.id, directory: args.model, parameters: scorer.identity.parameters },
      ours,
      baseline: {
        headlines: baselineHeadlines(inSplit(sources, 'training').upworthy, headlineCases(test.upworthy)),
        titlesAuc: baselineTitles(titles, cases),
        copyAuc: baselineTitles(copy.map((c) => c.text), copy),
      },
    };
  } finally {
    await scorer.close();
  }
}

/** The report as lines of a table for people. */
export function evaluationTable({ model, ours, baseline }: EvaluationReport): string[] {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const row = (name: string, a: string, b: string, difference = ''): string => `${name.padEnd(44)}${a.padStart(10)}${b.padStart(14)}${difference.padStart(10)}`;
  const points = (a: number, b: number): string => `${a >= b ? '+' : ''}${((a - b) * 100).toFixed(1)}`;
  const h = ours.headlines;
  const { titles: t, copy: c } = ours;
  return [
    `model ${model.id} (${model.parameters.toLocaleString('en')} weights) on the test split`,
    row('', 'model', 'TF-IDF+ridge', 'points'),
    row(`headline pairs, all (${h.pairs})`, percent(h.all), percent(baseline.headlines.all), points(h.all, baseline.headlines.all)),
    row(`headline pairs, p < 0.05 (${h.pairs05})`, percent(h.p05), percent(baseline.headlines.p05), points(h.p05, baseline.headlines.p05)),
    row('headline pairs, p < 0.01', percent(h.p01), percent(baseline.headlines.p01), points(h.p01, baseline.headlines.p01)),
    row(`titles, per-person AUC (${t.people} people)`, t.auc.toFixed(3), baseline.titlesAuc.toFixed(3), points(t.auc, baseline.titlesAuc)),
    row('titles, profiles dealt to other people', t.shuffledAuc.toFixed(3), ''),
    row('titles, no profile at all', t.profileFreeAuc.toFixed(3), ''),
    row(`copy for one's interests among ten (${c.cases} cases)`, c.auc.toFixed(3), baseline.copyAuc.toFixed(3), points(c.auc, baseline.copyAuc)),
    row('headlines: log loss / ECE / predicted:observed', h.logLoss.toFixed(4), h.ece.toFixed(4), h.predictedOverObserved.toFixed(3)),
    row('titles: log loss / ECE / predicted:observed', t.logLoss.toFixed(4), t.ece.toFixed(4), t.predictedOverObserved.toFixed(3)),
  ];
}
