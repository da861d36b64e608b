import { join } from 'node:path';
import { createRng } from '../../../src/base/rng';
import { copyPool } from '../../../src/modules/simulation/world/copy-pool';
import { createWorld, WORLD_VERTICALS, type World } from '../../../src/modules/simulation/world/world';
import { DEMO_CAMPAIGNS } from '../../../src/modules/demo/seed-demo';
import { readCopyCorpus, type CopyLine } from '../../../src/modules/training/writer-documents';

const TODAY = new Date('2026-01-01T00:00:00Z');
let lines: CopyLine[];
beforeAll(async () => {
  lines = await readCopyCorpus(join(__dirname, '..', '..', '..', 'models', 'writer', 'corpus'));
});
const world = (more: Partial<Parameters<typeof createWorld>[0]> = {}): World => createWorld({ seed: 1, lines, today: TODAY, ...more });
const made = new Map<string, string[]>();
const texts = (vertical: string): string[] => made.get(vertical) ?? made.set(vertical, pool(vertical)).get(vertical)!;
const pool = (vertical: string): string[] =>
  DEMO_CAMPAIGNS.filter((campaign) => campaign.vertical === vertical).flatMap((campaign) => copyPool(createRng(3), campaign, lines, 24).map(({ headline, body }) => `${headline} ${body}`));

describe('the simulated world', () => {
  it('is the same for the same seed, and another for another', () => {
    const clicks = (seed: number): boolean[] => {
      const w = world({ seed });
      const rng = createRng(5);
      return texts('TRAVEL').map((text) => w.show(rng, w.person('TRAVEL', 3), text, 'TRAVEL').clicked);
    };
    expect(world().person('FINANCE', 7)).toEqual(world().person('FINANCE', 7));
    expect(world({ seed: 2 }).person('FINANCE', 7)).not.toEqual(world().person('FINANCE', 7));
    expect(clicks(1)).toEqual(clicks(1));
  });

  it('keeps people and histories under other tastes', () => {
    const [a, b] = [world(), world({ tasteSeed: 9 })];
    expect(b.person('TRAVEL', 1).events).toEqual(a.person('TRAVEL', 1).events);
    const text = texts('TRAVEL')[0]!;
    expect(b.clickChance(b.person('TRAVEL', 1), text, 'TRAVEL')).not.toBe(a.clickChance(a.person('TRAVEL', 1), text, 'TRAVEL'));
  });

  it('has click rates as advertising has them', () => {
    const rates = [1, 2, 3].flatMap((seed) => {
      const w = world({ seed });
      return WORLD_VERTICALS.map((vertical) => {
        const chances = Array.from({ length: 60 }, (_, i) => w.person(vertical, i)).flatMap((person) => texts(vertical).map((text) => w.clickChance(person, text, vertical)));
        return chances.reduce((sum, p) => sum + p, 0) / chances.length;
      });
    });
    for (const rate of rates) {
      expect(rate).toBeGreaterThan(0.01);
      expect(rate).toBeLessThan(0.09);
    }
  });

  it('judges copy by its words: what is for one\'s interest is clicked more, and a word of a kind counts alike wherever it stands', () => {
    const w = world();
    const person = w.person('ECOMMERCE', 2);
    const own = lines.filter((line) => line.interest === person.hidden.interests[0]!.name && line.format === 'HEADLINE');
    const other = lines.filter((line) => line.interest === 'pensions' && line.format === 'HEADLINE');
    const mean = (of: typeof lines): number => of.reduce((sum, { text }) => sum + w.clickChance(person, text, 'ECOMMERCE'), 0) / of.length;
    expect(own.length).toBeGreaterThan(3);
    expect(mean(own)).toBeGreaterThan(mean(other));
    const change = (text: string): number => Math.sign(w.clickChance(person, `${text} Free for you.`, 'ECOMMERCE') - w.clickChance(person, text, 'ECOMMERCE'));
    expect(new Set(['The ridge', 'A kettle', 'Rain on slate'].map(change)).size).toBe(1);
  });

  it('tells interests in histories, in part', () => {
    const w = world();
    const people = Array.from({ length: 100 }, (_, i) => w.person('EDUCATION', i));
    const shares = people.map(({ hidden, events }) => events.filter(({ category }) => hidden.interests.some(({ name }) => name === category)).length / events.length);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.7);
    expect(mean).toBeLessThan(0.9);
    for (const { events } of people) for (const { occurredAt } of events) expect(occurredAt!.getTime()).toBeLessThan(TODAY.getTime());
  });

  it('converts after clicks alone, for money', () => {
    const w = world();
    const rng = createRng(2);
    const people = Array.from({ length: 50 }, (_, i) => w.person('TRAVEL', i));
    const shown = Array.from({ length: 6_000 }, (_, i) => w.show(rng, people[i % 50]!, texts('TRAVEL')[i % 20]!, 'TRAVEL'));
    const converted = shown.filter((each) => each.converted);
    expect(converted.length).toBeGreaterThan(0);
    for (const each of shown) expect(each.value > 0).toBe(each.converted);
    for (const each of converted) expect(each.clicked).toBe(true);
  });

  it('has verticals that agree the more on copy the more taste they share', () => {
    const likeness = (shared: number): number => {
      const draws = Array.from({ length: 12 }, (_, seed) => world({ seed, shared })).map((w) => {
        const person = w.person('TRAVEL', 0);
        const some = texts('TRAVEL').slice(0, 30);
        const [a, b] = (['TRAVEL', 'FINANCE'] as const).map((vertical) => some.map((text) => Math.log(w.clickChance(person, text, vertical))));
        return correlation(a!, b!);
      });
      return draws.reduce((sum, value) => sum + value, 0) / draws.length;
    };
    expect(likeness(0.95)).toBeGreaterThan(likeness(0.2) + 0.1);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [ma, mb] = [mean(a), mean(b)];
  const cross = a.reduce((sum, value, i) => sum + (value - ma) * (b[i]! - mb), 0);
  return cross / Math.sqrt(a.reduce((sum, value) => sum + (value - ma) ** 2, 0) * b.reduce((sum, value) => sum + (value - mb) ** 2, 0));
}
