import { badInput } from '../../base/errors';
import { COPY_FORMATS, FORMAT_WORDS, parseFormat, type CopyFormat } from '../../domain/copy/format';
import type { SlotFacts } from '../../domain/copy/fill';
import { TONES, VERTICALS, type Tone, type Vertical } from '../../domain/entities/campaign';

/** One line of `adloom generate`, read and checked. */
export interface CopyOrder {
  readonly vertical: Vertical;
  readonly format: CopyFormat;
  readonly tone: Tone;
  readonly interests: readonly string[];
  readonly facts: SlotFacts;
  readonly bannedWords: readonly string[];
  readonly count: number;
  readonly seed: number;
  readonly temperature: number | undefined;
}

const FACTS = ['product', 'brand', 'offer', 'price', 'feature'] as const;
const FIELDS = ['vertical', 'format', 'tone', 'interests', 'interest', 'facts', 'bannedWords', 'count', 'seed', 'temperature'];

export function copyOrder(line: Readonly<Record<string, unknown>>): CopyOrder {
  const unknown = Object.keys(line).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw badInput(unknown, `There is no field ${JSON.stringify(unknown)}.`, `Fields: ${FIELDS.join(', ')}.`);
  const interests = texts('interests', line['interests'] ?? line['interest'] ?? [], 5, 60);
  return {
    vertical: choice('vertical', line['vertical'] ?? 'OTHER', VERTICALS),
    format: formatOf(line['format'] ?? 'headline'),
    tone: choice('tone', line['tone'] ?? 'PLAIN', TONES),
    interests,
    facts: { ...factsOf(line['facts'] ?? {}), ...(interests[0] === undefined ? {} : { '<interest>': interests[0] }) },
    bannedWords: texts('bannedWords', line['bannedWords'] ?? [], 500, 80),
    count: number('count', line['count'] ?? 5, 1, 100, true),
    seed: number('seed', line['seed'] ?? 1, 0, 2_147_483_647, true),
    temperature: line['temperature'] === undefined ? undefined : number('temperature', line['temperature'], 0.1, 2, false),
  };
}

function factsOf(value: unknown): SlotFacts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badInput('facts', 'facts must be an object such as {"product": "Alba", "price": "£49"}.');
  const facts: Record<string, string> = {};
  for (const [name, fact] of Object.entries(value)) {
    const known = FACTS.find((each) => each === name);
    if (known === undefined) throw badInput(`facts.${name}`, `There is no fact ${JSON.stringify(name)}.`, `Facts: ${FACTS.join(', ')}.`);
    facts[`<${known}>`] = text(`facts.${known}`, fact, 80);
  }
  return facts;
}

function formatOf(value: unknown): CopyFormat {
  const format = typeof value === 'string' ? parseFormat(value) : null;
  if (format === null) throw badInput('format', `format must be one of ${COPY_FORMATS.map((each) => FORMAT_WORDS[each]).join(', ')}; it is ${shown(value)}.`);
  return format;
}

function choice<T extends string>(field: string, value: unknown, choices: readonly T[]): T {
  const found = typeof value === 'string' ? choices.find((each) => each === value.trim().toUpperCase()) : undefined;
  if (found === undefined) throw badInput(field, `${field} must be one of ${choices.join(', ').toLowerCase()}; it is ${shown(value)}.`);
  return found;
}

function texts(field: string, value: unknown, most: number, longest: number): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > most) throw badInput(field, `${field} may hold at most ${most} entries; it holds ${list.length}.`);
  return list.map((each) => text(field, each, longest));
}

function text(field: string, value: unknown, longest: number): string {
  if (typeof value !== 'string' || value.trim() === '') throw badInput(field, `${field} must be text; it is ${shown(value)}.`);
  if (value.length > longest) throw badInput(field, `${field} may have at most ${longest} characters; it has ${value.length}.`);
  if (/[<>|\p{Cc}]/u.test(value)) throw badInput(field, `${field} may not hold <, > or | (they mark slots) nor control characters.`);
  return value.trim();
}

function number(field: string, value: unknown, least: number, most: number, integer: boolean): number {
  if (typeof value !== 'number' || !(value >= least && value <= most) || (integer && !Number.isInteger(value))) {
    throw badInput(field, `${field} must be a ${integer ? 'whole ' : ''}number from ${least} to ${most}; it is ${shown(value)}.`);
  }
  return value;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'absent').slice(0, 60);
}
