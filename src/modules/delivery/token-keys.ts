import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock';
import type { IdSource } from '../../base/ids';
import type { SigningKey } from '../../store/signing-keys';
import type { Store } from '../../store/store';

/** The advertiser's keys, kept in the store, so that every process signs and verifies with the same. */
export interface TokenKeys {
  /** The newest; made where there is none yet. */
  signing(): Promise<SigningKey>;
  /** Any key that ever signed; undefined for one that never did. */
  byId(id: string): Promise<SigningKey | undefined>;
}

/** A key made elsewhere signs here after so long at the latest. */
const FRESH_MS = 10_000;
/** Ids that nobody knows are looked for no more often: forged tokens cost no reading each. */
const MISS_MS = 1_000;

export function createTokenKeys({ store, clock, ids, advertiserId }: { store: Pick<Store, 'signingKeys'>; clock: Clock; ids: IdSource; advertiserId: string }): TokenKeys {
  let known: { readonly keys: readonly SigningKey[]; readonly at: number } | null = null;
  let reading: Promise<readonly SigningKey[]> | null = null;
  let missedAt = -Infinity;
  const read = (): Promise<readonly SigningKey[]> => {
    reading ??= store.signingKeys
      .ensure({ id: ids.next(), advertiserId, secret: randomBytes(32), createdAt: clock.now() })
      .then((keys) => {
        known = { keys, at: clock.elapsed() };
        return keys;
      })
      .finally(() => (reading = null));
    return reading;
  };
  const keys = async (): Promise<readonly SigningKey[]> => (known && clock.elapsed() - known.at < FRESH_MS ? known.keys : read());
  return {
    signing: async () => (await keys())[0]!,
    async byId(id) {
      const found = (await keys()).find((key) => key.id === id);
      if (found || clock.elapsed() - missedAt < MISS_MS) return found;
      missedAt = clock.elapsed();
      return (await read()).find((key) => key.id === id);
    },
  };
}
