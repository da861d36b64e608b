import { createRng } from '../../src/base/rng';
import type { Decision } from '../../src/domain/entities/decision';
import type { Outcome } from '../../src/domain/entities/outcome';
import type { Figures } from '../../src/store/reports';
import { aCampaign, aCreative, aDecision, anExperiment, anOutcome, aProfile, later, NOON } from '../support/entities';
import { testIds } from '../support/embedded-store';
import { onEachDatabase, type Subject } from './on-each-database';

const HOUR = 3_600_000;

/** A random log of one campaign: people with several decisions, people unknown, outcomes late and outcomes of nothing that was decided here. */
async function aLog({ store, advertiserId }: Subject, seed: number) {
  const rng = createRng(seed);
  const campaign = aCampaign(advertiserId, { costPerClickMicros: 2_000_000n });
  await store.campaigns.insert(campaign);
  const creatives = [aCreative(campaign), aCreative(campaign)];
  await store.creatives.insertMany(creatives);
  const people = Array.from({ length: 12 }, () => testIds.next());
  const experiment = anExperiment(advertiserId, { startsAt: later(24 * HOUR) });
  const decisions = Array.from({ length: 200 }, (): Decision => {
    const at = later(rng.int(48 * HOUR));
    const person = rng.next() < 0.7 ? people[rng.int(people.length)]! : null;
    const seen = rng.next() < 0.8;
    return aDecision(creatives[rng.int(2)]!, {
      profileId: person,
      segments: person === null ? [] : ['new', 'active'].filter(() => rng.next() < 0.5),
      createdAt: at,
      impressionAt: seen ? at : null,
      clickAt: seen && rng.next() < 0.3 ? at : null,
      chargedMicros: seen ? BigInt(rng.int(5_000_000)) : 0n,
      pClick: rng.next() * 0.3,
      modelVersionId: rng.next() < 0.9 ? MODEL : null,
      ...(at >= experiment.startsAt ? { experimentId: experiment.id, experimentArm: person === null ? 'treatment' : ['control', 'treatment'][people.indexOf(person) % 2]! } : {}),
    });
  });
  await store.decisions.append(decisions);
  const outcomes = decisions.filter(({ clickAt }) => clickAt !== null && rng.next() < 0.6).map((decision): Outcome =>
    anOutcome({ ...decision, id: decision.creativeId }, { decisionId: decision.id, kind: 'CONVERSION', valueMicros: BigInt(rng.int(50_000_000)), occurredAt: later(400 * HOUR) }));
  const loose = ([['IMPRESSION', 500, null], ['CLICK', 40, null], ['CONVERSION', 2, 30_000_000n]] as const).map(([kind, count, valueMicros]) =>
    anOutcome(creatives[0]!, { kind, count, valueMicros, occurredAt: later(HOUR) }));
  await store.outcomes.record([...outcomes, ...loose]);
  return { campaign, creatives, decisions, outcomes, experiment };
}
const MODEL = testIds.next();

/** What the sums should be, person by person. */
function expected(decisions: readonly Decision[], outcomes: readonly Outcome[]): Partial<Figures> {
  const units = new Map<string, { i: number; c: number; k: number; v: number; s: number }>();
  for (const decision of decisions) {
    const unit = units.get(decision.profileId ?? decision.requestId) ?? { i: 0, c: 0, k: 0, v: 0, s: 0 };
    units.set(decision.profileId ?? decision.requestId, unit);
    unit.s += Number(decision.chargedMicros) / 1e6;
    if (decision.impressionAt) unit.i += 1;
    if (decision.clickAt) unit.c += 1;
    for (const outcome of outcomes.filter(({ decisionId }) => decisionId === decision.id)) [unit.k, unit.v] = [unit.k + 1, unit.v + Number(outcome.valueMicros) / 1e6];
  }
  const sum = (of: (unit: { i: number; c: number; k: number; v: number; s: number }) => number): number => [...units.values()].reduce((total, unit) => total + of(unit), 0);
  const close = (value: number): number => expect.closeTo(value, 6) as number;
  return {
    units: units.size,
    impressions: sum(({ i }) => i), clicks: sum(({ c }) => c), conversions: sum(({ k }) => k),
    valueMicros: BigInt(Math.round(sum(({ v }) => v) * 1e6)), spendMicros: BigInt(Math.round(sum(({ s }) => s) * 1e6)),
    impressionsSquared: sum(({ i }) => i * i), clicksSquared: sum(({ c }) => c * c), conversionsSquared: sum(({ k }) => k * k),
    spendSquared: close(sum(({ s }) => s * s)), valueSquared: close(sum(({ v }) => v * v)),
    clicksImpressions: sum(({ c, i }) => c * i), conversionsClicks: sum(({ k, c }) => k * c),
    spendConversions: close(sum(({ s, k }) => s * k)), valueSpend: close(sum(({ v, s }) => v * s)),
  };
}

onEachDatabase((subject) => {
  test('values and counts beyond 64 bits stop at the largest, and refuse neither the next outcome nor the report', async () => {
    const { store, advertiserId } = subject();
    const campaign = aCampaign(advertiserId);
    await store.campaigns.insert(campaign);
    const creatives = [aCreative(campaign), aCreative(campaign)];
    await store.creatives.insertMany(creatives);
    const [profile] = await store.profiles.ensureMany([aProfile(advertiserId)]);
    const most = { profileId: profile!.id, valueMicros: 10n ** 18n, count: 1_000_000_000, occurredAt: later(HOUR) };
    for (const creative of creatives) {
      await store.outcomes.record(Array.from({ length: 12 }, () => anOutcome(creative, { ...most, kind: 'IMPRESSION' })));
      expect((await store.outcomes.record([anOutcome(creative, { ...most, kind: 'CONVERSION' })])).recorded).toHaveLength(1);
    }
    expect((await store.creatives.byIds(advertiserId, [creatives[0]!.id]))[0]!.counts.valueMicros).toBe(2n ** 63n - 1n);
    const [total] = await store.reports.figures(advertiserId, { campaignIds: [campaign.id], from: NOON, to: later(48 * HOUR) }, 'TOTAL', 1);
    expect(total).toMatchObject({ impressions: 24e9, valueMicros: 2n ** 63n - 1n, impressionsSquared: 24e9 ** 2 });
  });

  test('figures are sums over people, by creative, segment and time of the decision, within the tenant', async () => {
    const { store, advertiserId } = subject();
    const { campaign, creatives, decisions, outcomes } = await aLog(subject(), 1);
    const scope = { campaignIds: [campaign.id], from: later(2 * HOUR), to: later(40 * HOUR) };
    const seen = decisions.filter(({ impressionAt, createdAt }) => impressionAt && createdAt >= scope.from && createdAt < scope.to);
    expect(await store.reports.figures(advertiserId, scope, 'TOTAL', 1)).toEqual([{ key: '', ...expected(seen, outcomes) }]);
    const groups = { CREATIVE: creatives.map(({ id }) => id), SEGMENT: ['active', 'new'] } as const;
    for (const grouping of ['CREATIVE', 'SEGMENT'] as const) {
      const found = await store.reports.figures(advertiserId, scope, grouping, 10);
      expect(found.map(({ key }) => key).toSorted()).toEqual(groups[grouping].toSorted());
      for (const { key, ...sums } of found) expect(sums).toEqual(expected(seen.filter(({ creativeId, segments }) => (grouping === 'CREATIVE' ? creativeId === key : segments.includes(key))), outcomes));
    }
    for (const [bucket, length] of [['HOUR', HOUR], ['DAY', 24 * HOUR]] as const) {
      const found = await store.reports.figures(advertiserId, scope, bucket, 1_000);
      expect(found.map(({ key }) => Number(key))).toEqual([...new Set(seen.map(({ createdAt }) => Math.floor(createdAt.getTime() / length) * length))].toSorted((a, b) => a - b));
      for (const { key, ...sums } of found) expect(sums).toEqual(expected(seen.filter(({ createdAt }) => Math.floor(createdAt.getTime() / length) * length === Number(key)), outcomes));
    }
    const stranger = (await store.advertisers.ensure(`Advertiser ${testIds.next()}`)).id;
    expect(await store.reports.figures(stranger, scope, 'TOTAL', 1)).toEqual([]);
  });

  test('outcomes of what was not decided here count when they happened, each impression for itself', async () => {
    const { store, advertiserId } = subject();
    const { campaign, creatives, decisions, outcomes } = await aLog(subject(), 2);
    const only = async (from: Date, to: Date) => (await store.reports.figures(advertiserId, { campaignIds: [campaign.id], from, to }, 'CREATIVE', 5)).find(({ key }) => key === creatives[0]!.id)!;
    const [from, to] = [later(HOUR), later(HOUR + 1)];
    expect(decisions.filter(({ createdAt }) => createdAt >= from && createdAt < to)).toEqual([]);
    expect(await only(from, to)).toMatchObject({
      units: 500, impressions: 500, clicks: 40, conversions: 2, valueMicros: 30_000_000n, spendMicros: 0n,
      impressionsSquared: 500, clicksSquared: 40, clicksImpressions: 40, conversionsSquared: 2, conversionsClicks: 2, valueSquared: 450, spendSquared: 0,
    });
    const all = await only(NOON, later(48 * HOUR));
    const seen = expected(decisions.filter(({ creativeId, impressionAt }) => creativeId === creatives[0]!.id && impressionAt), outcomes);
    expect(all.impressions).toBe(seen.impressions! + 500);
    expect(all.clicksSquared).toBe(seen.clicksSquared! + 40);
  });

  test('arms have every person dealt to them, seen or not, beside their clicks per impression from before', async () => {
    const { store, advertiserId } = subject();
    const { decisions, outcomes, experiment } = await aLog(subject(), 3);
    const found = await store.reports.armFigures(advertiserId, { experimentId: experiment.id, currency: null, before: experiment.startsAt, beforeFrom: later(HOUR) });
    expect(found.map(({ arm, ofPeople }) => [arm, ofPeople])).toEqual([['control', true], ['treatment', false], ['treatment', true]]);
    for (const { arm, ofPeople, currencies, known, rates, ratesSquared, clicksRates, impressionsRates, knownClicks, knownImpressions, ...sums } of found) {
      const dealt = decisions.filter(({ experimentId, experimentArm, profileId }) => experimentId === experiment.id && experimentArm === arm && (profileId !== null) === ofPeople);
      expect(sums).toEqual(expected(dealt, outcomes));
      const persons = [...new Set(dealt.map(({ profileId }) => profileId))].filter((id) => id !== null);
      expect(currencies).toEqual(['EUR']);
      const earlier = persons.flatMap((person) => {
        const shown = decisions.filter(({ profileId, impressionAt, createdAt }) => profileId === person && impressionAt && createdAt >= later(HOUR) && createdAt < experiment.startsAt);
        if (shown.length === 0) return [];
        const own = dealt.filter(({ profileId }) => profileId === person);
        return [{ h: shown.filter(({ clickAt }) => clickAt).length / shown.length, c: own.filter(({ clickAt }) => clickAt).length, i: own.filter(({ impressionAt }) => impressionAt).length }];
      });
      const sum = (of: (each: { h: number; c: number; i: number }) => number): unknown => expect.closeTo(earlier.reduce((total, each) => total + of(each), 0), 9);
      expect([known, rates, ratesSquared, clicksRates, impressionsRates, knownClicks, knownImpressions]).toEqual([
        earlier.length, sum(({ h }) => h), sum(({ h }) => h * h), sum(({ c, h }) => c * h), sum(({ i, h }) => i * h), sum(({ c }) => c), sum(({ i }) => i),
      ]);
    }
    expect(await store.reports.armFigures(advertiserId, { experimentId: experiment.id, currency: 'USD', before: NOON, beforeFrom: NOON })).toEqual([]);
  });

  test('scores are counted by time and log-odds, what came before as one baseline', async () => {
    const { store, advertiserId } = subject();
    const { campaign, decisions } = await aLog(subject(), 4);
    const scope = { campaignIds: [campaign.id], modelVersionId: MODEL, baselineFrom: NOON, from: later(24 * HOUR), to: later(48 * HOUR), bucket: 'HOUR' as const };
    const cells = await store.reports.scoreCells(advertiserId, scope);
    const seen = decisions.filter(({ impressionAt, modelVersionId }) => impressionAt && modelVersionId === MODEL);
    expect(cells.reduce((sum, { impressions }) => sum + impressions, 0)).toBe(seen.length);
    expect(cells.reduce((sum, { clicks }) => sum + clicks, 0)).toBe(seen.filter(({ clickAt }) => clickAt).length);
    expect(cells.reduce((sum, { predictedClicks }) => sum + predictedClicks, 0)).toBeCloseTo(seen.reduce((sum, { pClick }) => sum + pClick, 0), 9);
    for (const { bucket, bin, impressions } of cells) {
      const inCell = seen.filter(({ createdAt, pClick }) => {
        const time = createdAt < scope.from ? null : Math.floor(createdAt.getTime() / HOUR) * HOUR;
        const place = Math.floor((Math.log(pClick / (1 - pClick)) + 9) * 10) + 1;
        return time === (bucket?.getTime() ?? null) && Math.min(101, Math.max(0, place)) === bin;
      });
      expect(impressions).toBe(inCell.length);
    }
    expect(await store.reports.scoreCells(advertiserId, { ...scope, campaignIds: null, modelVersionId: testIds.next() })).toEqual([]);
  });
});
