import { expectedValue, wholeMicros } from '../../../src/modules/predictions/expected-value';

test('the value of an impression is one that the store holds, whatever the objectives promise', () => {
  const most = 1_000_000_000_000_000_000n;
  const objectives = { clickWeight: 1_000, conversionWeight: 1_000, revenueWeight: 1_000, clickValueMicros: most, conversionValueMicros: most, revenuePerConversionMicros: most };
  expect(wholeMicros(expectedValue(objectives, 1, 1))).toBe(2n ** 63n - 1n);
  expect(wholeMicros(expectedValue({ ...objectives, clickValueMicros: 2_500_000n, conversionWeight: 0, revenueWeight: 0, clickWeight: 1 }, 0.1, 0.5))).toBe(250_000n);
});
