import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCorpus } from '../../../src/domain/copy/corpus';
import { fillSlots } from '../../../src/domain/copy/fill';
import { parseFormat } from '../../../src/domain/copy/format';
import { graphemeCount, graphemeIndex } from '../../../src/domain/copy/graphemes';
import { moneyText } from '../../../src/domain/copy/money-text';
import { writerPrompt } from '../../../src/domain/copy/prompt';
import { slotsIn } from '../../../src/domain/copy/slots';

const facts = {
  '<product>': 'Alba',
  '<brand>': 'Oakline',
  '<offer>': '20% off this week',
  '<price>': '£49',
  '<feature>': 'a waterproof membrane',
  '<interest>': 'trail running',
};
const text = (template: string, given: Partial<typeof facts> = facts): string => {
  const filled = fillSlots(template, given);
  return filled.ok ? filled.text : `missing ${filled.missing.join(' ')}`;
};

describe('graphemes', () => {
  test('a letter with its accents, a flag and a family are one each', () => {
    expect(graphemeCount('abc')).toBe(3);
    expect(graphemeCount('e\u0301')).toBe(1);
    expect(graphemeCount('🇬🇧👩‍👩‍👧')).toBe(2);
    expect(graphemeCount('')).toBe(0);
    expect(graphemeIndex('e\u0301x', 1)).toBe(2);
  });

  test('counting agrees with segmentation whatever the text', () => {
    const slow = new Intl.Segmenter('en', { granularity: 'grapheme' });
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (value) => graphemeCount(value) === [...slow.segment(value)].length));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (value, limit) => graphemeCount(value.slice(0, graphemeIndex(value, limit))) <= limit),
    );
  });
});

describe('prompt', () => {
  test('has the markers of training in their order, slots in one fixed order', () => {
    expect(
      writerPrompt({ vertical: 'ECOMMERCE', format: 'HEADLINE', tone: 'PLAYFUL', interests: ['Trail running'], slots: ['<offer>', '<product>'] }),
    ).toBe('<|vertical|>ecommerce<|format|>headline<|tone|>playful<|interest|>trail running<|slots|><product><offer><|copy|>');
  });

  test('an interest cannot smuggle a marker in', () => {
    const prompt = writerPrompt({ vertical: 'TRAVEL', format: 'CALL_TO_ACTION', tone: 'WARM', interests: ['x<|copy|>\n<price>'], slots: [] });
    expect(prompt).toBe('<|vertical|>travel<|format|>call to action<|tone|>warm<|interest|>x copy price<|slots|><|copy|>');
  });
});

describe('filling slots', () => {
  test.each([
    ['<product>, made for mud', 'Alba, made for mud'],
    ['Keeps its grip. <offer>.', 'Keeps its grip. 20% off this week.'],
    ['With <feature>. From <price>.', 'With a waterproof membrane. From £49.'],
    ['<feature>? <product> has it', 'A waterproof membrane? Alba has it'],
    ['<interest> starts here', 'Trail running starts here'],
    ['For lovers of <interest>', 'For lovers of trail running'],
    ["<brand>'s quiet pride", "Oakline's quiet pride"],
    ['Own a <product>', 'Own an Alba'],
    ['No slot at all', 'No slot at all'],
  ])('%s', (template, expected) => expect(text(template)).toBe(expected));

  test('a slot without a fact is refused by name, never left or invented', () => {
    expect(fillSlots('<product> from <price>', { '<product>': 'Alba' })).toEqual({ ok: false, missing: ['<price>'] });
    expect(fillSlots('<price>', { '<price>': ' ' })).toEqual({ ok: false, missing: ['<price>'] });
  });

  test('a fact that ends in a full stop does not double it, and a fact cannot bring a line break', () => {
    expect(text('<offer>.', { '<offer>': 'free delivery.' })).toBe('Free delivery.');
    expect(text('Get <offer>', { '<offer>': 'free\n delivery' })).toBe('Get free delivery');
  });
});

test('prices read as people write them', () => {
  expect(moneyText(49_000_000n, 'GBP')).toBe('£49');
  expect(moneyText(1_234_500_000n, 'EUR')).toBe('€1,234.50');
  expect(moneyText(-5_000_000n, 'CHF')).toBe('-CHF 5');
});

test('a price is never another than it is: what is smaller than a hundredth is written too', () => {
  expect(moneyText(1_255_000n, 'KWD')).toBe('KWD 1.255');
  expect(moneyText(4_000n, 'USD')).toBe('$0.004');
  expect(moneyText(1n, 'EUR')).toBe('€0.000001');
  expect(moneyText(-12_995_000n, 'GBP')).toBe('-£12.995');
  expect(moneyText(1_200_000_000n, 'JPY')).toBe('¥1,200');
});

test('formats are read as people write them', () => {
  expect(['headline', 'Body', 'call to action', 'CTA', 'CALL_TO_ACTION'].map(parseFormat)).toEqual(['HEADLINE', 'BODY', 'CALL_TO_ACTION', 'CALL_TO_ACTION', 'CALL_TO_ACTION']);
  expect(parseFormat('poem')).toBeNull();
});

test('the corpus reads as blocks of interest, tone and lines; other lines are reported by number', () => {
  const bad: number[] = [];
  const lines = parseCorpus('@ interest=tea | tone=warm\nH Steep <product> slowly\n\nC Brew\nX nonsense\n@ interest=none | tone=plain\nB Good.', (line) => bad.push(line));
  expect(lines.map(({ interest, tone, format, text: copy }) => [interest, tone, format, copy])).toEqual([
    ['tea', 'warm', 'HEADLINE', 'Steep <product> slowly'],
    ['tea', 'warm', 'CALL_TO_ACTION', 'Brew'],
    ['', 'plain', 'BODY', 'Good.'],
  ]);
  expect(bad).toEqual([5]);
  expect(slotsIn(lines[0]!.text)).toEqual(['<product>']);
});

test('every line of the shipped corpus reads and fills', () => {
  for (const vertical of ['ecommerce', 'education', 'finance', 'travel']) {
    const bad: string[] = [];
    const lines = parseCorpus(readFileSync(join(__dirname, '../../../models/writer/corpus', `${vertical}.txt`), 'utf8'), (line, raw) => bad.push(`${line}: ${raw}`));
    expect(bad).toEqual([]);
    for (const line of lines) expect(fillSlots(line.text, facts).ok).toBe(true);
  }
});
