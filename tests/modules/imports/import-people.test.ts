import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { importCreatives } from '../../../src/modules/imports/import-creatives';
import { importEvents } from '../../../src/modules/imports/import-events';
import { importProfiles } from '../../../src/modules/imports/import-profiles';
import type { ImportInput } from '../../../src/modules/imports/run-import';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { aCampaign } from '../../support/entities';

let opened: TestDependencies;
let folder: string;
beforeAll(async () => {
  opened = await testDependencies();
  folder = mkdtempSync(path.join(tmpdir(), 'adloom-import-'));
});
afterAll(async () => {
  await opened.discard();
  rmSync(folder, { recursive: true, force: true });
});
let files = 0;
function input(text: string, format: 'csv' | 'jsonl', more: Partial<ImportInput> = {}): ImportInput {
  files += 1;
  return { source: (async function* () { yield Buffer.from(text); })(), format, rejectsPath: path.join(folder, `${files}.jsonl`), ...more };
}
const rejects = (file: string | null): unknown[] => (file === null ? [] : readFileSync(file, 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { line: number; reason: string }).line));

describe('events', () => {
  const csv = [
    'user,what,title,when,cat,amount',
    'u1,view,"Trail shoes, wide",2026-11-01T10:00:00Z,trail running,',
    'u1,PURCHASE,Trail shoes,1793530800,trail running,89.90',
    'u2,search,kayak,2026-11-02 11:00,,',
    'u2,flew,Somewhere,2026-11-02,,',
    'u3,view,,2026-11-02,,',
    'u3,view,Late,31 November,,',
    'u3,view,Future,2199-01-01,,',
    'u1,view,"Trail shoes, wide",2026-11-01T10:00:00Z,trail running,',
  ].join('\n');
  const map = { profileExternalId: 'user', kind: 'what', itemText: 'title', occurredAt: 'when', category: 'cat', value: 'amount' };

  test('come in by a column map and make profiles; bad rows are set aside; a repeat is no event', async () => {
    const { deps } = opened;
    const report = await importEvents(deps, input(csv, 'csv', { map }));
    expect(report).toMatchObject({ rows: 8, imported: 3, unchanged: 1, rejected: 4 });
    expect(rejects(report.rejectsFile)).toEqual([5, 6, 7, 8]);
    const [first] = await deps.store.profiles.byExternalIds(deps.advertiserId, ['u1']);
    expect(first!.interests.map(({ name }) => name)).toEqual(['trail running']);
    expect(first!.recentItems.map(({ text }) => text)).toEqual(['Trail shoes, wide', 'Trail shoes']);
    // Nobody asked these people: what they did is known, but no text of it reaches a model.
    expect(first!.profileText).toBe('');
  });

  test('imported again, and as JSON lines, they change nothing', async () => {
    const { deps } = opened;
    const before = await deps.store.profiles.page(deps.advertiserId, {}, { first: 100 });
    expect(await importEvents(deps, input(csv, 'csv', { map, batchSize: 2 }))).toMatchObject({ imported: 0, unchanged: 4 });
    const json = '{"profileExternalId":"u1","kind":"VIEW","itemText":"Trail shoes, wide","occurredAt":"2026-11-01T10:00:00Z","category":"trail running"}';
    expect(await importEvents(deps, input(json, 'jsonl'))).toMatchObject({ imported: 0, unchanged: 1 });
    expect(await deps.store.profiles.page(deps.advertiserId, {}, { first: 100 })).toEqual(before);
  });
});

describe('profiles', () => {
  test('bring consent and attributes; consent lets the models read what is known; a repeat changes nothing', async () => {
    const { deps } = opened;
    const csv = 'external id,consent.personalisation,Country,attributes.plan\nu1,yes,GB,pro\nu9,no,,\nu10,perhaps,,\n';
    const map = { 'attributes.country': 'Country' };
    const report = await importProfiles(deps, input(csv, 'csv', { map }));
    expect(report).toMatchObject({ imported: 2, rejected: 1 });
    const [first] = await deps.store.profiles.byExternalIds(deps.advertiserId, ['u1']);
    expect(first).toMatchObject({ consent: { personalisation: true, training: false }, attributes: { country: 'GB', plan: 'pro' } });
    expect(first!.profileText).toContain('Trail shoes');
    expect(await importProfiles(deps, input(csv, 'csv', { map }))).toMatchObject({ imported: 0, unchanged: 2 });
    expect((await deps.store.profiles.byExternalIds(deps.advertiserId, ['u1']))[0]!.version).toBe(first!.version);
    expect(await importProfiles(deps, input('{"externalId":"u1","consent":{"personalisation":false}}', 'jsonl'))).toMatchObject({ imported: 1 });
    expect((await deps.store.profiles.byExternalIds(deps.advertiserId, ['u1']))[0]).toMatchObject({ profileText: '', attributes: { country: 'GB', plan: 'pro' } });
  });
});

describe('creatives', () => {
  test('go into campaigns that are there, through the guard, with their counts, once', async () => {
    const { deps } = opened;
    const campaign = aCampaign(deps.advertiserId, { externalId: 'mud' });
    await deps.store.campaigns.insert(campaign);
    const csv = [
      'campaignExternalId,headline,body,status,impressions,clicks',
      'mud,Mud is part of the plan,Rain and roots.,approved,1000,31',
      'mud,So cheap it hurts,,APPROVED,10,1',
      'snow,No such campaign,,,,',
      'mud,,,,,',
      'mud,More clicks than shows,,,5,6',
    ].join('\n');
    const report = await importCreatives(deps, input(csv, 'csv'));
    expect(report).toMatchObject({ imported: 2, rejected: 3 });
    expect(rejects(report.rejectsFile)).toEqual(expect.arrayContaining([4, 5, 6]));
    const page = await deps.store.creatives.page(deps.advertiserId, { campaignIds: [campaign.id] }, { first: 10, sort: { field: 'IMPRESSIONS', direction: 'DESC' } });
    expect(page.edges.map(({ node }) => [node.headline, node.status, node.counts.clicks, node.findings.map(({ rule }) => rule)])).toEqual([
      ['Mud is part of the plan', 'APPROVED', 31, []],
      ['So cheap it hurts', 'IN_REVIEW', 1, ['banned-words']],
    ]);
    expect(await importCreatives(deps, input(csv, 'csv'))).toMatchObject({ imported: 0, unchanged: 2, rejected: 3 });
  });
});
