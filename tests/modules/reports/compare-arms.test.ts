import { createRng } from '../../../src/base/rng';
import { compareArms, type ComparedArm, type Comparison } from '../../../src/modules/reports/compare-arms';

interface People {
  readonly n: number;
  readonly click: (taste: number) => number;
  readonly convert?: number;
  readonly basket?: number;
  readonly known?: number;
}

/** An arm as the store sums it up: people with a taste, four impressions each, and their clicks per impression before. */
function anArm(name: string, { n, click, convert = 0.5, basket = 20, known = 1 }: People, seed: number): ComparedArm {
  const rng = createRng(seed);
  const times = (count: number, chance: number): number => Array.from({ length: count }, () => (rng.next() < chance ? 1 : 0)).reduce<number>((sum, each) => sum + each, 0);
  const rows = Array.from({ length: n }, () => {
    const taste = rng.next();
    const c = times(4, click(taste));
    return { i: 4, c, k: times(c, convert), s: 4 * 0.01, h: rng.next() < known ? times(12, click(taste)) / 12 : null };
  }).map((row) => ({ ...row, v: row.k * basket }));
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    name,
    holdout: name === 'holdout',
    sums: {
      arm: name, ofPeople: true, currencies: ['EUR'], units: n,
      impressions: sum(({ i }) => i), clicks: sum(({ c }) => c), conversions: sum(({ k }) => k),
      valueMicros: BigInt(Math.round(sum(({ v }) => v) * 1e6)), spendMicros: BigInt(Math.round(sum(({ s }) => s) * 1e6)),
      impressionsSquared: sum(({ i }) => i * i), clicksSquared: sum(({ c }) => c * c), conversionsSquared: sum(({ k }) => k * k), spendSquared: sum(({ s }) => s * s), valueSquared: sum(({ v }) => v * v),
      clicksImpressions: sum(({ c, i }) => c * i), conversionsClicks: sum(({ k, c }) => k * c), spendConversions: sum(({ s, k }) => s * k), valueSpend: sum(({ v, s }) => v * s),
      known: sum(({ h }) => (h === null ? 0 : 1)), rates: sum(({ h }) => h ?? 0), ratesSquared: sum(({ h }) => (h ?? 0) ** 2), clicksRates: sum(({ c, h }) => c * (h ?? 0)),
      impressionsRates: sum(({ i, h }) => i * (h ?? 0)), knownClicks: sum(({ c, h }) => (h === null ? 0 : c)), knownImpressions: sum(({ i, h }) => (h === null ? 0 : i)),
    },
  };
}

const trusted = { trusted: true };
const alike: People = { n: 1_500, click: (taste) => taste / 4 };
const verdicts = (comparisons: readonly Comparison[]) => Object.fromEntries(comparisons.map(({ metric, verdict }) => [metric, verdict]));

test('an arm that is clicked more, converts the same, and so costs less and earns more, is better in all but the rate of conversion', () => {
  const comparisons = compareArms([anArm('control', alike, 1), anArm('treatment', { ...alike, click: (taste) => taste / 2 }, 2)], trusted);
  expect(verdicts(comparisons)).toEqual({ CTR: 'BETTER', CVR: 'UNDECIDED', CPA: 'BETTER', ROAS: 'BETTER' });
  expect(comparisons.find(({ metric }) => metric === 'CPA')!.difference.value).toBeLessThan(0);
  const other = compareArms([anArm('treatment', { ...alike, click: (taste) => taste / 2 }, 2), anArm('control', alike, 1)], trusted);
  expect(verdicts(other)).toEqual({ CTR: 'WORSE', CVR: 'UNDECIDED', CPA: 'WORSE', ROAS: 'WORSE' });
});

test('cost per conversion is told in micros', () => {
  const [control, treatment] = [anArm('control', alike, 1), anArm('treatment', alike, 2)];
  const cpa = (arm: ComparedArm): number => Number(arm.sums.spendMicros) / arm.sums.conversions;
  const { difference, relative } = compareArms([control, treatment], trusted).find(({ metric }) => metric === 'CPA')!;
  expect(difference.value).toBeCloseTo(cpa(treatment) - cpa(control), 6);
  expect(relative).toBeCloseTo(cpa(treatment) / cpa(control) - 1, 12);
});

test('what people did before makes the difference in clicks sharper, new people or not', () => {
  const width = ({ low, high }: { low: number | null; high: number | null }): number => high! - low!;
  const cut = (known: number): number => {
    const [ctr] = compareArms([anArm('control', { ...alike, click: (taste) => taste, known }, 3), anArm('treatment', { ...alike, click: (taste) => taste, known }, 4)], trusted);
    expect(width(ctr!.adjusted!) / width(ctr!.difference)).toBeCloseTo(Math.sqrt(1 - ctr!.varianceCut!), 2);
    return ctr!.varianceCut!;
  };
  expect(cut(1)).toBeGreaterThan(0.4);
  expect(cut(0.5)).toBeGreaterThan(0.15);
  expect(cut(0.5)).toBeLessThan(cut(1));
  expect(compareArms([anArm('control', { ...alike, known: 0 }, 3), anArm('treatment', { ...alike, known: 0 }, 4)], trusted)[0]).toMatchObject({ adjusted: null, varianceCut: null });
});

test('all arms together are held against the holdout', () => {
  const arms = [anArm('control', alike, 1), anArm('treatment', alike, 2), anArm('holdout', { ...alike, click: (taste) => taste / 12 }, 3)];
  const comparisons = compareArms(arms, trusted);
  expect(comparisons.map(({ arm, against }) => `${arm} ${against}`)).toEqual([...Array.from({ length: 4 }, () => 'treatment control'), ...Array.from({ length: 4 }, () => 'null holdout')]);
  const rate = (of: readonly ComparedArm[]): number => of.reduce((sum, { sums }) => sum + sums.clicks, 0) / of.reduce((sum, { sums }) => sum + sums.impressions, 0);
  expect(comparisons[4]).toMatchObject({ metric: 'CTR', verdict: 'BETTER', difference: { value: expect.closeTo(rate(arms.slice(0, 2)) - rate(arms.slice(2)), 12) } });
});

test('where people were not split as planned nothing is trusted', () => {
  const comparisons = compareArms([anArm('control', alike, 1), anArm('treatment', { ...alike, click: (taste) => taste / 2 }, 2)], { trusted: false });
  expect(new Set(comparisons.map(({ verdict }) => verdict))).toEqual(new Set(['NOT_TRUSTED']));
});

test('before there is enough evidence, nothing is said', () => {
  const comparisons = compareArms([anArm('control', { ...alike, n: 10 }, 1), anArm('treatment', { ...alike, n: 10 }, 2)], trusted);
  for (const { difference, eValue, verdict } of comparisons) expect([difference.low, difference.high, eValue, verdict]).toEqual([null, null, 1, 'UNDECIDED']);
});
