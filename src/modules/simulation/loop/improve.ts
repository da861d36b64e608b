/** What those who run campaigns do between rounds: have the classifiers trained on the log, and have new copy written. */
import type { WorldVertical } from '../world/world';
import type { NewCopy, Platform, Retrained } from './platform';
import type { Market } from './visits';

export interface ImproveSettings {
  readonly retrain: boolean;
  /** Pieces of new copy of each campaign between two rounds, at most; 0 has none written. */
  readonly newCopy: number;
}

export interface Improvement {
  /** After which round. */
  readonly round: number;
  readonly retrained: readonly Retrained[];
  readonly copy: readonly (NewCopy & { readonly vertical: WorldVertical })[];
}

/** Training comes first: what was learnt chooses the new copy, and serves it from its first showing. */
export async function improve(platform: Platform, markets: readonly Market[], { retrain, newCopy, seed, round }: ImproveSettings & { readonly seed: number; readonly round: number }): Promise<Improvement> {
  const retrained = retrain ? await platform.retrain(markets.map(({ vertical }) => vertical), seed) : [];
  const copy: (NewCopy & { readonly vertical: WorldVertical })[] = [];
  if (newCopy > 0) {
    for (const { vertical, campaign, people } of markets) {
      copy.push({ vertical, ...(await platform.writeCopy(campaign.key, { people: people.map(({ externalId }) => externalId), count: newCopy, seed: seed * 1_000 + round })) });
    }
  }
  return { round, retrained, copy };
}
