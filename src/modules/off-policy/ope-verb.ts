/** `adloom ope`: what another policy would have earned on the log of a file, beside what it did earn where its own log is at hand. */
import { badInput } from '../../base/errors';
import { createRng, type Rng } from '../../base/rng';
import { ESTIMATORS, type EstimatorName, type PolicyValue } from '../../ml/bandit/off-policy/evaluate-policy';
import { normalInterval, ratioMean, type Interval } from '../../ml/bandit/off-policy/ratio-mean';
import type { ColumnMap } from '../imports/column-map';
import { evaluateLog } from './evaluate-log';
import { bestItemPolicy, loggedPolicy, uniformPolicy, type EvaluationPolicy } from './evaluation-policy';
import { readPolicyFile } from './policy-file';
import { readActionLog, Vocabulary, type ActionLog } from './read-action-log';
import { readThompsonPriors } from './thompson-priors';

export const POLICIES = ['uniform', 'best-item', 'bernoulli-ts', 'log'] as const;

export interface OpeArguments {
  readonly file: string;
  /** One of `POLICIES`, `bernoulli-ts:<csv of priors>` or `file:<csv of probabilities>`. */
  readonly policy: string;
  /** The evaluation policy's own log. */
  readonly policyLog?: string;
  readonly map: ColumnMap;
  readonly context: readonly string[] | null;
  readonly perPosition: boolean;
  readonly replicates: number;
  readonly seed: number;
}

export interface ObservedMean {
  readonly rows: number;
  readonly mean: number;
  readonly interval: Interval | null;
}

export interface ValuedPart {
  /** Null for all positions together. */
  readonly position: string | null;
  /** What the logging policy earned. */
  readonly logged: ObservedMean;
  readonly value: PolicyValue;
  /** What the evaluation policy earned when it ran itself, from its own log. */
  readonly truth: ObservedMean | null;
  /** |estimate - truth| / truth. */
  readonly relativeError: Readonly<Record<EstimatorName, number>> | null;
}

export interface OpeReport {
  readonly log: { file: string; format: ActionLog['format']; rows: number; actions: number; positions: number };
  readonly policy: string;
  readonly policyLog: string | null;
  readonly parts: readonly ValuedPart[];
  readonly replicates: number;
  readonly seed: number;
}

/** @throws BAD_INPUT, NO_SUPPORT. */
export async function runOpe(input: OpeArguments): Promise<OpeReport> {
  const [kind, path] = splitPolicy(input.policy);
  const vocabulary = new Vocabulary();
  const columns = { map: input.map, context: input.context };
  const log = await readActionLog(input.file, columns, vocabulary, { propensities: true });
  const size = { actions: vocabulary.actions.size, positions: vocabulary.positions.size };
  const own = input.policyLog === undefined ? null : await readActionLog(input.policyLog, columns, vocabulary, { propensities: false });
  if (own !== null && kind === 'best-item') throw badInput('--policy-log', 'best-item is learned from the log itself, so no other log is its own.', 'Leave --policy-log out.');
  const rng = createRng(input.seed);
  const policy = await policyOf(kind, path, log, own, vocabulary, rng.fork('policy'));
  const { pooled, positions } = evaluateLog(log, policy, { replicates: input.replicates, rng, perPosition: input.perPosition });
  const part = (position: string | null, value: PolicyValue): ValuedPart => {
    const place = position === null ? null : vocabulary.positions.get(position)!;
    const truth = own === null ? null : observedMean(own, place);
    const relativeError = truth === null || truth.mean === 0 ? null : (Object.fromEntries(ESTIMATORS.map((name) => [name, Math.abs(value.estimates[name].value / truth.mean - 1)])) as Record<EstimatorName, number>);
    return { position, logged: observedMean(log, place), value, truth, relativeError };
  };
  const names = [...vocabulary.positions.keys()].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).filter((name) => positions.has(vocabulary.positions.get(name)!));
  return {
    log: { file: log.file, format: log.format, rows: log.actions.length, ...size },
    policy: policy.description,
    policyLog: own?.file ?? null,
    parts: [part(null, pooled), ...names.map((name) => part(name, positions.get(vocabulary.positions.get(name)!)!))],
    replicates: input.replicates,
    seed: input.seed,
  };
}

type Kind = (typeof POLICIES)[number] | 'file';

function splitPolicy(policy: string): [Kind, string | null] {
  const [name, ...rest] = policy.split(':');
  const path = rest.length === 0 ? null : rest.join(':');
  if (name === 'file' && path) return ['file', path];
  if (name === 'bernoulli-ts' && path) return ['bernoulli-ts', path];
  const kind = POLICIES.find((each) => each === policy);
  if (kind === undefined) throw badInput('--evaluation-policy', `There is no policy ${JSON.stringify(policy)}.`, `Policies: ${POLICIES.join(', ')}, bernoulli-ts:<csv of action, alpha, beta>, file:<csv of action, probability and, if it matters, position>.`);
  return [kind, null];
}

async function policyOf(kind: Kind, path: string | null, log: ActionLog, own: ActionLog | null, vocabulary: Vocabulary, rng: Rng): Promise<EvaluationPolicy> {
  if (kind === 'file') return readPolicyFile(path!, log, vocabulary);
  if (kind === 'bernoulli-ts' && path !== null) return readThompsonPriors(path, log, vocabulary, rng);
  if (kind === 'best-item') return bestItemPolicy(log, vocabulary, rng);
  if (kind === 'uniform') return uniformPolicy(log, vocabulary);
  if (own === null) throw badInput('--policy-log', `What ${kind} does is taken from its own log, and none was given.`, `Name the log with --policy-log <csv>${kind === 'bernoulli-ts' ? ', or its priors with bernoulli-ts:<csv of action, alpha, beta>' : ''}.`);
  return loggedPolicy(log, own, vocabulary);
}

function observedMean(log: ActionLog, place: number | null): ObservedMean {
  const numerators = log.rewards.filter((_, row) => place === null || log.positions[row] === place);
  const mean = ratioMean({ numerators, denominators: null });
  return { rows: numerators.length, mean: mean.value, interval: normalInterval(mean) };
}
