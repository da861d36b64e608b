import { rows, sql, type Db } from './sql';

/** What delivery tokens are signed with. */
export interface SigningKey {
  readonly id: string;
  readonly advertiserId: string;
  readonly secret: Uint8Array;
  readonly createdAt: Date;
}

export interface SigningKeys {
  /** Newest first: the first signs, all verify. */
  all(advertiserId: string): Promise<SigningKey[]>;
  add(key: SigningKey): Promise<void>;
  /** Adds it where there is none yet, and returns all: of several processes that ask at once, all end with the same first. */
  ensure(key: SigningKey): Promise<SigningKey[]>;
}

export function signingKeys(db: Db): SigningKeys {
  const all = (advertiserId: string): Promise<SigningKey[]> =>
    rows<SigningKey>(db, sql`SELECT * FROM signing_keys WHERE advertiser_id = ${advertiserId}::uuid ORDER BY created_at DESC, id DESC`);
  const add = async ({ id, advertiserId, secret, createdAt }: SigningKey): Promise<void> => {
    await db.signingKey.create({ data: { id, advertiserId, secret: Uint8Array.from(secret), createdAt } });
  };
  return {
    all,
    add,
    async ensure(key) {
      const known = await all(key.advertiserId);
      if (known.length > 0) return known;
      // Two at once may both add one: both verify, and whoever reads afterwards signs with the newer.
      await add(key);
      return all(key.advertiserId);
    },
  };
}
