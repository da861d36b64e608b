import { isWriteConflict, toStoreError } from './store-error';

/** Of what lost against another writer. */
export const TRIES = 5;

export interface Guard {
  /** Runs before each call and may refuse it. */
  readonly admit?: () => void;
  /** Is told of each call that was let in. */
  readonly during?: <T>(call: Promise<T>) => Promise<T>;
  /** Whether a call that lost against another writer is sent again; not inside a transaction, which is lost as a whole. */
  readonly retry: boolean;
}

/** The queries of one aggregate, with every error coded. */
export function guarded<Aggregate extends object>(aggregate: Aggregate, guard: Guard): Aggregate {
  type Query = (...args: unknown[]) => Promise<unknown>;
  const tried = async (query: Query, args: unknown[]): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await query(...args);
      } catch (error) {
        if (!guard.retry || attempt >= TRIES || !isWriteConflict(error)) throw toStoreError(error);
      }
    }
  };
  const wrapped = (query: Query): Query => async (...args) => {
    guard.admit?.();
    return guard.during ? guard.during(tried(query, args)) : tried(query, args);
  };
  return Object.fromEntries(Object.entries(aggregate).map(([name, query]) => [name, wrapped(query as Query)])) as Aggregate;
}
