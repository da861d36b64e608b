import fc from 'fast-check';
import { benjaminiHochberg, eBenjaminiHochberg } from '../../../../src/ml/bandit/experiment/false-discovery';
import { cuped } from '../../../../src/ml/bandit/experiment/cuped';
import { ratioEstimate } from '../../../../src/ml/bandit/experiment/estimate';
import { momentsOf } from '../../../../src/ml/bandit/experiment/moments';
import { populationStability } from '../../../../src/ml/bandit/experiment/population-stability';
import { sampleRatio } from '../../../../src/ml/bandit/experiment/sample-ratio';
import { chiSquaredTail } from '../../../../src/ml/bandit/experiment/special-functions';
import { twoSidedP } from '../../../../src/ml/metrics/normal';

describe('false discovery control', () => {
  const pValues = [0.01, 0.02, 0.03, 0.04, 0.05, 0.9];

  it("adjusts as R's p.adjust does", () => {
    expect(benjaminiHochberg(pValues).adjusted).toEqual([0.06, 0.06, 0.06, 0.06, 0.06, 0.9].map((p) => expect.closeTo(p, 12)));
    expect(benjaminiHochberg([0.04, 0.001, 0.8]).found).toEqual([false, true, false]);
  });

  it('finds by the definition: the k largest e-values, k the largest with e_(k) >= m / (alpha k)', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 12 }), (eValues) => {
      const sorted = [...eValues].sort((a, b) => b - a);
      let k = 0;
      sorted.forEach((e, i) => {
        if (e >= eValues.length / (0.05 * (i + 1))) k = i + 1;
      });
      const { found } = eBenjaminiHochberg(eValues);
      expect(found.filter(Boolean)).toHaveLength(k);
      eValues.forEach((e, i) => expect(found[i]).toBe(k > 0 && e >= sorted[k - 1]!));
    }));
  });

  it('finds nothing among nothing', () => {
    expect(eBenjaminiHochberg([])).toEqual({ found: [], adjusted: [] });
    expect(eBenjaminiHochberg([Infinity, 0]).found).toEqual([true, false]);
  });
});

describe('the sample-ratio check', () => {
  it('is the ratio of the mixture to the plan, unit by unit', () => {
    const order = [0, 1, 1, 0, 1, 2, 1, 1, 0];
    const shares = [0.2, 0.5, 0.3];
    const seen = [0, 0, 0];
    let e = 1;
    for (const arm of order) {
      // Polya's urn: the mixture's chance of the next unit's arm.
      e *= (500 * shares[arm]! + seen[arm]!) / (500 + seen[0]! + seen[1]! + seen[2]!) / shares[arm]!;
      seen[arm]!++;
    }
    const { eValue, expected } = sampleRatio(seen, [2, 5, 3]);
    expect(eValue).toBeCloseTo(e, 10);
    expect(expected).toEqual([1.8, 4.5, 2.7].map((each) => expect.closeTo(each, 12)));
  });

  it('stays finite for counts of any size', () => {
    expect(sampleRatio([5_000_000, 5_000_000], [1, 1])).toMatchObject({ pValue: 1, mismatch: false });
    expect(sampleRatio([5_000_000, 6_000_000], [1, 1])).toMatchObject({ pValue: 0, mismatch: true });
    expect(sampleRatio([0, 0], [1, 1])).toMatchObject({ mismatch: false });
  });
});

describe('CUPED', () => {
  const unit = fc.record({ x: fc.integer({ min: 0, max: 9 }), y: fc.integer({ min: 1, max: 9 }), c: fc.option(fc.integer({ min: 0, max: 9 })) });
  const arm = fc.array(unit, { minLength: 3, maxLength: 30 });
  const moments = (units: readonly { x: number; y: number; c: number | null }[]) => momentsOf(units.map(({ x, y, c }) => [x, y, c ?? 0, c === null ? 0 : 1]));

  it('never adds to the variance, and cuts it by the squared correlation in one arm', () => {
    fc.assert(fc.property(arm, arm, (a, b) => {
      const { arms, varianceCut } = cuped([moments(a), moments(b)]);
      const plain = [a, b].map((units) => ratioEstimate(momentsOf(units.map(({ x, y }) => [x, y]))));
      const total = (estimates: readonly { variance: number; units: number }[]): number => estimates.reduce((sum, each) => sum + each.variance * (each.units - 1), 0);
      expect(total(arms)).toBeLessThanOrEqual(total(plain) + 1e-9);
      expect(total(arms)).toBeCloseTo((1 - varianceCut) * total(plain), 6);
    }));
    const [x, y] = [[1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5]];
    const { theta, varianceCut } = cuped([moments(x.map((c, i) => ({ x: y[i]!, y: 1, c })))]);
    expect(theta).toBeCloseTo(29 / 35, 12);
    expect(varianceCut).toBeCloseTo((29 / 35) ** 2, 12);
  });

  it('does not depend on where the covariate has its zero, and leaves an arm without covariates as it is', () => {
    fc.assert(fc.property(arm, arm, (a, b) => {
      const shifted = cuped([a, b].map((units) => moments(units.map((each) => ({ ...each, c: each.c === null ? null : each.c + 1_000 })))));
      cuped([moments(a), moments(b)]).arms.forEach(({ value, variance }, i) => {
        expect(shifted.arms[i]!.value).toBeCloseTo(value, 6);
        expect(shifted.arms[i]!.variance).toBeCloseTo(variance, 5);
      });
      const without = a.map((each) => ({ ...each, c: null }));
      expect(cuped([moments(without)]).arms[0]!.value).toBeCloseTo(ratioEstimate(momentsOf(a.map(({ x, y }) => [x, y]))).value, 12);
    }));
  });
});

describe('population stability', () => {
  it('is the sum over bins, and nothing where the shares are the same', () => {
    expect(populationStability([400, 600], [40, 60])).toMatchObject({ psi: expect.closeTo(0, 5), drifted: false });
    const { psi, pValue, drifted } = populationStability([5_000, 5_000], [2_000, 8_000]);
    expect(psi).toBeCloseTo(0.3 * Math.log(5 / 2) + 0.3 * Math.log(8 / 5), 3);
    expect(drifted).toBe(true);
    expect(pValue).toBeLessThan(1e-10);
  });

  it('calls no drift that is certain but of no consequence, or large but by chance', () => {
    expect(populationStability([500_000, 500_000], [510_000, 490_000])).toMatchObject({ drifted: false, pValue: expect.closeTo(0, 6) });
    const small = populationStability([500, 500], [3, 7]);
    expect(small.psi).toBeGreaterThan(0.1);
    expect(small.drifted).toBe(false);
    expect(populationStability([0, 0], [3, 7])).toEqual({ psi: 0, pValue: 1, drifted: false });
  });

  it('takes its chance from chi-squared', () => {
    for (const z of [0.1, 1, 1.96, 4, 9]) expect(chiSquaredTail(z ** 2, 1) / twoSidedP(z)).toBeCloseTo(1, 9);
    // Two degrees of freedom are exponential; the others as in tables.
    for (const x of [0.01, 1, 5, 40]) expect(chiSquaredTail(x, 2)).toBeCloseTo(Math.exp(-x / 2), 14);
    expect(chiSquaredTail(16.919, 9)).toBeCloseTo(0.05, 5);
    expect(chiSquaredTail(0, 9)).toBe(1);
  });
});
