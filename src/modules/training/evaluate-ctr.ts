/** Judges a click classifier on the test split: who wins within headline tests, what a person takes next, and whether its probabilities hold. */
import { groupedAuc } from '../../ml/metrics/auc';
import { calibrationError } from '../../ml/metrics/ece';
import { logLoss } from '../../ml/metrics/log-loss';
import { pairAccuracy } from '../../ml/metrics/pair-accuracy';
import { predictedOverObserved } from '../../ml/metrics/predicted-over-observed';
import type { CallOptions, Scorer } from '../../ml/serve/types';
import { copyJudgements, headlineCases, shuffleProfiles, titleCases, type HeadlineCase, type TitleCase } from './ctr-cases';
import type { CtrSources } from './ctr-data';

export interface ProbabilityFigures {
  logLoss: number;
  ece: number;
  predictedOverObserved: number;
}

export interface HeadlineFigures {
  pairs: number;
  all: number;
  p05: number;
  pairs05: number;
  p01: number;
}

export interface CtrFigures {
  headlines: HeadlineFigures & ProbabilityFigures;
  copy: { cases: number; auc: number; standardError: number };
  titles: ProbabilityFigures & { people: number; auc: number; standardError: number; shuffledAuc: number; profileFreeAuc: number };
}

export async function evaluateCtr(scorer: Scorer, test: CtrSources, everyone: CtrSources['people'], options: CallOptions = {}): Promise<CtrFigures> {
  const headlines = headlineCases(test.upworthy);
  const scores = await scorer.scoreMany(headlines.map(({ text }) => ({ prefix: '', text })), options);
  const titles = titleCases(test.people.filter((p) => p.history.length > 0), everyone, 17);
  const personal = await scoreTitles(scorer, titles, options);
  const auc = groupedAuc(titles.map((c) => c.person), personal.map((s) => s.logit), titles.map((c) => c.label));
  const copy = copyJudgements(test.copy);
  const spoken = groupedAuc(copy.map((c) => c.person), (await scoreTitles(scorer, copy, options)).map((s) => s.logit), copy.map((c) => c.label));
  const aucOf = async (cases: TitleCase[]): Promise<number> =>
    groupedAuc(cases.map((c) => c.person), (await scoreTitles(scorer, cases, options)).map((s) => s.logit), cases.map((c) => c.label)).mean;
  return {
    headlines: {
      ...headlineFigures(headlines, scores.map((s) => s.logit)),
      ...probabilityFigures(scores.map((s) => s.probability), headlines.map((c) => c.clicks / c.impressions), headlines.map((c) => c.impressions)),
    },
    copy: { cases: spoken.groups, auc: spoken.mean, standardError: spoken.standardError },
    titles: {
      people: auc.groups,
      auc: auc.mean,
      standardError: auc.standardError,
      shuffledAuc: await aucOf(shuffleProfiles(titles, 3)),
      profileFreeAuc: await aucOf(titles.map((c) => ({ ...c, profile: '' }))),
      ...probabilityFigures(personal.map((s) => s.probability), titles.map((c) => c.label)),
    },
  };
}

function scoreTitles(scorer: Scorer, cases: readonly TitleCase[], options: CallOptions): Promise<{ logit: number; probability: number }[]> {
  return scorer.scoreMany(cases.map((c) => ({ prefix: c.profile, text: c.text })), options);
}

export function headlineFigures(cases: readonly HeadlineCase[], scores: readonly number[]): HeadlineFigures {
  const [all, p05, p01] = pairAccuracy(cases.map((c, i) => ({ group: c.group, score: scores[i]!, clicks: c.clicks, impressions: c.impressions })));
  return { pairs: all!.pairs, all: all!.accuracy, pairs05: p05!.pairs, p05: p05!.accuracy, p01: p01!.accuracy };
}

export function probabilityFigures(probabilities: number[], labels: number[], weights?: number[]): ProbabilityFigures {
  return {
    logLoss: logLoss(probabilities, labels, weights),
    ece: calibrationError(probabilities, labels, { weights }).ece,
    predictedOverObserved: predictedOverObserved(probabilities, labels, weights),
  };
}
