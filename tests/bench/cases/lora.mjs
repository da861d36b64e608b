// Adapters: what training one costs against training the whole model, and what serving many from one session costs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { median, quantile, round } from '../measure.mjs';
import { product } from '../platform.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const MODEL = path.join(here, '..', '..', '..', 'models', 'ctr');
const TEXTS = Array.from({ length: 20 }, (_, i) => `Mud is part of the plan, day ${i}: from dawn to dusk`);

export async function run() {
  const directory = mkdtempSync(path.join(tmpdir(), 'adloom-adapters-'));
  try {
    return [...(await training()), ...(await serving(directory))];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Steps of both kinds in turn, on the same batch, in a thread of its own. */
function training() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(path.join(here, '..', 'lora-steps.cjs'), { workerData: { model: MODEL } });
    worker.once('error', reject);
    worker.once('message', ({ shape, tokens, full, adapters, checkpoint }) => {
      void worker.terminate();
      const row = (name, taken) => {
        const cpu = median(taken.map((t) => t.cpu));
        return { name: `training ${name}`, value: round((tokens * 1000) / median(taken.map((t) => t.ms)), 0), unit: 'tokens/s', note: `${shape}, ${tokens} tokens a step, ${round(cpu, 0)} ms of processor` };
      };
      // Processor time too: it says the same on a machine that others use.
      const ratio = (pick, taken) => round(median(taken.map((t, i) => pick(full[i]) / pick(t))), 2);
      resolve([
        row('all weights', full),
        ...adapters.map(({ name, taken }) => row(name, taken)),
        ...adapters.map(({ name, taken }) => ({ name: `${name}, against all weights`, value: ratio((t) => t.ms, taken), unit: 'x', note: `${ratio((t) => t.cpu, taken)} by processor time` })),
        { name: 'checkpoint of an adapter, against all weights', value: round(checkpoint.adapter / checkpoint.full, 3), unit: 'x', note: `${round(checkpoint.adapter / 1e6)} MB` },
      ]);
    });
  });
}

async function serving(directory) {
  const { openScorer } = product('ml/serve/open-scorer');
  const { readRankerDirectory } = product('ml/serve/ranker-directory');
  const { writeAdapterDirectory } = product('ml/lora/adapter-directory');
  const { newAdapter } = product('ml/lora/adapter');
  const { loraSites, LORA_TARGETS } = product('ml/lora/sites');
  const { baseHash } = product('ml/lora/base-hash');
  const { createRng } = product('base/rng');
  const ranker = await readRankerDirectory(MODEL);
  const sites = loraSites({ rank: 8, alpha: 16, dropout: 0, targets: LORA_TARGETS, head: true }, ranker.shape.body);
  const base = { hash: baseHash(ranker.weights), name: 'ctr' };
  const folders = [];
  for (let i = 0; i < 120; i++) {
    const rng = createRng(i);
    const adapter = newAdapter(sites, rng, ranker.weights.get('score.weight'));
    for (const [name, { data }] of adapter.weights) if (name.endsWith('lora_B')) for (let k = 0; k < data.length; k++) data[k] = 0.02 * rng.normal();
    folders.push(path.join(directory, String(i)));
    await writeAdapterDirectory(folders[i], adapter, { base, dropout: 0 });
  }
  const [plain, scorer, tight] = [await openScorer(MODEL), await openScorer(MODEL), await openScorer(MODEL, { adapterBytes: 2_000_000 })];
  try {
    const loads = [];
    const ids = [];
    for (const folder of folders) {
      const started = performance.now();
      ids.push((await scorer.loadAdapter(folder)).id);
      loads.push(performance.now() - started);
    }
    const evicted = [];
    for (const folder of folders.slice(0, 10)) evicted.push((await tight.loadAdapter(folder)).id);
    const score = async (model, adapter, texts = TEXTS) => {
      const started = performance.now();
      await model.score({ prefix: 'trail running | Trail running shoes', texts, adapter });
      return performance.now() - started;
    };
    const one = TEXTS.slice(0, 1);
    const times = { plain: [], none: [], with: [], same: [], other: [], read: [] };
    for (let i = -5; i < 100; i++) {
      const kept = i >= 0;
      const put = (list, ms) => kept && list.push(ms);
      put(times.plain, await score(plain));
      put(times.none, await score(scorer));
      put(times.with, await score(scorer, ids[0]));
      // One text, so that little else is measured.
      put(times.same, await score(scorer, ids[0], one));
      put(times.other, await score(scorer, ids[(i + 106) % ids.length], one));
      put(times.read, await score(tight, evicted[(i + 10) % evicted.length], one));
    }
    const stats = await scorer.adapterStats();
    const added = (list, than) => median(list.map((ms, i) => ms - than[i]));
    const times20 = '20 texts behind a profile';
    return [
      { name: 'adapters resident in one session', value: stats.resident, unit: '', note: `${round(stats.bytes / 1e6)} MB of ${round(stats.limit / 1e6)} MB, rank 8` },
      { name: 'loading an adapter, p50', value: round(median(loads)), unit: 'ms', note: `the first, which opens the session: ${round(loads[0])} ms` },
      { name: 'switching to another resident adapter, added', value: round(added(times.other, times.same), 2), unit: 'ms', note: `median of pairs; p90 ${round(quantile(times.other.map((ms, i) => ms - times.same[i]), 0.9), 2)}; one text, ${round(median(times.same))} ms` },
      { name: 'switching to one that has to be read again, added', value: round(added(times.read, times.same), 2), unit: 'ms' },
      { name: 'scoring with an adapter, against a plain session', value: round(median(times.with.map((ms, i) => ms / times.plain[i])), 2), unit: 'x', note: `${round(median(times.plain))} ms plain, ${times20}` },
      { name: 'scoring the base where adapters are loaded, against plain', value: round(median(times.none.map((ms, i) => ms / times.plain[i])), 2), unit: 'x' },
    ];
  } finally {
    await Promise.all([plain, scorer, tight].map((each) => each.close()));
  }
}
