/**
 * A ranker on disk: a Hugging Face GPT2ForSequenceClassification directory, and where we trained it, beside it
 * `ranker.json` (how text becomes input), `wide.safetensors`, `grams.safetensors` and `calibration.json`.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AdloomError } from '../../base/errors';
import type { RankTextOptions } from '../gpt2/rank-text';
import type { Weights } from '../gpt2/parameters';
import type { RankerShape } from '../gpt2/ranker';
import { gramParameters, rarityParameter } from '../gpt2/grams';
import { Nearness } from '../gpt2/nearness';
import { wideParameters } from '../gpt2/wide';
import { HEAD } from '../lora/adapter';
import { withOneLogit } from '../lora/head-labels';
import { openBpeTokenizer, requireFit, type BpeTokenizer } from '../tokenizer/bpe';
import { directoryContentHash, shortId } from '../weights/content-hash';
import type { HfGpt2Config } from '../weights/hf-config';
import { readGpt2Directory } from '../weights/hf-directory';
import { requireFinite } from '../weights/require-finite';
import { requireGraphFit } from '../weights/require-graph-fit';
import { UNCALIBRATED, parseCalibration, type Calibration } from './calibration';
import { readRankerPart } from './ranker-part';
import { parseRankerSettings } from './ranker-settings';

export interface LoadedRanker {
  id: string;
  shape: RankerShape;
  weights: Weights;
  tokenizer: BpeTokenizer;
  text: RankTextOptions;
  /** What shared words add, where the model counts them. */
  nearness?: Nearness;
  calibration: Calibration;
  parameters: number;
  /** Labels of the head as saved; `weights` has the one logit that they make. */
  labels: number;
}

/** Half for the prefix, half for the start, the mark and a token of text at least. */
const LEAST_POSITIONS = 6;

export async function readRankerDirectory(directory: string): Promise<LoadedRanker> {
  const { config, tensors } = await readGpt2Directory(directory, { head: 'classifier' });
  if (config.positions < LEAST_POSITIONS) {
    throw new AdloomError('MODEL_INVALID', `n_positions must be at least ${LEAST_POSITIONS} for a text behind a prefix, but is ${config.positions}.`, { field: 'config.json', hint: 'Give a model that reads longer texts.' });
  }
  const tokenizer = await openBpeTokenizer(directory);
  requireFit(tokenizer, config.vocabulary);
  const settings = await optional(directory, 'ranker.json', parseRankerSettings);
  const mark = settings?.mark === undefined ? undefined : tokenizer.tokenId(settings.mark);
  if (settings?.mark !== undefined && mark === undefined) {
    throw new AdloomError('MODEL_INVALID', `tokenizer.json has no token ${JSON.stringify(settings.mark)}, which ranker.json puts between prefix and text.`, {
      field: 'tokenizer.json',
      hint: 'The tokenizer and ranker.json do not belong together.',
    });
  }
  const { wide, grams } = settings ?? {};
  requireOneClick(tensors.get(HEAD)!.shape[0]!, config);
  const weights = withOneLogit(new Map([
    ...[...tensors].map(([name, { shape, data }]) => [name, { shape, data }] as const),
    ...(wide ? await readRankerPart(directory, 'wide.safetensors', wideParameters(wide)) : []),
    ...(grams ? await readRankerPart(directory, 'grams.safetensors', [...gramParameters(grams), ...(grams.nearness ? [rarityParameter(grams)] : [])]) : []),
  ]));
  const parameters = [...weights.values()].reduce((sum, w) => sum + w.data.length, 0);
  requireGraphFit(parameters);
  requireFinite(weights);
  const rarity = weights.get('grams.rarity')?.data;
  weights.delete('grams.rarity');
  const half = Math.floor(config.positions / 2);
  const start = config.bosTokenId ?? config.eosTokenIds[0] ?? tokenizer.tokenId('<|endoftext|>') ?? 0;
  return {
    id: shortId(await directoryContentHash(directory)),
    shape: { body: config, wide, grams },
    weights,
    tokenizer,
    text: {
      start,
      mark,
      prefixLimit: Math.min(settings?.prefixLimit ?? half, half),
      textLimit: Math.min(settings?.textLimit ?? half - 2, half - 2),
      buckets: wide?.buckets ?? 0,
      gramRows: grams?.rows ?? 0,
    },
    calibration: (await optional(directory, 'calibration.json', parseCalibration)) ?? UNCALIBRATED,
    nearness: rarity && new Nearness(rarity, grams!.nearness!),
    parameters,
    labels: config.labels.length,
  };
}

/** A head of two labels is one logit where one of them holds: labels that do not exclude each other have no such logit. */
function requireOneClick(rows: number, { labels, raw }: HfGpt2Config): void {
  if (rows === 2 && raw['problem_type'] === 'multi_label_classification') {
    throw new AdloomError('MODEL_INVALID', 'problem_type is "multi_label_classification", and two labels that do not exclude each other are not one click.', { field: 'config.json', hint: 'Give a classifier of one label, or of two of which one holds.' });
  }
  if (rows !== 1 && rows !== 2) throw new AdloomError('MODEL_INVALID', `The classification head has ${labels.length || rows} labels; ranking needs one or two.`, { field: HEAD });
}

async function optional<T>(directory: string, name: string, parse: (text: string) => T): Promise<T | undefined> {
  const file = path.join(directory, name);
  return existsSync(file) ? parse(await readFile(file, 'utf8')) : undefined;
}
