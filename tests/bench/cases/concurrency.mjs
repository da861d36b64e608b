// Many callers at once: what sharing the model gains, how waiting grows with load, and what the event loop feels of it.
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { phrase } from '../data.mjs';
import { median, quantile, round } from '../measure.mjs';
import { product } from '../platform.mjs';

const CALLERS = 32;
/** Requests of the open loop: ten of them are beyond the 99th percentile. */
const ARRIVALS = 1_000;
const LOAD = 0.8;

export async function run({ deps, directory }) {
  const { createRng } = product('base/rng');
  const rng = createRng(11);
  const request = (candidates) => ({
    prefix: Array.from({ length: 12 }, () => phrase(rng, 5)).join(' | '),
    texts: Array.from({ length: candidates }, () => `${phrase(rng, 10)} ${phrase(rng, 12)}`),
  });
  return [
    ...(await together(deps.scorer, Array.from({ length: CALLERS }, () => request(10)), '10 candidates')),
    ...(await together(deps.scorer, Array.from({ length: CALLERS }, () => request(1)), '1 candidate')),
    ...(await underLoad(deps.scorer, () => request(100), rng)),
    ...(await loopDelay(deps.scorer, () => request(100), directory)),
  ];
}

/** The same requests at once and one after another, in turn; each a person of its own. */
async function together(scorer, requests, what) {
  const [ratios, apartRates, togetherRates, cpu] = [[], [], [], []];
  for (let i = -1; i < 5; i++) {
    const apart = await timed(async () => {
      for (const request of requests) await scorer.score(request);
    });
    const atOnce = await timed(() => Promise.all(requests.map((request) => scorer.score(request))));
    if (i < 0) continue;
    ratios.push(apart.ms / atOnce.ms);
    apartRates.push((requests.length * 1000) / apart.ms);
    togetherRates.push((requests.length * 1000) / atOnce.ms);
    cpu.push(atOnce.cpuMs / apart.cpuMs);
  }
  const name = `${requests.length} requests of ${what}`;
  return [
    { name: `${name}, at once against one by one`, value: round(median(ratios), 2), unit: 'x', note: `processor time ${round(median(cpu), 2)} x` },
    { name: `${name}, at once`, value: round(median(togetherRates)), unit: '1/s', note: `one by one ${round(median(apartRates))}` },
  ];
}

/** Open loop: requests come at a share of what the model can do, evenly or at random moments (Poisson), whether or not it keeps up. */
async function underLoad(scorer, request, rng) {
  const pool = Array.from({ length: 16 }, request);
  const rates = [];
  for (let i = -1; i < 5; i++) {
    const all = await timed(() => Promise.all(pool.map((each) => scorer.score(each))));
    // The first time, texts are new to the model.
    if (i >= 0) rates.push((pool.length * 1000) / all.ms);
  }
  const perSecond = median(rates);
  const alone = [];
  for (const each of pool) alone.push((await timed(() => scorer.score(each))).ms);
  const rows = [{ name: '100 candidates, capacity', value: round(perSecond), unit: '1/s', note: `one alone ${round(median(alone))} ms` }];
  const mean = 1000 / (perSecond * LOAD);
  const random = () => -Math.log(1 - rng.next()) * mean;
  const ways = [
    { name: 'evenly spaced', gap: () => mean },
    // Whatever serves one after another at a fixed pace comes to 4.5 here (M/D/1).
    { name: 'at random', gap: random },
    { name: 'at random, deadline 3 x one alone', gap: random, deadlineMs: 3 * median(alone) },
  ];
  for (const { name, gap, deadlineMs } of ways) {
    const [taken, pending] = [[], []];
    let [late, next] = [0, performance.now()];
    for (let i = 0; i < ARRIVALS; i++) {
      next += gap();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
      const due = next;
      pending.push(scorer.score(pool[i % pool.length], { deadlineMs }).then(
        () => taken.push(performance.now() - due),
        (error) => {
          if (error.code !== 'DEADLINE_EXCEEDED') throw error;
          late += 1;
          taken.push(performance.now() - due);
        },
      ));
    }
    await Promise.all(pending);
    const [p50, p99] = [median(taken), quantile(taken, 0.99)];
    rows.push({
      name: `100 candidates at ${LOAD * 100} % load, ${name}, p99 over p50`, value: round(p99 / p50, 2), unit: 'x',
      note: `${round(p50)} and ${round(p99)} ms${deadlineMs ? `; ${round((100 * late) / ARRIVALS)} % without the model` : ''}`,
    });
  }
  return rows;
}

/** The main thread while rankings never stop and a model is trained. */
async function loopDelay(scorer, request, directory) {
  const training = startSmallTraining(path.join(directory, 'bench-training'));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  // Until the first step is done the training prepares its data.
  await training.begun;
  delay.enable();
  const end = performance.now() + 10_000;
  await Promise.all([0, 1, 2, 3].map(async () => {
    while (performance.now() < end) await scorer.score(request());
  }));
  delay.disable();
  await training.stop();
  return [{ name: 'event-loop delay while ranking and training, p99', value: round(delay.percentile(99) / 1e6), unit: 'ms', note: `worst ${round(delay.max / 1e6)} ms, training steps meanwhile ${training.steps()}` }];
}

/** A small language model that learns to count, in its thread, until it is told to stop. */
function startSmallTraining(checkpoints) {
  const { createRng } = product('base/rng');
  const { bodyParameters, initialise } = product('ml/gpt2/parameters');
  const { documentBuilder } = product('ml/train/documents');
  const { startTraining } = product('ml/train/start-training');
  const config = { vocabulary: 1536, positions: 128, channels: 48, layers: 2, heads: 4, inner: 192, layerNormEpsilon: 1e-5 };
  const documents = (count) => {
    const builder = documentBuilder();
    for (let i = 0; i < count; i++) builder.add(Array.from({ length: 60 }, (_, k) => (i + k) % config.vocabulary), 1);
    return builder.build();
  };
  const settings = {
    seed: 1, epochs: 10_000, clip: 1, threads: 1, schedule: { peak: 1e-3, warmup: 10, floor: 0.1 }, evaluateEvery: 1_000_000,
    patience: 100, averageFrom: 1, checkpointEvery: 1_000_000, checkpoints, fingerprint: 'bench',
  };
  const job = { config, training: documents(400), validation: documents(10), batchTokens: 2048, dropout: 0, threads: 1 };
  const abort = new AbortController();
  let steps = 0;
  let begin;
  const begun = new Promise((resolve) => (begin = resolve));
  const ended = startTraining(
    { task: { kind: 'language-model', job }, weights: initialise(bodyParameters(config), config, createRng(3)), settings },
    { report: () => ((steps += 1), begin()), signal: abort.signal },
  ).catch((error) => {
    if (error.code !== 'CANCELLED') throw error;
  });
  return {
    begun: Promise.race([begun, ended]),
    steps: () => steps,
    stop() {
      abort.abort();
      return ended;
    },
  };
}

async function timed(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - start, cpuMs: (user + system) / 1000 };
}
