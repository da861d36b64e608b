import { isAdloomError } from '../../base/errors';

/** What stands in the place of an answer where the line was bad. */
export interface LineError {
  readonly error: { readonly code: string; readonly line: number; readonly field?: string; readonly message: string; readonly hint?: string };
}

/** The answer to a bad line; anything else that went wrong is not the line's fault and is thrown on. */
export function lineError(line: number, error: unknown): LineError {
  if (!isAdloomError(error) || (error.code !== 'BAD_INPUT' && error.code !== 'TOO_LARGE')) throw error;
  const { code, field, message, hint } = error;
  return { error: { code, line, ...(field === undefined ? {} : { field }), message, ...(hint === undefined ? {} : { hint }) } };
}
