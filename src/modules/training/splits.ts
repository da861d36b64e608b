import { hash32 } from '../../base/rng';

export type Split = 'training' | 'validation' | 'test';

/**
 * The split that a test, a person or a document belongs to: 80, 10 and 10 parts of 100. It depends on the key alone,
 * so that rows that share a story stay together and every run, on every machine, agrees.
 */
export function splitOf(key: string): Split {
  const bucket = hash32(`split:${key}`) % 10;
  return bucket === 0 ? 'test' : bucket === 1 ? 'validation' : 'training';
}

/**
 * Splits for groups of keys that must stay together (tests that share headlines): a group is held out when any of its keys is.
 * @returns the split of each group
 */
export function groupSplits(members: readonly { group: string; key: string }[]): Map<string, Split> {
  const splits = new Map<string, Split>();
  for (const { group, key } of members) {
    const before = splits.get(group);
    const own = splitOf(key);
    if (!before || own === 'test' || (own === 'validation' && before === 'training')) splits.set(group, own);
  }
  return splits;
}
