import type { Slot } from './slots';

/** One of a product's facts; of features and offers there may be several. */
export interface SlotFact {
  readonly slot: Slot;
  readonly text: string;
}

/**
 * The way back from `fillSlots`: copy with slots where the facts stand, whole words only, any letter case, the longest fact first.
 * What no fact accounts for stays as it is; whether that may be said without the facts is the guard's to judge.
 */
export function unfillSlots(text: string, facts: readonly SlotFact[]): string {
  const sorted = facts.filter((fact) => fact.text.trim() !== '').toSorted((a, b) => b.text.length - a.text.length);
  // Marks first, slots last: a fact that reads "product" must not be found in the slot of that name.
  const marked = sorted.reduce((line, fact, i) => line.replace(wholeWords(fact.text), String.fromCharCode(MARKS + i)), text);
  return marked.replace(/[\uE000-\uF8FF]/g, (mark) => sorted[mark.charCodeAt(0) - MARKS]?.slot ?? mark);
}

/** Private-use characters, which no copy holds. */
const MARKS = 0xe000;

function wholeWords(fact: string): RegExp {
  const words = fact.trim().replace(/\.+$/, '').split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${words.join(String.raw`\s+`)}(?![\p{L}\p{N}])`, 'giu');
}
