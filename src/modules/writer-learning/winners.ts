/** Which copy won, and by how much: what the writer is tuned on; and which did not. */
import { writerPrompt, type PromptParts } from '../../domain/copy/prompt';
import { fitOffsetDeviation } from '../../ml/bandit/policy/fit-offset-deviation';
import { logit, offsetPosterior, type Evidence } from '../../ml/bandit/policy/offset';
import { sigmoid } from '../../ml/metrics/samples';

/** A piece of copy as the writer would write it: what it was asked, and its text with slots. */
export interface CopyTemplate {
  readonly prompt: PromptParts;
  readonly text: string;
}

/** A creative that people saw. */
export interface JudgedCreative {
  readonly creativeId: string;
  readonly campaignId: string;
  readonly templates: readonly CopyTemplate[];
  readonly evidence: Evidence;
}

export interface Winner extends CopyTemplate {
  /** By how much, in log-odds, the copy surely beat what its campaign's copy does on average. */
  readonly lift: number;
}

/** The lines of a log, each once. */
export interface Contest {
  readonly winners: readonly Winner[];
  /** Lines that were shown and did not win: nothing is trained on them; a tuned writer must prefer winners to them. */
  readonly others: readonly CopyTemplate[];
}

/** Deviations below the posterior's mean that count: of a creative that is no better, one in ten gets past it. */
export const CAUTION = 1.28;
/** A campaign's own level is learnt from its creatives together; this wide a start leaves it to them. */
const CAMPAIGN_PRIOR = { mean: 0, deviation: 1 };

/**
 * The posterior of each creative's offset from its campaign's level, and of that the lower bound, which a lucky creative with few
 * impressions does not lift above 0. The level comes off first: a campaign that the classifier misjudges as a whole has no winners
 * for that. How far creatives differ at all is fitted on the log (empirical Bayes). A line that came in several creatives counts once,
 * at the highest lift.
 */
export function chooseWinners(judged: readonly JudgedCreative[]): Contest {
  const shown = judged.filter(({ evidence }) => evidence.impressions > 0);
  if (shown.length === 0) return { winners: [], others: [] };
  const sums = new Map<string, Evidence>();
  for (const { campaignId, evidence } of shown) sums.set(campaignId, plus(sums.get(campaignId), evidence));
  const levels = new Map([...sums].map(([campaignId, evidence]) => [campaignId, offsetPosterior(evidence, CAMPAIGN_PRIOR).mean]));
  const levelled = shown.map(({ campaignId, evidence }) => atLevel(evidence, levels.get(campaignId)!));
  const deviation = fitOffsetDeviation(levelled);
  const lines = new Map<string, Winner>();
  shown.forEach(({ templates }, i) => {
    const offset = offsetPosterior(levelled[i]!, { mean: 0, deviation });
    const lift = offset.mean - CAUTION * offset.deviation;
    for (const template of templates) {
      const key = writerPrompt(template.prompt) + template.text;
      if (lift > (lines.get(key)?.lift ?? -Infinity)) lines.set(key, { ...template, lift });
    }
  });
  // In the order of their texts: what follows depends on the log, not on how it was read.
  const sorted = [...lines].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  return { winners: sorted.filter(({ lift }) => lift > 0), others: sorted.filter(({ lift }) => lift <= 0).map(({ prompt, text }) => ({ prompt, text })) };
}

function plus(sum: Evidence = { impressions: 0, clicks: 0, expectedClicks: 0 }, more: Evidence): Evidence {
  return { impressions: sum.impressions + more.impressions, clicks: sum.clicks + more.clicks, expectedClicks: sum.expectedClicks + more.expectedClicks };
}

/** The same evidence with the model's expectation moved to the campaign's level. */
function atLevel(evidence: Evidence, level: number): Evidence {
  const { impressions, expectedClicks } = evidence;
  return { ...evidence, expectedClicks: impressions * sigmoid(logit(expectedClicks / impressions) + level) };
}
