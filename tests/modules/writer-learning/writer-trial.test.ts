import { judgeTrial, type WriterTrial } from '../../../src/modules/writer-learning/writer-trial';

const IDS = { candidateId: 'new', liveId: 'old' };

function trial(verdicts: Record<string, string>, writers: (string | null)[] = ['old', 'new']): WriterTrial {
  return {
    experiment: { id: 'e', arms: writers.map((writerVersionId, i) => ({ name: `arm ${i}`, writerVersionId })) },
    comparisons: Object.entries(verdicts).map(([metric, verdict]) => ({ arm: 'arm 1', against: 'arm 0', metric, verdict })),
  };
}

describe("people's verdict on a tuned writer", () => {
  it('lets it pass where its copy is clicked more and nothing is worse', () => {
    expect(judgeTrial(trial({ CTR: 'BETTER', CVR: 'UNDECIDED', CPA: 'BETTER' }), IDS)).toEqual({ passed: true, message: "Clicks per impression are BETTER with the candidate's copy, and nothing is WORSE." });
  });

  it.each([
    ['clicks are undecided', trial({ CTR: 'UNDECIDED' })],
    ['clicks are worse', trial({ CTR: 'WORSE' })],
    ['the split of people cannot be trusted', trial({ CTR: 'NOT_TRUSTED' })],
    ['conversions are worse', trial({ CTR: 'BETTER', CVR: 'WORSE' })],
    ['nothing was shown yet', trial({})],
    ['no arm shows its copy', trial({ CTR: 'BETTER' }, ['old', null])],
    ['it is the control itself', trial({ CTR: 'BETTER' }, ['new', 'old'])],
    ['the control shows all copy', trial({ CTR: 'BETTER' }, [null, 'new'])],
    ['the control shows the copy of a writer that is no longer live', trial({ CTR: 'BETTER' }, ['older', 'new'])],
  ])('refuses it where %s', (_, given) => {
    const { passed, message } = judgeTrial(given, IDS);
    expect(passed).toBe(false);
    expect(message).toMatchSnapshot();
  });

  it('reads the comparison of its own arm alone', () => {
    const other = { experiment: { id: 'e', arms: ['old', 'other', 'new'].map((writerVersionId, i) => ({ name: `arm ${i}`, writerVersionId })) }, comparisons: [{ arm: 'arm 1', against: 'arm 0', metric: 'CTR', verdict: 'BETTER' }] };
    expect(judgeTrial(other, IDS).passed).toBe(false);
  });
});
