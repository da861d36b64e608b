/** Adapters seen from the main thread: loads them into every thread of a scorer, and knows how each is calibrated. */
import { bug } from '../../base/errors';
import { unknownAdapter } from './adapter-store';
import type { AdapterStats, LoadedAdapter } from './adapter-types';
import type { Calibration } from './calibration';
import type { AdapterPlace } from './explained-adapters';

export type AdapterCall = { kind: 'load'; directory: string } | { kind: 'unload'; id: string } | { kind: 'stats' };
export type AdapterReply =
  | { kind: 'loaded'; adapter: LoadedAdapter; calibration: Calibration | undefined }
  | { kind: 'unloaded'; found: boolean }
  | { kind: 'stats'; stats: AdapterStats };

/** Memory for adapters of one thread. */
export const ADAPTER_BYTES = 256 * 1024 * 1024;

export class ScorerAdapters {
  private readonly calibrations = new Map<string, Calibration>();
  private readonly directories = new Map<string, string>();

  /** @param threads the scorer's worker threads; each keeps adapters of its own */
  constructor(
    private readonly threads: readonly { call(payload: never): Promise<unknown> }[],
    private readonly base: Calibration,
  ) {}

  async load(directory: string): Promise<LoadedAdapter> {
    const replies = await this.all({ kind: 'load', directory });
    const [first] = replies;
    if (first?.kind !== 'loaded') throw bug('A scorer thread did not answer what was asked.');
    this.calibrations.set(first.adapter.id, first.calibration ?? this.base);
    this.directories.set(first.adapter.id, directory);
    return first.adapter;
  }

  async unload(id: string): Promise<boolean> {
    // First here, so that no new call names it.
    const found = this.calibrations.delete(id);
    this.directories.delete(id);
    await this.all({ kind: 'unload', id });
    return found;
  }

  /** Loads what is known into a thread that takes another's place. One whose files are gone is refused by code when it is asked for. */
  async restore(thread: { call(payload: never): Promise<unknown> }): Promise<void> {
    for (const directory of this.directories.values()) await thread.call({ kind: 'load', directory } as never).catch(() => undefined);
  }

  /** Sums over the threads, but for what is known: that is the same in each. */
  async stats(): Promise<AdapterStats> {
    const all = (await this.all({ kind: 'stats' })).flatMap((reply) => (reply.kind === 'stats' ? [reply.stats] : []));
    const sum = (pick: (stats: AdapterStats) => number): number => all.reduce((total, stats) => total + pick(stats), 0);
    return {
      known: all[0]?.known ?? 0,
      resident: Math.min(...all.map((stats) => stats.resident)),
      bytes: sum((s) => s.bytes),
      limit: sum((s) => s.limit),
      reads: sum((s) => s.reads),
      evictions: sum((s) => s.evictions),
    };
  }

  /** @throws ADAPTER_UNAVAILABLE before anything is queued: a wrong id never spoils the batch of others */
  require(id: string | undefined): void {
    if (id !== undefined && !this.calibrations.has(id)) throw unknownAdapter(id);
  }

  /** Where an adapter lies; undefined for the base alone. @throws ADAPTER_UNAVAILABLE */
  placeOf(id: string | undefined): AdapterPlace | undefined {
    this.require(id);
    return id === undefined ? undefined : { id, directory: this.directories.get(id)! };
  }

  calibrationOf(id: string | undefined): Calibration {
    return (id === undefined ? undefined : this.calibrations.get(id)) ?? this.base;
  }

  private all(call: AdapterCall): Promise<AdapterReply[]> {
    return Promise.all(this.threads.map((thread) => thread.call(call as never) as Promise<AdapterReply>));
  }
}
