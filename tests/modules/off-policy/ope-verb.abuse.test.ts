import { isAdloomError } from '../../../src/base/errors';
import type { OpeArguments } from '../../../src/modules/off-policy/ope-verb';
import { logFiles, ope } from './log-files';

const { file, folder } = logFiles();
const LOG = ['action,position,reward,propensity', 'a,1,1,0.5', 'b,1,0,0.5', 'a,2,0,0.5', 'b,2,1,0.5'];

let count = 0;
const log = (...lines: string[]): string => file(`log-${count++}.csv`, lines);
async function refusal(path: string, policy = 'uniform', more: Partial<OpeArguments> = {}): Promise<string> {
  try {
    await ope(path, policy, more);
  } catch (error) {
    if (!isAdloomError(error)) throw error;
    return [`${error.code} ${error.field}: ${error.message}`, error.hint].filter(Boolean).join(' | ').replaceAll(`${folder()}/`, '').replaceAll(/log-\d+/g, 'log');
  }
  throw new Error('It was accepted.');
}

describe('a log that cannot be evaluated on is refused', () => {
  test.each<[string, string[]]>([
    ['an empty file', []],
    ['no rows', LOG.slice(0, 1)],
    ['no column of actions', ['reward,propensity', '1,0.5']],
    ['no column of rewards', ['action,propensity', 'a,0.5']],
    ['no column of propensities', ['action,reward', 'a,1']],
    ["Open Bandit's without propensities", ['item_id,position,click', '3,1,0']],
    ['a row without a propensity', [...LOG, 'a,1,1,']],
    ['a propensity above 1', [...LOG, 'a,1,1,1.5']],
    ['a propensity that is text', [...LOG, 'a,1,1,often']],
    ['a propensity of 0', [...LOG, 'a,1,1,0']],
    ['a reward that is text', [...LOG, 'a,1,yes,0.5']],
    ['a reward that is infinite', [...LOG, 'a,1,Infinity,0.5']],
    ['a reward that no sum can hold', [...LOG, 'a,1,1e308,0.5']],
    ['a row without an action', [...LOG, ',1,1,0.5']],
    ['a row that is too short', [...LOG, 'a,1']],
    ['two columns of one name', ['action,reward,reward,propensity', 'a,1,1,1']],
  ])('%s', async (_, lines) => expect(await refusal(log(...lines))).toMatchSnapshot());

  test('no file', async () => expect(await refusal(`${folder()}/none.csv`)).toMatchSnapshot());
  test('a folder', async () => expect(await refusal(folder())).toContain('BAD_INPUT'));
  test('a map to a column that is not there', async () => expect(await refusal(log(...LOG), 'uniform', { map: { action: 'creative' } })).toMatchSnapshot());
  test('a map of a field that is not there', async () => expect(await refusal(log(...LOG), 'uniform', { map: { colour: 'action' } })).toMatchSnapshot());
  test('a context that is not there', async () => expect(await refusal(log(...LOG), 'uniform', { context: ['age'] })).toMatchSnapshot());
  test('a context that tells the reward', async () => expect(await refusal(log(...LOG), 'uniform', { context: ['reward'] })).toMatchSnapshot());
  test('a context that names every row', async () => {
    const rows = Array.from({ length: 1200 }, (_, i) => `a,1,1,0.5,person ${i}`);
    expect(await refusal(log('action,position,reward,propensity,name', ...rows), 'uniform', { context: ['name'] })).toMatchSnapshot();
  });
});

describe('a policy that cannot be evaluated is refused', () => {
  const policy = (...lines: string[]): string => `file:${file(`policy-${count++}.csv`, lines)}`;
  const of = async (name: string, more: Partial<OpeArguments> = {}): Promise<string> => (await refusal(log(...LOG), name, more)).replaceAll(/policy-\d+/g, 'policy');

  test.each(['greedy', '', 'file:', 'uniform:x'])('%j', async (name) => expect(await of(name)).toMatchSnapshot());
  test.each<[string, string[]]>([
    ['that sums to less than 1', ['action,probability', 'a,0.5', 'b,0.4']],
    ['that sums to less than 1 at one position', ['action,position,probability', 'a,1,1', 'b,2,0.5']],
    ['with a probability below 0', ['action,probability', 'a,1.5', 'b,-0.5']],
    ['with a probability that is text', ['action,probability', 'a,all']],
    ['that names an action twice', ['action,probability', 'a,0.5', 'a,0.5']],
    ['for a position that the log has not', ['action,position,probability', 'a,9,1']],
    ['without probabilities', ['action', 'a']],
    ['of an empty file', []],
    ['for what the log never shows', ['action,probability', 'a,0.4', 'c,0.6']],
    ['of actions spelt otherwise than in the log', ['action,probability', 'a.0,0.5', 'b.0,0.5']],
  ])('a file %s', async (_, lines) => expect(await of(policy(...lines))).toMatchSnapshot());
  test('a file that is not there', async () => expect(await of(`file:${folder()}/none.csv`)).toMatchSnapshot());
  test('priors that are not above 0', async () => expect(await of(`bernoulli-ts:${file('priors.csv', ['action,alpha,beta', 'a,1,0', 'b,1,1'])}`)).toMatchSnapshot());
  test('two priors for one action', async () => expect(await of(`bernoulli-ts:${file('priors.csv', ['action,alpha,beta', 'a,1,1', 'b,1,1', 'a,2,1'])}`)).toMatchSnapshot());
  test('fewer priors than positions', async () => expect(await of(`bernoulli-ts:${file('priors.csv', ['action,alpha,beta', 'a,1,1'])}`)).toMatchSnapshot());
  test.each(['log', 'bernoulli-ts'])('%s without its log', async (name) => expect(await of(name)).toMatchSnapshot());
  test('best-item with the log of another', async () => expect(await of('best-item', { policyLog: log(...LOG) })).toMatchSnapshot());
  test('a log of other positions', async () => expect(await of('log', { policyLog: log('action,position,reward', 'a,1,1') })).toMatchSnapshot());
});
