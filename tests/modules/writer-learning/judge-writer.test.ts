import { guardContextOf } from '../../../src/domain/guard/check-copy';
import { compareWriters, judgeWriter, type WriterFigures } from '../../../src/modules/writer-learning/judge-writer';
import { aCampaign } from '../../support/entities';
import { corpusGenerator } from '../../support/stand-in-models';

const GOOD: WriterFigures = { headlines: 200, overLimit: 0, foreignNumbers: 0, foreignNames: 0, distinct: 0.95, memorised: 0.1, corpusLines: 0.4, fluency: -0.9 };
const refusals = (after: Partial<WriterFigures>): string[] => compareWriters(GOOD, { ...GOOD, ...after }).filter(({ passed }) => !passed).map(({ name }) => name);

describe('a tuned writer', () => {
  it('may become a candidate where it keeps every promise of the one before', () => {
    expect(refusals({})).toEqual([]);
    expect(refusals({ headlines: 185, distinct: 0.91, memorised: 0.45 })).toEqual([]);
  });

  it.each<[string, Partial<WriterFigures>]>([
    ['length', { overLimit: 1 }],
    ['unknown-numbers', { foreignNumbers: 1 }],
    ['unknown-names', { foreignNames: 1 }],
    ['yield', { headlines: 170 }],
    ['distinct', { distinct: 0.89 }],
    ['memorised', { memorised: 0.6 }],
  ])('may not for its %s', (rule, after) => {
    expect(refusals(after)).toEqual([rule]);
    expect(compareWriters(GOOD, { ...GOOD, ...after }).find(({ name }) => name === rule)).toMatchSnapshot();
  });

  it('is judged by what it gives after the guard, the same for the same seed', async () => {
    const campaign = aCampaign('');
    const brief = (interest: string) => ({ vertical: 'ecommerce', tone: 'playful', interest, facts: { '<product>': campaign.product.name }, guard: guardContextOf(campaign, { strict: true, interest }) });
    const briefs = [brief('running'), brief('camping')];
    const judged = await judgeWriter(corpusGenerator(), briefs, { count: 12, seed: 4 });
    expect(judged.figures).toMatchObject({ headlines: judged.headlines.length, overLimit: 0, foreignNumbers: 0, foreignNames: 0, corpusLines: 1, distinct: 1 });
    expect(judged.headlines.length).toBeGreaterThan(6);
    expect(await judgeWriter(corpusGenerator(), briefs, { count: 12, seed: 4 })).toEqual(judged);
  });
});
