import { AdloomError } from '../../base/errors';

/** Something else of the caller's has that external id already. */
export function nameTaken(what: string, externalId: string): AdloomError {
  return new AdloomError('CONFLICT', `There is a ${what} with the externalId ${JSON.stringify(externalId)} already.`, {
    field: 'externalId',
    hint: `Change that ${what}, or choose another externalId; a retry that is to give the first call's ${what} needs its idempotencyKey.`,
  });
}
