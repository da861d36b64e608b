import { MICROS_PER_UNIT } from '../entities/money';

/** How a price is written in copy: `£49`, `€12.50`, `KWD 1.255`, `CHF 1,200` where no sign is known. Exact: copy never states another price. */
export function moneyText(micros: bigint, currency: string): string {
  const negative = micros < 0n;
  const absolute = negative ? -micros : micros;
  const grouped = (absolute / MICROS_PER_UNIT).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  // No decimals or at least two, and as many as there are.
  const decimals = (absolute % MICROS_PER_UNIT).toString().padStart(6, '0').replace(/0{1,4}$/, '');
  const digits = decimals === '00' ? grouped : `${grouped}.${decimals}`;
  const sign = SIGNS[currency] ?? `${currency} `;
  return `${negative ? '-' : ''}${sign}${digits}`;
}

const SIGNS: Readonly<Record<string, string>> = { GBP: '£', EUR: '€', USD: '$', AUD: 'A$', CAD: 'C$', NZD: 'NZ$', INR: '₹', JPY: '¥' };
