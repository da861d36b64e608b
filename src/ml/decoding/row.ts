/** One continuation while it is written, and which tokens may come next. */
import { graphemes, type TokenTable } from './token-table';

export interface RowRules {
  maxGraphemes: number;
  /** Placeholder to the number of characters that will fill it. */
  fills: ReadonlyMap<string, number>;
  /** Lower case, single spaces. */
  banned: readonly string[];
  allowDigits: boolean;
}

export function rowRules(request: { maxGraphemes: number; placeholders: Readonly<Record<string, string>>; bannedWords: readonly string[]; allowDigits?: boolean }): RowRules {
  return {
    maxGraphemes: request.maxGraphemes,
    fills: new Map(Object.entries(request.placeholders).map(([name, text]) => [name, graphemes(text)])),
    banned: request.bannedWords.map(fold).filter((word) => word !== ''),
    allowDigits: request.allowDigits ?? false,
  };
}

/** Stands for a placeholder where words are looked for; no letter, so that words end at it. */
const PLACEHOLDER = '\ufffc';

export class Row {
  text = '';
  /** Length with placeholders filled. */
  length = 0;
  done = false;
  /** The text that is held against banned words: a placeholder is no word, whatever its name. */
  private spoken = '';
  private readonly tokens: number[] = [];
  private readonly used = new Set<string>();

  constructor(
    private readonly table: TokenTable,
    private readonly rules: RowRules,
  ) {}

  get tokenCount(): number {
    return this.tokens.length;
  }

  /** Whether the text may go on with this token. Cheap checks first: this is asked for many tokens per step. */
  allows(token: number): boolean {
    const { table, rules } = this;
    if (table.ends[token] === 1) return this.mayEnd();
    if (table.forbidden[token] === 1 || (table.factual[token] === 1 && !rules.allowDigits)) return false;
    const placeholder = table.placeholders.get(token);
    const length = placeholder === undefined ? table.lengths[token]! : (rules.fills.get(placeholder) ?? Infinity);
    if (this.length + length > rules.maxGraphemes) return false;
    if (placeholder !== undefined && this.used.has(placeholder)) return false;
    const text = table.texts[token]!;
    // A fact stands free: no letter touches a placeholder, and two never touch.
    if (placeholder !== undefined && /[\p{L}\p{N}>]$/u.test(this.text)) return false;
    if (this.text.endsWith('>') && /^[\p{L}\p{N}]/u.test(text)) return false;
    if (this.text === '' && /^[\s.,;:!?)]/.test(text) && text.trim() === '') return false;
    return !this.repeats(token, text) && !this.completesBanned(placeholder === undefined ? text : PLACEHOLDER);
  }

  /** Takes the token; a token that ends closes the row. */
  push(token: number): void {
    if (this.table.ends[token] === 1) {
      this.done = true;
      return;
    }
    const placeholder = this.table.placeholders.get(token);
    if (placeholder !== undefined) this.used.add(placeholder);
    this.length += placeholder === undefined ? this.table.lengths[token]! : (this.rules.fills.get(placeholder) ?? 0);
    this.text += this.table.texts[token]!;
    this.spoken += placeholder === undefined ? this.table.texts[token]! : PLACEHOLDER;
    this.tokens.push(token);
  }

  /** Closes a row that may not go on. A banned word that was to become part of a longer one must not be left standing: it goes. */
  close(): void {
    while (!this.done && this.tokens.length > 0 && this.endsInBanned(fold(this.spoken))) {
      const kept = this.tokens.splice(0).slice(0, -1);
      [this.text, this.spoken, this.length] = ['', '', 0];
      this.used.clear();
      for (const token of kept) this.push(token);
    }
    this.done = true;
  }

  private mayEnd(): boolean {
    return this.text.trim() !== '' && !this.endsInBanned(fold(this.spoken));
  }

  /** The same three tokens twice, or the same word twice in a row. */
  private repeats(token: number, text: string): boolean {
    const { tokens } = this;
    const n = tokens.length;
    if (n >= 2) {
      for (let i = 0; i + 2 < n; i++) if (tokens[i] === tokens[n - 2] && tokens[i + 1] === tokens[n - 1] && tokens[i + 2] === token) return true;
    }
    const word = text.trim().toLowerCase();
    return word.length > 2 && n > 0 && this.table.texts[tokens[n - 1]!]!.trim().toLowerCase() === word;
  }

  /** Whether a banned word would stand complete, with its end known, inside the text. */
  private completesBanned(text: string): boolean {
    if (this.rules.banned.length === 0) return false;
    const joined = fold(this.spoken + text);
    const before = fold(this.spoken);
    const boundary = /^[^\p{L}\p{N}]/u.test(text);
    if (boundary && this.endsInBanned(before)) return true;
    return this.rules.banned.some((word) => insideAt(joined, word));
  }

  private endsInBanned(folded: string): boolean {
    return this.rules.banned.some((word) => folded.endsWith(word) && !isWordCharacter(folded[folded.length - word.length - 1]));
  }
}

/** Whether `word` stands in `text` as whole words, followed by something. */
function insideAt(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const after = text[at + word.length];
    if (after !== undefined && !isWordCharacter(after) && !isWordCharacter(text[at - 1])) return true;
  }
  return false;
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

/** Lower case without diacritics, single spaces. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}+/gu, '').toLowerCase().replace(/\s+/g, ' ').trimStart();
}
