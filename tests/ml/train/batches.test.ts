import fc from 'fast-check';
import { createRng } from '../../../src/base/rng';
import { lengthBatches } from '../../../src/ml/train/batches';

const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 300 });
const budgets = fc.integer({ min: 1, max: 400 });

describe('batches of items of unequal length', () => {
  it('hold every item exactly once', () => {
    fc.assert(
      fc.property(lengths, budgets, fc.nat(), (items, budget, seed) => {
        const seen = lengthBatches(items, budget, createRng(seed)).flat().sort((a, b) => a - b);
        expect(seen).toEqual(items.map((_, i) => i));
      }),
    );
  });

  it('keep to the budget, padding included; only an item above it stands alone', () => {
    fc.assert(
      fc.property(lengths, budgets, fc.nat(), (items, budget, seed) => {
        for (const batch of lengthBatches(items, budget, createRng(seed))) {
          const padded = batch.length * Math.max(...batch.map((i) => items[i]!));
          expect(batch.length === 1 || padded <= budget).toBe(true);
        }
      }),
    );
  });

  it('come in an order that the seed decides', () => {
    const items = Array.from({ length: 500 }, (_, i) => 1 + (i % 40));
    expect(lengthBatches(items, 200, createRng(1))).toEqual(lengthBatches(items, 200, createRng(1)));
    expect(lengthBatches(items, 200, createRng(1))).not.toEqual(lengthBatches(items, 200, createRng(2)));
  });

  it('waste little on padding where there are many items', () => {
    const rng = createRng(5);
    const items = Array.from({ length: 9000 }, () => 1 + rng.int(100));
    const padded = lengthBatches(items, 2000, rng).reduce((sum, batch) => sum + batch.length * Math.max(...batch.map((i) => items[i]!)), 0);
    expect(items.reduce((a, b) => a + b) / padded).toBeGreaterThan(0.95);
  });

  it('are none where there are no items', () => {
    expect(lengthBatches([], 100, createRng(1))).toEqual([]);
  });
});
