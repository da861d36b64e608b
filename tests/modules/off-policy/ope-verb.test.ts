import { createRng } from '../../../src/base/rng';
import { opeTable } from '../../../src/modules/off-policy/ope-table';
import { logFiles, ope } from './log-files';

const { file } = logFiles();

const OPEN_BANDIT = ',timestamp,item_id,position,click,propensity_score,user_feature_0,user-item_affinity_0';
/** Two positions, two items; item 7 at position 1 pays. */
const openBandit = (name: string): string =>
  file(name, [
    OPEN_BANDIT,
    '0,2019-11-24 00:00:01+00:00,7,1,1,0.5,aa,0.0',
    '1,2019-11-24 00:00:02+00:00,8,1,0,0.5,bb,0.0',
    '2,2019-11-24 00:00:03+00:00,7,2,0,0.25,aa,0.0',
    '3,2019-11-24 00:00:04+00:00,8,2,1,0.75,bb,1.0',
  ]);

test("Open Bandit's files are known by their columns, and actions at different positions are different actions", async () => {
  const { log, parts } = await ope(openBandit('open.csv'), 'uniform', { perPosition: true });
  expect(log).toMatchObject({ format: 'open-bandit', rows: 4, actions: 2, positions: 2 });
  expect(parts.map(({ position }) => position)).toEqual([null, '1', '2']);
  // Weights 1, 1, 2, 2/3.
  expect(parts[0]!.value.estimates.ips.value).toBeCloseTo((1 + 2 / 3) / 4, 12);
  expect(parts[1]!.value.estimates.ips.value).toBeCloseTo(1 / 2, 12);
  expect(parts[2]!.value.estimates.snips.value).toBeCloseTo(2 / 3 / (2 + 2 / 3), 12);
  expect(parts[0]!.logged.mean).toBe(0.5);
});

test('a first column without a name, as tables with row numbers have, is no position', async () => {
  const rows = ['0,tea,1,0.5', '1,cocoa,0,0.5', '2,tea,0,0.5', '3,cocoa,1,0.5'];
  const log = file('numbered.csv', [',item_id,click,propensity_score', ...rows]);
  expect((await ope(log, 'uniform')).log).toMatchObject({ format: 'open-bandit', actions: 2, positions: 1 });
  const policy = file('numbered-policy.csv', [',action,probability', '0,tea,0.5', '1,cocoa,0.5']);
  expect((await ope(log, `file:${policy}`)).parts[0]!.value.estimates.ips.value).toBeCloseTo(0.5, 12);
});

test('propensities that cannot be of what was shown are told by the weights, and right ones are not accused', async () => {
  const rng = createRng(9);
  const rows = (propensity: (action: number) => number): string[] => Array.from({ length: 2_000 }, () => {
    const action = rng.next() < 0.9 ? 0 : 1;
    return `a${action},${rng.next() < 0.1 ? 1 : 0},${propensity(action)}`;
  });
  const columns = 'action,reward,propensity';
  const right = await ope(file('right.csv', [columns, ...rows((action) => [0.9, 0.1][action]!)]), 'uniform');
  const wrong = await ope(file('wrong.csv', [columns, ...rows(() => 1)]), 'uniform');
  expect([right, wrong].map(({ parts }) => parts[0]!.value.weightsOff)).toEqual([false, true]);
  expect(opeTable(right).join()).not.toContain('Weights average');
  expect(opeTable(wrong).join()).toContain('Weights average 0.5 where right propensities give about 1');
});

test('a log of other columns is read through a map, with the context that is named', async () => {
  const rng = createRng(4);
  const rows = Array.from({ length: 300 }, () => {
    const [shown, device, age] = [rng.int(2), rng.int(2), rng.int(60)];
    return `${['tea', 'coffee'][shown]},${2 * device + shown + 0.1 * rng.normal()},0.5,${['phone', 'desk'][device]},${age}`;
  });
  const log = file('mapped.csv', ['creative,gain,p,device,age', ...rows]);
  const map = { action: 'creative', reward: 'gain', propensity: 'p' };
  const plain = (await ope(log, 'uniform', { map })).parts[0]!.value.estimates;
  const informed = (await ope(log, 'uniform', { map, context: ['device', 'age'] })).parts[0]!.value.estimates;
  expect(informed.ips).toEqual(plain.ips);
  expect(Math.abs(informed.dr.value - 1.5)).toBeLessThan(0.2);
  // The uniform policy has nothing to correct here, but the model now knows most of what rewards vary by.
  expect(informed.dm.standardError).toBeGreaterThan(5 * plain.dm.standardError);
});

test('a policy is what its own log shows, and its own log tells how far each estimate is off', async () => {
  const own = file('own.csv', ['item_id,position,click', '7,1,1', '7,1,1', '7,1,0', '8,1,1', '8,2,0', '8,2,1', '8,2,1', '7,2,0']);
  for (const policy of ['log', 'bernoulli-ts']) {
    const { parts } = await ope(openBandit('logged.csv'), policy, { policyLog: own, perPosition: true });
    // Position 1: 3/4 and 1/4 against 1/2 each; position 2: 1/4 against 1/4, 3/4 against 3/4.
    expect(parts[0]!.value.estimates.ips.value).toBeCloseTo((1.5 + 1) / 4, 12);
    expect(parts[0]!.truth).toMatchObject({ rows: 8, mean: 5 / 8 });
    expect(parts[1]!.truth).toMatchObject({ rows: 4, mean: 3 / 4 });
    expect(parts[0]!.relativeError!.ips).toBeCloseTo(0, 12);
  }
});

test('a policy file gives probabilities, for all positions or each', async () => {
  const log = openBandit('for-file.csv');
  const everywhere = file('everywhere.csv', ['action,probability', '7,0.9', '8,0.1']);
  const each = file('each.csv', ['position,action,probability', '1,7,0.9', '1,8,0.1', '2,8,1']);
  expect((await ope(log, `file:${everywhere}`)).parts[0]!.value.estimates.ips.value).toBeCloseTo((1.8 + 0.1 / 0.75) / 4, 12);
  expect((await ope(log, `file:${each}`)).parts[0]!.value.estimates.ips.value).toBeCloseTo((1.8 + 1 / 0.75) / 4, 12);
});

test('a log of more rows times actions than are in memory at once is evaluated in parts, to the same value', async () => {
  const rows = Array.from({ length: 15_000 }, (_, i) => `a${i % 70},${1 + (Math.floor(i / 70) % 2)},${i % 7 === 0 ? 1 : 0},0.02`);
  const { parts } = await ope(file('long.csv', ['action,position,reward,propensity', ...rows]), 'uniform', { perPosition: true, map: { action: 'action', reward: 'reward', propensity: 'propensity', position: 'position' } });
  const weight = 1 / 70 / 0.02;
  const clicks = Math.ceil(15_000 / 7);
  expect(parts[0]!.value.estimates.ips.value).toBeCloseTo((weight * clicks) / 15_000, 12);
  for (const { logged, value } of parts) expect(value.estimates.ips.value).toBeCloseTo(weight * logged.mean, 12);
});

test('the best item is learned on the half that it is not judged on', async () => {
  const rng = createRng(9);
  const rows = Array.from({ length: 400 }, () => {
    const action = rng.int(3);
    return `${'abc'[action]},${rng.next() < [0.1, 0.7, 0.2][action]! ? 1 : 0},${1 / 3}`;
  });
  const { policy, parts } = await ope(file('best.csv', ['action,reward,propensity', ...rows]), 'best-item');
  expect(policy).toMatch(/b and b$/);
  expect(Math.abs(parts[0]!.value.estimates.snips.value - 0.7)).toBeLessThan(0.15);

  // Rewards that are chance alone: what looked best on one half is worth no more on the other, where in-sample it would be.
  const lottery = Array.from({ length: 1500 }, (_, i) => `item ${i % 50},${rng.next() < 0.2 ? 1 : 0},0.02`);
  const { value } = (await ope(file('lottery.csv', ['action,reward,propensity', ...lottery]), 'best-item')).parts[0]!;
  expect(value.estimates.snips.value).toBeLessThan(0.36);
});

test('Thompson sampling from priors puts the surest item first and the next beneath it', async () => {
  const log = openBandit('priors-log.csv');
  const priors = file('priors.csv', ['action,alpha,beta', '7,900,100', '8,100,900']);
  // Item 7 always at position 1, item 8 always at position 2.
  expect((await ope(log, `bernoulli-ts:${priors}`)).parts[0]!.value.estimates.ips.value).toBeCloseTo((2 + 1 / 0.75) / 4, 9);
  const alike = file('alike.csv', ['action,alpha,beta', '7,0.5,2', '8,0.5,2']);
  const uniform = (await ope(log, 'uniform')).parts[0]!.value.estimates.ips.value;
  expect(Math.abs((await ope(log, `bernoulli-ts:${alike}`)).parts[0]!.value.estimates.ips.value - uniform)).toBeLessThan(0.01);
});

test('the same seed gives the same report, another seed other resamples of the same estimates', async () => {
  const rng = createRng(2);
  const log = file('seeds.csv', ['action,reward,propensity', ...Array.from({ length: 60 }, () => `${rng.int(3)},${rng.int(2)},${1 / 3}`)]);
  const policy = `file:${file('seeded-policy.csv', ['action,probability', '0,0.5', '1,0.3', '2,0.2'])}`;
  const first = await ope(log, policy);
  expect(await ope(log, policy)).toEqual(first);
  const other = await ope(log, policy, { seed: 2 });
  expect(other.parts[0]!.value.estimates.ips.value).toBe(first.parts[0]!.value.estimates.ips.value);
  expect(other.parts[0]!.value.estimates.ips.bootstrap).not.toEqual(first.parts[0]!.value.estimates.ips.bootstrap);
});
