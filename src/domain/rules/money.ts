import { badInput } from '../../base/errors';
import { MICROS_PER_UNIT } from '../entities/money';

/** Largest amount: what a signed 64-bit column holds. */
export const MAXIMUM_MICROS = 9_223_372_036_854_775_807n;
const DECIMALS = 6;

/** Reads `12`, `12.5`, `-0.000001` exactly; no float in between. Separators for thousands are refused, for they differ by country. */
export function parseMicros(text: string, field: string): bigint {
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text.trim());
  if (!match) throw badInput(field, `An amount is digits with at most one point, e.g. 12.50; came ${JSON.stringify(text.slice(0, 40))}.`);
  const fraction = match[3] ?? '';
  if (fraction.length > DECIMALS && /[1-9]/.test(fraction.slice(DECIMALS))) {
    throw badInput(field, `An amount has at most ${DECIMALS} decimals; came ${JSON.stringify(text.slice(0, 40))}.`);
  }
  const micros = BigInt(match[2]!) * MICROS_PER_UNIT + BigInt(fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0'));
  if (micros > MAXIMUM_MICROS) throw badInput(field, 'The amount is larger than can be kept.');
  return match[1] === '-' ? -micros : micros;
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** ISO 4217 codes that this machine's CLDR knows. */
export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code);
}
