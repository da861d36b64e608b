import type { Slot } from './slots';

/** Text for each slot; a slot that is missing has no fact and may not be used. */
export type SlotFacts = Readonly<Partial<Record<Slot, string>>>;

export type Filled = { ok: true; text: string } | { ok: false; missing: Slot[] };

const SLOT_WITH_ARTICLE = /(?:\b(an?) )?(<(?:product|brand|offer|price|feature|interest)>)/gi;

/**
 * Puts facts where the slots stand. Grammar follows the fact: a phrase that opens a sentence gets a capital, `a` and `an`
 * follow the sound of what stands behind them, and a full stop is not doubled. Names keep the letter case they have.
 */
export function fillSlots(text: string, facts: SlotFacts): Filled {
  const missing: Slot[] = [];
  const filled = text.replace(SLOT_WITH_ARTICLE, (whole: string, article: string | undefined, slot: string, offset: number) => {
    const key = slot.toLowerCase() as Slot;
    let fact = tidyFact(facts[key] ?? '');
    if (fact === '') {
      missing.push(key);
      return whole;
    }
    const phrase = key === '<offer>' || key === '<feature>' || key === '<interest>';
    if (phrase && article === undefined && opensSentence(text, offset)) fact = upperFirst(fact);
    // A feature brings its own article ("a waterproof membrane").
    if (article !== undefined && /^(?:an?|the) /i.test(fact)) return fact;
    return article === undefined ? fact : `${articleFor(fact, article)} ${fact}`;
  });
  return missing.length > 0 ? { ok: false, missing } : { ok: true, text: filled.replace(/([.!?])\.(?!\.)/g, '$1') };
}

/** One line, no trailing full stop: the sentence around the slot brings its own. */
function tidyFact(fact: string): string {
  return fact.replace(/\s+/g, ' ').trim().replace(/\.+$/, '');
}

function opensSentence(text: string, offset: number): boolean {
  const before = text.slice(0, offset).trimEnd().replace(/["'(]+$/, '').trimEnd();
  return before === '' || /[.!?]$/.test(before);
}

function upperFirst(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0)!);
  return first.toUpperCase() + text.slice(first.length);
}

function articleFor(fact: string, written: string): string {
  const vowel = /^(?:[aeiou](?!ne\b|nce\b|ni|se|su|ur)|8|11|18|hour|heir|honest)/i.test(fact);
  const article = vowel ? 'an' : 'a';
  return written[0] === 'A' ? upperFirst(article) : article;
}
