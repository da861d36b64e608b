import { explain } from '../../../src/modules/predictions/explain';

const creative = { headline: 'Trail shoes for mud', body: null };

test('an explanation names interests only where the model read something of the person', () => {
  expect(explain(creative, ['shoes'], 'Ridge boots').summary).toBe('Speaks of "shoes", which this person follows.');
  expect(explain(creative, ['shoes'], '').summary).toBe('Scored on the copy alone: the model read nothing of the person.');
  expect(explain(creative, [], '').summary).toBe('Scored on the copy alone: nothing may be known of the person.');
});
