const SLICE = 1_000;

/** Slices of a long list, with a turn of the event loop for others between them. */
export async function* inTurns<T>(items: readonly T[], size = SLICE): AsyncGenerator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    yield items.slice(from, from + size);
  }
}
