import { join } from 'node:path';
import fc from 'fast-check';
import type { Scorer } from '../../../src/ml/serve/types';
import { gramFeatures } from '../../../src/ml/gpt2/grams';
import { Nearness } from '../../../src/ml/gpt2/nearness';
import { readSafetensors } from '../../../src/ml/weights/safetensors';
import { CTR, editJson, ModelDirectories } from './model-directories';

const directories = new ModelDirectories();
let scorer: Scorer;
beforeAll(async () => {
  scorer = await directories.scorer(CTR);
});
afterAll(() => directories.remove());

/** Of the fixture's linear part. */
const GRAM_ROWS = 4096;
const NEARNESS = 4;
const TEXTS = ['Mud is part of the plan', 'Rooftops before breakfast', 'Lace up', 'The map is only a suggestion. From dawn to dusk.', 'Find your line'];
const PREFIX = 'trail running | Trail running shoes | Waterproof jacket';

const word = fc.constantFrom('trail', 'running', 'shoes', 'city', 'map', 'learn', 'fee', 'rain', 'coat', 'naïve', '日本', '👟', '<|copy|>', '<product>', '|', '  ', '\n', '\ud800');
const text = fc.oneof(fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')), fc.string({ maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 20 }), fc.constant(''));
const prefix = fc.oneof(fc.constant(''), fc.constantFrom('trail running', 'city breaks'), fc.array(word, { maxLength: 150 }).map((words) => words.join(' | ')));

async function logitAlone(model: Scorer, pair: { prefix: string; text: string }): Promise<number> {
  return (await model.score({ prefix: pair.prefix, texts: [pair.text] })).scores[0]!.logit;
}

async function expectAlike(model: Scorer, pairs: readonly { prefix: string; text: string }[], logits: readonly number[]): Promise<void> {
  for (const [i, pair] of pairs.entries()) expect(Math.abs((await logitAlone(model, pair)) - logits[i]!)).toBeLessThan(1e-4);
}

describe('a scorer', () => {
  it('scores a batch as it scores each text alone, whatever the texts and however long the prefix', async () => {
    await fc.assert(
      fc.asyncProperty(prefix, fc.array(text, { minLength: 1, maxLength: 8 }), async (about, texts) => {
        const { scores } = await scorer.score({ prefix: about, texts });
        await expectAlike(scorer, texts.map((t) => ({ prefix: about, text: t })), scores.map((s) => s.logit));
      }),
      { numRuns: 25 },
    );
  });

  it('scores pairs packed in any grouping as it scores each alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ prefix: fc.oneof(prefix, fc.constant(PREFIX)), text }), { minLength: 1, maxLength: 12 }), async (pairs) => {
        await expectAlike(scorer, pairs, (await scorer.scoreMany(pairs)).map((s) => s.logit));
      }),
      { numRuns: 25 },
    );
  });

  it('scores more than one run can hold in the order asked', async () => {
    const texts = Array.from({ length: 900 }, (_, i) => `${TEXTS[i % TEXTS.length]} ${'and on '.repeat(i % 7)}`);
    const { scores } = await scorer.score({ prefix: PREFIX, texts });
    const few = [0, 1, 13, 450, 777, 899];
    await expectAlike(scorer, few.map((i) => ({ prefix: PREFIX, text: texts[i]! })), few.map((i) => scores[i]!.logit));
    const backwards = await scorer.score({ prefix: PREFIX, texts: texts.toReversed() });
    backwards.scores.toReversed().forEach((score, i) => expect(Math.abs(score.logit - scores[i]!.logit)).toBeLessThan(1e-4));
  });

  it('gives the same numbers for the same request', async () => {
    const request = { prefix: PREFIX, texts: TEXTS };
    expect((await scorer.score(request)).scores).toEqual((await scorer.score(request)).scores);
  });

  it('answers no texts with no scores', async () => {
    expect((await scorer.score({ prefix: PREFIX, texts: [] })).scores).toEqual([]);
    expect(await scorer.scoreMany([])).toEqual([]);
  });

  it('lets the newest of a long prefix count', async () => {
    const long = 'rain coat map '.repeat(200);
    const scores = await scorer.scoreMany([long, long + long].map((before) => ({ prefix: `${before}trail running`, text: TEXTS[0]! })));
    expect(Math.abs(scores[0]!.logit - scores[1]!.logit)).toBeLessThan(1e-4);
    const other = await logitAlone(scorer, { prefix: `${long}city breaks`, text: TEXTS[0]! });
    expect(Math.abs(other - scores[0]!.logit)).toBeGreaterThan(1e-4);
  });

  it('says how much of a long prefix it left out', async () => {
    const short = await scorer.score({ prefix: PREFIX, texts: TEXTS });
    expect(short.prefixTrimmed).toBeUndefined();
    const left = await Promise.all([200, 210, 220].map(async (n) => (await scorer.score({ prefix: `${'rain '.repeat(n)}trail`, texts: TEXTS })).prefixTrimmed!));
    expect(left[0]).toBeGreaterThan(100);
    expect(left[1]! - left[0]!).toBeGreaterThanOrEqual(10);
    expect(left[2]! - left[1]!).toBe(left[1]! - left[0]!);
  });

  it('remembers prefixes without a change in any score', async () => {
    const [keeping, fresh] = await Promise.all([{}, { prefixCacheBytes: 0 }].map((bounds) => directories.scorer(CTR, bounds)));
    const long = Array.from({ length: 900 }, (_, i) => `${TEXTS[i % TEXTS.length]} ${i}`);
    const requests = [TEXTS, TEXTS.slice(1, 3), long, long.toReversed(), ['Lace up']].flatMap((texts) => [PREFIX, '', 'city breaks'].map((about) => ({ prefix: about, texts })));
    for (const request of requests) {
      const [kept, anew] = [(await keeping!.score(request)).scores, (await fresh!.score(request)).scores];
      kept.forEach((score, i) => expect(Math.abs(score.logit - anew[i]!.logit)).toBeLessThan(1e-4));
    }
  });

  it('is personal: the same texts in another order for another interest', async () => {
    const order = async (about: string): Promise<string> => {
      const { scores } = await scorer.score({ prefix: about, texts: TEXTS });
      return TEXTS.toSorted((a, b) => scores[TEXTS.indexOf(b)]!.logit - scores[TEXTS.indexOf(a)]!.logit)[0]!;
    };
    expect(await order('trail running | trail running vest')).not.toBe(await order('city breaks | city map'));
  });

  it('adds what words and characters alone say: in full without a prefix, as told behind one', async () => {
    const [silent, counted] = await Promise.all([0, 0.25].map((behindPrefix) => {
      const directory = directories.copyOf(CTR);
      editJson(join(directory, 'ranker.json'), (json) => ({ ...json, grams: { ...(json['grams'] as object), behindPrefix } }));
      return directories.scorer(directory);
    }));
    const { tensors } = await readSafetensors(join(CTR, 'grams.safetensors'));
    const table = tensors.get('grams.linear')!.data as Float32Array;
    const said = (text: string): number => {
      const { rows, weights } = gramFeatures(text, GRAM_ROWS);
      return rows.reduce((sum, row, i) => sum + table[row]! * weights[i]!, 0);
    };
    for (const sentence of TEXTS) {
      const difference = async (about: string): Promise<number> =>
        (await logitAlone(counted!, { prefix: about, text: sentence })) - (await logitAlone(silent!, { prefix: about, text: sentence }));
      expect(await difference(PREFIX)).toBeCloseTo(0.25 * said(sentence), 5);
      expect(await difference('')).toBe(0);
    }
  });

  it('adds what words shared with the prefix say, and nothing without a prefix', async () => {
    const silent = directories.copyOf(CTR);
    editJson(join(silent, 'ranker.json'), (json) => ({ ...json, grams: { ...(json['grams'] as object), nearness: undefined } }));
    const without = await directories.scorer(silent);
    const { tensors } = await readSafetensors(join(CTR, 'grams.safetensors'));
    const behind = new Nearness(tensors.get('grams.rarity')!.data as Float32Array, NEARNESS).behind(PREFIX);
    const own = behind(gramFeatures('Trail running shoes', GRAM_ROWS));
    expect(own).toBeCloseTo(NEARNESS, 4);
    for (const sentence of [...TEXTS, 'Trail running shoes', 'A jacket for the trail']) {
      const difference = async (about: string): Promise<number> =>
        (await logitAlone(scorer, { prefix: about, text: sentence })) - (await logitAlone(without, { prefix: about, text: sentence }));
      expect(await difference(PREFIX)).toBeCloseTo(behind(gramFeatures(sentence, GRAM_ROWS)), 4);
      expect(await difference('')).toBe(0);
    }
  });

  it('calibrates with and without a prefix by their own curves', async () => {
    const directory = directories.copyOf(CTR);
    const [behind, alone] = [{ slope: 2, intercept: -1, deviation: 0.5 }, { slope: 0.5, intercept: -4, deviation: 0.1 }];
    editJson(join(directory, 'calibration.json'), () => ({ withPrefix: behind, withoutPrefix: alone }));
    const calibrated = await directories.scorer(directory);
    for (const [about, curve] of [[PREFIX, behind], ['', alone]] as const) {
      for (const score of (await calibrated.score({ prefix: about, texts: TEXTS })).scores) {
        expect(score.probability).toBeCloseTo(1 / (1 + Math.exp(-(curve.slope * score.logit + curve.intercept))), 12);
        expect(score.uncertainty).toBe(curve.deviation);
      }
    }
  });

  it('says where the time of a reply went, waiting for others included', async () => {
    const texts = Array.from({ length: 400 }, (_, i) => `${TEXTS[i % TEXTS.length]} ${i}`);
    const ask = async (some: readonly string[]) => {
      const started = performance.now();
      const { timing } = await scorer.score({ prefix: '', texts: some });
      return { timing, tookMs: performance.now() - started };
    };
    const [first, second] = await Promise.all([ask(texts), ask(texts)]);
    for (const { timing, tookMs } of [first, second]) {
      expect(timing.inferenceMs).toBeGreaterThan(0);
      expect(timing.tokeniseMs).toBeGreaterThan(0);
      expect(Math.abs(timing.tokeniseMs + timing.queueMs + timing.inferenceMs - tookMs)).toBeLessThan(0.2 * tookMs + 5);
    }
    // The second was asked for while the first ran.
    expect(second.timing.queueMs).toBeGreaterThan(0.5 * first.timing.inferenceMs);
  });
});

describe('the identity of a scorer', () => {
  it('is that of its files: the same in a copy, another where a file that decides scores differs', async () => {
    const idOf = async (directory: string): Promise<string> => {
      const model = await directories.scorer(directory);
      await model.close();
      return model.identity.id;
    };
    const copy = directories.copyOf(CTR);
    expect(await idOf(copy)).toBe(scorer.identity.id);
    for (const file of ['calibration.json', 'ranker.json', 'config.json']) {
      const changed = directories.copyOf(CTR);
      editJson(join(changed, file), (json) => ({ ...json, note: 'changed' }));
      expect([file, await idOf(changed)]).not.toEqual([file, scorer.identity.id]);
    }
  });

  it('tells kind, device and number of weights', () => {
    expect(scorer.identity).toMatchObject({ kind: 'classifier', name: 'ctr', device: 'cpu', directory: CTR });
    expect(scorer.identity.parameters).toBeGreaterThan(100_000);
  });
});

describe('a call that is cancelled', () => {
  const many = Array.from({ length: 1500 }, (_, i) => `${TEXTS[i % TEXTS.length]} ${i}`);
  const cancelled = expect.objectContaining({ code: 'CANCELLED' });

  it('is refused where it was cancelled beforehand', async () => {
    await expect(scorer.score({ prefix: '', texts: TEXTS }, { signal: AbortSignal.abort() })).rejects.toEqual(cancelled);
    await expect(scorer.scoreMany([{ prefix: '', text: 'a' }], { signal: AbortSignal.abort() })).rejects.toEqual(cancelled);
  });

  it('is dropped where it stands, and calls behind it go on', async () => {
    const whole = (await scorer.score({ prefix: PREFIX, texts: many })).timing.inferenceMs;
    const abort = new AbortController();
    const dropped = scorer.score({ prefix: PREFIX, texts: many }, { signal: abort.signal });
    const behind = scorer.score({ prefix: '', texts: TEXTS });
    setTimeout(() => abort.abort(), Math.min(50, whole / 10));
    await expect(dropped).rejects.toEqual(cancelled);
    const reply = await behind;
    expect(reply.scores).toHaveLength(TEXTS.length);
    expect(reply.timing.queueMs).toBeLessThan(0.8 * whole);
  });

  it('is never started where it still waits', async () => {
    const abort = new AbortController();
    const running = scorer.score({ prefix: '', texts: many.slice(0, 300) });
    const waiting = scorer.score({ prefix: PREFIX, texts: many }, { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toEqual(cancelled);
    expect((await running).scores).toHaveLength(300);
  });

  it('means nothing once the reply is there', async () => {
    const abort = new AbortController();
    const reply = await scorer.score({ prefix: '', texts: TEXTS }, { signal: abort.signal });
    abort.abort();
    expect(reply.scores).toHaveLength(TEXTS.length);
    expect((await scorer.score({ prefix: '', texts: TEXTS })).scores).toEqual(reply.scores);
  });
});

describe('closing a scorer', () => {
  it('lets calls in flight finish and refuses those after', async () => {
    const model = await directories.scorer(CTR);
    const inFlight = Promise.all([model.score({ prefix: PREFIX, texts: TEXTS }), model.scoreMany(TEXTS.map((t) => ({ prefix: '', text: t })))]);
    const closed = model.close();
    await expect(model.score({ prefix: '', texts: TEXTS })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', message: 'The model has been closed.' });
    const [scored, many] = await inFlight;
    expect([scored.scores.length, many.length]).toEqual([TEXTS.length, TEXTS.length]);
    await closed;
    await model.close();
    await expect(model.scoreMany([{ prefix: '', text: 'a' }])).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });
});

describe('a classifier that the Hugging Face libraries saved', () => {
  it('scores as it is, uncalibrated, packed as one by one', async () => {
    const model = await directories.scorer(await directories.huggingFaceClassifier(1));
    const pairs = ['', 'shoes | socks', 'a very long history of things '.repeat(9)].flatMap((about) => TEXTS.map((t) => ({ prefix: about, text: t })));
    const scores = await model.scoreMany(pairs);
    await expectAlike(model, pairs, scores.map((s) => s.logit));
    for (const { logit, probability, uncertainty } of scores) {
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 12);
      expect(uncertainty).toBe(0);
    }
    expect(new Set(scores.map((s) => s.logit.toFixed(5))).size).toBeGreaterThan(10);
  });

  it('with two labels scores the second against the first', async () => {
    const [one, two] = await Promise.all([1, 2].map(async (labels) => directories.scorer(await directories.huggingFaceClassifier(labels as 1 | 2))));
    const request = { prefix: 'shoes | socks', texts: TEXTS };
    const [a, b] = [(await one!.score(request)).scores, (await two!.score(request)).scores];
    a.forEach((score, i) => expect(Math.abs(score.logit - b[i]!.logit)).toBeLessThan(1e-4));
  });
});
