import type { Clock } from '../base/clock';
import type { IdSource } from '../base/ids';
import { bug } from '../base/errors';
import type { Advertiser } from '../domain/entities/advertiser';
import type { Db } from './sql';

export interface Advertisers {
  byIds(ids: readonly string[]): Promise<Advertiser[]>;
  /** Makes the advertiser of that name unless there is one. */
  ensure(name: string): Promise<Advertiser>;
}

export function advertisers(db: Db, ids: IdSource, clock: Clock): Advertisers {
  return {
    byIds: (wanted) => db.advertiser.findMany({ where: { id: { in: [...wanted] } } }),
    async ensure(name) {
      // Insert first: of two processes that start at once, one makes it and both find it.
      await db.advertiser.createMany({ data: [{ id: ids.next(), name, createdAt: clock.now() }], skipDuplicates: true });
      const found = await db.advertiser.findUnique({ where: { name } });
      if (!found) throw bug(`The advertiser ${JSON.stringify(name)} was neither made nor found.`);
      return found;
    },
  };
}
