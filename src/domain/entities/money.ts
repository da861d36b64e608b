/** Integer millionths of a currency's unit: 12.34 EUR is { micros: 12_340_000n, currency: 'EUR' }. Never a float. */
export interface Money {
  readonly micros: bigint;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

export const MICROS_PER_UNIT = 1_000_000n;
