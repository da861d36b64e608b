/**
 * Works on several batches at once and hands the results on in the order the batches came, each as soon as it is there: whoever waits for
 * an answer before writing on gets it. At most `ahead` are under way, so that memory stays bounded: a slow reader of the results slows
 * the reading of the batches.
 */
export async function* inOrder<In, Out>(batches: AsyncIterable<In>, work: (batch: In) => Promise<Out>, ahead: number): AsyncGenerator<Out> {
  const iterator = batches[Symbol.asyncIterator]();
  const underWay: Promise<Out>[] = [];
  let reading: Promise<Read<In>> | undefined;
  let ended = false;
  try {
    while (!ended || underWay.length > 0) {
      if (!ended && underWay.length < ahead) reading ??= iterator.next().then((next) => ({ next }), (failure: unknown) => ({ failure }));
      const first = underWay[0]?.then((): Done => 'done', (): Done => 'done');
      const news = await Promise.race([...(first ? [first] : []), ...(reading ? [reading] : [])]);
      // What could not be read on comes in its turn, behind the results of what could.
      if (news === 'done' || ('failure' in news && underWay.length > 0)) {
        yield await underWay.shift()!;
        continue;
      }
      reading = undefined;
      if ('failure' in news) {
        ended = true;
        throw news.failure;
      }
      ended = news.next.done === true;
      if (news.next.done) continue;
      const result = work(news.next.value);
      // It is awaited in its turn; until then its failure is nobody's yet.
      result.catch(() => undefined);
      underWay.push(result);
    }
  } finally {
    // A read that is waited for may never end; it is told, not awaited.
    const closed = ended ? undefined : iterator.return?.().catch(() => undefined);
    if (reading === undefined) await closed;
    await Promise.allSettled(underWay);
  }
}

type Done = 'done';
type Read<In> = { readonly next: IteratorResult<In> } | { readonly failure: unknown };
