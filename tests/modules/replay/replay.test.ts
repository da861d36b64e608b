import { createRng } from '../../../src/base/rng';
import { betaThompson, evenSplit, klUpperBound, ours, type TestPrior } from '../../../src/modules/replay/contestants';
import { crossFitPriors, foldOf } from '../../../src/modules/replay/cross-fit';
import { fitReplayPrior } from '../../../src/modules/replay/fit-prior';
import { headlineTests } from '../../../src/modules/replay/headline-tests';
import { lateness } from '../../../src/modules/replay/image-order';
import { exploreThenCommit, play } from '../../../src/modules/replay/play';
import { replayChart } from '../../../src/modules/replay/replay-chart';
import { runReplay } from '../../../src/modules/replay/run-replay';
import { headlineScene } from './scene';

const prior: TestPrior = { level: -4, slope: 1, between: 0.5, within: 0.3, delay: 0, alpha: 2, beta: 150, scores: [0.3, 0, -0.1], late: [0, 0, 0] };

describe('one test', () => {
  const rates = [0.01, 0.02, 0.015];

  test.each([
    ['even split', evenSplit],
    ['KL-UCB', klUpperBound(0.2)],
    ['Thompson', betaThompson(1, 1)],
    ['ours', ours(prior, { budget: 20_000, floor: 0.01, text: true, images: true })],
  ])('spends its budget to the last impression and loses no more than the worst arm would: %s', (_, player) => {
    const takes = play(rates, player, [500, 20_000], createRng(1));
    takes.forEach(({ regret, clicks }, i) => {
      expect(regret).toBeGreaterThan(0);
      expect(regret).toBeLessThan([500, 20_000][i]! * 0.01);
      expect(clicks).toBeGreaterThan(0);
    });
    expect(play(rates, player, [500, 20_000], createRng(1))).toEqual(takes);
  });

  test('an A/B test of half the budget loses at least what its even half does', () => {
    expect(exploreThenCommit(rates, 0.5, 3_000, createRng(1)).regret).toBeGreaterThanOrEqual(500 * 0.01 + 500 * 0.005 - 1e-9);
  });

  test('ours finds the best arm although the text is wrong about it', () => {
    const { regret } = play(rates, ours(prior, { budget: 50_000, floor: 0, text: true, images: true }), [50_000], createRng(2))[0]!;
    expect(regret).toBeLessThan(0.3 * 50_000 * 0.005);
  });
});

test('the prior finds the numbers that tests were drawn with', () => {
  const rng = createRng(3);
  const tests = Array.from({ length: 800 }, () => {
    const level = -4 + 0.6 * rng.normal();
    return Array.from({ length: 4 }, (_, k) => {
      const score = rng.normal();
      const p = 1 / (1 + Math.exp(-(level + 0.2 * score - 0.1 * k + 0.3 * rng.normal())));
      return { score, late: k, impressions: 50_000, clicks: Math.round(50_000 * p) };
    });
  });
  const fitted = fitReplayPrior(tests);
  expect(fitted.level).toBeCloseTo(-4, 0);
  expect(Math.abs(fitted.slope - 0.2)).toBeLessThan(0.03);
  expect(Math.abs(fitted.delay + 0.1)).toBeLessThan(0.03);
  expect(Math.abs(fitted.between - 0.6)).toBeLessThan(0.06);
  expect(Math.abs(fitted.within - 0.3)).toBeLessThan(0.03);
});

test('scores and images that are all alike say nothing, and the rest is fitted as without them', () => {
  const arms = [{ impressions: 1_000, clicks: 20 }, { impressions: 1_000, clicks: 40 }, { impressions: 2_000, clicks: 30 }];
  const fitted = (score: number, late: number) => fitReplayPrior([arms, arms.toReversed()].map((test) => test.map((arm) => ({ ...arm, score, late }))));
  expect(fitted(0, 0)).toMatchObject({ slope: 0, delay: 0 });
  expect(fitted(3, 2)).toEqual(fitted(0, 0));
});

test('an image says by its id when it was made: before or after the others of its test', () => {
  const arm = (image: string) => ({ headline: 'h', image, impressions: 1, clicks: 0 });
  const of = (...images: string[]) => lateness({ id: 't', story: 't', arms: images.map(arm) });
  expect(of('546d6fa29ad54eec8d00002d', '546d6fa19ad54eec8d00002e')).toEqual([Math.log(2) / 2, -Math.log(2) / 2]);
  expect(of('546d6fa29ad54eec8d00002d', 'hero.png')).toEqual([0, 0]);
  expect(of('', '')).toEqual([0, 0]);
});

test('the order of the file says nothing: arms stand in the same order of chance whichever comes first', () => {
  const rows = headlineScene(400).map((row) => ({ ...row, clicks: row.headline.endsWith(' 0') ? 200 : 40 }));
  const { tests } = headlineTests(rows);
  expect(headlineTests(rows.toReversed()).tests.find(({ id }) => id === 't7')).toEqual(tests[7]);
  const first = tests.filter(({ arms }) => arms[0]!.clicks === 200).length;
  expect(Math.abs(first - 400 / 3)).toBeLessThan(30);
});

describe('a contest over tests in which one word wins', () => {
  const { tests } = headlineTests(headlineScene(60));
  const priors = crossFitPriors(tests, 1, () => undefined);
  const results = runReplay(priors, { budgets: [500, 2_000], seeds: 1, note: () => undefined, checkpoint: () => undefined });
  const of = (policy: string) => results.find((r) => r.policy === policy)!.budgets;

  test('every test is played, by a prior that its own outcomes do not move', () => {
    expect(priors.size).toBe(60);
    // Every outcome of one fold turned round: priors of that fold stay, to the last digit.
    const turned = tests.map((test) => (foldOf(test) === 0 ? { ...test, arms: test.arms.map((arm) => ({ ...arm, clicks: arm.impressions - arm.clicks })) } : test));
    const after = crossFitPriors(turned, 1, () => undefined);
    for (const test of turned.filter((t) => foldOf(t) === 0)) expect(after.get(test)).toEqual(priors.get(tests.find((t) => t.id === test.id)!));
  });

  test('the text is learnt from other tests, and ours loses least', () => {
    for (const i of [0, 1]) {
      expect(of('even split')[i]!.ofEven).toBe(1);
      expect(of('model only')[i]!.ofEven).toBeLessThan(0.5);
      for (const rival of ['even split', 'A/B test, then its winner', 'KL-UCB', 'Thompson, Beta(1, 1)', 'Thompson, fitted Beta']) expect(of(rival)[i]!.beyondOurs!.low).toBeGreaterThan(0);
    }
    expect(of('A/B test, then its winner')[0]!.tuned).not.toBeNull();
  });

  test('where images made later are clicked less, that is learnt from other tests too', () => {
    const dated = headlineScene(200).map((row, i) => ({ ...row, headline: 'one headline', story: row.test, image: `${(0x50000000 + i * 7_919 * (1 + (i % 3))).toString(16)}${'0'.repeat(16)}` }));
    const first = (row: { test: string; image: string }) => dated.every((other) => other.test !== row.test || other.image >= row.image);
    const { tests: photos } = headlineTests(dated.map((row) => ({ ...row, clicks: first(row) ? 80 : 50 })));
    const played = runReplay(crossFitPriors(photos, 1, () => undefined), { budgets: [500], seeds: 1, note: () => undefined, checkpoint: () => undefined });
    const share = (policy: string) => played.find((r) => r.policy === policy)!.budgets[0]!.ofEven;
    expect(share('model only')).toBe(0);
    expect(share('ours')).toBeLessThan(0.5 * share('ours without the images'));
  });

  test('the chart has a line for each policy', () => {
    const svg = replayChart(results, 'a < b');
    expect(svg.match(/<polyline/g)).toHaveLength(results.length);
    expect(svg).toContain('a &lt; b');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});
