import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { importUpworthy } from '../../../src/modules/imports/import-upworthy';
import type { ImportInput, ImportProgress } from '../../../src/modules/imports/run-import';
import { testDependencies, type TestDependencies } from '../../support/dependencies';

const FIXTURE = path.join(__dirname, '../../fixtures/imports/upworthy.csv');
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
const input = (more: Partial<ImportInput> = {}): ImportInput => ({ source: createReadStream(FIXTURE), format: 'csv', rejectsPath: path.join(folder, 'rejects.jsonl'), ...more });

test('a test becomes a campaign, each arm a creative with its outcomes; bad rows are set aside by line', async () => {
  const { deps } = opened;
  const seen: ImportProgress[] = [];
  const report = await importUpworthy(deps, input({ batchSize: 2, onProgress: (progress) => seen.push(progress) }));
  expect(report).toMatchObject({ rows: 9, imported: 6, unchanged: 0, rejected: 3 });
  expect(seen.length).toBeGreaterThan(2);
  expect(readFileSync(report.rejectsFile!, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
    { line: 6, reason: 'clicks (1600) exceed impressions (1500)' },
    { line: 8, reason: 'headline is missing' },
    { line: 9, reason: 'test_week must be a year and a week, as 201446' },
  ]);

  const campaigns = await deps.store.campaigns.byExternalIds(deps.advertiserId, ['upworthy:t1', 'upworthy:t2', 'upworthy:t3']);
  expect(campaigns.map(({ externalId }) => externalId).toSorted()).toEqual(['upworthy:t1', 'upworthy:t2']);
  const first = campaigns.find(({ externalId }) => externalId === 'upworthy:t1')!;
  expect(first.product.description).toBe('It starts small & ends in the sky.');
  expect(first.flight.startsAt.toISOString()).toBe('2014-11-17T00:00:00.000Z');

  const page = await deps.store.creatives.page(deps.advertiserId, { campaignIds: [first.id] }, { first: 100, sort: { field: 'IMPRESSIONS', direction: 'DESC' } });
  expect(page.edges.map(({ node }) => [node.headline, node.counts.impressions, node.counts.clicks])).toEqual([
    ['A Boy Built A Kite. Then The Wind Came.', 3100, 62],
    ['A Boy Built A Kite. Then The Wind Came.', 3000, 90],
    ['"Hold On," She Said. He Did.', 2900, 29],
    ['Late arm of the first test', 2800, 56],
  ]);
});

test('importing again changes nothing', async () => {
  const { deps } = opened;
  const before = await deps.store.creatives.page(deps.advertiserId, {}, { first: 100 });
  const report = await importUpworthy(deps, input({ batchSize: 4 }));
  expect(report).toMatchObject({ imported: 0, unchanged: 6, rejected: 3 });
  expect(await deps.store.creatives.page(deps.advertiserId, {}, { first: 100 })).toEqual(before);
});

test('an interrupted import says how far it came', async () => {
  const stop = new AbortController();
  const { deps } = opened;
  await expect(
    importUpworthy(deps, input({ batchSize: 2, signal: stop.signal, onProgress: () => stop.abort() })),
  ).rejects.toMatchObject({ code: 'CANCELLED', message: expect.stringContaining('Interrupted') });
});

test('a file that is not there, a directory and a file without the columns are refused, and no rejects file is made', async () => {
  const { deps } = opened;
  const rejectsPath = path.join(folder, 'none.jsonl');
  const attempt = (source: ImportInput['source']): Promise<unknown> => importUpworthy(deps, input({ source, rejectsPath }));
  await expect(attempt(createReadStream(path.join(folder, 'missing.csv')))).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'file' });
  await expect(attempt(createReadStream(folder))).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'file' });
  await expect(attempt((async function* () { yield 'a,b\n1,2\n'; })())).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('clickability_test_id') });
  expect(existsSync(rejectsPath)).toBe(false);
});
