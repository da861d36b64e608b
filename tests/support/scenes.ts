/** Small worlds that several tests start from, made through the API as a client would make them. */
import {
  CreateCampaignDocument, CreateCreativeDocument, RecordEventsDocument, ReviewCreativeDocument, SetCampaignStatusDocument, UpsertProfileDocument, type CreateCampaignInput,
} from '../generated/operations';
import type { TestApp } from './test-app';

let serial = 0;
export const unique = (what: string): string => `${what}-${++serial}`;

export async function makeCampaign(t: TestApp, stated: Partial<CreateCampaignInput> = {}): Promise<string> {
  const { createCampaign } = await t.run(CreateCampaignDocument, {
    input: { name: unique('campaign'), product: { name: 'Alba', brand: 'Fernhill', offers: ['free delivery'] }, ...stated },
  });
  if (!createCampaign.campaign) throw new Error(JSON.stringify(createCampaign.userErrors));
  return createCampaign.campaign.id;
}

/** Approved creatives with these headlines; their ids in the same order. */
export async function makeCreatives(t: TestApp, campaignId: string, headlines: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const headline of headlines) {
    const { createCreative } = await t.run(CreateCreativeDocument, { input: { campaignId, headline } });
    if (!createCreative.creative) throw new Error(JSON.stringify(createCreative.userErrors));
    const { id } = createCreative.creative;
    const { reviewCreative } = await t.run(ReviewCreativeDocument, { input: { id, expectedVersion: 1, verdict: 'APPROVE' } });
    if (!reviewCreative.creative) throw new Error(JSON.stringify(reviewCreative.userErrors));
    ids.push(id);
  }
  return ids;
}

/** Starts a campaign that has not changed since it was made. */
export async function activate(t: TestApp, campaignId: string): Promise<void> {
  const { setCampaignStatus } = await t.run(SetCampaignStatusDocument, { input: { id: campaignId, expectedVersion: 1, status: 'ACTIVE' } });
  if (!setCampaignStatus.campaign) throw new Error(JSON.stringify(setCampaignStatus.userErrors));
}

/** A person who agreed (or not) and looked at these items, each of a category of its own name. */
export async function makePerson(t: TestApp, items: readonly string[], options: { consent?: boolean } = {}): Promise<{ id: string; externalId: string }> {
  const externalId = unique('person');
  const personalisation = options.consent ?? true;
  const { upsertProfile } = await t.run(UpsertProfileDocument, {
    input: { externalId, consent: { personalisation, training: true, measurement: true } },
  });
  if (items.length > 0) await look(t, externalId, items);
  return { id: upsertProfile.profile!.id, externalId };
}

export async function look(t: TestApp, externalId: string, items: readonly string[]) {
  const { recordEvents } = await t.run(RecordEventsDocument, {
    input: { events: items.map((itemText) => ({ eventId: unique('event'), profileExternalId: externalId, kind: 'VIEW' as const, itemText, category: itemText })) },
  });
  return recordEvents;
}
