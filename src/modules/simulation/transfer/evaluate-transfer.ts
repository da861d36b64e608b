/** How much of what a vertical's log can teach the first outcomes teach already, where other verticals were there before. */
import { AdloomError } from '../../../base/errors';
import { createRng } from '../../../base/rng';
import { newAdapter, type Adapter } from '../../../ml/lora/adapter';
import { loraSites } from '../../../ml/lora/sites';
import { openScorer } from '../../../ml/serve/open-scorer';
import { readRankerDirectory, type LoadedRanker } from '../../../ml/serve/ranker-directory';
import { NO_LAYERS } from '../../training/adapter-recipe';
import { curvesOf } from '../../training/choice-curves';
import type { Choice } from '../../training/choices';
import { startLogits } from '../../training/fit-words';
import { learnWords, type WordsJob } from '../../training/learn-words';
import { TextFeatures } from '../../training/text-features';
import { readCopyCorpus } from '../../training/writer-documents';
import { createWorld, WORLD_VERTICALS, type WorldVertical } from '../world/world';
import { expectedAuc } from './expected-auc';
import { checkServing, type BaseLogits, type ServingCheck } from './check-serving';
import { verticalLog, type Judged, type LogSettings, type VerticalLog } from './vertical-log';

export interface TransferSettings extends LogSettings {
  /** Directory of the ranker, and of the copy corpus. */
  readonly model: string;
  readonly corpus: string;
  /** Sizes of the new vertical's log; all of it comes beside them. */
  readonly sizes: readonly number[];
  /** Shares of the taste that all verticals have in common, each a world of its own; the first is the one that tables show. */
  readonly shares: readonly number[];
  /** Draws of the tastes for every share. */
  readonly draws: number;
  /** The logs of the other verticals, which were there before. */
  readonly established: Pick<LogSettings, 'people' | 'texts' | 'shows' | 'pool'>;
  readonly threads?: number;
}

/** Expected per-person AUC of one vertical under one draw of tastes. */
export interface TransferRun {
  readonly vertical: WorldVertical;
  readonly shared: number;
  readonly draw: number;
  readonly choices: number;
  /** Different texts of its own log, and of all others' together. */
  readonly texts: readonly [own: number, others: number];
  readonly clicks: readonly number[];
  readonly base: number;
  readonly ceiling: number;
  /** What a run begins at: learnt of the other verticals together, to be carried to other copy. */
  readonly others: number;
  /** By size, all last: going on from the others' adapter, and from the base alone. */
  readonly warm: readonly number[];
  readonly cold: readonly number[];
  /** Largest loss of another vertical if it were served by this one's adapter of the largest listed size. */
  readonly misapplied: number;
}

export interface TransferReport {
  readonly model: string;
  readonly settings: TransferSettings;
  readonly runs: readonly TransferRun[];
  readonly serving: readonly ServingCheck[];
}

/** The size that the promise is about. */
export const PROMISED_SIZE = 1_000;

export async function evaluateTransfer(settings: TransferSettings, { note, signal }: { note: (text: string) => void; signal?: AbortSignal }): Promise<TransferReport> {
  const ranker = await readRankerDirectory(settings.model);
  const lines = await readCopyCorpus(settings.corpus);
  const worlds = settings.shares.flatMap((shared) => Array.from({ length: settings.draws }, (_, draw) => ({ shared, draw })));
  const logsOf = ({ shared, draw }: { shared: number; draw: number }): TransferLogs => {
    const world = createWorld({ seed: settings.seed, tasteSeed: settings.seed + draw, lines, today: new Date('2026-01-01T00:00:00Z'), shared });
    const all = (of: LogSettings): VerticalLog[] => WORLD_VERTICALS.map((vertical) => verticalLog(world, vertical, lines, of));
    return { logs: all(settings), established: all({ ...settings, ...settings.established, held: 0 }) };
  };
  const scorer = await openScorer(settings.model, { threads: settings.threads });
  try {
    // Tastes differ from world to world; people, histories and copy do not, and so the base says the same of all.
    const first = logsOf(worlds[0]!);
    const logits = await baseLogits([...first.logs, ...first.established], async (pairs, vertical) => {
      if (signal?.aborted) throw new AdloomError('CANCELLED', 'The evaluation was interrupted.');
      note(`${vertical}: the base scores ${pairs.length} texts`);
      return (await scorer.scoreMany(pairs, { signal })).map(({ logit }) => logit);
    });
    const nothing = newAdapter(loraSites(NO_LAYERS, ranker.shape.body!), createRng(settings.seed));
    const runs: TransferRun[] = [];
    const serving: ServingCheck[] = [];
    for (const at of worlds) {
      note(`tastes ${at.draw + 1} of ${settings.draws}, ${Math.round(at.shared * 100)} % in common`);
      const { logs, established } = logsOf(at);
      for (const log of logs) {
        if (signal?.aborted) throw new AdloomError('CANCELLED', 'The evaluation was interrupted.');
        const { run, promised } = transfer(ranker, nothing, log, { logs, established }, logits, settings);
        runs.push({ ...run, ...at });
        if (at === worlds[0]) serving.push(await checkServing(scorer, { ranker, log, logs, adapter: promised, logits }));
      }
    }
    return { model: ranker.id, settings, runs, serving };
  } finally {
    await scorer.close();
  }
}

/** Of each vertical the log of when it is new, and that of when it was there before. */
interface TransferLogs {
  readonly logs: readonly VerticalLog[];
  readonly established: readonly VerticalLog[];
}

async function baseLogits(logs: readonly VerticalLog[], score: (pairs: { prefix: string; text: string }[], vertical: string) => Promise<number[]>): Promise<BaseLogits> {
  const known = new Map<string, number>();
  const key = ({ profile, text }: { profile: string; text: string }): string => `${profile}\n${text}`;
  for (const { vertical, choices, judged } of logs) {
    const pairs = [...new Map([...choices, ...judged].map((item) => [key(item), { prefix: item.profile, text: item.text }])).values()].filter(({ prefix, text }) => !known.has(key({ profile: prefix, text })));
    const scores = await score(pairs, vertical);
    pairs.forEach(({ prefix, text }, i) => known.set(key({ profile: prefix, text }), scores[i]!));
  }
  return (item) => known.get(key(item))!;
}

function transfer(ranker: LoadedRanker, nothing: Adapter, log: VerticalLog, { logs, established }: TransferLogs, base: BaseLogits, { sizes }: TransferSettings): { run: Omit<TransferRun, 'shared' | 'draw'>; promised: Adapter } {
  const { vertical, choices, judged } = log;
  const features = new TextFeatures();
  const curves = curvesOf(ranker.calibration);
  const auc = (of: readonly Judged[], { words }: Adapter): number => {
    const scores = new Map(startLogits(of, of.map(base), { words, features }).map((logit, i) => [of[i]!, logit]));
    return expectedAuc(of, (item) => scores.get(item)!).mean;
  };
  const logOf = (choices: readonly Choice[]): WordsJob['logs'][number] => ({ choices, base: choices.map(base) });
  const learn = (training: readonly Choice[], start: Adapter): Adapter => ({ ...nothing, words: learnWords({ logs: [logOf(training)], curves, start: start.words }).words });
  const before = established.filter((each) => each.vertical !== vertical).map((each) => each.choices);
  const others: Adapter = { ...nothing, words: learnWords({ logs: before.map(logOf), curves, forOtherCopy: true }).words };
  const parts = [...sizes, choices.length].map((size) => choices.slice(0, size));
  const warm = parts.map((part) => learn(part, others));
  const promised = warm[Math.max(0, sizes.indexOf(PROMISED_SIZE))]!;
  const losses = logs.filter((each) => each.vertical !== vertical).map((each) => auc(each.judged, nothing) - auc(each.judged, promised));
  return {
    promised,
    run: {
      vertical, choices: choices.length, texts: [textsOf(choices), textsOf(before.flat())], clicks: parts.map((part) => part.filter(({ clicked }) => clicked).length),
      base: auc(judged, nothing), ceiling: expectedAuc(judged, ({ chance }) => chance).mean, others: auc(judged, others),
      warm: warm.map((adapter) => auc(judged, adapter)), cold: parts.map((part) => auc(judged, learn(part, nothing))),
      misapplied: Math.max(...losses),
    },
  };
}

function textsOf(choices: readonly Choice[]): number {
  return new Set(choices.map(({ text }) => text)).size;
}
