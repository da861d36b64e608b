import { isAdloomError } from '../../base/errors';

/** What a row keeps of the error that ended its work, for callers to read: what they may not know is in the log alone. */
export function failureOf(error: unknown): { code: string; message: string } {
  if (!isAdloomError(error) || error.code === 'INTERNAL') return { code: 'INTERNAL', message: 'An unexpected error; the log has it.' };
  return { code: error.code, message: error.publicMessage ?? error.message };
}
