import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { embedTexts } from '../../../src/ml/retrieval/embed-texts';
import { openRetriever } from '../../../src/ml/retrieval/open-retriever';
import { VectorIndex } from '../../../src/ml/retrieval/vector-index';
import { CTR, editJson, editTensors, ModelDirectories, refusalOf } from '../serve/model-directories';

const directories = new ModelDirectories();
afterAll(() => directories.remove());

const WORTH = { base: 1, gain: 1, prior: { trials: 50, successes: 1 }, strength: 20 };
const ROWS = { keys: ['k'], groups: ['g'], vectors: Float32Array.of(1, 2), trials: [0], successes: [0] };
const SEARCH = { query: Float32Array.of(1, 0), calibration: { slope: 1, intercept: 0 }, k: 1, groups: [{ group: 'g', worth: WORTH }] };
const index = (): VectorIndex => new VectorIndex({ dimensions: 2, capacity: 2 });
const refused = (work: () => unknown): Promise<string> => refusalOf(Promise.resolve().then(work), directories.root);

test('an index says what is wrong with rows', async () => {
  expect([
    await refused(() => index().put({ ...ROWS, vectors: Float32Array.of(1, 2, 3) })),
    await refused(() => index().put({ ...ROWS, vectors: Float32Array.of(1, NaN) })),
    await refused(() => index().put({ ...ROWS, vectors: Float32Array.of(Infinity, 1) })),
    await refused(() => index().put({ ...ROWS, groups: [] })),
    await refused(() => index().put({ ...ROWS, trials: [-1] })),
    await refused(() => index().put({ ...ROWS, successes: [NaN] })),
    await refused(() => index().put({ keys: ['a', 'b', 'c'], groups: ['g', 'g', 'g'], vectors: new Float32Array(6), trials: [0, 0, 0], successes: [0, 0, 0] })),
  ]).toMatchSnapshot();
});

test('an index says what is wrong with a search', async () => {
  expect([
    await refused(() => index().top({ ...SEARCH, query: Float32Array.of(1) })),
    await refused(() => index().top({ ...SEARCH, query: Float32Array.of(1, NaN) })),
    ...(await Promise.all([0, -1, 1.5, NaN, Infinity].map((k) => refused(() => index().top({ ...SEARCH, k }))))),
    await refused(() => index().top({ ...SEARCH, groups: [{ group: 'g', worth: { ...WORTH, gain: NaN } }] })),
    await refused(() => index().top({ ...SEARCH, groups: [{ group: 'g', worth: { ...WORTH, base: -1 } }] })),
  ]).toMatchSnapshot();
});

test('odd but honest questions have plain answers', () => {
  const one = index();
  expect(one.top(SEARCH)).toEqual({ found: [], totals: new Map([['g', { rows: 0, trials: 0, successes: 0 }]]) });
  one.put({ keys: [], groups: [], vectors: new Float32Array(0), trials: [], successes: [] });
  one.put(ROWS);
  expect(one.top({ ...SEARCH, k: 1_000_000 }).found).toHaveLength(1);
  expect(one.top({ ...SEARCH, groups: [] })).toEqual({ found: [], totals: new Map() });
  expect(one.top({ ...SEARCH, without: ['k', 'nobody'] }).found).toEqual([]);
  expect(one.remove(['nobody'])).toBe(0);
  const nothingCounted = { ...WORTH, prior: { trials: 0, successes: 0 }, strength: 0 };
  expect(one.top({ ...SEARCH, groups: [{ group: 'g', worth: nothingCounted }] }).found[0]!.value).toBeGreaterThan(0);
});

test('a retriever refuses a directory whose parts do not fit, naming the file', async () => {
  const spoilt = async (spoil: (directory: string) => void | Promise<void>): Promise<string> => {
    const directory = directories.copyOf(CTR);
    await spoil(directory);
    return refused(async () => (await openRetriever(directory)).close());
  };
  expect([
    await spoilt((d) => rmSync(join(d, 'wide.safetensors'))),
    await spoilt((d) => editJson(join(d, 'ranker.json'), (json) => ({ ...json, wide: { buckets: 7, dimensions: 3 } }))),
    await spoilt((d) => editTensors(join(d, 'wide.safetensors'), (t) => ((t.get('wide.prefix')!.data as Float32Array)[0] = NaN))),
    await spoilt((d) => editJson(join(d, 'calibration.json'), () => ({}))),
    await refused(() => openRetriever(CTR, { capacity: 0 })),
  ]).toMatchSnapshot();
});

test('embedding needs anchors, and a closed retriever answers nothing', async () => {
  const scorer = await directories.scorer(CTR);
  const retriever = await openRetriever(CTR);
  expect(await refused(() => embedTexts({ scorer, retriever }, ['a'], { anchors: [] }))).toContain('BAD_INPUT | anchors');
  expect(await refused(() => embedTexts({ scorer, retriever }, ['a'], { anchors: ['b', ''] }))).toContain('BAD_INPUT | anchors');
  expect(await embedTexts({ scorer, retriever }, [], { anchors: ['b'] })).toHaveLength(0);
  expect(await refused(() => embedTexts({ scorer, retriever }, ['a'], { anchors: ['b'], signal: AbortSignal.abort() }))).toContain('CANCELLED');
  expect(await refused(() => retriever.put({ ...ROWS, texts: ['a'], vectors: new Float32Array(5) }))).toContain('BAD_INPUT | vectors');
  expect(await refused(() => retriever.put({ ...ROWS, vectors: new Float32Array(retriever.width + 2), texts: [] }))).toContain('BAD_INPUT | rows');
  await retriever.close();
  expect(await refused(() => retriever.top({ prefix: '', k: 1, groups: [] }))).toContain('MODEL_UNAVAILABLE');
});
