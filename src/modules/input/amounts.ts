import type { Money } from '../../domain/entities/money';
import { isCurrency } from '../../domain/rules/money';
import type { Checker } from './problems';

/** A trillion units: far over any budget, far under what a 64-bit column holds even when many are summed. */
export const MOST_MICROS = 1_000_000_000_000_000_000n;

export function checkCurrency(check: Checker, field: string, currency: string): boolean {
  if (isCurrency(currency)) return true;
  check.add(field, `${field} is not a currency of ISO 4217: ${JSON.stringify(currency.slice(0, 20))}.`, 'Use three capital letters, such as EUR.');
  return false;
}

/** An amount in the campaign's currency, not negative. */
export function checkMoney(check: Checker, field: string, money: Money | null | undefined, currency: string): void {
  if (money == null) return;
  if (money.currency !== currency && checkCurrency(check, `${field}.currency`, money.currency)) {
    check.add(`${field}.currency`, `${field} is in ${money.currency}, but the campaign is in ${currency}.`, `Give the amount in ${currency}.`);
  }
  checkMicros(check, `${field}.micros`, money.micros);
}

export function checkMicros(check: Checker, field: string, micros: bigint | null | undefined): void {
  if (micros == null) return;
  if (micros < 0n) check.add(field, `${field} must not be negative; it is ${micros}.`);
  else if (micros > MOST_MICROS) check.add(field, `${field} may be at most ${MOST_MICROS}; it is ${micros}.`);
}

export function checkNumber(check: Checker, field: string, value: number | null | undefined, low: number, high: number): void {
  if (value == null) return;
  if (!Number.isFinite(value) || value < low || value > high) {
    check.add(field, `${field} must be a number from ${low} to ${high}; it is ${value}.`);
  }
}

export function checkInteger(check: Checker, field: string, value: number | null | undefined, low: number, high: number): void {
  if (value == null) return;
  if (!Number.isInteger(value) || value < low || value > high) {
    check.add(field, `${field} must be a whole number from ${low} to ${high}; it is ${value}.`);
  }
}

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

export function checkTime(check: Checker, field: string, value: Date | null | undefined): void {
  if (value == null) return;
  const time = value.getTime();
  if (!(time >= EARLIEST && time < LATEST)) check.add(field, `${field} must lie between the years 1970 and 2199.`);
}
