/** The adapters of one engine, in its worker thread: reads them against the ranker, and opens the session that takes them. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Recent } from '../../base/recent';
import type { HashedFeatures } from '../gpt2/hashed-features';
import { changesLayers } from '../lora/adapter';
import { readAdapterDirectory, type AdapterBase } from '../lora/adapter-directory';
import { baseHash } from '../lora/base-hash';
import { adaptableRankerGraph, adapterFeeds, feedBytes } from '../lora/serving';
import { termFeatures } from '../lora/terms';
import { adaptedLogit, type WordWeights } from '../lora/words';
import type { Feeds, SessionOptions } from '../runtime/session';
import { directoryContentHash, shortId } from '../weights/content-hash';
import { AdapterStore, type ReadAdapter } from './adapter-store';
import { parseCalibration, type Calibration } from './calibration';
import type { Layout } from './open-model';
import type { LoadedRanker } from './ranker-directory';
import { runSizes } from './run-sizes';
import type { AdapterCall, AdapterReply } from './scorer-adapters';

/** Of an entry of a map, about. */
const WORD_BYTES = 48;

interface EngineAdapter extends ReadAdapter {
  directory: string;
  bound: boolean;
  calibration: Calibration | undefined;
  layers: boolean;
  trust: number;
  /** What becomes of the base's logit of a text. */
  logit: AdaptedLogit;
}

/** Of a text and what the base's linear part reads of it. */
type AdaptedLogit = (text: string, grams: HashedFeatures) => (base: number) => number;
const PLAIN: AdaptedLogit = () => (base) => base;
/** Creatives are asked for again and again: what is read of so many is kept. */
export const KEPT_TEXTS = 4096;

export class EngineAdapters {
  private readonly store: AdapterStore<EngineAdapter>;
  private readonly terms = new Recent<string, HashedFeatures>(KEPT_TEXTS);
  private base: AdapterBase | undefined;
  /** The inputs of no adapter; there from when the session takes adapters. */
  private none: Feeds | undefined;

  /** @param adapt opens the graph that takes adapters, which run there from then on */
  constructor(
    private readonly ranker: LoadedRanker,
    private readonly options: SessionOptions & { adapterBytes: number },
    private readonly adapt: (graph: (layout: Layout) => Uint8Array) => Promise<void>,
  ) {
    this.store = new AdapterStore(options.adapterBytes, (directory) => this.read(directory));
  }

  /** The adapter whose layers a run must have; undefined where the base's do. @throws ADAPTER_UNAVAILABLE */
  async layersOf(id: string | undefined): Promise<string | undefined> {
    return id !== undefined && (await this.store.get(id)).layers ? id : undefined;
  }

  /** The inputs that stand for an adapter's layers; none where the session has no such inputs yet. @throws ADAPTER_UNAVAILABLE */
  async feeds(id: string | undefined): Promise<Feeds | undefined> {
    return id === undefined ? this.none : (await this.store.get(id)).feeds;
  }

  /** @throws ADAPTER_UNAVAILABLE */
  async logit(id: string | undefined): Promise<AdaptedLogit> {
    return id === undefined ? PLAIN : (await this.store.get(id)).logit;
  }

  async handle(call: AdapterCall): Promise<AdapterReply> {
    if (call.kind === 'unload') return { kind: 'unloaded', found: this.store.forget(call.id) };
    if (call.kind === 'stats') return { kind: 'stats', stats: this.store.stats() };
    const { id, directory, bytes, bound, layers, trust, calibration } = await this.store.load(call.directory);
    if (layers) await this.makeAdaptable();
    return { kind: 'loaded', adapter: { id, directory, bytes, bound, layers, trust, calibrated: calibration !== undefined }, calibration };
  }

  /** Who never loads an adapter of layers never pays for its inputs. */
  private async makeAdaptable(): Promise<void> {
    if (this.none) return;
    const { shape, weights } = this.ranker;
    const { buckets } = runSizes(this.options.device);
    await this.adapt((layout) => adaptableRankerGraph(shape, weights, { layout, buckets }));
    this.none = adapterFeeds(shape.body!, weights);
  }

  private async read(directory: string): Promise<EngineAdapter> {
    const { shape, weights, labels } = this.ranker;
    this.base ??= { config: shape.body!, labels, hash: baseHash(weights), gramRows: shape.grams?.rows };
    const adapter = await readAdapterDirectory(directory, this.base);
    const layers = changesLayers(adapter);
    const feeds = layers ? adapterFeeds(shape.body!, weights, adapter) : {};
    const file = path.join(directory, 'calibration.json');
    return {
      id: shortId(await directoryContentHash(directory)),
      directory,
      feeds,
      bytes: feedBytes(feeds) + WORD_BYTES * ((adapter.words?.rows.length ?? 0) + (adapter.words?.together?.weights.length ?? 0)),
      bound: adapter.bound,
      layers,
      trust: adapter.words?.trust ?? 1,
      logit: this.logitOf(adapter.words),
      calibration: existsSync(file) ? parseCalibration(await readFile(file, 'utf8')) : undefined,
    };
  }

  private logitOf(words: WordWeights | undefined): AdaptedLogit {
    if (!words) return PLAIN;
    const of = adaptedLogit(words);
    return words.ofBase ? (_, grams) => of(grams) : (text) => of(this.terms.of(text, termFeatures));
  }
}
