import type { Campaign } from '../entities/campaign';
import { moneyText } from '../copy/money-text';
import { DEFAULT_LIMITS } from '../copy/format';
import { factIndex } from './fact-index';
import { piecesOf, type Copy, type GuardContext, type GuardFinding, type GuardRule, type Piece } from './guard';
import { GUARD_RULES } from './rules';

/** Every finding of every rule, the gravest first. */
export function checkCopy(copy: Copy, context: GuardContext, rules: readonly GuardRule[] = GUARD_RULES): GuardFinding[] {
  return checkPieces(piecesOf(copy), context, rules);
}

/** The same for parts by themselves, before they become a creative. */
export function checkPieces(pieces: readonly Piece[], context: GuardContext, rules: readonly GuardRule[] = GUARD_RULES): GuardFinding[] {
  const findings = rules.flatMap((rule) => rule.check(pieces, context));
  return findings.toSorted((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);
}

export function isBlocked(findings: readonly { severity: string }[]): boolean {
  return findings.some((finding) => finding.severity === 'BLOCKING');
}

const GRAVITY = { BLOCKING: 0, WARNING: 1, INFO: 2 } as const;

/** What a campaign tells the guard; knowledge of models and other creatives comes on top. */
export function guardContextOf(
  campaign: Pick<Campaign, 'vertical' | 'product' | 'voice'>,
  more: Partial<GuardContext> & { interest?: string | null } = {},
): GuardContext {
  const { product, voice } = campaign;
  const price = product.price === null ? null : moneyText(product.price.micros, product.price.currency);
  const { interest = null, ...rest } = more;
  return {
    vertical: campaign.vertical,
    strict: false,
    limits: DEFAULT_LIMITS,
    facts: factIndex([
      product.name,
      product.brand,
      product.description,
      ...product.features,
      ...product.offers,
      price,
      voice.requiredDisclaimer,
      interest,
    ]),
    bannedWords: voice.bannedWords,
    requiredDisclaimer: voice.requiredDisclaimer,
    existing: [],
    lexicon: null,
    corpusLines: null,
    memorised: null,
    winners: null,
    ...rest,
  };
}
