export interface SearchTime {
  /** Milliseconds that are left for everything; absent, the search is waited for. */
  readonly leftMs?: number;
  readonly signal?: AbortSignal;
}

/** What follows a search, the model before all, is to have as long. */
const SHARE_OF_TIME = 0.5;

/**
 * What a search of the index finds, if it does in half of the time that is left; else null. An index that is being read after a start, or is
 * behind a load of new creatives, may take seconds.
 */
export async function searchInTime<Found>(search: (signal?: AbortSignal) => Promise<Found>, { leftMs, signal }: SearchTime): Promise<Found | null> {
  if (leftMs === undefined) return search(signal);
  if (leftMs <= 0) return null;
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const found = search(signal ? AbortSignal.any([signal, late.signal]) : late.signal);
  // Called off, it rejects when nobody listens any more.
  found.catch(() => undefined);
  try {
    return await Promise.race([found, new Promise<null>((resolve) => (timer = setTimeout(resolve, SHARE_OF_TIME * leftMs, null)))]);
  } finally {
    clearTimeout(timer);
    late.abort();
  }
}
