/** What GPT-2 gave to a score, token by token: runs the path graph with as many steps as it takes for the sum to be complete. */
import type { Gpt2Config } from '../gpt2/config';
import type { Weights } from '../gpt2/parameters';
import { createSession, type Session, type SessionOptions } from '../runtime/session';
import { gaussLegendre } from './gauss-legendre';
import { pathGraph } from './path-graph';

/** Steps along the path: from few, doubled while the gap is too wide, to no more than many. */
export const STEPS = { least: 16, most: 256 } as const;
/** Tokens, and pairs of tokens that look at each other, in one run of the gradient graph: bounds its memory. */
const RUN_TOKENS = 2048;
const RUN_PAIRS = 1 << 18;

export interface DeepPart {
  /** The logit of the text, and of the baseline. */
  readonly logit: number;
  readonly baseline: number;
  /** Log-odds by token. */
  readonly attributions: Float64Array;
  readonly steps: number;
}

interface PathRun {
  readonly logits: readonly number[];
  readonly attributions: Float64Array;
}

export class DeepExplainer {
  private constructor(
    private readonly session: Session,
    private readonly baseline: Float32Array,
  ) {}

  /** @param baseline the embedding that each word starts from, [C] */
  static async open(config: Gpt2Config, weights: Weights, baseline: Float32Array, options: SessionOptions): Promise<DeepExplainer> {
    return new DeepExplainer(await createSession(pathGraph(config, weights), options), baseline);
  }

  /**
   * @param ids the sequence, at least one token
   * @param moved which tokens are explained; the others stand still along the path
   * @param enough whether a gap (sum of attributions less difference of logits) is narrow enough, given that difference
   * @param cancelled asked between runs; true ends the work with undefined
   */
  async explain(ids: readonly number[], moved: readonly boolean[], enough: (gap: number, difference: number) => boolean, cancelled: () => boolean): Promise<DeepPart | undefined> {
    const sequence = { ids, moved: Float32Array.from(moved, Number) };
    const ends = await this.along(sequence, [0, 1], [0, 0], cancelled);
    if (!ends) return undefined;
    const [baseline, logit] = ends.logits as [number, number];
    if (!moved.some(Boolean)) return { logit, baseline: logit, attributions: ends.attributions, steps: 0 };
    for (let steps: number = STEPS.least; ; steps *= 2) {
      const { points, weights } = gaussLegendre(steps);
      const path = await this.along(sequence, points, weights, cancelled);
      if (!path) return undefined;
      const difference = logit - baseline;
      const gap = path.attributions.reduce((sum, value) => sum + value, 0) - difference;
      if (steps >= STEPS.most || enough(gap, difference)) return { logit, baseline, attributions: path.attributions, steps };
    }
  }

  release(): Promise<void> {
    return this.session.release();
  }

  private async along({ ids, moved }: { ids: readonly number[]; moved: Float32Array }, points: ArrayLike<number>, weights: ArrayLike<number>, cancelled: () => boolean): Promise<PathRun | undefined> {
    const T = ids.length;
    const most = Math.max(1, Math.floor(Math.min(RUN_TOKENS / T, RUN_PAIRS / (T * T))));
    const logits: number[] = [];
    const attributions = new Float64Array(T);
    for (let from = 0; from < points.length; from += most) {
      if (cancelled()) return undefined;
      const B = Math.min(most, points.length - from);
      const rowsOf = (values: ArrayLike<number>): Float32Array => Float32Array.from({ length: B }, (_, b) => values[from + b]!);
      const run = await this.session.run({
        ids: { dtype: 'int32', dims: [B, T], data: Int32Array.from({ length: B * T }, (_, i) => ids[i % T]!) },
        moved: { dtype: 'float32', dims: [T], data: moved },
        alphas: { dtype: 'float32', dims: [B], data: rowsOf(points) },
        steps: { dtype: 'float32', dims: [B], data: rowsOf(weights) },
        rows: { dtype: 'int64', dims: [B], data: BigInt64Array.from({ length: B }, (_, b) => BigInt((b + 1) * T - 1)) },
        baseline: { dtype: 'float32', dims: [this.baseline.length], data: this.baseline },
      });
      logits.push(...(run.logits!.data as Float32Array));
      (run.attributions!.data as Float32Array).forEach((value, t) => (attributions[t]! += value));
    }
    return { logits, attributions };
  }
}
