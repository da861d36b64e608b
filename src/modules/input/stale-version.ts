import { AdloomError } from '../../base/errors';

/** Somebody else changed the thing since the caller read it. */
export function staleVersion(what: string, expected: number, current?: number): AdloomError {
  const now = current === undefined ? 'It has changed since.' : `It is at version ${current} now.`;
  return new AdloomError('STALE_VERSION', `The ${what} is not at version ${expected}. ${now}`, {
    field: 'expectedVersion',
    hint: `Read the ${what} again, look at what changed, and send the change with its version.`,
  });
}
