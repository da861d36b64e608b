import { Row, rowRules } from '../../../src/ml/decoding/row';
import { buildTokenTable, type TokenTable } from '../../../src/ml/decoding/token-table';
import { distributionOf, drawToken, type SamplingOptions } from '../../../src/ml/decoding/sampler';
import { createRng, type Rng } from '../../../src/base/rng';

/** A small vocabulary with everything that rules are about: pieces of words, digits, signs, marks, broken bytes, placeholders. */
export const TOKENS = [
  '<end>', '<product>', '<offer>', '<|copy|>', ' best', 'best', ' be', 'st', 'ow', ' free', ' ri', 'sk', '-', ' of', ' the', ' trail', ' Mud', ' mud',
  's', '.', ',', '!', ' ', '?', "'", ' é', '\u0301', ' naïve', ' 4', '20', '%', '£', '\n', '\ufffd', '😀', '<b>', ' run', 'ning', ' is', ' part',
];
export const END = 0;
export const SPECIAL = new Set([0, 1, 2, 3]);
export const table: TokenTable = buildTokenTable(TOKENS.length, (id) => TOKENS[id]!, (id) => SPECIAL.has(id), [END]);

export interface Request {
  maxGraphemes: number;
  placeholders: Readonly<Record<string, string>>;
  bannedWords: readonly string[];
  allowDigits?: boolean;
}

export const ANYTHING: Request = { maxGraphemes: 60, placeholders: { '<product>': 'Alba', '<offer>': 'free delivery' }, bannedWords: [] };

/** A row that has written these tokens. */
export function rowOf(texts: readonly string[], request: Partial<Request> = {}): Row {
  const row = new Row(table, rowRules({ ...ANYTHING, ...request }));
  for (const text of texts) row.push(idOf(text));
  return row;
}

export function idOf(text: string): number {
  const id = TOKENS.indexOf(text);
  if (id < 0) throw new Error(`no token ${JSON.stringify(text)}`);
  return id;
}

/** Writes a row to its end under random logits: any model may stand behind the rules. */
export function write(seed: number, request: Partial<Request>, options: SamplingOptions = { temperature: 1, topP: 1 }, most = 60): Row {
  const row = new Row(table, rowRules({ ...ANYTHING, ...request }));
  const rng = createRng(seed);
  for (let i = 0; i < most && !row.done; i++) {
    const { token } = drawToken(distributionOf(randomLogits(rng), options.temperature), row, options, rng);
    if (token === undefined) break;
    row.push(token);
  }
  row.close();
  return row;
}

function randomLogits(rng: Rng): Float32Array {
  return Float32Array.from(TOKENS, (_, i) => 2 * rng.normal() - (i === END ? 3 : 0));
}

export function filled(text: string, placeholders: Readonly<Record<string, string>>): string {
  return Object.entries(placeholders).reduce((all, [name, fill]) => all.replaceAll(name, () => fill), text);
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

export function graphemesOf(text: string): number {
  return [...SEGMENTER.segment(text)].length;
}
