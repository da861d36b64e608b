// What transformers.js itself writes with a model of ours: its text-generation pipeline, greedy, without any rules.
const { TextGenerationPipeline } = require('@xenova/transformers');
const { answer, product } = require('./answer.cjs');
const { openModel, openTokenizer } = product('ml/transformers/open-pretrained');
const { prepareDirectory, prepareGraph } = product('ml/transformers/prepare-directory');

answer(async ({ directory, cache, prompts, maxTokens }) => {
  const prepared = await prepareDirectory(directory, cache);
  await prepareGraph(prepared);
  const pretrained = { reference: prepared.directory, local: true, cache };
  const [tokenizer, model] = [await openTokenizer(pretrained), await openModel(pretrained)];
  const pipeline = new TextGenerationPipeline({ task: 'text-generation', model, tokenizer });
  const end = tokenizer.eos_token;
  const written = [];
  for (const prompt of prompts) {
    const options = { max_new_tokens: maxTokens, do_sample: false, add_special_tokens: false };
    const [{ generated_text: text }] = await pipeline(end + prompt, { ...options, return_full_text: false });
    const ids = tokenizer(end + prompt, { add_special_tokens: false });
    const whole = await model.generate({ ...ids, ...options });
    const tokens = whole.tolist()[0].slice(ids.input_ids.dims[1]).map(Number);
    written.push({ text, pieces: tokens.map((id) => tokenizer.decode([id], { skip_special_tokens: false, clean_up_tokenization_spaces: false })) });
  }
  return { written, end };
});
