import { AdloomError, isAdloomError, messageOf } from './errors';

/** What the system says to writing, as an error of ours; another error stays as it is. */
export function writeError(error: unknown, path: string): unknown {
  if (isAdloomError(error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AdloomError('DISK_FULL', `The disk is full; ${path} was not written and what stood there before is unchanged.`, {
      field: path,
      hint: 'Make room and run it again.',
      cause: error,
    });
  }
  if (code === undefined) return error;
  return new AdloomError('BAD_INPUT', `${path} cannot be written: ${messageOf(error)}.`, {
    field: path,
    hint: 'Choose a directory that exists and may be written to.',
    cause: error,
  });
}
