import * as fc from 'fast-check';
import { EVENT_KINDS, type BehaviourEvent } from '../../../src/domain/entities/event';
import type { Consent } from '../../../src/domain/entities/profile';
import { readableAttributes } from '../../../src/domain/profile/barred-attributes';
import { deriveProfile } from '../../../src/domain/profile/derive-profile';
import { addToInterests, decayed, HALF_LIFE_DAYS } from '../../../src/domain/profile/interests';
import { profileText } from '../../../src/domain/profile/profile-text';
import { usableInterests } from '../../../src/domain/profile/usable-interests';

const NOW = new Date('2026-11-01T12:00:00Z');
const DAY = 86_400_000;
const yes: Consent = { personalisation: true, training: true, measurement: true };
const no: Consent = { ...yes, personalisation: false };
let sequence = 0;
function event(given: Partial<BehaviourEvent> & { daysAgo?: number } = {}): BehaviourEvent {
  const { daysAgo = 1, ...rest } = given;
  sequence += 1;
  const id = `e${sequence}`;
  return {
    id, advertiserId: 'a', profileId: 'p', eventId: id, kind: 'VIEW', itemText: `Item ${sequence}`, category: 'running', value: null,
    occurredAt: new Date(NOW.getTime() - daysAgo * DAY), receivedAt: NOW, ...rest,
  };
}
const nobody = { consent: yes, interests: [], recentItems: [] };

const anyEvent = fc
  .record({
    kind: fc.constantFrom(...EVENT_KINDS.filter((kind) => kind !== 'RATE')),
    category: fc.constantFrom('running', 'tea', 'chess', 'sailing'),
    daysAgo: fc.double({ min: 0, max: 20, noNaN: true }),
  })
  .map((given) => event(given));

describe('decay', () => {
  test('halves in a half-life, never grows, and composes', () => {
    expect(decayed(8, NOW, new Date(NOW.getTime() + HALF_LIFE_DAYS * DAY))).toBeCloseTo(4, 12);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.nat(1000), fc.nat(1000), (weight, a, b) => {
        const [t0, t1, t2] = [0, a, a + b].map((days) => new Date(NOW.getTime() + days * DAY));
        const once = decayed(weight, t0!, t2!);
        expect(once).toBeLessThanOrEqual(weight);
        expect(decayed(decayed(weight, t0!, t1!), t1!, t2!)).toBeCloseTo(once, 6);
        expect(decayed(weight, t2!, t0!)).toBe(weight);
      }),
    );
  });
});

describe('a profile', () => {
  test('is the same however its events are split into batches and ordered', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), fc.nat(30), (events, cut) => {
        const whole = deriveProfile(nobody, events, NOW);
        const reversed = [...events].toReversed();
        const first = deriveProfile(nobody, reversed.slice(0, cut), new Date(NOW.getTime() - DAY));
        const second = deriveProfile({ consent: yes, ...first }, reversed.slice(cut), NOW);
        const weights = (derived: typeof whole): [string, number][] => derived.interests.map(({ name, weight }) => [name, Math.round(weight * 1e6)] as [string, number]).toSorted();
        // An event younger than the first batch's clock counts whole there, which is at most a day's decay.
        const young = events.some((each) => each.occurredAt.getTime() > NOW.getTime() - DAY);
        if (!young) expect(weights(second)).toEqual(weights(whole));
        expect(second.recentItems).toEqual(whole.recentItems);
        expect(second.profileText).toBe(whole.profileText);
      }),
    );
  });

  test('weighs what was bought over what was seen, and yesterday over last season', () => {
    const { interests } = deriveProfile(nobody, [
      event({ category: 'tea', kind: 'VIEW' }),
      event({ category: 'Sailing', kind: 'PURCHASE' }),
      event({ category: 'chess', kind: 'PURCHASE', daysAgo: 80 }),
    ], NOW);
    expect(interests.map(({ name }) => name)).toEqual(['sailing', 'tea', 'chess']);
  });

  test('a bad rating speaks against an interest; a search names one; a long question does not', () => {
    const { interests } = deriveProfile(nobody, [
      event({ category: 'tea', kind: 'RATE', value: 1 }),
      event({ category: null, kind: 'SEARCH', itemText: 'Folding kayak' }),
      event({ category: null, kind: 'SEARCH', itemText: 'how do i get candle wax out of a carpet' }),
    ], NOW);
    expect(interests.map(({ name }) => name)).toEqual(['folding kayak']);
  });

  test('reads newest last, each item once, at most eight, and one title never looks like two', () => {
    const events = Array.from({ length: 12 }, (_, index) => event({ itemText: `Title ${index}`, daysAgo: 20 - index }));
    const { profileText: text } = deriveProfile(nobody, [...events, event({ itemText: 'Title 5', daysAgo: 0 }), event({ itemText: 'A | B\n C', daysAgo: 0.5 })], NOW);
    expect(text).toBe('Title 6 | Title 7 | Title 8 | Title 9 | Title 10 | Title 11 | A B C | Title 5');
  });

  test('knows when somebody lapses, buys, or browses', () => {
    const segments = (events: BehaviourEvent[]): readonly string[] => deriveProfile(nobody, events, NOW).segments;
    expect(segments([])).toEqual([]);
    expect(segments([event()])).toEqual(['newcomer', 'active', 'devoted']);
    expect(segments([event({ daysAgo: 40, kind: 'PURCHASE' }), event({ daysAgo: 41 }), event({ daysAgo: 42 })])).toEqual(['lapsing', 'buyer', 'devoted']);
    expect(segments(['a', 'b', 'c', 'd', 'e'].map((category) => event({ category })))).toEqual(['active', 'browser', 'explorer']);
  });
});

describe('consent and barred attributes', () => {
  const items = ['Trail shoes', "Women's trail vest", 'Pram raincover', 'Index fund guide'].map((text, index) => ({
    text, category: null, kind: 'VIEW' as const, at: new Date(NOW.getTime() - (10 - index) * DAY),
  }));
  test('without consent for personalisation there is no profile text and no interest to write for', () => {
    expect(profileText({ consent: no, recentItems: items })).toBe('');
    expect(usableInterests({ consent: no, interests: addToInterests([], [event()], NOW) }, 'ECOMMERCE', NOW)).toEqual([]);
    expect(deriveProfile({ ...nobody, consent: no }, [event()], NOW).profileText).toBe('');
  });
  test('finance reads no item, interest or attribute that gives age, gender, family or postcode away', () => {
    expect(profileText({ consent: yes, recentItems: items }, { vertical: 'FINANCE' })).toBe('Trail shoes | Index fund guide');
    expect(profileText({ consent: yes, recentItems: items }, { vertical: 'ECOMMERCE' })).toContain('Pram');
    const interests = addToInterests([], [event({ category: 'parenting' }), event({ category: 'wedding gifts' }), event({ category: 'saving' })], NOW);
    expect(usableInterests({ consent: yes, interests }, 'FINANCE', NOW).map(({ name }) => name)).toEqual(['saving']);
    const attributes = { age: '44', Gender: 'f', maritalStatus: 'married', 'has children': 'yes', postCode: 'E1', dateOfBirth: '1982', country: 'GB' };
    expect(readableAttributes(attributes, 'FINANCE')).toEqual({ country: 'GB' });
    expect(readableAttributes(attributes, 'TRAVEL')).toEqual(attributes);
  });
});
