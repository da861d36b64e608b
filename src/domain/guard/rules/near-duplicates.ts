import type { Copy, GuardRule } from '../guard';
import { jaccard, NEAR_DUPLICATE, shingles } from '../similarity';

// The same few hundred headlines are compared with every candidate.
const known = new WeakMap<Copy, Set<string>>();

function shinglesOf(copy: Copy): Set<string> {
  let found = known.get(copy);
  if (found === undefined) known.set(copy, (found = shingles(copy.headline)));
  return found;
}

/** A headline that the campaign has already, or all but has, teaches nothing and bores those who saw the other. */
export const nearDuplicates: GuardRule = {
  name: 'near-duplicates',
  check(pieces, context) {
    const headline = pieces.find((piece) => piece.field === 'headline');
    if (!headline) return [];
    const own = shingles(headline.text);
    for (const other of context.existing) {
      const score = jaccard(own, shinglesOf(other));
      if (score < NEAR_DUPLICATE) continue;
      return [
        {
          rule: 'near-duplicates',
          severity: context.strict ? 'BLOCKING' : 'WARNING',
          field: 'headline',
          message:
            score === 1
              ? 'The campaign already has this headline.'
              : `The campaign already has ${JSON.stringify(other.headline)}, which says nearly the same.`,
          span: null,
        },
      ];
    }
    return [];
  },
};
