// Run as a process of its own: standard input {directory, texts}; standard output {ids, decoded} by @xenova/transformers.
import { AutoTokenizer, env } from '@xenova/transformers';
import { basename, dirname } from 'node:path';

env.allowRemoteModels = false;
let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += chunk;
const { directory, texts } = JSON.parse(input);
env.localModelPath = dirname(directory);
const tokenizer = await AutoTokenizer.from_pretrained(basename(directory));
const ids = texts.map((text) => tokenizer.encode(text, { add_special_tokens: false }));
const decoded = ids.map((list) => (list.length === 0 ? '' : tokenizer.decode(list, { skip_special_tokens: false, clean_up_tokenization_spaces: false })));
process.stdout.write(JSON.stringify({ ids, decoded }));
