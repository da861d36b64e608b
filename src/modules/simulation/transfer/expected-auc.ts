import type { Judged } from './vertical-log';

export interface ExpectedAuc {
  /** Mean over people. */
  readonly mean: number;
  /** Of each person, in the order in which they come. */
  readonly byPerson: readonly number[];
}

/**
 * Per-person AUC under the truth: the chance that, of a click and a miss among one person's texts, the click's scores higher. It needs no
 * drawn clicks, so that it has none of their noise.
 */
export function expectedAuc(judged: readonly Judged[], score: (item: Judged) => number): ExpectedAuc {
  const people = new Map<number, { chance: number; score: number }[]>();
  for (const item of judged) {
    const list = people.get(item.person) ?? [];
    list.push({ chance: item.chance, score: score(item) });
    people.set(item.person, list);
  }
  const byPerson = [...people.values()].map((items) => {
    let [won, all] = [0, 0];
    items.forEach((a, i) =>
      items.forEach((b, k) => {
        if (i === k) return;
        const weight = a.chance * (1 - b.chance);
        all += weight;
        won += weight * (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0);
      }),
    );
    return won / all;
  });
  return { mean: byPerson.reduce((sum, value) => sum + value, 0) / byPerson.length, byPerson };
}
