/**
 * PEFT's `adapter_config.json` for LoRA, read and written. Options that would change the numbers and are not computed here are
 * refused rather than ignored. Fields: peft/tuners/lora/config.py, version 0.21.
 */
import { adapterInvalid, adapterMismatch, CONFIG_FILE } from './adapter-errors';
import { AdloomError } from '../../base/errors';
import { HEAD } from './adapter';
import { matchesModule, valueFor } from './module-patterns';
import { linearLayers, type LoraSite } from './sites';
import type { Gpt2Config } from '../gpt2/config';
import type { Gpt2Head } from '../weights/hf-config';

export interface PeftSettings {
  rank: number;
  alpha: number;
  rankStabilised: boolean;
  dropout: number;
  targets: string | readonly string[];
  excluded: string | readonly string[] | undefined;
  layers: readonly number[] | undefined;
  ranks: Readonly<Record<string, number>>;
  alphas: Readonly<Record<string, number>>;
  /** Whether `score.weight` is saved with the adapter. */
  head: boolean;
  baseName: string | undefined;
}

/** PEFT's choice for GPT-2 where a file names none. */
const DEFAULT_TARGETS = ['c_attn'];
/** Read here. */
const READ = ['peft_type', 'r', 'lora_alpha', 'use_rslora', 'lora_dropout', 'target_modules', 'exclude_modules', 'layers_to_transform', 'layers_pattern',
  'rank_pattern', 'alpha_pattern', 'modules_to_save', 'base_model_name_or_path', 'bias', 'init_lora_weights'];
/** Of no effect on what a saved adapter computes. */
const HARMLESS = ['auto_mapping', 'peft_version', 'revision', 'task_type', 'inference_mode', 'fan_in_fan_out', 'megatron_core', 'qalora_group_size', 'ensure_weight_tying',
  'runtime_config', 'loftq_config', 'eva_config', 'corda_config', 'lora_ga_config'];
/** Ways to begin that leave the base as it is; the others subtract what they began with from it. */
const PLAIN_STARTS: readonly unknown[] = [undefined, null, true, false, 'gaussian', 'eva', 'orthogonal'];

/** @throws ADAPTER_INVALID naming the field, what it must be and what it is */
export function parsePeftConfig(text: string): PeftSettings {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new AdloomError('ADAPTER_INVALID', `${CONFIG_FILE} is not valid JSON.`, { field: CONFIG_FILE, hint: 'Save the adapter again.', cause });
  }
  if (!isRecord(raw)) throw new AdloomError('ADAPTER_INVALID', `${CONFIG_FILE} must hold a JSON object.`, { field: CONFIG_FILE, hint: 'Save the adapter again.' });
  const { peft_type, r, lora_alpha, use_rslora, lora_dropout, target_modules, exclude_modules, layers_to_transform, modules_to_save, bias, init_lora_weights } = raw;
  if (peft_type !== 'LORA') throw must('peft_type', '"LORA"', peft_type, 'Only LoRA adapters can be served.');
  if (!isCount(r, 1)) throw must('r', 'a rank of at least 1', r, 'To change nothing, use no adapter.');
  if (!isPositive(lora_alpha)) throw must('lora_alpha', 'a number above 0', lora_alpha);
  if (bias !== undefined && bias !== 'none') throw must('bias', '"none"', bias, 'Train the adapter without biases, or merge it into its base with PEFT.');
  if (!PLAIN_STARTS.includes(init_lora_weights)) {
    throw must('init_lora_weights', 'a start that leaves the base as it is', init_lora_weights, 'Save it with path_initial_model_for_weight_conversion, which makes it a plain adapter.');
  }
  const foreign = Object.entries(raw).find(([key, value]) => !READ.includes(key) && !HARMLESS.includes(key) && !isEmpty(value));
  if (foreign) throw must(foreign[0], 'absent (it asks for another computation than plain LoRA)', foreign[1], 'Merge the adapter into its base with PEFT, or train a plain one.');
  return {
    rank: r,
    alpha: lora_alpha,
    rankStabilised: use_rslora === true,
    dropout: typeof lora_dropout === 'number' ? lora_dropout : 0,
    targets: modules('target_modules', target_modules) ?? DEFAULT_TARGETS,
    excluded: modules('exclude_modules', exclude_modules),
    layers: layerList(layers_to_transform),
    ranks: numbers('rank_pattern', raw['rank_pattern'], (v) => isCount(v, 1)),
    alphas: numbers('alpha_pattern', raw['alpha_pattern'], isPositive),
    head: savesHead(modules_to_save),
    baseName: typeof raw['base_model_name_or_path'] === 'string' ? raw['base_model_name_or_path'] : undefined,
  };
}

/** The sites that a configuration means in a body, as PEFT finds them. @throws ADAPTER_INVALID where there is none */
export function peftSites(settings: PeftSettings, body: Gpt2Config): LoraSite[] {
  const { targets, excluded, layers } = settings;
  // Block numbers count for lists alone; a regular expression says all itself.
  const inLayers = (layer: string): boolean => !layers || typeof targets === 'string' || layers.includes(Number(layer.split('.')[1]));
  const all = [...linearLayers(body)];
  const module = (layer: string): string => `transformer.${layer}`;
  const outside = layers?.find((l) => l >= body.layers);
  if (outside !== undefined) throw adapterMismatch('layers_to_transform', `${CONFIG_FILE}: the adapter changes block ${outside}; this base has the blocks 0 to ${body.layers - 1}.`);
  const stray = typeof targets === 'string' ? undefined : targets.find((name) => !all.some(([layer]) => matchesModule([name], module(layer), 'target_modules')));
  if (stray !== undefined) throw must('target_modules', 'linear layers of a GPT-2 block: c_attn, c_proj, c_fc', stray, 'Adapters of embeddings and heads cannot be served; merge them with PEFT.');
  const chosen = all.filter(([layer]) => matchesModule(targets, module(layer), 'target_modules') && !matchesModule(excluded, module(layer), 'exclude_modules') && inLayers(layer));
  if (chosen.length === 0) throw must('target_modules', 'linear layers of a GPT-2 block: c_attn, c_proj, c_fc', targets);
  return chosen.map(([layer, size]) => {
    const rank = valueFor(settings.ranks, module(layer), settings.rank, 'rank_pattern');
    const alpha = valueFor(settings.alphas, module(layer), settings.alpha, 'alpha_pattern');
    return { layer, ...size, rank, scale: alpha / (settings.rankStabilised ? Math.sqrt(rank) : rank) };
  });
}

/** What a base that is adapted is for. */
export type AdaptedHead = Exclude<Gpt2Head, 'none'>;

/** How PEFT says what the base is for. A classifier names no task: `SEQ_CLS` would make PEFT ask for a head in every file. */
const OF_BASE: Readonly<Record<AdaptedHead, { task_type: string | null; auto_mapping: object | null }>> = {
  classifier: { task_type: null, auto_mapping: { base_model_class: 'GPT2ForSequenceClassification', parent_library: 'transformers.models.gpt2.modeling_gpt2' } },
  'language-model': { task_type: 'CAUSAL_LM', auto_mapping: null },
};

/** The file's text. Every site is named in full where they differ in rank or factor; PEFT reads the same from it. */
export function formatPeftConfig(sites: readonly LoraSite[], { of, head, dropout, baseName }: { of: AdaptedHead; head: boolean; dropout: number; baseName: string }): string {
  const first = sites[0]!;
  const alphaOf = (site: LoraSite): number => site.scale * site.rank;
  const differing = (value: (site: LoraSite) => number): Record<string, number> =>
    Object.fromEntries(sites.filter((site) => value(site) !== value(first)).map((site) => [escaped(site.layer), value(site)]));
  const json = {
    alpha_pattern: differing(alphaOf),
    auto_mapping: OF_BASE[of].auto_mapping,
    base_model_name_or_path: baseName,
    bias: 'none',
    fan_in_fan_out: true,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alphaOf(first),
    lora_dropout: dropout,
    modules_to_save: head ? [HEAD.replace('.weight', '')] : null,
    peft_type: 'LORA',
    r: first.rank,
    rank_pattern: differing((site) => site.rank),
    target_modules: sites.map((site) => `transformer.${site.layer}`),
    task_type: OF_BASE[of].task_type,
    use_rslora: false,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

const escaped = (layer: string): string => layer.replaceAll('.', String.raw`\.`);

/** `classifier` is what PEFT adds for every sequence classifier; a GPT-2 has no module of that name. */
function savesHead(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (!isStrings(value) || value.some((name) => !['score', 'classifier'].includes(name))) throw must('modules_to_save', 'absent or ["score"]', value, 'Only the classification head may be saved with an adapter.');
  return value.includes('score');
}

function modules(field: string, value: unknown): string | readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' && !isStrings(value)) throw must(field, 'module names or a regular expression', value);
  return value;
}

function layerList(value: unknown): readonly number[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (!list.every((l) => isCount(l, 0))) throw must('layers_to_transform', 'block numbers', value);
  return list.length === 0 ? undefined : (list as number[]);
}

function numbers(field: string, value: unknown, sound: (value: unknown) => boolean): Record<string, number> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value) || !Object.values(value).every(sound)) throw must(field, 'module names with numbers above 0', value);
  return value as Record<string, number>;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isStrings = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');
const isCount = (value: unknown, least: number): value is number => Number.isSafeInteger(value) && (value as number) >= least;
const isPositive = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;
const isEmpty = (value: unknown): boolean => value === null || value === false || (typeof value === 'object' && Object.keys(value as object).length === 0);

function must(field: string, required: string, came: unknown, hint = 'Save the adapter again with PEFT or with Adloom.'): AdloomError {
  return adapterInvalid(field, `must be ${required}, but is ${JSON.stringify(came) ?? 'absent'}.`, hint);
}
