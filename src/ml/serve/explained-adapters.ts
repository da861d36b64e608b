/** Whose explanation is asked for, in the thread of explanations: the ranker's alone, with an adapter's words, or of a model that its layers are merged into. */
import { Explainer } from '../explain/explainer';
import { changesLayers } from '../lora/adapter';
import { readAdapterDirectory, type AdapterBase } from '../lora/adapter-directory';
import { baseHash } from '../lora/base-hash';
import { withOneLogit } from '../lora/head-labels';
import { mergeAdapter } from '../lora/merge';
import type { WordWeights } from '../lora/words';
import type { SessionOptions } from '../runtime/session';
import { directoryContentHash, shortId } from '../weights/content-hash';
import { changedAdapter } from './adapter-store';
import { otherModel } from './other-model';
import { readRankerDirectory, type LoadedRanker } from './ranker-directory';

/** An adapter as the scorer knows it. */
export interface AdapterPlace {
  readonly id: string;
  readonly directory: string;
}

export interface Explaining {
  readonly explainer: Explainer;
  readonly words?: WordWeights;
}

export class ExplainedAdapters {
  private target: AdapterBase | undefined;
  /** Of the adapter with layers that was asked for last: a session of its own. */
  private merged: { readonly id: string; readonly explainer: Explainer } | undefined;

  /** @param id of the ranker that `plain` explains */
  constructor(
    private readonly directory: string,
    private readonly id: string,
    private readonly plain: Explainer,
    private readonly options: SessionOptions,
  ) {}

  /** @throws ADAPTER_UNAVAILABLE where its files are gone, or others now, ADAPTER_INVALID, ADAPTER_MISMATCH; MODEL_UNAVAILABLE where the ranker's are */
  async of(adapter: AdapterPlace | undefined): Promise<Explaining> {
    if (!adapter) return { explainer: this.plain };
    const { id, directory } = adapter;
    const { sites, weights, words } = await readAdapterDirectory(directory, (this.target ??= baseOf(await this.ranker())));
    const now = shortId(await directoryContentHash(directory));
    if (now !== id) throw changedAdapter(id, directory, now);
    if (!changesLayers({ sites, weights })) return { explainer: this.plain, words };
    if (this.merged?.id !== id) {
      await this.merged?.explainer.release();
      this.merged = undefined;
      const ranker = await this.ranker();
      this.merged = { id, explainer: await Explainer.open({ ...ranker, weights: mergeAdapter(ranker.weights, { sites, weights: withOneLogit(weights) }) }, this.options) };
    }
    return { explainer: this.merged.explainer, words };
  }

  /** Read again: a session holds what the plain explanation needs, and weights are large. */
  private async ranker(): Promise<LoadedRanker> {
    const ranker = await readRankerDirectory(this.directory);
    if (ranker.id !== this.id) throw otherModel(this.directory, ranker.id, this.id);
    return ranker;
  }
}

function baseOf({ shape, weights, labels }: LoadedRanker): AdapterBase {
  return { config: shape.body!, labels, hash: baseHash(weights), gramRows: shape.grams?.rows };
}
