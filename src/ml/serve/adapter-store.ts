/**
 * Adapters in memory, up to a number of bytes: the ones longest unused make room, and are read again when asked for.
 * Knows no session: what it keeps are the inputs that stand for an adapter.
 */
import { AdloomError } from '../../base/errors';
import type { Feeds } from '../runtime/session';
import type { AdapterStats } from './adapter-types';
import { BoundedCache } from './bounded-cache';

export interface ReadAdapter {
  /** Content hash of the files. */
  id: string;
  feeds: Feeds;
  bytes: number;
}

export class AdapterStore<A extends ReadAdapter> {
  private readonly directories = new Map<string, string>();
  private readonly resident: BoundedCache<A>;
  private reads = 0;

  constructor(
    private readonly limit: number,
    private readonly read: (directory: string) => Promise<A>,
  ) {
    this.resident = new BoundedCache(limit);
  }

  /** Reads an adapter and keeps it; reading the same again changes nothing. @throws TOO_LARGE, and what `read` throws */
  async load(directory: string): Promise<A> {
    const adapter = await this.take(directory);
    this.directories.set(adapter.id, directory);
    this.resident.put(adapter.id, adapter, adapter.bytes);
    return adapter;
  }

  /** @throws ADAPTER_UNAVAILABLE for an id that was never loaded, or whose files changed since */
  async get(id: string): Promise<A> {
    const known = this.resident.get(id);
    if (known) return known;
    const directory = this.directories.get(id);
    if (directory === undefined) throw unknownAdapter(id);
    const adapter = await this.take(directory);
    if (adapter.id !== id) throw changedAdapter(id, directory, adapter.id);
    this.resident.put(adapter.id, adapter, adapter.bytes);
    return adapter;
  }

  forget(id: string): boolean {
    this.resident.drop(id);
    return this.directories.delete(id);
  }

  stats(): AdapterStats {
    const { size: resident, bytes, evictions } = this.resident;
    return { known: this.directories.size, resident, bytes, limit: this.limit, reads: this.reads, evictions };
  }

  private async take(directory: string): Promise<A> {
    const adapter = await this.read(directory);
    this.reads++;
    if (adapter.bytes > this.limit) {
      throw new AdloomError('TOO_LARGE', `The adapter in ${directory} takes ${adapter.bytes} bytes; all adapters together may take ${this.limit}.`, {
        field: directory,
        hint: 'Give adapters more memory, or train this one with a lower rank.',
      });
    }
    return adapter;
  }
}

export function changedAdapter(id: string, directory: string, now: string): AdloomError {
  return new AdloomError('ADAPTER_UNAVAILABLE', `The adapter ${id} is gone: ${directory} now holds ${now}.`, { field: 'adapter', hint: 'Load the directory again, and ask for its new id.' });
}

export function unknownAdapter(id: string): AdloomError {
  return new AdloomError('ADAPTER_UNAVAILABLE', `There is no adapter ${JSON.stringify(id)} here.`, { field: 'adapter', hint: 'Load its directory first, and use the id that loading gives.' });
}
