/** The platform as its users have it: every step is a GraphQL operation. */
import type { DemoCampaign } from '../../modules/demo/demo-campaign';
import type { Arm } from '../../modules/simulation/loop/simulate';
import type { Belief, Platform, Recorded, Served, Told } from '../../modules/simulation/loop/platform';
import type { PoolCopy } from '../../modules/simulation/world/copy-pool';
import { parseMicros } from '../../domain/rules/money';
import type { GraphQLClient } from './graphql-client';
import { interestsOf, retrainBy, writeCopyBy } from './graphql-improving';

const PLACEMENT = 'simulation';
const MOST_EVENTS = 200;
/** Interests that new copy is asked for at a time, and people who are asked for theirs. */
const INTERESTS = 2;
const ASKED = 100;
const FULL_CONSENT = { personalisation: true, training: true, measurement: true };
const ERRORS = 'userErrors { code field message }';

/** @param signal ends what waits for training or copy */
export async function graphqlPlatform(client: GraphQLClient, arm: Arm, advance: (milliseconds: number) => void, signal?: AbortSignal): Promise<Platform> {
  const campaigns = new Map<string, { id: string; currency: string }>();
  /** Interests of a campaign's people that no copy was asked for yet. */
  const interests = new Map<string, string[]>();
  if (arm === 'still') await chooseByModelAlone(client);
  return {
    advance,
    async addPeople(people) {
      for (const { externalId } of people) {
        await client.run(`mutation($input: UpsertProfileInput!) { upsertProfile(input: $input) { ${ERRORS} } }`, { input: { externalId, consent: FULL_CONSENT } });
      }
      const events = people.flatMap((person) => person.events).map(({ value: _, ...event }) => event);
      for (let at = 0; at < events.length; at += MOST_EVENTS) {
        await client.run(`mutation($input: RecordEventsInput!) { recordEvents(input: $input) { recorded ${ERRORS} } }`, { input: { events: events.slice(at, at + MOST_EVENTS) } });
      }
    },
    async openCampaign(campaign, copy) {
      const id = await createCampaign(client, campaign);
      campaigns.set(campaign.key, { id, currency: campaign.currency });
      const texts: string[] = [];
      for (const piece of copy) if (await createCreative(client, id, piece)) texts.push(textOf(piece));
      return texts;
    },
    async decide({ person, campaign, key }) {
      const { decide } = await client.run<{ decide: { decisions: (Served & { id: string; creative: { headline: string; body: string | null } })[] } }>(
        `mutation($input: DecideInput!) { decide(input: $input) { decisions { id propensity creative { headline body } tokens { impression click conversion } } ${ERRORS} } }`,
        { input: { profileExternalId: person, placements: [{ name: PLACEMENT }], campaigns: [campaigns.get(campaign)!.id], idempotencyKey: key } },
      );
      const [decision] = decide.decisions;
      return decision ? { decisionId: decision.id, text: textOf(decision.creative), propensity: decision.propensity, tokens: decision.tokens, currency: campaigns.get(campaign)!.currency } : null;
    },
    async tell(outcomes) {
      const told = outcomes.flatMap(outcomesOf);
      if (told.length === 0) return { recorded: 0, replayed: 0 };
      const { recordOutcomes } = await client.run<{ recordOutcomes: Recorded }>(`mutation($input: RecordOutcomesInput!) { recordOutcomes(input: $input) { recorded replayed ${ERRORS} } }`, { input: { outcomes: told } });
      return recordOutcomes;
    },
    retrain: (verticals, seed) => retrainBy(client, verticals, { seed, signal }),
    async writeCopy(campaign, { people, count, seed }) {
      const left = interests.get(campaign) ?? (await interestsOf(client, people.slice(0, ASKED)));
      interests.set(campaign, left);
      return writeCopyBy(client, campaigns.get(campaign)!.id, { interests: left.splice(0, INTERESTS), count, seed, signal });
    },
    async explain(decisionId) {
      const { explainDecision } = await client.run<{ explainDecision: { candidates: { propensity: number; offset: Belief }[] } }>(
        'query($id: ID!) { explainDecision(id: $id) { candidates { propensity offset { mean deviation } } } }', { id: decisionId },
      );
      return explainDecision.candidates.map(({ offset, propensity }) => ({ belief: offset, propensity }));
    },
    async counts(campaign) {
      const { campaign: found } = await client.run<{ campaign: { creatives: { edges: { node: { counts: { impressions: number; clicks: number } } }[] } } }>(
        'query($id: ID!) { campaign(id: $id) { creatives(first: 100) { edges { node { counts { impressions clicks } } } } } }', { id: campaigns.get(campaign)!.id },
      );
      const counts = found.creatives.edges.map(({ node }) => node.counts);
      return { impressions: counts.reduce((sum, each) => sum + each.impressions, 0), clicks: counts.reduce((sum, each) => sum + each.clicks, 0) };
    },
  };
}

/** An experiment deals everybody to the model alone; it needs two arms, and both are that. */
async function chooseByModelAlone(client: GraphQLClient): Promise<void> {
  const arms = ['a', 'b'].map((name) => ({ name, policy: 'MODEL_ONLY' }));
  await client.run(`mutation($input: CreateExperimentInput!) { createExperiment(input: $input) { ${ERRORS} } }`, { input: { name: 'Without learning', placement: PLACEMENT, arms } });
}

async function createCampaign(client: GraphQLClient, { key, name, vertical, product, brand, description, features, offers, price, currency, url, tone, clickValue }: DemoCampaign): Promise<string> {
  const money = (amount: string): object => ({ micros: parseMicros(amount, 'amount').toString(), currency });
  const { createCampaign: made } = await client.run<{ createCampaign: { campaign: { id: string; version: number } } }>(
    `mutation($input: CreateCampaignInput!) { createCampaign(input: $input) { campaign { id version } ${ERRORS} } }`,
    {
      input: {
        externalId: `simulation:${key}`, name, vertical, currency, pacing: 'AS_FAST_AS_POSSIBLE', voice: { tone },
        product: { name: product, brand, description, features, offers, url, price: money(price) },
        // What is compared is clicks: nothing else is worth anything here, and nothing runs out.
        objectives: { clickWeight: 1, conversionWeight: 0, revenueWeight: 0, clickValue: money(clickValue) },
        budget: { total: money('1000000') },
      },
    },
  );
  const { id, version } = made.campaign;
  await client.run(`mutation($input: SetCampaignStatusInput!) { setCampaignStatus(input: $input) { ${ERRORS} } }`, { input: { id, expectedVersion: version, status: 'ACTIVE' } });
  return id;
}

/** Whether the guard let it pass. */
async function createCreative(client: GraphQLClient, campaignId: string, piece: PoolCopy): Promise<boolean> {
  const { createCreative: made } = await client.run<{ createCreative: { creative: { id: string; version: number }; findings: { severity: string }[] } }>(
    `mutation($input: CreateCreativeInput!) { createCreative(input: $input) { creative { id version } findings { severity } ${ERRORS} } }`, { input: { campaignId, ...piece } },
  );
  if (made.findings.some(({ severity }) => severity === 'BLOCKING')) return false;
  const { id, version } = made.creative;
  await client.run(`mutation($input: ReviewCreativeInput!) { reviewCreative(input: $input) { ${ERRORS} } }`, { input: { id, expectedVersion: version, verdict: 'APPROVE' } });
  return true;
}

function outcomesOf({ served: { decisionId, tokens, currency }, clicked, value }: Told): object[] {
  const conversion = { token: tokens.conversion, outcomeId: `${decisionId} conversion`, value: { micros: Math.round((value ?? 0) * 1e6).toString(), currency } };
  return [{ token: tokens.impression }, ...(clicked ? [{ token: tokens.click }] : []), ...(value === null ? [] : [conversion])];
}

function textOf({ headline, body }: { readonly headline: string; readonly body: string | null }): string {
  return body === null ? headline : `${headline} ${body}`;
}
