import { Recent } from '../../src/base/recent';

describe('what was asked for last', () => {
  it('is made once while it is kept', () => {
    const recent = new Recent<string, { of: string }>(2);
    const first = recent.of('a', (of) => ({ of }));
    expect(first).toEqual({ of: 'a' });
    expect(recent.of('a', () => ({ of: 'again' }))).toBe(first);
  });

  it('drives out what was unused longest, and never holds more than its limit', () => {
    const recent = new Recent<number, string>(3);
    for (const key of [1, 2, 3, 1, 4]) recent.of(key, (k) => `first ${k}`);
    expect(recent.size).toBe(3);
    expect(recent.of(1, () => 'second')).toBe('first 1');
    expect(recent.of(2, () => 'second')).toBe('second');
  });
});
