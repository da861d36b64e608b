import { isRecord, modelInvalid } from '../weights/safetensors-header';

/** `tokenizer.json` and `tokenizer_config.json` in the format of the Hugging Face `tokenizers` library, byte-level BPE only. */
export interface BpeVocabulary {
  /** By id, in the table characters of bytes; special tokens as they are. */
  readonly tokens: readonly string[];
  /** In order of priority. */
  readonly merges: readonly (readonly [string, string])[];
  readonly specialTokens: readonly string[];
}

export interface ParsedTokenizer extends BpeVocabulary {
  /** Whole words that were added to the vocabulary as such: known in any text, unlike special tokens. */
  readonly addedWords?: readonly string[];
  readonly addPrefixSpace: boolean;
  readonly ignoreMerges: boolean;
}

const FILE = 'tokenizer.json';
const HINT = 'Give the tokenizer.json of a GPT-2 model (byte-level BPE).';

/** @throws MODEL_INVALID where the file is broken or asks for something other than GPT-2's byte-level BPE. */
export function parseTokenizerJson(json: string): ParsedTokenizer {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch (cause) {
    throw modelInvalid(FILE, 'it is not valid JSON.', undefined, cause);
  }
  if (!isRecord(raw) || !isRecord(raw['model'])) refuse('model', 'an object', isRecord(raw) ? raw['model'] : raw);
  const { model, pre_tokenizer: pre, normalizer, added_tokens: added = [] } = raw as Record<string, unknown> & { model: Record<string, unknown> };
  // Files of before 2020 leave the type out.
  if ((model['type'] ?? 'BPE') !== 'BPE') refuse('model.type', '"BPE"', model['type']);
  if (normalizer != null) refuse('normalizer', 'null', normalizer);
  if (!isRecord(pre) || pre['type'] !== 'ByteLevel') refuse('pre_tokenizer', 'of type ByteLevel', pre);
  if (pre['use_regex'] === false) refuse('pre_tokenizer.use_regex', 'true', false);
  for (const key of ['continuing_subword_prefix', 'end_of_word_suffix']) if (model[key]) refuse(`model.${key}`, 'empty', model[key]);
  if (model['byte_fallback'] === true) refuse('model.byte_fallback', 'false', true);
  const tokens: string[] = [];
  if (!isRecord(model['vocab'])) refuse('model.vocab', 'an object of token to id', model['vocab']);
  for (const [token, id] of Object.entries(model['vocab'])) place(tokens, token, id, 'model.vocab');
  const { specialTokens, addedWords } = readAdded(added, tokens);
  for (let id = 0; id < tokens.length; id++) if (tokens[id] === undefined) throw modelInvalid(FILE, `no token has the id ${id}, though ids go up to ${tokens.length - 1}.`, HINT);
  const known = new Set(tokens);
  const merges = readMerges(model['merges'], known);
  return { tokens, merges, specialTokens, addedWords, addPrefixSpace: pre['add_prefix_space'] === true, ignoreMerges: model['ignore_merges'] === true };
}

function place(tokens: string[], token: string, id: unknown, where: string): void {
  if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) > 10_000_000) refuse(`${where}[${JSON.stringify(token)}]`, 'an id', id);
  const there = tokens[id as number];
  if (there !== undefined && there !== token) throw modelInvalid(FILE, `the tokens ${JSON.stringify(there)} and ${JSON.stringify(token)} have one id, ${id as number}.`, HINT);
  tokens[id as number] = token;
}

function readAdded(added: unknown, tokens: string[]): { specialTokens: string[]; addedWords: string[] } {
  if (!Array.isArray(added)) refuse('added_tokens', 'a list', added);
  const [specialTokens, addedWords] = [[] as string[], [] as string[]];
  for (const [i, item] of (added as unknown[]).entries()) {
    const where = `added_tokens[${i}]`;
    if (!isRecord(item) || typeof item['content'] !== 'string' || item['content'] === '') refuse(`${where}.content`, 'a text', isRecord(item) ? item['content'] : item);
    for (const flag of ['single_word', 'lstrip', 'rstrip']) if (item[flag] === true) refuse(`${where}.${flag}`, 'false', true);
    place(tokens, item['content'], item['id'], 'added_tokens');
    (item['special'] === false ? addedWords : specialTokens).push(item['content']);
  }
  return { specialTokens, addedWords };
}

/** Each merge is `"a b"` (older files) or `["a", "b"]`. */
function readMerges(merges: unknown, known: ReadonlySet<string>): [string, string][] {
  if (!Array.isArray(merges)) refuse('model.merges', 'a list', merges);
  return (merges as unknown[]).map((merge, i) => {
    const pair: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((part) => typeof part !== 'string')) refuse(`model.merges[${i}]`, 'two tokens', merge);
    const [left, right] = pair as [string, string];
    for (const token of [left, right, left + right]) {
      if (!known.has(token)) throw modelInvalid(FILE, `model.merges[${i}] needs the token ${JSON.stringify(token)}, which the vocabulary lacks.`, HINT);
    }
    return [left, right];
  });
}

function refuse(field: string, required: string, came: unknown): never {
  const shown = JSON.stringify(came)?.slice(0, 80) ?? 'absent';
  throw modelInvalid(FILE, `${field} must be ${required}, but is ${shown}.`, HINT);
}

/** The text of `tokenizer.json`. */
export function formatTokenizerJson({ tokens, merges, specialTokens }: BpeVocabulary): string {
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const json = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content) => ({
      id: idOf.get(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(idOf),
      // The older spelling, which every version of every library reads; no token of bytes holds a space.
      merges: merges.map(([left, right]) => `${left} ${right}`),
    },
  };
  return `${JSON.stringify(json)}\n`;
}

export interface TokenizerConfig {
  readonly positions: number;
  /** Ends a text and starts the next; also what unknown would be. Must be a special token. */
  readonly endOfText: string;
  readonly padding?: string;
  readonly specialTokens: readonly string[];
}

/** The text of `tokenizer_config.json`. */
export function formatTokenizerConfig({ positions, endOfText, padding, specialTokens }: TokenizerConfig): string {
  const named = new Set([endOfText, padding ?? endOfText]);
  const json = {
    tokenizer_class: 'GPT2Tokenizer',
    model_max_length: positions,
    add_prefix_space: false,
    add_bos_token: false,
    clean_up_tokenization_spaces: false,
    bos_token: endOfText,
    eos_token: endOfText,
    unk_token: endOfText,
    pad_token: padding ?? endOfText,
    additional_special_tokens: specialTokens.filter((token) => !named.has(token)),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}
