// transformers.js by itself, in a thread: a batch of equal prompts, greedy or sampling, without any rule of ours. Answers milliseconds.
const path = require('node:path');
const { parentPort, workerData } = require('node:worker_threads');

const product = (name) => require(path.join(__dirname, '..', '..', 'dist', name));
const { openModel, openTokenizer } = product('ml/transformers/open-pretrained');
const { prepareDirectory, prepareGraph } = product('ml/transformers/prepare-directory');

async function open({ directory, cache }) {
  const prepared = await prepareDirectory(directory, cache);
  await prepareGraph(prepared);
  const vocabulary = prepared.gpt2.config.vocabulary;
  const pretrained = { reference: prepared.directory, local: true, cache };
  const [tokenizer, model] = [await openTokenizer(pretrained), await openModel(pretrained)];
  return async ({ prompt, rows, tokens, sample }) => {
    const inputs = tokenizer(Array(rows).fill(prompt), { add_special_tokens: false });
    const started = performance.now();
    // An end that no token has: every row writes all its tokens.
    const whole = await model.generate({ ...inputs, max_new_tokens: tokens, do_sample: sample, top_k: 50, eos_token_id: vocabulary, pad_token_id: 0 });
    const taken = performance.now() - started;
    if (whole.dims[1] - inputs.input_ids.dims[1] !== tokens) throw new Error(`The library wrote ${whole.dims} from ${inputs.input_ids.dims}.`);
    return taken;
  };
}

open(workerData).then((generate) => {
  parentPort.on('message', (order) => generate(order).then((ms) => parentPort.postMessage({ ms }), (error) => parentPort.postMessage({ error: String(error.stack) })));
  parentPort.postMessage({ ready: true });
}, (error) => parentPort.postMessage({ error: String(error.stack) }));
