import { badInput } from '../../base/errors';
import type { Score, Scorer } from '../../ml/serve/types';
import { lineBatches, type Line } from '../imports/lines';
import type { ByteSource } from '../imports/row-source';
import { inOrder } from './in-order';
import { lineError, type LineError } from './line-error';

export interface BulkCounts {
  lines: number;
  bad: number;
}

/** Characters of one text: beyond what any model reads. */
const LONGEST_TEXT = 20_000;
const BATCH = 2_048;
/** Batches at the model at once: while one is computed the next is read and the last is written. */
const AHEAD = 3;

type Parsed = { prefix: string; text: string } | LineError;

/**
 * Scores lines `{"profile": "...", "text": "..."}`: one line `{"pClick": ..., "logit": ...}` each, in order, as they come. A line
 * that cannot be scored gets `{"error": ...}` in its place and the others go on. `counts` grows as answers are given.
 */
export async function* scoreLines(scorer: Scorer, source: ByteSource, counts: BulkCounts, signal?: AbortSignal): AsyncGenerator<string> {
  for await (const { answers, bad, lines } of inOrder(batchesOf(source), (batch) => answer(scorer, batch, signal), AHEAD)) {
    counts.lines += lines;
    counts.bad += bad;
    yield answers;
  }
}

async function* batchesOf(source: ByteSource): AsyncGenerator<Line[]> {
  for await (const lines of lineBatches(source)) {
    for (let from = 0; from < lines.length; from += BATCH) yield lines.slice(from, from + BATCH);
  }
}

async function answer(scorer: Scorer, lines: readonly Line[], signal?: AbortSignal): Promise<{ answers: string; lines: number; bad: number }> {
  const parsed = lines.map(parse);
  const scores = await scorer.scoreMany(parsed.filter((each) => 'prefix' in each), { signal });
  let next = 0;
  let bad = 0;
  let answers = '';
  for (const each of parsed) {
    if (!('prefix' in each)) {
      bad += 1;
      answers += `${JSON.stringify(each)}\n`;
    } else {
      answers += answerOf(scores[next++]!);
    }
  }
  return { answers, lines: lines.length, bad };
}

/** Seven digits: all that a 32-bit model knows. */
function answerOf({ probability, logit }: Score): string {
  return `{"pClick":${Number(probability.toPrecision(7))},"logit":${Number(logit.toPrecision(7))}}\n`;
}

function parse(line: Line): Parsed {
  try {
    if (line.problem !== null) throw badInput('line', `The line cannot be read: ${line.problem}.`);
    const { profile, text } = objectOf(line.text);
    return { prefix: profile === undefined || profile === null ? '' : textOf('profile', profile), text: required('text', text) };
  } catch (error) {
    return lineError(line.number, error);
  }
}

/** The JSON object of a line. */
export function objectOf(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badInput('line', `The line is not JSON: ${JSON.stringify(text.slice(0, 60))}.`, 'Each line is one JSON object.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badInput('line', 'The line is not a JSON object.', 'Each line is one {"name": value, ...}.');
  return value as Record<string, unknown>;
}

function textOf(field: string, value: unknown): string {
  if (typeof value !== 'string') throw badInput(field, `${field} must be text; it is ${Array.isArray(value) ? 'a list' : typeof value}.`);
  if (value.length > LONGEST_TEXT) throw badInput(field, `${field} may have at most ${LONGEST_TEXT} characters; it has ${value.length}.`);
  return value;
}

function required(field: string, value: unknown): string {
  if (value === undefined) throw badInput(field, `${field} is missing.`);
  const text = textOf(field, value);
  if (text.trim() === '') throw badInput(field, `${field} is empty: there is nothing to score.`);
  return text;
}
