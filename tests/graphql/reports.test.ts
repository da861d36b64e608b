import {
  CalibrationReportDocument, CampaignReportDocument, CreateExperimentDocument, DecideDocument, ExperimentReportDocument, RecordOutcomesDocument, UpsertProfileDocument,
} from '../generated/operations';
import { activate, look, makeCampaign, makeCreatives, unique } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

const euros = (amount: number) => ({ micros: String(Math.round(amount * 1e6)), currency: 'EUR' });

async function person(measurement: boolean): Promise<string> {
  const externalId = unique('person');
  await t.run(UpsertProfileDocument, { input: { externalId, consent: { personalisation: true, training: true, measurement } } });
  await look(t, externalId, ['mountain boots']);
  return externalId;
}

/** Shown once, clicked, and days later bought. */
async function visit(campaignId: string, profileExternalId: string, { clicked = false, value }: { clicked?: boolean; value?: number }): Promise<void> {
  const { decide } = await t.run(DecideDocument, { input: { profileExternalId, campaigns: [campaignId], placements: [{ name: 'home' }], idempotencyKey: unique('key') } });
  const { impression, click, conversion } = decide.decisions[0]!.tokens;
  const tokens = [{ token: impression }, ...(clicked ? [{ token: click }] : []), ...(value === undefined ? [] : [{ token: conversion, value: euros(value) }])];
  await t.run(RecordOutcomesDocument, { input: { outcomes: tokens } });
}

async function running(currency = 'EUR'): Promise<string> {
  const money = (micros: string) => ({ micros, currency });
  const id = await makeCampaign(t, { currency, costPerThousand: money('5000000'), costPerClick: money('200000') });
  await makeCreatives(t, id, ['Follow the mountain ridge']);
  await activate(t, id);
  return id;
}

describe('reports over what was decided and what came of it', () => {
  test('count everybody, and tie to segments only those who agreed to measurement', async () => {
    const id = await running();
    await visit(id, await person(true), { clicked: true, value: 30 });
    await visit(id, await person(false), { clicked: true });
    await visit(id, await person(false), {});
    const { campaignReport } = await t.run(CampaignReportDocument, { campaignIds: [id], to: new Date(t.clock.now().getTime() + 1).toISOString() });
    expect(campaignReport.total).toMatchObject({
      impressions: 3, clicks: 2, conversions: 1, value: euros(30), spend: euros(3 * 0.005 + 2 * 0.2),
      ctr: { value: 2 / 3, low: expect.any(Number), high: expect.any(Number) }, cpa: { value: euros(0.415), low: null }, roas: { value: expect.closeTo(30 / 0.415, 9), low: null },
    });
    expect(campaignReport.creatives).toMatchObject([{ creative: { headline: 'Follow the mountain ridge' }, figures: { impressions: 3 } }]);
    expect(campaignReport.timeline).toMatchObject([{ from: '2026-04-01T00:00:00.000Z', figures: { impressions: 3 } }]);
    expect(campaignReport.segments.length).toBeGreaterThan(0);
    for (const { figures } of campaignReport.segments) expect(figures).toMatchObject({ impressions: 1, clicks: 1 });
    const { calibrationReport } = await t.run(CalibrationReportDocument, { campaignIds: [id], bucket: 'HOUR', to: new Date(t.clock.now().getTime() + 1).toISOString() });
    expect(calibrationReport).toMatchObject({ overall: { impressions: 3, clicks: 2 }, points: [{ impressions: 3, psi: null, drifted: false }] });
  });

  test('never mix currencies', async () => {
    const ids = [await running('EUR'), await running('USD')];
    const { errors } = await t.send('query ($ids: [ID!]!) { campaignReport(campaignIds: $ids) { currency } }', { ids });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'campaignIds' }, message: expect.stringContaining('EUR and USD') }]);
  });

  test('hold the arms of an experiment side by side, with everybody who agreed to be measured', async () => {
    const id = await running();
    const { createExperiment } = await t.run(CreateExperimentDocument, {
      input: { name: 'Side by side', campaignIds: [id], arms: [{ name: 'control', policy: 'UNIFORM' }, { name: 'learning' }], holdout: 0.3 },
    });
    for (let i = 0; i < 8; i++) await visit(id, await person(true), { clicked: i % 2 === 0 });
    await visit(id, await person(false), { clicked: true });
    const { experimentReport } = await t.run(ExperimentReportDocument, { experimentId: createExperiment.experiment!.id });
    expect(experimentReport).toMatchObject({ currency: 'EUR', unit: 'PERSON', sampleRatio: { mismatch: false } });
    expect(experimentReport.arms.map(({ name, holdout }) => [name, holdout])).toEqual([['control', false], ['learning', false], ['holdout', true]]);
    const sum = (of: (arm: (typeof experimentReport.arms)[number]) => number): number => experimentReport.arms.reduce((total, arm) => total + of(arm), 0);
    expect([sum(({ people }) => people), sum(({ figures }) => figures.impressions), sum(({ figures }) => figures.clicks)]).toEqual([8, 8, 4]);
    expect(experimentReport.arms.filter(({ people }) => people > 0).length).toBeGreaterThan(1);
  });

  test('tell of an experiment that nobody was dealt into yet', async () => {
    const { createExperiment } = await t.run(CreateExperimentDocument, { input: { name: 'New', campaignIds: [await running()], arms: [{ name: 'a' }, { name: 'b' }], holdout: 0.1 } });
    const { experimentReport } = await t.run(ExperimentReportDocument, { experimentId: createExperiment.experiment!.id });
    expect(experimentReport).toMatchObject({ currency: null, sampleRatio: { mismatch: false }, experiment: { name: 'New' } });
    expect(experimentReport.arms.map(({ name, people }) => [name, people])).toEqual([['a', 0], ['b', 0], ['holdout', 0]]);
    expect(new Set(experimentReport.comparisons.map(({ verdict }) => verdict))).toEqual(new Set(['UNDECIDED']));
  });
});
