import { searchInTime } from '../../../src/modules/retrieval/search-in-time';

const never = (): Promise<string> => new Promise(() => undefined);

describe('a search of the index', () => {
  it('is waited for where there is no deadline, and answers where it has time', async () => {
    const slow = (): Promise<string> => new Promise((resolve) => setTimeout(resolve, 30, 'found'));
    expect(await searchInTime(slow, {})).toBe('found');
    expect(await searchInTime(slow, { leftMs: 60_000 })).toBe('found');
  });

  it('is given up, and told so, when half of the time is gone; at once where none is left', async () => {
    let told: AbortSignal | undefined;
    const found = await searchInTime((signal) => {
      told = signal;
      return never();
    }, { leftMs: 20 });
    expect(found).toBeNull();
    expect(told!.aborted).toBe(true);
    expect(await searchInTime(() => Promise.reject(new Error('asked')), { leftMs: 0 })).toBeNull();
  });

  it('fails as it fails where it fails in time, and fails nobody afterwards', async () => {
    await expect(searchInTime(() => Promise.reject(new Error('broken')), { leftMs: 1_000 })).rejects.toThrow('broken');
    const later = (): Promise<string> => new Promise((_, reject) => setTimeout(reject, 20, new Error('too late to matter')));
    expect(await searchInTime(later, { leftMs: 2 })).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 40));
  });

  it('is called off by who asked, too', async () => {
    const abort = new AbortController();
    const found = searchInTime((signal) => new Promise<string>((_, reject) => signal!.addEventListener('abort', () => reject(new Error('called off')))), { leftMs: 60_000, signal: abort.signal });
    abort.abort();
    await expect(found).rejects.toThrow('called off');
  });
});
