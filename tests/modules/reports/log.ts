import { createRng, type Rng } from '../../../src/base/rng';
import type { Campaign } from '../../../src/domain/entities/campaign';
import type { Creative } from '../../../src/domain/entities/creative';
import type { Decision } from '../../../src/domain/entities/decision';
import type { Outcome } from '../../../src/domain/entities/outcome';
import type { Dependencies } from '../../../src/modules/dependencies';
import { aCampaign, aCreative, aDecision, anOutcome } from '../../support/entities';
import { testIds } from '../../support/embedded-store';

export interface Scene {
  readonly campaign: Campaign;
  readonly creative: Creative;
}

export async function aScene({ store, advertiserId }: Dependencies, stated: Partial<Campaign> = {}): Promise<Scene> {
  const campaign = aCampaign(advertiserId, stated);
  await store.campaigns.insert(campaign);
  const creative = aCreative(campaign);
  await store.creatives.insertMany([creative]);
  return { campaign, creative };
}

export interface Audience {
  readonly people: number;
  /** Decisions each. */
  readonly each: number;
  /** Chance of a click, of a person with this taste from 0 to 1. */
  readonly click: (taste: number) => number;
  /** Share of clicks that convert, at 20 EUR. */
  readonly convert?: number;
  readonly stated?: Partial<Decision>;
  /** What these people did before, with the same tastes. */
  readonly before?: { readonly each: number; readonly stated: Partial<Decision> };
}

/** People who are shown the creative, all at once for each time, and what they did. */
export async function shown({ store }: Dependencies, { campaign, creative }: Scene, audience: Audience, rng: Rng = createRng(1)): Promise<void> {
  const decisions: Decision[] = [];
  const outcomes: Outcome[] = [];
  const add = (profileId: string, taste: number, click: number, stated: Partial<Decision>): void => {
    const at = stated.createdAt ?? campaign.createdAt;
    const clicked = rng.next() < click;
    const decision = aDecision(creative, { profileId, currency: campaign.currency, impressionAt: at, clickAt: clicked ? at : null, costMicros: 10_000n, chargedMicros: 10_000n, createdAt: at, ...stated });
    decisions.push(decision);
    if (clicked && rng.next() < (audience.convert ?? 0)) outcomes.push(anOutcome({ ...decision, id: decision.creativeId }, { decisionId: decision.id, kind: 'CONVERSION', valueMicros: 20_000_000n }));
  };
  for (let i = 0; i < audience.people; i++) {
    const [profileId, taste] = [testIds.next(), rng.next()];
    for (let n = 0; n < (audience.before?.each ?? 0); n++) add(profileId, taste, audience.click(taste), audience.before!.stated);
    for (let n = 0; n < audience.each; n++) add(profileId, taste, audience.click(taste), audience.stated ?? {});
  }
  for (let i = 0; i < decisions.length; i += 1_000) await store.decisions.append(decisions.slice(i, i + 1_000));
  for (let i = 0; i < outcomes.length; i += 1_000) await store.outcomes.record(outcomes.slice(i, i + 1_000));
}
