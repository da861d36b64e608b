import * as fc from 'fast-check';
import type { PromptParts } from '../../../src/domain/copy/prompt';
import { chooseWinners as contest, type JudgedCreative, type Winner } from '../../../src/modules/writer-learning/winners';

const PROMPT: PromptParts = { vertical: 'ecommerce', format: 'HEADLINE', tone: 'playful', interests: ['running'], slots: ['<product>'] };

function creative(text: string, impressions: number, clicks: number, more: { expected?: number; campaignId?: string } = {}): JudgedCreative {
  return {
    creativeId: text, campaignId: more.campaignId ?? 'shoes', templates: [{ prompt: PROMPT, text }],
    evidence: { impressions, clicks, expectedClicks: impressions * (more.expected ?? 0.02) },
  };
}
/** Creatives that do what the model expects of them. */
const rest = (count: number, campaignId = 'shoes'): JudgedCreative[] => Array.from({ length: count }, (_, i) => creative(`Plain line ${i} of ${campaignId}`, 5_000, 100, { campaignId }));
const chooseWinners = (judged: readonly JudgedCreative[]): readonly Winner[] => contest(judged).winners;
const texts = (judged: readonly JudgedCreative[]): string[] => chooseWinners(judged).map(({ text }) => text);

describe('what won', () => {
  it('is copy that did better than its campaign, the surer the more', () => {
    const winners = chooseWinners([...rest(20), creative('A good line', 5_000, 180), creative('A better line', 5_000, 240), creative('A bad line', 5_000, 50)]);
    expect(winners.map(({ text }) => text)).toEqual(['A better line', 'A good line']);
    expect(winners[0]!.lift).toBeGreaterThan(winners[1]!.lift);
    expect(winners[1]!.lift).toBeGreaterThan(0);
    expect(winners[0]!.lift).toBeLessThan(Math.log(2.4));
  });

  it('is not copy that was lucky a few times', () => {
    expect(texts([...rest(20), creative('Three of twenty', 20, 3), creative('One of one', 1, 1), creative('A good line', 5_000, 200)])).toEqual(['A good line']);
  });

  it('is not copy of a campaign that the model misjudges as a whole, nor copy that has no other to be measured by', () => {
    const misjudged = Array.from({ length: 20 }, (_, i) => creative(`Line ${i}`, 5_000, 250, { campaignId: 'travel' }));
    expect(texts([...rest(20), ...misjudged, creative('Alone', 5_000, 250, { campaignId: 'alone' })])).toEqual([]);
    expect(texts([...misjudged, creative('Best of its campaign', 5_000, 500, { campaignId: 'travel' })])).toEqual(['Best of its campaign']);
  });

  it('counts a line that came in several creatives once, at its highest lift', () => {
    const lines = [...rest(20), creative('A line', 5_000, 180), { ...creative('A line', 5_000, 260), creativeId: 'another' }];
    expect(chooseWinners(lines)).toEqual([{ prompt: PROMPT, text: 'A line', lift: expect.closeTo(Math.max(...[180, 260].map((clicks) => chooseWinners([...rest(20), creative('A line', 5_000, 180), creative('B', 5_000, 260)]).find(({ text }) => text === (clicks === 260 ? 'B' : 'A line'))!.lift)), 9) }]);
  });

  it('leaves the other lines that were shown, so that a writer can be asked whether it prefers winners to them', () => {
    const { others } = contest([...rest(2), creative('A good line', 5_000, 300), creative('Unseen', 0, 0)]);
    expect(others).toEqual([0, 1].map((i) => ({ prompt: PROMPT, text: `Plain line ${i} of shoes` })));
  });

  it('is nothing where nothing was shown', () => {
    expect(contest([])).toEqual({ winners: [], others: [] });
    expect(contest([creative('Unseen', 0, 0)])).toEqual({ winners: [], others: [] });
  });

  it('depends on the log alone, not on the order of its rows', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ n: fc.integer({ min: 0, max: 9_000 }), rate: fc.double({ min: 0, max: 0.2, noNaN: true }), campaign: fc.constantFrom('a', 'b') }), { maxLength: 12 }), fc.infiniteStream(fc.nat()), (rows, keys) => {
        const judged = rows.map(({ n, rate, campaign }, i) => creative(`Line ${i}`, n, Math.round(n * rate), { campaignId: campaign }));
        const keyed = judged.map((item) => ({ item, key: keys.next().value as number })).toSorted((a, b) => a.key - b.key);
        const [one, other] = [chooseWinners(judged), chooseWinners(keyed.map(({ item }) => item))];
        expect(other.map(({ text }) => text)).toEqual(one.map(({ text }) => text));
        other.forEach(({ lift }, i) => expect(lift).toBeCloseTo(one[i]!.lift, 6));
      }),
      { numRuns: 40 },
    );
  });
});
