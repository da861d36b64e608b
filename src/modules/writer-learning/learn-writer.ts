import { existsSync } from 'node:fs';
import path from 'node:path';
import { AdloomError } from '../../base/errors';
import { createRng } from '../../base/rng';
import { guardContextOf } from '../../domain/guard/check-copy';
import type { Campaign } from '../../domain/entities/campaign';
import type { ModelVersion } from '../../domain/entities/model-version';
import type { Verdict } from '../../domain/entities/training-run';
import { openGenerator } from '../../ml/serve/open-generator';
import type { LoopReport } from '../../ml/train/loop';
import type { Dependencies } from '../dependencies';
import { copyFacts, writtenVertical } from '../generation/copy-facts';
import { guardKnowledge, SHIPPED_CORPUS } from '../generation/guard-knowledge';
import { keptJson } from '../training/kept-json';
import { readCopyCorpus, type CopyLine } from '../training/writer-documents';
import { compareWriters, judgeWriter, type JudgingBrief, type WriterFigures } from './judge-writer';
import { readContest } from './read-contest';
import { trainWriterAdapter } from './train-writer-adapter';
import type { Contest } from './winners';

export interface LearnWriter {
  /** Of this run alone, inside the data directory: log, checkpoints, adapter and writer. Given again, the run goes on. */
  readonly directory: string;
  readonly seed: number;
  /** Departures from the recipe. */
  readonly epochs?: number;
  readonly rate?: number;
  readonly threads?: number;
  readonly report?: (report: LoopReport) => void;
  readonly signal?: AbortSignal;
}

export interface LearntWriter {
  /** A CANDIDATE; null where a verdict refused it. */
  readonly version: ModelVersion | null;
  readonly verdicts: readonly Verdict[];
  readonly before: WriterFigures;
  readonly after: WriterFigures;
  readonly winners: number;
  readonly fingerprint: string;
}

/** Headlines that old and new are judged by. */
const JUDGED = 200;
/** Interests that each campaign is written for while judging. */
const INTERESTS = 3;

/**
 * Tunes the live writer to the advertiser's own winners and judges what comes of it. Nothing serves it yet: a candidate writes where it
 * is asked to by name, and goes live by promotion.
 * @throws CONFLICT for too few winners or nothing learnt, MODEL_UNAVAILABLE, CANCELLED
 */
export async function learnWriter(deps: Dependencies, input: LearnWriter): Promise<LearntWriter> {
  const { directory, seed, epochs, rate, threads, signal } = input;
  return deps.writers.use(null, async ({ generator: old }) => {
    const base = old.identity.directory;
    if (!existsSync(path.join(base, 'model.safetensors'))) {
      throw new AdloomError('MODEL_UNAVAILABLE', `The writer ${old.identity.name} is no directory with model.safetensors: it cannot be tuned.`, { hint: 'Set ADLOOM_WRITER_MODEL to a directory in Hugging Face layout.' });
    }
    const { lexicon } = await guardKnowledge(base);
    // The log as the run first read it: one that goes on, or is repeated, learns from the same lines.
    const contest = await keptJson(path.join(directory, 'contest.json'), { make: () => readContest(deps, lexicon) });
    const corpus = existsSync(path.join(base, 'corpus')) ? path.join(base, 'corpus') : SHIPPED_CORPUS;
    const run = await trainWriterAdapter({
      base, corpus, contest, output: directory, checkpoints: path.join(directory, 'checkpoints'), seed, epochs, rate, threads, report: input.report ?? (() => undefined), signal,
    });
    const briefs = await judgingBriefs(deps, await readCopyCorpus(corpus), contest, seed);
    const order = { count: JUDGED, seed };
    const before = (await judgeWriter(old, briefs, order, signal)).figures;
    const tuned = await openGenerator(run.writer, { cache: path.join(directory, 'cache'), logger: deps.logger });
    try {
      const after = (await judgeWriter(tuned, briefs, order, signal)).figures;
      const verdicts = compareWriters(before, after);
      const figures = { winners: contest.winners.length, headlines: after.headlines, distinct: after.distinct, memorised: after.memorised, corpusLines: after.corpusLines, fluency: after.fluency };
      const version = verdicts.every(({ passed }) => passed) ? await candidate(deps, { tuned: tuned.identity, base: old.identity.id, run, figures }) : null;
      return { version, verdicts, before, after, winners: contest.winners.length, fingerprint: run.fingerprint };
    } finally {
      await tuned.close();
    }
  });
}

/** The campaigns that run, each written for interests of its vertical that no winner was written for. */
async function judgingBriefs(deps: Dependencies, corpus: readonly CopyLine[], { winners }: Contest, seed: number): Promise<JudgingBrief[]> {
  const { edges } = await deps.store.campaigns.page(deps.advertiserId, { statuses: ['ACTIVE', 'PAUSED', 'ENDED'] }, { first: 20 });
  const tuned = new Set(winners.flatMap(({ prompt }) => prompt.interests));
  return edges.flatMap(({ node: campaign }, turn) => {
    const vertical = writtenVertical(campaign.vertical);
    const known = [...new Set(corpus.filter((line) => line.vertical === vertical && line.interest !== '' && !tuned.has(line.interest)).map(({ interest }) => interest))];
    return createRng(seed + turn).shuffle(known).slice(0, INTERESTS).map((interest, i) => briefOf(campaign, interest, turn + i));
  });
}

function briefOf(campaign: Campaign, interest: string, turn: number): JudgingBrief {
  return {
    vertical: writtenVertical(campaign.vertical), tone: campaign.voice.tone, interest, facts: copyFacts(campaign.product, interest, turn),
    guard: guardContextOf(campaign, { strict: true, interest }),
  };
}

async function candidate(
  deps: Dependencies,
  made: { tuned: { id: string; directory: string; parameters: number }; base: string; run: { adapter: string; fingerprint: string }; figures: Readonly<Record<string, number>> },
): Promise<ModelVersion> {
  const now = deps.clock.now();
  const { id, directory, parameters } = made.tuned;
  return deps.store.modelVersions.register({
    id: deps.ids.next(), advertiserId: deps.advertiserId, kind: 'WRITER', vertical: null, name: `writer-${made.run.fingerprint.slice(0, 8)}`, contentHash: id,
    directory, base: made.base, adapter: path.join(path.basename(path.dirname(made.run.adapter)), path.basename(made.run.adapter)), parameters, dataFingerprint: made.run.fingerprint, metrics: made.figures,
    erasedPeople: 0, stage: 'CANDIDATE', createdAt: now, updatedAt: now,
  });
}
