import type { Vertical } from '../entities/campaign';
import { foldWithOrigin } from '../copy/text-fold';

/** Verticals whose law forbids that these attributes decide what a person is offered. */
const REGULATED: ReadonlySet<Vertical> = new Set(['FINANCE']);

export function isRegulated(vertical: Vertical): boolean {
  return REGULATED.has(vertical);
}

/** What may not reach a prompt or a score, and the keys and words under which it comes. */
const BARRED: readonly { attribute: string; keys: RegExp; words: RegExp }[] = [
  {
    attribute: 'age',
    keys: /^(?:age|age_?group|age_?band|birth_?(?:day|date|year)|date_?of_?birth|dob|generation|year_?of_?birth)$/,
    words: /\b(?:over[- ]?\d0s?|under[- ]?\d\ds?|\d\d[- ]?year[- ]?olds?|pensioners?|senior citizens?|seniors|elderly|teenagers?|teens?|millennials?|boomers?|gen z|aged \d+|old age)\b/g,
  },
  {
    attribute: 'gender',
    keys: /^(?:gender|sex|pronouns?|salutation|title)$/,
    words: /\b(?:womens?|women's|woman|mens|men's|men|man|ladies|ladies'|gentlemen|gents|girls?|boys?|female|male|for her|for him|maternity|feminine|masculine)\b/g,
  },
  {
    attribute: 'parental status',
    keys: /^(?:parent|parental_?status|is_?parent|children|kids|child_?count|number_?of_?children|has_?children|dependants?|dependents?|household_?size)$/,
    words: /\b(?:maternity|pregnan(?:t|cy)|bab(?:y|ies)|newborns?|toddlers?|nursery|prams?|pushchairs?|strollers?|nappy|nappies|diapers?|parents?|parenting|parenthood|mums?|moms?|mothers?|dads?|fathers?|child(?:ren)?(?:'s)?|childcare|school run|kids?|kids'|paternity)\b/g,
  },
  {
    attribute: 'marital status',
    keys: /^(?:marital_?status|married|is_?married|spouse|partner|relationship(?:_?status)?|civil_?status)$/,
    words: /\b(?:wedding|weddings|bridal|brides?|grooms?|newly-?weds?|honeymoons?|engagement rings?|married|marriage|divorced?|divorces|widow(?:er|ed)?s?|spouses?|wife|wives|husbands?|fiancee?s?)\b/g,
  },
  {
    attribute: 'postcode',
    keys: /^(?:post_?code|postal_?code|zip|zip_?code|plz|postal_?address|address)$/,
    // UK postcodes and US ZIP+4; a bare five-digit number is too often something else.
    words: /\b(?:[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|\d{5}-\d{4})\b/g,
  },
];

/** Words of a text that give a barred attribute away; empty outside regulated verticals. */
export function barredTermsIn(text: string, vertical: Vertical): { attribute: string; span: { start: number; end: number } }[] {
  if (!isRegulated(vertical)) return [];
  const { text: folded, origin } = foldWithOrigin(text);
  return BARRED.flatMap(({ attribute, words }) =>
    Array.from(folded.matchAll(words), (match) => ({
      attribute,
      span: { start: origin[match.index]!, end: origin[match.index + match[0].length]! },
    })),
  );
}

/** Attributes that may be read for this vertical. */
export function readableAttributes(attributes: Readonly<Record<string, string>>, vertical: Vertical): Record<string, string> {
  if (!isRegulated(vertical)) return { ...attributes };
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !isBarredKey(name)));
}

export function isBarredKey(name: string): boolean {
  const key = name.trim().replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase().replace(/[\s-]+/g, '_');
  return BARRED.some(({ keys }) => keys.test(key));
}
