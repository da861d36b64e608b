// Eight continuations of one prompt, 24 tokens each: our graphs against transformers.js, as the product runs it (same weights, seeds,
// sampler and rules) and by itself (a batch of eight, no rules). All in turn, medians. The shipped writer, and random weights of GPT-2's size.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { median, round } from '../measure.mjs';
import { product } from '../platform.mjs';

const ROWS = 8;
const TOKENS = 24;
const PLACEHOLDERS = { '<product>': 'Alba', '<offer>': '20% off' };

export async function run({ deps }) {
  const { writerPrompt } = product('domain/copy/prompt');
  const prompt = writerPrompt({ vertical: 'ecommerce', format: 'BODY', tone: 'playful', interests: ['trail running'], slots: Object.keys(PLACEHOLDERS) });
  const root = mkdtempSync(path.join(tmpdir(), 'adloom-decode-'));
  try {
    const shipped = deps.generator.identity.directory;
    return [
      ...(await compare('shipped writer', shipped, { root, prompt, times: 15 })),
      ...(await compare('GPT-2 124M, random weights', await randomGpt2(path.join(root, 'gpt2'), shipped), { root, prompt, times: 5 })),
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function compare(name, directory, { root, prompt, times }) {
  const { openGenerator } = product('ml/serve/open-generator');
  const cache = path.join(root, 'cache');
  const ours = await openGenerator(directory, { cache, engine: 'graphs' });
  const theirs = await openGenerator(directory, { cache, engine: 'transformers' });
  const library = await openLibrary(directory, cache);
  const speed = { ours: [], theirs: [], greedy: [], sampling: [] };
  let same = 0;
  try {
    for (let i = -1; i < times; i++) {
      const request = { prompt, count: ROWS, seed: 100 + i, maxTokens: TOKENS, maxGraphemes: 10_000, placeholders: PLACEHOLDERS, bannedWords: ['cheap'] };
      const [a, b] = [await ours.generate(request), await theirs.generate(request)];
      const alone = { prompt, rows: ROWS, tokens: TOKENS };
      const [greedy, sampling] = [await library.generate({ ...alone, sample: false }), await library.generate({ ...alone, sample: true })];
      if (i < 0) continue;
      if (a.generations.every(({ text }, row) => text === b.generations[row].text)) same++;
      speed.ours.push(perSecond(a));
      speed.theirs.push(perSecond(b));
      speed.greedy.push((ROWS * TOKENS * 1000) / greedy);
      speed.sampling.push((ROWS * TOKENS * 1000) / sampling);
    }
  } finally {
    await Promise.all([ours.close(), theirs.close(), library.close()]);
  }
  const ratio = (other) => round(median(speed.ours.map((value, i) => value / speed[other][i])), 2);
  return [
    { name: `decode, ${name}: 8 x 24 tokens`, value: round(median(speed.ours), 0), unit: 'tokens/s', note: `same text as transformers.js in ${same} of ${times}` },
    { name: `decode, ${name}: transformers.js under our rules`, value: round(median(speed.theirs), 0), unit: 'tokens/s' },
    { name: `decode, ${name}: against transformers.js under our rules`, value: ratio('theirs'), unit: 'x' },
    { name: `decode, ${name}: against its greedy batch`, value: ratio('greedy'), unit: 'x', note: 'which draws nothing and keeps no rule' },
    { name: `decode, ${name}: against its sampling batch`, value: ratio('sampling'), unit: 'x', note: 'top 50, no rules' },
  ];
}

function perSecond({ generations, timing }) {
  return (generations.reduce((sum, { tokens }) => sum + tokens, 0) * 1000) / timing.inferenceMs;
}

function openLibrary(directory, cache) {
  const worker = new Worker(fileURLToPath(new URL('../library-writer.cjs', import.meta.url)), { workerData: { directory, cache } });
  let waiting;
  const fail = (error) => waiting?.reject(error);
  worker.on('message', ({ error, ms }) => (error ? fail(new Error(error)) : waiting?.resolve(ms)));
  worker.on('error', fail);
  const answer = () => new Promise((resolve, reject) => (waiting = { resolve, reject }));
  const generate = (order) => {
    const answered = answer();
    worker.postMessage(order);
    return answered;
  };
  return answer().then(() => ({ generate, close: () => worker.terminate() }));
}

/** GPT-2's sizes with the shipped writer's tokenizer, filled up to its vocabulary with tokens that no merge reaches. */
async function randomGpt2(directory, shipped) {
  const { createRng } = product('base/rng');
  const { bodyParameters } = product('ml/gpt2/parameters');
  const { writeSafetensors } = product('ml/weights/safetensors');
  const { floatTensor } = product('ml/weights/tensor');
  mkdirSync(directory, { recursive: true });
  const read = (file) => JSON.parse(readFileSync(path.join(shipped, file), 'utf8'));
  const sizes = { n_embd: 768, n_head: 12, n_layer: 12, n_positions: 1024, n_ctx: 1024, vocab_size: 50_257 };
  writeFileSync(path.join(directory, 'config.json'), JSON.stringify({ ...read('config.json'), ...sizes }));
  copyFileSync(path.join(shipped, 'tokenizer_config.json'), path.join(directory, 'tokenizer_config.json'));
  const tokenizer = read('tokenizer.json');
  const added = tokenizer.added_tokens ?? [];
  const letters = (n) => (n < 26 ? '' : letters(Math.floor(n / 26) - 1)) + String.fromCharCode(97 + (n % 26));
  const first = Math.max(...Object.values(tokenizer.model.vocab), ...added.map(({ id }) => id)) + 1;
  for (let id = first; id < sizes.vocab_size; id++) tokenizer.model.vocab[`Ġqx${letters(id)}`] = id;
  writeFileSync(path.join(directory, 'tokenizer.json'), JSON.stringify(tokenizer));
  const rng = createRng(1);
  const config = { vocabulary: 50_257, positions: 1024, channels: 768, layers: 12, heads: 12, inner: 3072, layerNormEpsilon: 1e-5 };
  // Uniform, of the deviation that GPT-2 begins with. The last scale makes some tokens likely, as in a trained model.
  const uniform = () => (rng.next() - 0.5) * 0.0693;
  const tensors = bodyParameters(config).map(({ name, shape, init }) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (init === 'ones') data.fill(name === 'ln_f.weight' ? 8 : 1);
    else if (init !== 'zeros') for (let i = 0; i < data.length; i++) data[i] = uniform();
    return [`transformer.${name}`, floatTensor(shape, data)];
  });
  await writeSafetensors(path.join(directory, 'model.safetensors'), new Map(tensors));
  return directory;
}
