import { isRecord, modelInvalid } from './safetensors-header';

/**
 * `config.json` of a Hugging Face GPT-2, read and written. Letters: L layers, NH heads, C channels, V vocabulary,
 * T positions. Options that would change the numbers are refused rather than ignored.
 */
export interface HfGpt2Config {
  readonly layers: number;
  readonly heads: number;
  readonly channels: number;
  readonly vocabulary: number;
  readonly positions: number;
  /** Width of the feed-forward layer; 4 x channels unless the file says otherwise. */
  readonly inner: number;
  readonly layerNormEpsilon: number;
  /** Of a classifier: names of its outputs in order. A single-output ranker has one. */
  readonly labels: readonly string[];
  readonly tiedHead: boolean;
  readonly bosTokenId: number | null;
  /** Each of them ends a text. */
  readonly eosTokenIds: readonly number[];
  readonly padTokenId: number | null;
  /** The file as it came; fields unknown here are kept when the directory is written again. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export type NewHfGpt2Config = Pick<HfGpt2Config, 'layers' | 'heads' | 'channels' | 'vocabulary' | 'positions'> & Partial<HfGpt2Config>;

export type Gpt2Head = 'language-model' | 'classifier' | 'none';

export const ARCHITECTURES: Readonly<Record<Gpt2Head, string>> = {
  'language-model': 'GPT2LMHeadModel',
  classifier: 'GPT2ForSequenceClassification',
  none: 'GPT2Model',
};

/** Same function under all names: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
const ACTIVATIONS = ['gelu_new', 'gelu_pytorch_tanh', 'gelu_fast', 'gelu_accurate'];

/** More than any model has, few enough to be listed: the weights are held against the configuration name by name. */
const MOST_LAYERS = 10_000;
const MOST_LABELS = 100_000;

const FILE = 'config.json';

/** @throws MODEL_INVALID naming the field, what it must be and what it is. */
export function parseHfConfig(json: string): HfGpt2Config {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch (cause) {
    throw modelInvalid(FILE, 'it is not valid JSON.', undefined, cause);
  }
  if (!isRecord(raw)) throw modelInvalid(FILE, 'it must be a JSON object.');
  const field = fieldReader(raw);
  if (raw['model_type'] !== 'gpt2') refuse('model_type', '"gpt2"', raw['model_type'], 'Give a GPT-2 model directory.');
  const activation = raw['activation_function'] ?? 'gelu_new';
  if (!ACTIVATIONS.includes(activation as string)) refuse('activation_function', '"gelu_new"', activation);
  refuseUnless(raw, 'scale_attn_weights', true);
  refuseUnless(raw, 'scale_attn_by_inverse_layer_idx', false);
  refuseUnless(raw, 'add_cross_attention', false);
  const heads = field.count('n_head', 12);
  const channels = field.count('n_embd', 768);
  if (channels % heads !== 0) refuse('n_embd', `a multiple of n_head (${heads})`, channels);
  const vocabulary = field.count('vocab_size', 50257);
  const epsilon = raw['layer_norm_epsilon'] ?? 1e-5;
  if (typeof epsilon !== 'number' || !(epsilon > 0 && epsilon < 1)) refuse('layer_norm_epsilon', 'a number between 0 and 1', epsilon);
  return {
    layers: field.count('n_layer', 12, MOST_LAYERS),
    heads,
    channels,
    vocabulary,
    positions: field.count('n_positions', field.count('n_ctx', 1024)),
    inner: raw['n_inner'] == null ? 4 * channels : field.count('n_inner', 4 * channels),
    layerNormEpsilon: epsilon as number,
    labels: labelsOf(raw),
    tiedHead: raw['tie_word_embeddings'] !== false,
    bosTokenId: field.tokenId('bos_token_id', vocabulary),
    eosTokenIds: field.tokenIds('eos_token_id', vocabulary),
    padTokenId: field.tokenId('pad_token_id', vocabulary),
    raw,
  };
}

/** The file's text for a model of this head. */
export function formatHfConfig(config: NewHfGpt2Config, head: Gpt2Head): string {
  const labels = config.labels ?? ['LABEL_0'];
  const json: Record<string, unknown> = {
    activation_function: 'gelu_new',
    attn_pdrop: 0.1,
    embd_pdrop: 0.1,
    resid_pdrop: 0.1,
    initializer_range: 0.02,
    ...config.raw,
    // What it is computed in, by either name. Of the model that this one comes from it would round the weights again.
    torch_dtype: 'float32',
    ...(config.raw?.['dtype'] === undefined ? {} : { dtype: 'float32' }),
    model_type: 'gpt2',
    architectures: [ARCHITECTURES[head]],
    n_layer: config.layers,
    n_head: config.heads,
    n_embd: config.channels,
    n_inner: config.inner === undefined || config.inner === 4 * config.channels ? null : config.inner,
    vocab_size: config.vocabulary,
    n_positions: config.positions,
    n_ctx: config.positions,
    layer_norm_epsilon: config.layerNormEpsilon ?? 1e-5,
    tie_word_embeddings: config.tiedHead ?? true,
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: config.eosTokenIds && config.eosTokenIds.length > 1 ? config.eosTokenIds : (config.eosTokenIds?.[0] ?? null),
    pad_token_id: config.padTokenId ?? null,
  };
  if (head === 'classifier') {
    json['num_labels'] = labels.length;
    json['id2label'] = Object.fromEntries(labels.map((label, i) => [String(i), label]));
    json['label2id'] = Object.fromEntries(labels.map((label, i) => [label, i]));
  }
  const sorted = Object.fromEntries(Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

/** `id2label` decides, then `num_labels`, then the libraries' default of two. */
function labelsOf(raw: Record<string, unknown>): string[] {
  const names = raw['id2label'];
  const count = raw['num_labels'] ?? (isRecord(names) ? Object.keys(names).length : 2);
  if (!Number.isSafeInteger(count) || (count as number) < 1 || (count as number) > MOST_LABELS) refuse('num_labels', `a whole number from 1 to ${MOST_LABELS}`, count);
  const labels = Array.from({ length: count as number }, (_, i) => `LABEL_${i}`);
  if (names == null) return labels;
  if (!isRecord(names) || Object.keys(names).length !== count) refuse('id2label', `an object of ${count} labels (num_labels)`, names);
  return labels.map((_, i) => {
    const name = (names as Record<string, unknown>)[String(i)];
    if (typeof name !== 'string') refuse(`id2label.${i}`, 'a string', name);
    return name as string;
  });
}

function fieldReader(raw: Record<string, unknown>) {
  return {
    count(key: string, absent: number, most = Infinity): number {
      const value = raw[key] ?? absent;
      if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > most) refuse(key, most === Infinity ? 'a whole number of at least 1' : `a whole number from 1 to ${most}`, value);
      return value as number;
    },
    /** Older files name ids outside the vocabulary for tokens that the model does not have: read as none. */
    tokenId(key: string, vocabulary: number): number | null {
      const value = raw[key] ?? null;
      if (value === null) return null;
      if (!Number.isSafeInteger(value)) refuse(key, 'a whole number or null', value);
      return isTokenOf(vocabulary, value as number) ? (value as number) : null;
    },
    /** As `tokenId`, one or several. */
    tokenIds(key: string, vocabulary: number): number[] {
      const value = raw[key] ?? [];
      const ids: unknown[] = Array.isArray(value) ? value : [value];
      if (!ids.every(Number.isSafeInteger)) refuse(key, 'a whole number, a list of them or null', value);
      return (ids as number[]).filter((id) => isTokenOf(vocabulary, id));
    },
  };
}

function isTokenOf(vocabulary: number, id: number): boolean {
  return id >= 0 && id < vocabulary;
}

function refuseUnless(raw: Record<string, unknown>, key: string, required: boolean): void {
  const value = raw[key] ?? required;
  if (value !== required) refuse(key, String(required), value, 'This variant of GPT-2 computes something else and is not supported.');
}

function refuse(key: string, required: string, came: unknown, hint = 'Correct config.json or give another model.'): never {
  throw modelInvalid(FILE, `${key} must be ${required}, but is ${JSON.stringify(came) ?? 'absent'}.`, hint);
}
