import { requireGraphFit } from '../../../src/ml/weights/require-graph-fit';

test('a model too large for one graph is refused with what fits, before minutes are spent on it', () => {
  expect(() => requireGraphFit(355_000_000)).not.toThrow();
  expect(() => requireGraphFit(774_000_000)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID', message: 'The model has 774 million weights; the graph that runs it may hold 536 million.', hint: expect.stringContaining('355 million') as string }));
});
