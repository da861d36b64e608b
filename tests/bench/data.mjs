// What the benchmarks work on: made from a seed, of ordinary lengths.
import { product } from './platform.mjs';

const WORDS = 'run trail winter coffee quiet river city light garden travel course bread learn saving mountain music little daily fresh story home night'.split(' ');

export function phrase(rng, words) {
  return Array.from({ length: words }, () => WORDS[rng.int(WORDS.length)]).join(' ');
}

/** A campaign with so many approved creatives, headlines of about 12 tokens with bodies of about 12 more. */
export async function campaignWith({ deps }, name, creatives) {
  const { createRng } = product('base/rng');
  const { createCampaign } = product('modules/campaigns/create-campaign');
  const rng = createRng(creatives);
  const campaign = await createCampaign(deps, { patch: { name, vertical: 'ECOMMERCE', product: { name: 'Alba' } } });
  const now = deps.clock.now();
  const counts = { impressions: 0, clicks: 0, conversions: 0, valueMicros: 0n };
  await deps.store.creatives.insertMany(
    Array.from({ length: creatives }, () => ({
      id: deps.ids.next(), advertiserId: deps.advertiserId, campaignId: campaign.id, externalId: null,
      headline: phrase(rng, 10), body: phrase(rng, 12), callToAction: null, imageUrl: null, origin: 'HUMAN', status: 'APPROVED', version: 1,
      findings: [], provenance: null, reviewNote: null, counts, createdAt: now, updatedAt: now,
    })),
  );
  return campaign;
}

/** A person who agreed to personalisation and looked at so many things: a profile text of about 64 tokens for 12. */
export async function profileWith({ deps }, externalId, items) {
  const { upsertProfile } = product('modules/profiles/upsert-profile');
  const { recordEvents } = product('modules/profiles/record-events');
  await upsertProfile(deps, { externalId, consent: { personalisation: true } });
  const { profiles } = await recordEvents(deps, { events: eventsFor(externalId, items, 1, externalId) });
  return profiles[0];
}

export function eventsFor(key, count, people, person) {
  const { createRng, hash32 } = product('base/rng');
  const rng = createRng(hash32(key));
  const kinds = ['VIEW', 'SEARCH', 'CLICK', 'CART', 'PURCHASE'];
  return Array.from({ length: count }, (_, i) => ({
    eventId: `${key}-${i}`, profileExternalId: person ?? `person-${rng.int(people)}`, kind: kinds[rng.int(kinds.length)],
    itemText: phrase(rng, 5), category: WORDS[rng.int(WORDS.length)],
  }));
}

/** Headline tests as CSV, in the archive's columns. */
export function headlineTests(tests, arms) {
  const { createRng } = product('base/rng');
  const rng = createRng(5);
  const lines = ['clickability_test_id,eyecatcher_id,headline,lede,impressions,clicks,test_week'];
  for (let t = 0; t < tests; t++) {
    for (let a = 0; a < arms; a++) lines.push(`test${t},image${a % 2},"${phrase(rng, 12)}, ${phrase(rng, 3)}","<p>${phrase(rng, 20)}</p>",${2000 + rng.int(2000)},${rng.int(80)},201446`);
  }
  return `${lines.join('\n')}\n`;
}
