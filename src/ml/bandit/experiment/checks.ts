import { badInput } from '../../../base/errors';

/** @throws BAD_INPUT unless `value` is a whole number that is not negative. */
export function checkCount(field: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 0)) throw badInput(field, `${field} must be a whole number, not negative; ${value} came.`);
}

/** @throws BAD_INPUT unless `value` is finite. */
export function checkFinite(field: string, value: number): void {
  if (!Number.isFinite(value)) throw badInput(field, `${field} must be a finite number; ${value} came.`);
}

/** The error rate that an interval or a verdict may have. @throws BAD_INPUT unless it lies between 0 and 1. */
export function checkAlpha(alpha: number): void {
  if (!(alpha > 0 && alpha < 1)) throw badInput('alpha', `alpha must lie between 0 and 1; ${alpha} came.`, 'For 95 % intervals it is 0.05.');
}
