/**
 * Works on several batches at once and hands the results on in the order the batches came. At most `ahead` are under way, so
 * that memory stays bounded: a slow reader of the results slows the reading of the batches.
 */
export async function* inOrder<In, Out>(batches: AsyncIterable<In>, work: (batch: In) => Promise<Out>, ahead: number): AsyncGenerator<Out> {
  const underWay: Promise<Out>[] = [];
  try {
    for await (const batch of batches) {
      const result = work(batch);
      // It is awaited in its turn; until then its failure is nobody's yet.
      result.catch(() => undefined);
      underWay.push(result);
      if (underWay.length >= ahead) yield await underWay.shift()!;
    }
    while (underWay.length > 0) yield await underWay.shift()!;
  } finally {
    await Promise.allSettled(underWay);
  }
}
