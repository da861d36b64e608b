import fc from 'fast-check';
import type { Creative } from '../../../src/domain/entities/creative';
import { firstStageOrder } from '../../../src/modules/predictions/first-stage-order';
import { aCampaign, aCreative } from '../../support/entities';

const campaign = aCampaign('01890000-0000-7000-8000-000000000001');
const counted = (impressions: number, clicks: number, conversions = 0): Creative => aCreative(campaign, { counts: { impressions, clicks, conversions, valueMicros: 0n } });
const clicksOnly = { ...campaign.objectives, clickWeight: 1, conversionWeight: 0, revenueWeight: 0 };

describe('the order without a model', () => {
  it('puts first what was clicked most often, and believes much evidence more than little', () => {
    const [proven, lucky, poor, fresh] = [counted(10_000, 500), counted(10, 2), counted(10_000, 50), counted(0, 0)];
    const order = firstStageOrder([fresh, poor, lucky, proven], clicksOnly).map(({ creative }) => creative);
    expect(order).toEqual([proven, lucky, fresh, poor]);
  });

  it('comes near the rate that was seen, and for what was never shown to that of the campaign', () => {
    const [shown, fresh] = [counted(100_000, 3_000), counted(0, 0)];
    const estimates = new Map(firstStageOrder([shown, fresh], clicksOnly).map((each) => [each.creative, each]));
    expect(estimates.get(shown)!.pClick).toBeCloseTo(0.03, 4);
    expect(estimates.get(fresh)!.pClick).toBeCloseTo(0.03, 3);
    expect(estimates.get(fresh)!.uncertainty).toBeGreaterThan(5 * estimates.get(shown)!.uncertainty);
  });

  it('leaves what nothing is known of as it came', () => {
    const fresh = [counted(0, 0), counted(0, 0), counted(0, 0)];
    expect(firstStageOrder(fresh, clicksOnly).map(({ creative }) => creative)).toEqual(fresh);
    expect(firstStageOrder([], clicksOnly)).toEqual([]);
  });

  it('weighs conversions by what the campaign says they are worth', () => {
    const [clicked, sold] = [counted(10_000, 300, 0), counted(10_000, 200, 100)];
    const sales = { ...clicksOnly, clickWeight: 0, conversionWeight: 1 };
    expect(firstStageOrder([clicked, sold], clicksOnly)[0]!.creative).toBe(clicked);
    expect(firstStageOrder([clicked, sold], sales)[0]!.creative).toBe(sold);
  });

  it('gives chances between 0 and 1 and finite numbers, whatever was counted', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(fc.property(fc.array(fc.tuple(count, count, count), { minLength: 1, maxLength: 20 }), (counts) => {
      const estimates = firstStageOrder(counts.map((each) => counted(...each)), campaign.objectives);
      expect(estimates).toHaveLength(counts.length);
      for (const { pClick, pConversion, uncertainty, value } of estimates) {
        expect(pClick > 0 && pClick < 1 && pConversion >= 0 && pConversion <= 1).toBe(true);
        expect(Number.isFinite(uncertainty) && uncertainty > 0 && Number.isFinite(value)).toBe(true);
      }
      expect(estimates.map(({ value }) => value)).toEqual(estimates.map(({ value }) => value).toSorted((a, b) => b - a));
    }));
  });
});
