/** How a price is written in copy: `£49`, `€12.50`, `JPY 1,200` where no sign is known. */
export function moneyText(micros: bigint, currency: string): string {
  const negative = micros < 0n;
  const absolute = negative ? -micros : micros;
  // Hundredths, rounded half away from zero: the smallest step that most currencies have.
  const hundredths = (absolute + 5_000n) / 10_000n;
  const whole = hundredths / 100n;
  const rest = hundredths % 100n;
  const grouped = whole.toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const digits = rest === 0n ? grouped : `${grouped}.${rest.toString().padStart(2, '0')}`;
  const sign = SIGNS[currency] ?? `${currency} `;
  return `${negative ? '-' : ''}${sign}${digits}`;
}

const SIGNS: Readonly<Record<string, string>> = { GBP: '£', EUR: '€', USD: '$', AUD: 'A$', CAD: 'C$', NZD: 'NZ$', INR: '₹', JPY: '¥' };
