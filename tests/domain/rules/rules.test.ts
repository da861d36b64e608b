import * as fc from 'fast-check';
import { isAdloomError } from '../../../src/base/errors';
import { matchesAudience } from '../../../src/domain/rules/audience';
import { isCurrency, MAXIMUM_MICROS, parseMicros } from '../../../src/domain/rules/money';

describe('money', () => {
  test('every amount is read as it is written, with as few decimals as it needs or more', () => {
    const written = (micros: bigint, decimals: number): string => {
      const absolute = micros < 0n ? -micros : micros;
      const fraction = String(absolute % 1_000_000n).padStart(6, '0').replace(/0+$/, '').padEnd(decimals, '0');
      return `${micros < 0n ? '-' : ''}${absolute / 1_000_000n}${fraction === '' ? '' : `.${fraction}`}`;
    };
    fc.assert(fc.property(fc.bigInt({ min: -MAXIMUM_MICROS, max: MAXIMUM_MICROS }), fc.nat({ max: 9 }), (micros, decimals) => parseMicros(written(micros, decimals), 'x') === micros));
  });
  test('is exact where floats are not', () => {
    expect(parseMicros('0.1', 'x') + parseMicros('0.2', 'x')).toBe(parseMicros('0.3', 'x'));
    expect(parseMicros('9007199254.740993', 'x')).toBe(9007199254740993n);
  });
  test.each(['', '1,000', '1e3', '.5', '12.', '0x10', '1.0000001', 'NaN', '--1', '１２', '99999999999999999999'])('refuses %j by name', (text) => {
    try {
      parseMicros(text, 'price');
      throw new Error('was accepted');
    } catch (error) {
      expect(isAdloomError(error) && [error.code, error.field]).toEqual(['BAD_INPUT', 'price']);
    }
  });
  test('knows currencies', () => expect(['EUR', 'GBP', 'eur', 'XYZW'].map(isCurrency)).toEqual([true, true, false, false]));
});

describe('audience', () => {
  const all = { interestsAnyOf: [], interestsNoneOf: [], segmentsAnyOf: [], segmentsNoneOf: [], attributes: [] };
  const person = {
    consent: { personalisation: true, training: false, measurement: false },
    interests: [{ name: 'tea', weight: 1, updatedAt: new Date(0) }], segments: ['active'], attributes: { country: 'GB', age: '44' },
  };
  test('all that is asked must hold', () => {
    expect(matchesAudience(all, person, 'TRAVEL')).toBe(true);
    expect(matchesAudience({ ...all, interestsAnyOf: ['tea', 'chess'], segmentsNoneOf: ['dormant'] }, person, 'TRAVEL')).toBe(true);
    expect(matchesAudience({ ...all, interestsNoneOf: ['tea'] }, person, 'TRAVEL')).toBe(false);
    expect(matchesAudience({ ...all, attributes: [{ name: 'country', anyOf: ['DE'] }] }, person, 'TRAVEL')).toBe(false);
  });
  test('an interest is the same however it is spelt', () => {
    expect(matchesAudience({ ...all, interestsAnyOf: [' TEA '] }, person, 'TRAVEL')).toBe(true);
    expect(matchesAudience({ ...all, interestsNoneOf: ['Tea'] }, person, 'TRAVEL')).toBe(false);
  });
  test('somebody without consent only sees campaigns that ask for nothing', () => {
    const silent = { ...person, consent: { ...person.consent, personalisation: false } };
    expect([matchesAudience(all, silent, 'TRAVEL'), matchesAudience({ ...all, interestsAnyOf: ['tea'] }, silent, 'TRAVEL')]).toEqual([true, false]);
  });
  test('finance cannot aim by an interest that gives a barred attribute away', () => {
    const parent = { ...person, interests: [...person.interests, { name: 'baby gear', weight: 1, updatedAt: new Date(0) }] };
    const rules = { ...all, interestsAnyOf: ['baby gear'] };
    expect([matchesAudience(rules, parent, 'TRAVEL'), matchesAudience(rules, parent, 'FINANCE')]).toEqual([true, false]);
    expect(matchesAudience({ ...all, interestsNoneOf: ['baby gear'] }, parent, 'FINANCE')).toBe(true);
  });
  test('finance cannot aim by age', () => {
    const rules = { ...all, attributes: [{ name: 'age', anyOf: ['44'] }] };
    expect([matchesAudience(rules, person, 'TRAVEL'), matchesAudience(rules, person, 'FINANCE')]).toEqual([true, false]);
  });
});
