import { createRng } from '../../../src/base/rng';
import { EVENT_KINDS } from '../../../src/domain/entities/event';
import { graphemeCount } from '../../../src/domain/copy/graphemes';
import { checkCopy, guardContextOf } from '../../../src/domain/guard/check-copy';
import { CATALOGUE } from '../../../src/modules/demo/catalogue/catalogue';
import { demoPeople } from '../../../src/modules/demo/demo-profiles';
import { DEMO_CAMPAIGNS } from '../../../src/modules/demo/seed-demo';

const TODAY = new Date('2026-11-23T00:00:00Z');
const people = demoPeople(createRng(1), TODAY);

test('the catalogue has at least 300 titles, none twice, and its interests lead to one another', () => {
  const titles = CATALOGUE.flatMap((entry) => entry.titles);
  expect(titles.length).toBeGreaterThanOrEqual(300);
  expect(new Set(titles).size).toBe(titles.length);
  const interests = new Set(CATALOGUE.map((entry) => entry.interest));
  expect(interests.size).toBeGreaterThanOrEqual(30);
  for (const entry of CATALOGUE) for (const near of entry.near) expect(interests).toContain(near);
  for (const title of titles) expect(title).not.toMatch(/[|<>]/);
});

test('twelve campaigns in four verticals, with short names and 3 to 5 creatives that the guard has nothing against', () => {
  expect(DEMO_CAMPAIGNS).toHaveLength(12);
  expect(new Set(DEMO_CAMPAIGNS.map(({ vertical }) => vertical)).size).toBe(4);
  const findings: string[] = [];
  for (const demo of DEMO_CAMPAIGNS) {
    expect(graphemeCount(demo.product)).toBeGreaterThanOrEqual(3);
    expect(graphemeCount(demo.product)).toBeLessThanOrEqual(14);
    expect(demo.creatives.length).toBeGreaterThanOrEqual(3);
    expect(demo.creatives.length).toBeLessThanOrEqual(5);
    const context = guardContextOf({
      vertical: demo.vertical,
      product: {
        name: demo.product, brand: demo.brand, description: demo.description, features: demo.features, offers: demo.offers,
        price: { micros: BigInt(demo.price) * 1_000_000n, currency: demo.currency }, url: demo.url,
      },
      voice: { tone: demo.tone, bannedWords: demo.bannedWords, requiredDisclaimer: demo.disclaimer ?? null },
    });
    for (const [headline, body, callToAction] of demo.creatives) {
      for (const finding of checkCopy({ headline, body, callToAction }, context)) findings.push(`${demo.key}: ${headline}: ${finding.rule} ${finding.message}`);
    }
  }
  expect(findings).toEqual([]);
});

test('two hundred people with believable histories, the same every time', () => {
  expect(people).toHaveLength(200);
  expect(demoPeople(createRng(1), TODAY)).toEqual(people);
  expect(people[0]!.externalId).toBe('demo-001');
  const events = people.flatMap((person) => person.events);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
  for (const event of events) {
    const age = (TODAY.getTime() - event.occurredAt!.getTime()) / 86_400_000;
    expect(age).toBeGreaterThan(-1);
    expect(age).toBeLessThan(91);
  }
  expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(EVENT_KINDS));
  expect(people.filter((person) => !person.consent.personalisation).length).toBeGreaterThan(10);
  expect(events.length / people.length).toBeGreaterThan(10);
});
