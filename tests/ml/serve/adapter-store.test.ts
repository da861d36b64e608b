import fc from 'fast-check';
import { AdapterStore, type ReadAdapter } from '../../../src/ml/serve/adapter-store';

/** Directories named `<id>/<bytes>`; what stands in one may be changed. */
function disk() {
  const changed = new Map<string, string>();
  const read = (directory: string): Promise<ReadAdapter> => {
    const [id, bytes] = (changed.get(directory) ?? directory).split('/');
    return Promise.resolve({ id: id!, bytes: Number(bytes), feeds: {} });
  };
  return { changed, read };
}

describe('adapters in memory', () => {
  it('stay within their bytes whatever is loaded, asked for and forgotten, and every one that is known answers', async () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('load' as const), id: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ kind: fc.constant('get' as const), id: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ kind: fc.constant('forget' as const), id: fc.integer({ min: 0, max: 9 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 10, max: 30 }), fc.array(action, { maxLength: 60 }), async (limit, actions) => {
        const store = new AdapterStore(limit, disk().read);
        const known = new Set<string>();
        /** What a list of uses says must be resident: the newest that fit together. */
        let used: string[] = [];
        const bytesOf = (id: string): number => 1 + Number(id);
        const use = (id: string): void => {
          used = [...used.filter((other) => other !== id), id];
          while (used.reduce((sum, each) => sum + bytesOf(each), 0) > limit) used.shift();
        };
        for (const { kind, id: number } of actions) {
          const id = String(number);
          if (kind === 'load') {
            expect((await store.load(`${id}/${bytesOf(id)}`)).id).toBe(id);
            known.add(id);
            use(id);
          } else if (kind === 'forget') {
            expect(store.forget(id)).toBe(known.delete(id));
            used = used.filter((other) => other !== id);
          } else if (known.has(id)) {
            expect((await store.get(id)).id).toBe(id);
            use(id);
          } else await expect(store.get(id)).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE' });
          const { bytes, resident, known: count } = store.stats();
          expect(bytes).toBeLessThanOrEqual(limit);
          expect([resident, bytes, count]).toEqual([used.length, used.reduce((sum, each) => sum + bytesOf(each), 0), known.size]);
        }
      }),
    );
  });

  it('are read once while they stay, and again after making room', async () => {
    const store = new AdapterStore(10, disk().read);
    await store.load('a/6');
    await store.get('a');
    expect(store.stats()).toMatchObject({ reads: 1, evictions: 0 });
    await store.load('b/6');
    expect(store.stats()).toMatchObject({ known: 2, resident: 1, reads: 2, evictions: 1 });
    expect((await store.get('a')).id).toBe('a');
    expect(store.stats()).toMatchObject({ reads: 3, evictions: 2 });
  });

  it('refuse one that would not fit alone, and keep what is there', async () => {
    const store = new AdapterStore(10, disk().read);
    await store.load('a/6');
    await expect(store.load('b/11')).rejects.toMatchObject({ code: 'TOO_LARGE', hint: expect.stringContaining('memory') });
    expect(store.stats()).toMatchObject({ known: 1, resident: 1, bytes: 6 });
  });

  it('never answer with other files than those that were loaded', async () => {
    const { read, changed } = disk();
    const store = new AdapterStore(10, read);
    await store.load('a/6');
    await store.load('b/6');
    changed.set('a/6', 'c/6');
    await expect(store.get('a')).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE', message: expect.stringContaining('now holds c') });
    expect((await store.get('b')).id).toBe('b');
  });
});
