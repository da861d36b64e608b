import { isAdloomError } from '../../base/errors';
import type { Vertical } from '../../domain/entities/campaign';
import type { Dependencies } from '../dependencies';
import { creativeTextsAt, profileTextsAt } from '../learning/texts-of-the-time';
import type { ServingClassifier } from './live-models';

/** How much higher the new model's chances are than the old one's: of all creatives, and of those that enough is known of. */
export interface EvidenceRatios {
  readonly pooled: number;
  readonly byCreative: ReadonlyMap<string, number>;
}

/** Seen decisions that are looked at, and rescored of each creative at most. */
const LOOKED_AT = 1_000;
const OF_EACH = 8;
const AT_ONCE = 64;
/** Rescored decisions from which a creative's own ratio is taken. */
const LEAST_OF_EACH = 4;
/** What a promotion or a rollback waits for this at most. */
const BUDGET_MS = 1_500;

/**
 * What people did to a creative stays true under another model; what the model expected of them does not. Impressions and clicks move
 * as they are, expected clicks by the ratio of the two models' chances over the latest decisions of the old one, which keep its chances.
 * Where time runs out the ratio is of those that were rescored; where there are none the sums move unchanged.
 */
export async function evidenceRatios(deps: Dependencies, { vertical, from, to }: { vertical: Vertical; from: ServingClassifier; to: ServingClassifier }): Promise<EvidenceRatios> {
  const sums = new Map<string, { count: number; before: number; after: number }>();
  try {
    const signal = AbortSignal.timeout(BUDGET_MS);
    const sample = await sampleOf(deps, vertical, from.modelVersionId);
    for (let at = 0; at < sample.length; at += AT_ONCE) {
      const some = sample.slice(at, at + AT_ONCE);
      const scores = await deps.scorer.scoreMany(some.map(({ prefix, text }) => ({ prefix, text, adapter: to.adapter })), { signal });
      some.forEach(({ creativeId, pClick }, i) => {
        const sum = sums.get(creativeId) ?? { count: 0, before: 0, after: 0 };
        sums.set(creativeId, { count: sum.count + 1, before: sum.before + pClick, after: sum.after + scores[i]!.probability });
      });
    }
  } catch (error) {
    if (!isAdloomError(error)) throw error;
    deps.logger.warn('not all evidence could be weighed anew for another model', { vertical, creatives: sums.size, code: error.code });
  }
  const all = [...sums.values()].reduce((total, sum) => ({ before: total.before + sum.before, after: total.after + sum.after }), { before: 0, after: 0 });
  const known = [...sums].filter(([, { count }]) => count >= LEAST_OF_EACH);
  return { pooled: all.before > 0 ? all.after / all.before : 1, byCreative: new Map(known.map(([creativeId, { before, after }]) => [creativeId, after / before])) };
}

interface Sampled {
  readonly creativeId: string;
  readonly pClick: number;
  readonly prefix: string;
  readonly text: string;
}

/** The latest decisions by this model, at most a few of each creative; one of each comes before the second of any. */
async function sampleOf(deps: Dependencies, vertical: Vertical, modelVersionId: string): Promise<Sampled[]> {
  const seen = await deps.store.decisions.seen(deps.advertiserId, { vertical, until: deps.clock.now(), limit: LOOKED_AT });
  const counts = new Map<string, number>();
  const chosen = seen.filter((decision) => decision.modelVersionId === modelVersionId).flatMap((decision) => {
    const turn = counts.get(decision.creativeId) ?? 0;
    counts.set(decision.creativeId, turn + 1);
    return turn < OF_EACH ? [{ decision, turn }] : [];
  }).toSorted((a, b) => a.turn - b.turn).map(({ decision }) => decision);
  const profiles = new Map((await deps.store.profiles.byIds(deps.advertiserId, chosen.flatMap(({ profileId }) => profileId ?? []))).map((profile) => [profile.id, profile]));
  // What read a person then needs the person now: who left, or withdrew, is not rebuilt.
  const usable = chosen.flatMap((decision) => {
    const profile = decision.profileId === null ? undefined : profiles.get(decision.profileId);
    return decision.personalised && !profile?.consent.personalisation ? [] : [{ decision, profile }];
  });
  const behind = usable.flatMap(({ decision, profile }) => (decision.personalised ? [{ profileId: profile!.id, at: decision.createdAt, profile: profile! }] : []));
  const prefixes = await profileTextsAt(deps, behind, vertical);
  const textAt = await creativeTextsAt(deps, [...counts.keys()]);
  let next = 0;
  return usable.flatMap(({ decision: { creativeId, pClick, createdAt, personalised } }): Sampled[] => {
    const prefix = personalised ? prefixes[next++]! : '';
    const text = textAt(creativeId, createdAt);
    return text === null ? [] : [{ creativeId, pClick, prefix, text }];
  });
}
