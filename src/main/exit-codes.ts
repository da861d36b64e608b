import { isAdloomError, type ErrorCode } from '../base/errors';

/** What a command's exit code means; part of the public contract. */
export const EXIT = {
  OK: 0,
  /** Something went wrong that the caller cannot mend by another input. */
  FAILED: 1,
  /** Wrong usage, input, configuration or model directory. */
  BAD_INPUT: 2,
  /** Done, but for rows or lines that were set aside or answered with an error. */
  PARTIAL: 3,
  /** Ctrl-C or SIGTERM. */
  INTERRUPTED: 130,
} as const;

const MENDABLE: ReadonlySet<ErrorCode> = new Set([
  'BAD_INPUT', 'NOT_FOUND', 'CONFLICT', 'TOO_LARGE', 'NO_SUPPORT', 'SPLIT_LEAKS', 'TOO_LITTLE_DATA', 'CONFIG_INVALID', 'MODEL_INVALID', 'MODEL_UNAVAILABLE', 'DEVICE_UNAVAILABLE', 'ADAPTER_INVALID', 'ADAPTER_MISMATCH', 'ADAPTER_UNAVAILABLE',
]);

export function exitCodeOf(error: unknown): number {
  if (!isAdloomError(error)) return EXIT.FAILED;
  if (error.code === 'CANCELLED') return EXIT.INTERRUPTED;
  return MENDABLE.has(error.code) ? EXIT.BAD_INPUT : EXIT.FAILED;
}
