import { findPhrase } from '../../../src/domain/guard/phrases';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCorpus } from '../../../src/domain/copy/corpus';
import { fillSlots } from '../../../src/domain/copy/fill';
import { checkCopy, checkPieces, guardContextOf, isBlocked } from '../../../src/domain/guard/check-copy';
import type { Copy, GuardContext } from '../../../src/domain/guard/guard';
import { buildLexicon } from '../../../src/domain/guard/lexicon';
import { fingerprintsOf, memorisedSet } from '../../../src/domain/guard/memorised-set';
import { GUARD_RULES } from '../../../src/domain/guard/rules';
import { similarity } from '../../../src/domain/guard/similarity';
import { normaliseLine } from '../../../src/domain/copy/text-fold';

const campaign = {
  vertical: 'ECOMMERCE' as const,
  product: {
    name: 'Alba Trail',
    brand: 'Oakline',
    description: 'A shoe for the hills.',
    features: ['a waterproof membrane'],
    offers: ['20% off this week', 'free delivery'],
    price: { micros: 49_000_000n, currency: 'GBP' },
    url: null,
  },
  voice: { tone: 'PLAYFUL' as const, bannedWords: ['cheap', 'crème brûlée', 'run wild'], requiredDisclaimer: null },
};
const lexicon = buildLexicon(['Mud is part of the plan', 'Leave the road to others on Monday.', 'Keep your grip when the path gives up and I say so']);
const strict = (more: Partial<GuardContext> = {}): GuardContext => guardContextOf(campaign, { strict: true, lexicon, ...more });
const headline = (text: string): Copy => ({ headline: text, body: null, callToAction: null });
const rulesFound = (copy: Copy | string, context = strict()): string[] =>
  checkCopy(typeof copy === 'string' ? headline(copy) : copy, context).map((finding) => finding.rule);

describe('copy that won', () => {
  const winners = memorisedSet(fingerprintsOf(['Keep your grip on the path when <product>', 'Mud and <brand>']));
  const rulesOf = (template: string, text: string): string[] =>
    checkPieces([{ field: 'headline', format: 'HEADLINE', text, template }], strict({ winners, limits: { HEADLINE: 60, BODY: 90, CALL_TO_ACTION: 20 } })).map(({ rule }) => rule);

  test('is not written again, whatever fills its slots', () => {
    expect(rulesOf('Keep your grip on the path when <product>', 'Keep your grip on the path when Alba Trail')).toEqual(['memorised-text']);
    expect(rulesOf('So keep your grip on the path when <product>', 'So keep your grip on the path when Alba Trail')).toEqual(['memorised-text']);
    expect(rulesOf('Mud and <brand>', 'Mud and Oakline')).toEqual(['memorised-text']);
  });

  test('may be varied, and a line of the corpus that won counts as a winner', () => {
    expect(rulesOf('Leave the path when I say so', 'Leave the path when I say so')).toEqual([]);
    const corpusLines = new Set(['mud and <brand>', 'mud and oakline'].map(normaliseLine));
    expect(checkPieces([{ field: 'headline', format: 'HEADLINE', text: 'Mud and Oakline', template: 'Mud and <brand>' }], strict({ winners, corpusLines })).map(({ severity }) => severity)).toEqual(['BLOCKING']);
  });
});

describe('the guard', () => {
  test('finds nothing in copy that keeps to the facts', () => {
    expect(rulesFound("Alba Trail's plan for Monday")).toEqual([]);
    expect(rulesFound({ headline: 'Mud is the plan', body: 'Keep your grip. 20% off this week. £49.', callToAction: 'Keep Alba' })).toEqual([]);
  });

  test.each<[string, string | Copy]>([
    ['blank', ' ... '],
    ['length', 'Mud is part of the plan on the path'],
    ['control-characters', 'Mud is\u0000 the plan'],
    ['control-characters', 'Mud is \u202ethe plan'],
    ['unfilled-slots', 'Mud is the <product>'],
    ['unfilled-slots', 'Mud is the {{name}}'],
    ['banned-words', 'CHEAP is the plan'],
    ['banned-words', 'Creme  Brulee is the plan'],
    ['banned-words', 'Run-wild on the path'],
    ['unknown-numbers', 'Mud for £48'],
    ['unknown-numbers', 'Mud is 20 of the plan'],
    ['unknown-numbers', 'Mud is 15% off'],
    ['unknown-names', 'Mud is part of Paris'],
    ['unknown-names', 'Nikolai is part of the plan'],
    ['unknown-names', 'Mud is a snorfle'],
    ['unfounded-claims', 'Guaranteed mud'],
    ['near-duplicates', 'Mud was part of the plan'],
    ['shouting', 'MUD! is the plan!'],
    ['shouting', 'Leave the ROAD'],
    ['repeated-words', 'Mud is the the plan'],
    ['unfinished', 'Mud is part of the'],
    ['unfinished', { headline: 'Mud', body: 'Keep your grip on the path', callToAction: null }],
  ])('%s: %j is blocked', (rule, copy) => {
    const context = strict({ existing: [headline('Mud is part of the plan')] });
    const findings = checkCopy(typeof copy === 'string' ? headline(copy) : copy, context);
    expect(findings.filter((finding) => finding.rule === rule && finding.severity === 'BLOCKING')).not.toEqual([]);
  });

  test('banned words are whole words', () => {
    expect(rulesFound('Mud, cheaper', guardContextOf(campaign))).toEqual([]);
  });

  test.each([
    ['a hyphen that does not break', 'Now risk\u2011free', 'risk free'],
    ['a typographic hyphen', 'Now risk\u2010free', 'risk-free'],
    ['a soft hyphen', 'Now ri\u00adsk free', 'risk free'],
    ['a space of no width inside a word', 'Now ri\u200bsk free', 'risk free'],
    ['a joiner inside a word', 'Now ri\u200dsk free', 'risk free'],
    ['a beginning that belongs to the word before', 'Casino no no', 'no no'],
  ])('a banned phrase is found behind %s', (_, text, phrase) => {
    const [span, more] = findPhrase(text, phrase);
    expect([text.slice(span?.start, span?.end).replaceAll(/[\u00ad\u200b\u200d]/g, '').toLowerCase().replace(/[\u2010\u2011]/, '-'), more]).toEqual([expect.stringMatching(/^(risk.free|no no)$/), undefined]);
  });

  test("a claim is fine once the campaign's facts make it", () => {
    expect(rulesFound('Free delivery on mud')).not.toContain('unfounded-claims');
    expect(rulesFound('Feel free, leave the road')).not.toContain('unfounded-claims');
  });

  test("a person's copy may say what is doubtful, with a warning; what is forbidden stays forbidden", () => {
    const context = guardContextOf(campaign, { lexicon });
    expect(isBlocked(checkCopy(headline('See Paris for £12'), context))).toBe(false);
    expect(rulesFound('See Paris for £12', context)).toEqual(['unknown-numbers', 'unknown-names']);
    expect(isBlocked(checkCopy(headline('So cheap'), context))).toBe(true);
  });

  test('a required disclaimer must stand word for word', () => {
    const context = guardContextOf({ ...campaign, voice: { ...campaign.voice, requiredDisclaimer: 'Capital at risk.' } });
    expect(rulesFound('Mud', context)).toEqual(['required-disclaimer']);
    expect(rulesFound({ headline: 'Mud', body: 'Leave the road. Capital at risk.', callToAction: null }, context)).toEqual([]);
  });

  test('finance may not speak to people by barred attributes; other verticals may', () => {
    const finance = guardContextOf({ ...campaign, vertical: 'FINANCE' });
    for (const text of ['A pension for women', 'Savings for newly-weds', 'For over 50s', 'A fund for your children', 'Rates for SW1A 1AA']) {
      expect(rulesFound(text, finance)).toContain('barred-attributes');
      expect(rulesFound(text, guardContextOf(campaign))).not.toContain('barred-attributes');
    }
  });

  test('memorised text is refused when gathered, noted when licensed', () => {
    const gathered = 'Nineteen cats who changed how we see the moon';
    const memorised = memorisedSet(fingerprintsOf([gathered, 'Just breathe']));
    const context = guardContextOf(campaign, { memorised, corpusLines: new Set([normaliseLine('Mud is part of the plan')]) });
    expect(rulesFound('Nineteen cats who changed how we see', context)).toContain('memorised-text');
    expect(rulesFound('Just breathe!', context)).toContain('memorised-text');
    expect(rulesFound('Nineteen dogs who changed a moon', context)).not.toContain('memorised-text');
    expect(checkCopy(headline('Mud is part of the plan'), context)).toMatchObject([{ rule: 'memorised-text', severity: 'INFO' }]);
  });

  test('spans point at what was found', () => {
    const [finding] = checkCopy(headline('Ça: so CHEAP'), guardContextOf(campaign));
    expect('Ça: so CHEAP'.slice(finding!.span!.start, finding!.span!.end)).toBe('CHEAP');
  });

  test('never throws and spans stay inside, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 60 }), (text, body) => {
        for (const finding of checkCopy({ headline: text, body, callToAction: null }, strict({ existing: [headline(body)] }))) {
          const length = finding.field === 'body' ? body.length : text.length;
          if (finding.span) {
            expect(finding.span.start).toBeGreaterThanOrEqual(0);
            expect(finding.span.end).toBeLessThanOrEqual(length);
            expect(finding.span.start).toBeLessThanOrEqual(finding.span.end);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('rule names are unique and stable', () => {
    expect(GUARD_RULES.map((rule) => rule.name)).toMatchSnapshot();
    expect(new Set(GUARD_RULES.map((rule) => rule.name)).size).toBe(GUARD_RULES.length);
  });
});

describe('similarity', () => {
  test('is 1 for itself, symmetric, and between 0 and 1', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(similarity(a, a)).toBe(1);
        expect(similarity(a, b)).toBe(similarity(b, a));
        expect(similarity(a, b)).toBeLessThanOrEqual(1);
      }),
    );
  });
  test('one exchanged word is near, other words are far', () => {
    expect(similarity('Mud is part of the plan', 'Mud was part of the plan')).toBeGreaterThan(0.6);
    expect(similarity('Mud is part of the plan', 'Your sofa can wait an hour')).toBeLessThan(0.2);
  });
});

test('every line of the shipped corpus, filled, passes the strict guard', () => {
  const facts = { '<product>': 'Alba', '<brand>': 'Oakline', '<offer>': '20% off this week', '<price>': '£49', '<feature>': 'a waterproof membrane', '<interest>': 'running' };
  const blocked: string[] = [];
  for (const vertical of ['ECOMMERCE', 'EDUCATION', 'FINANCE', 'TRAVEL'] as const) {
    const lines = parseCorpus(readFileSync(join(__dirname, '../../../models/writer/corpus', `${vertical.toLowerCase()}.txt`), 'utf8'));
    const context = guardContextOf(
      { ...campaign, vertical, product: { ...campaign.product, name: 'Alba' } },
      { strict: true, lexicon: buildLexicon(lines.map((line) => line.text)), interest: 'running', limits: { HEADLINE: 60, BODY: 200, CALL_TO_ACTION: 60 } },
    );
    for (const line of lines) {
      const filled = fillSlots(line.text, facts);
      if (!filled.ok) continue;
      const copy = line.format === 'BODY' ? { headline: 'Alba', body: filled.text, callToAction: null } : headline(filled.text);
      for (const { rule, severity, message } of checkCopy(copy, context)) {
        if (severity === 'BLOCKING') blocked.push(`${vertical}:${line.line} ${filled.text} -- ${rule}: ${message}`);
      }
    }
  }
  expect(blocked).toEqual([]);
});
