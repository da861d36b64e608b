/** `ranker.json`: how text becomes a ranker's input, and which parts it has beside GPT-2. */
import { AdloomError } from '../../base/errors';
import type { GramConfig } from '../gpt2/grams';
import type { WideConfig } from '../gpt2/wide';

export interface RankerSettings {
  /** The token between prefix and text. */
  mark?: string;
  /** Most tokens of a prefix and of a text; half of the model's positions unless told. */
  prefixLimit?: number;
  textLimit?: number;
  wide?: WideConfig;
  grams?: GramConfig;
}

const FILE = 'ranker.json';

/** @throws MODEL_INVALID naming the field, what it must be and what it is */
export function parseRankerSettings(text: string): RankerSettings {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AdloomError('MODEL_INVALID', `${FILE} is not valid JSON.`, { field: FILE, cause });
  }
  if (!isObject(json)) throw refusal('the file', 'a JSON object', json);
  const { mark, prefixLimit, textLimit, wide, grams } = json;
  if (mark !== undefined && typeof mark !== 'string') throw refusal('mark', 'a token', mark);
  if (prefixLimit !== undefined && !isCount(prefixLimit, 0)) throw refusal('prefixLimit', 'a whole number of at least 0', prefixLimit);
  if (textLimit !== undefined && !isCount(textLimit, 1)) throw refusal('textLimit', 'a whole number of at least 1', textLimit);
  return { mark, prefixLimit, textLimit, wide: wide === undefined ? undefined : parseWide(wide), grams: grams === undefined ? undefined : parseGrams(grams) };
}

function parseWide(wide: unknown): WideConfig {
  if (!isObject(wide)) throw refusal('wide', 'a JSON object', wide);
  const { buckets, dimensions } = wide;
  // Row 0 is padding, so that features need a second one.
  if (!isCount(buckets, 2)) throw refusal('wide.buckets', 'a whole number of at least 2', buckets);
  if (!isCount(dimensions, 1)) throw refusal('wide.dimensions', 'a whole number of at least 1', dimensions);
  return { buckets, dimensions };
}

function parseGrams(grams: unknown): GramConfig {
  if (!isObject(grams)) throw refusal('grams', 'a JSON object', grams);
  const { rows, behindPrefix, nearness } = grams;
  if (!isCount(rows, 2)) throw refusal('grams.rows', 'a whole number of at least 2', rows);
  if (typeof behindPrefix !== 'number' || !(behindPrefix >= 0)) throw refusal('grams.behindPrefix', 'a number of at least 0', behindPrefix);
  if (nearness !== undefined && (typeof nearness !== 'number' || !(nearness >= 0))) throw refusal('grams.nearness', 'a number of at least 0', nearness);
  return { rows, behindPrefix, nearness };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function refusal(field: string, required: string, came: unknown): AdloomError {
  return new AdloomError('MODEL_INVALID', `${FILE}: ${field} must be ${required}, not ${JSON.stringify(came)}.`, {
    field: FILE,
    hint: 'Restore the file that was saved with the model.',
  });
}
