/** What those who run campaigns ask of the platform beside deciding, by operations: training and promotion, new copy and its review. */
import { setTimeout as wait } from 'node:timers/promises';
import { AdloomError } from '../../base/errors';
import type { NewCopy, Retrained } from '../../modules/simulation/loop/platform';
import type { WorldVertical } from '../../modules/simulation/world/world';
import type { GraphQLClient } from './graphql-client';

const EVERY_MS = 250;
const ERRORS = 'userErrors { code field message }';

interface Run {
  readonly status: Retrained['status'] | 'QUEUED' | 'RUNNING';
  readonly report: { readonly verdicts: readonly { readonly name: string; readonly passed: boolean; readonly required: string; readonly came: string }[] } | null;
  readonly figures: readonly { readonly name: string; readonly value: number }[];
  readonly error: { readonly message: string } | null;
  readonly modelVersion: { readonly id: string; readonly name: string } | null;
}

/** Trains all, then puts what its gate passed into shadow, looks whether it can serve, and makes it live. */
export async function retrainBy(client: GraphQLClient, verticals: readonly WorldVertical[], { seed, signal }: { readonly seed: number; readonly signal?: AbortSignal }): Promise<Retrained[]> {
  const runs: { vertical: WorldVertical; id: string }[] = [];
  for (const vertical of verticals) {
    const { startTraining } = await client.run<{ startTraining: { run: { id: string } } }>(`mutation($input: StartTrainingInput!) { startTraining(input: $input) { run { id } ${ERRORS} } }`, { input: { kind: 'CLASSIFIER', vertical, seed } });
    runs.push({ vertical, id: startTraining.run.id });
  }
  const ended: Retrained[] = [];
  for (const { vertical, id } of runs) {
    const { status, report, figures, error, modelVersion } = await until(async () => (await client.run<{ trainingRun: Run }>(
      'query($id: ID!) { trainingRun(id: $id) { status report { verdicts { name passed required came } } figures { name value } error { message } modelVersion { id name } } }', { id },
    )).trainingRun, signal);
    const unmet = report?.verdicts.filter(({ passed }) => !passed).map(({ name, required, came }) => `${name}: required ${required}, came ${came}`) ?? [];
    const live = status === 'SUCCEEDED' ? await promote(client, modelVersion!.id) : null;
    ended.push({ vertical, status: status as Retrained['status'], unmet: error ? [error.message] : unmet, figures: Object.fromEntries(figures.map(({ name, value }) => [name, value])), live });
  }
  return ended;
}

async function promote(client: GraphQLClient, modelVersionId: string): Promise<string> {
  let name = '';
  for (const stage of ['SHADOW', 'LIVE']) {
    const { promoteModel } = await client.run<{ promoteModel: { modelVersion: { name: string } } }>(
      `mutation($input: PromoteModelInput!) { promoteModel(input: $input) { modelVersion { name } ${ERRORS} } }`, { input: { modelVersionId, stage, reason: 'Its gate passed it.' } },
    );
    name = promoteModel.modelVersion.name;
  }
  return name;
}

interface Job {
  readonly status: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly rejected: number;
  readonly creatives: readonly { readonly id: string; readonly version: number; readonly headline: string; readonly body: string | null; readonly findings: readonly { readonly severity: string }[] }[];
}

/** A job for each interest; a manager approves what the guard has nothing grave against. */
export async function writeCopyBy(client: GraphQLClient, campaignId: string, { interests, count, seed, signal }: { readonly interests: readonly string[]; readonly count: number; readonly seed: number; readonly signal?: AbortSignal }): Promise<NewCopy> {
  const texts: string[] = [];
  let turnedAway = 0;
  for (const [turn, interest] of interests.entries()) {
    const each = Math.floor((count + turn) / interests.length);
    if (each === 0) continue;
    const { generateCreatives } = await client.run<{ generateCreatives: { job: { id: string } } }>(
      `mutation($input: GenerateCreativesInput!) { generateCreatives(input: $input) { job { id } ${ERRORS} } }`, { input: { campaignId, interest, count: each, seed: seed + turn } },
    );
    const job = await until(async () => (await client.run<{ node: Job }>(
      'query($id: ID!) { node(id: $id) { ... on GenerationJob { status rejected creatives { id version headline body findings { severity } } } } }', { id: generateCreatives.job.id },
    )).node, signal);
    turnedAway += job.rejected;
    for (const { id, version, headline, body, findings } of job.creatives) {
      if (findings.some(({ severity }) => severity === 'BLOCKING')) continue;
      await client.run(`mutation($input: ReviewCreativeInput!) { reviewCreative(input: $input) { ${ERRORS} } }`, { input: { id, expectedVersion: version, verdict: 'APPROVE' } });
      texts.push(body === null ? headline : `${headline} ${body}`);
    }
  }
  return { interests, texts, turnedAway };
}

/** Interests of people, those that most of them follow first. */
export async function interestsOf(client: GraphQLClient, people: readonly string[]): Promise<string[]> {
  const counts = new Map<string, number>();
  for (const externalId of people) {
    const { profile } = await client.run<{ profile: { interests: { name: string }[] } }>('query($externalId: String!) { profile(externalId: $externalId) { interests(first: 2) { name } } }', { externalId });
    for (const { name } of profile.interests) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
}

/** @throws CANCELLED */
async function until<T extends { readonly status: string }>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (;;) {
    const now = await ask();
    if (now.status !== 'QUEUED' && now.status !== 'RUNNING') return now;
    if (signal?.aborted) throw new AdloomError('CANCELLED', 'The simulation was interrupted.');
    await wait(EVERY_MS);
  }
}
