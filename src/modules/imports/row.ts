import { Checker } from '../input/problems';
import { checkText, type TextRule } from '../input/text';
import { htmlText } from './html-text';
import type { RawRow } from './row-source';

/** Reads typed fields of a row and collects what is wrong with them; every getter gives something to go on with. */
export class Row {
  private readonly check = new Checker();

  constructor(
    private readonly raw: RawRow,
    private readonly columnOf: (field: string) => string | undefined,
  ) {}

  get line(): number {
    return this.raw.line;
  }

  /** All that is wrong, for the rejects file; null when the row is good. */
  problem(): string | null {
    return this.check.problems.length === 0 ? null : this.check.problems.map(({ message }) => message.replace(/\.$/, '')).join('; ');
  }

  refuse(field: string, message: string): void {
    this.check.add(field, message);
  }

  optional(field: string, rule: TextRule): string | null {
    const value = this.value(field);
    if (value === null) return null;
    if (typeof value === 'object') {
      this.check.add(field, `${field} must be text`);
      return null;
    }
    const text = String(value).trim();
    // A decoder that meets what is not UTF-8 leaves this mark.
    if (text.includes('\ufffd')) this.check.add(field, `${field} is not UTF-8: save the file as UTF-8`);
    checkText(this.check, field, text, rule);
    return text;
  }

  required(field: string, rule: TextRule): string {
    const text = this.optional(field, rule);
    if (text === null && !this.check.problems.some((each) => each.field === field)) this.check.add(field, `${field} is missing`);
    return text ?? '';
  }

  /** The words of a fragment of HTML; what HTML hides (soft hyphens, zero-width spaces) goes with the tags. */
  html(field: string, rule: TextRule, required: boolean): string {
    const value = this.value(field);
    const text = typeof value === 'object' ? '' : htmlText(String(value));
    if (text === '' && required) this.check.add(field, `${field} is missing`);
    if (text.includes('\ufffd')) this.check.add(field, `${field} is not UTF-8: save the file as UTF-8`);
    if (text !== '') checkText(this.check, field, text, rule);
    return text;
  }

  oneOf<T extends string>(field: string, choices: readonly T[]): T {
    const text = this.required(field, { max: 40 }).toUpperCase().replace(/[\s-]+/g, '_');
    const choice = choices.find((each) => each === text);
    if (choice === undefined && text !== '') this.check.add(field, `${field} must be one of ${choices.join(', ')}; it is ${JSON.stringify(text.slice(0, 40))}`);
    return choice ?? choices[0]!;
  }

  number(field: string, least: number, most: number, integer = false): number | null {
    const value = this.value(field);
    if (value === null) return null;
    const text = String(value).trim();
    const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= most) || (integer && !Number.isInteger(number))) {
      this.check.add(field, `${field} must be a ${integer ? 'whole ' : ''}number from ${least} to ${most}; it is ${JSON.stringify(text.slice(0, 40))}`);
      return null;
    }
    return number;
  }

  count(field: string): number {
    const number = this.number(field, 0, 2_000_000_000, true);
    if (number === null && this.value(field) === null) this.check.add(field, `${field} is missing`);
    return number ?? 0;
  }

  flag(field: string): boolean | null {
    const value = this.value(field);
    if (value === null) return null;
    const text = String(value).trim().toLowerCase();
    if (['true', 'yes', 'y', '1', 't'].includes(text)) return true;
    if (['false', 'no', 'n', '0', 'f'].includes(text)) return false;
    this.check.add(field, `${field} must be true or false; it is ${JSON.stringify(text.slice(0, 40))}`);
    return null;
  }

  /** ISO 8601, or seconds or milliseconds since 1970; UTC where no zone is given. */
  time(field: string): Date | null {
    const value = this.value(field);
    if (value === null) return null;
    const time = parseTime(String(value).trim());
    if (time === null) this.check.add(field, `${field} must be a time such as 2026-11-23T09:00:00Z; it is ${JSON.stringify(String(value).slice(0, 40))}`);
    return time;
  }

  /** Every value whose column begins with the prefix, e.g. `attributes.`. */
  under(prefix: string): [name: string, value: string][] {
    return Array.from(this.raw.values)
      .filter(([name, value]) => name.startsWith(prefix) && value !== null && value !== undefined && String(value).trim() !== '')
      .map(([name, value]) => [name.slice(prefix.length), String(value).trim()]);
  }

  /** Null for what is absent, null or blank: a CSV cannot tell them apart. */
  private value(field: string): unknown {
    const column = this.columnOf(field);
    const value = column === undefined ? undefined : this.raw.values.get(column);
    return value === undefined || value === null || (typeof value === 'string' && value.trim() === '') ? null : value;
  }
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i;

export function parseTime(text: string): Date | null {
  let time: number;
  if (/^\d{9,10}(?:\.\d+)?$/.test(text)) time = Number(text) * 1000;
  else if (/^\d{12,13}$/.test(text)) time = Number(text);
  else {
    const match = ISO.exec(text);
    if (!match) return null;
    const zone = match[3] === undefined || /^utc$/i.test(match[3]) ? 'Z' : match[3].toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
    time = Date.parse(`${match[1]}T${match[2] ?? '00:00'}${zone}`);
    // Date.parse carries the 31st of a short month over; nobody means that.
    if (!Number.isNaN(time) && new Date(`${match[1]}T00:00Z`).toISOString().slice(0, 10) !== match[1]) return null;
  }
  const year = new Date(time).getUTCFullYear();
  return year >= 1970 && year < 2200 ? new Date(time) : null;
}
