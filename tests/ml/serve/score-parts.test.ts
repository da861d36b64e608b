import fc from 'fast-check';
import { runSizes } from '../../../src/ml/serve/run-sizes';
import { partsOfGroup, partsOfPairs, tokensOf } from '../../../src/ml/serve/score-parts';

const BATCH_TOKENS = runSizes('cpu').batchTokens;
const LIMITS = { prefix: 128, text: 100 };
const text = fc.string({ maxLength: 600 });
const texts = fc.array(text, { minLength: 1, maxLength: 120 });

describe('the parts of one call', () => {
  it('hold every text once, in order, behind the prefix', () => {
    fc.assert(fc.property(text, texts, fc.integer({ min: 0, max: 4 }), (prefix, all, lanes) => {
      const groups = partsOfGroup({ prefix, texts: all }, LIMITS, BATCH_TOKENS, lanes).flatMap(({ payload }) => payload);
      expect(groups.flatMap((group) => group.texts)).toEqual(all);
      expect(new Set(groups.map((group) => group.prefix))).toEqual(new Set([prefix]));
      expect(groups.every((group) => group.texts.length > 0)).toBe(true);
    }));
  });

  it('cost little more than a batch may, and no part is out of proportion', () => {
    fc.assert(fc.property(text, texts, fc.integer({ min: 0, max: 4 }), (prefix, all, lanes) => {
      const parts = partsOfGroup({ prefix, texts: all }, LIMITS, BATCH_TOKENS, lanes);
      for (const { cost } of parts) expect(cost).toBeLessThanOrEqual(BATCH_TOKENS + LIMITS.text);
      const whole = tokensOf(prefix, LIMITS.prefix) + all.reduce((sum, each) => sum + tokensOf(each, LIMITS.text), 0);
      expect(parts.reduce((sum, { cost }) => sum + cost, 0)).toBe(whole + (parts.length - 1) * tokensOf(prefix, LIMITS.prefix));
    }));
  });

  it('are one where ten candidates are asked for, and one for each free lane where a hundred are', () => {
    const prefix = 'x'.repeat(300);
    const candidates = (count: number): string[] => Array.from({ length: count }, () => 'y'.repeat(100));
    expect(partsOfGroup({ prefix, texts: candidates(10) }, LIMITS, BATCH_TOKENS, 2)).toHaveLength(1);
    expect(partsOfGroup({ prefix, texts: candidates(20) }, LIMITS, BATCH_TOKENS, 2)).toHaveLength(2);
    expect(partsOfGroup({ prefix, texts: candidates(20) }, LIMITS, BATCH_TOKENS, 0)).toHaveLength(1);
    expect(partsOfGroup({ prefix, texts: candidates(100) }, LIMITS, BATCH_TOKENS, 3).length % 3).toBe(0);
  });
});

describe('the parts of unrelated pairs', () => {
  it('hold every pair once, each at its place, within the budget of a batch', () => {
    const pair = fc.record({ prefix: fc.oneof(fc.constantFrom('', 'a', 'b'), text), text });
    fc.assert(fc.property(fc.array(pair, { maxLength: 100 }), (pairs) => {
      const { parts, places } = partsOfPairs(pairs, LIMITS, BATCH_TOKENS);
      const found: { prefix: string; text: string }[] = [];
      parts.forEach(({ payload, cost }, i) => {
        expect(cost).toBeLessThanOrEqual(BATCH_TOKENS);
        const own = payload.flatMap((group) => group.texts.map((each) => ({ prefix: group.prefix, text: each })));
        expect(own).toHaveLength(places[i]!.length);
        own.forEach((each, k) => (found[places[i]![k]!] = each));
      });
      expect(places.flat().toSorted((a, b) => a - b)).toEqual(pairs.map((_, i) => i));
      expect(found).toEqual(pairs);
    }));
  });
});
