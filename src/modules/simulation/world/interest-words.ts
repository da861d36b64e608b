import type { CatalogueEntry } from '../../demo/catalogue/entry';

/** Copy that is known to speak to an interest. */
export interface InterestLine {
  readonly interest: string;
  readonly text: string;
}

/** How much a text speaks to each of some interests, 0 to 1. */
export type InterestReader = (text: string, interests: readonly string[]) => number[];

const STEM = 5;

/**
 * Words give interests away by how seldom they stand in the items and the copy of others: w(word, interest) = n(word, interest) / (n(word) + 1),
 * and a text speaks to an interest as 1 - product (1 - w).
 */
export function interestReader(catalogue: readonly CatalogueEntry[], lines: readonly InterestLine[]): InterestReader {
  const documents = [
    ...catalogue.flatMap(({ interest, titles, searches }) => [...titles, ...searches, interest].map((text) => ({ interest, text }))),
    ...lines.filter(({ interest }) => interest !== ''),
  ];
  const counts = new Map<string, Map<string, number>>();
  for (const { interest, text } of documents) {
    for (const word of wordsOf(text)) {
      const of = counts.get(word) ?? new Map<string, number>();
      counts.set(word, of.set(interest, (of.get(interest) ?? 0) + 1));
    }
  }
  const totals = new Map([...counts].map(([word, of]) => [word, [...of.values()].reduce((a, b) => a + b, 1)]));
  return (text, interests) => {
    const words = [...wordsOf(text)];
    return interests.map((interest) => 1 - words.reduce((left, word) => left * (1 - (counts.get(word)?.get(interest) ?? 0) / (totals.get(word) ?? 1)), 1));
  };
}

/** Distinct words of four letters and more, by their first letters: runner and running are one. */
function wordsOf(text: string): Set<string> {
  return new Set((text.toLowerCase().match(/\p{L}{4,}/gu) ?? []).map((word) => word.slice(0, STEM)));
}
