/** Calls as parts for the batcher: what a text costs, and where a call is cut. Pure. */
import type { Part } from '../batching/types';
import type { TextGroup } from './scorer-engine';

/** Groups that go through the model together, and never apart. */
export type ScorePayload = readonly TextGroup[];

/** Most tokens that the model reads of a prefix and of a text. */
export interface TextLimits {
  readonly prefix: number;
  readonly text: number;
}

/** A part smaller than this is not worth its own copy of the prefix. */
const LEAST_PART = 256;
/** English as byte pairs, about; the throughput is measured in the same coin, so that only ratios matter. */
const CHARACTERS_PER_TOKEN = 4;

/** At least 1: the mark or the start token is read where there is no text. */
export function tokensOf(text: string, limit: number): number {
  return Math.max(1, Math.min(limit, Math.ceil(text.length / CHARACTERS_PER_TOKEN)));
}

/**
 * One prefix and its texts, cut into parts of about equal cost: as few as the batch allows, but where lanes are free enough of them
 * that each gets one.
 */
export function partsOfGroup({ prefix, texts, adapter }: TextGroup, limits: TextLimits, batchTokens: number, freeLanes: number): Part<ScorePayload>[] {
  const shared = tokensOf(prefix, limits.prefix);
  const costs = texts.map((text) => tokensOf(text, limits.text));
  const own = costs.reduce((sum, cost) => sum + cost, 0);
  let count = Math.ceil(own / Math.max(LEAST_PART, batchTokens - shared));
  if (freeLanes > 1) {
    count = Math.max(count, Math.min(freeLanes, Math.floor((shared + own) / LEAST_PART)));
    if (count > 1) count = Math.ceil(count / freeLanes) * freeLanes;
  }
  const parts: Part<ScorePayload>[] = [];
  let [from, cost, done] = [0, 0, 0];
  costs.forEach((each, i) => {
    cost += each;
    done += each;
    if (i + 1 < texts.length && done < ((parts.length + 1) * own) / count) return;
    parts.push({ payload: [{ prefix, texts: texts.slice(from, i + 1), adapter }], cost: shared + cost });
    [from, cost] = [i + 1, 0];
  });
  return parts;
}

/** Parts of unrelated pairs, and for each part the places of its texts among the pairs. */
export interface PairParts {
  readonly parts: Part<ScorePayload>[];
  readonly places: number[][];
}

/** Pairs with neighbours behind one prefix joined, and groups of like length put together, so that little of a run is padding. */
export function partsOfPairs(pairs: readonly { prefix: string; text: string; adapter?: string }[], limits: TextLimits, batchTokens: number): PairParts {
  const groups: { prefix: string; adapter?: string; texts: string[]; places: number[]; cost: number }[] = [];
  pairs.forEach(({ prefix, text, adapter }, place) => {
    const cost = tokensOf(text, limits.text);
    let group = groups.at(-1);
    if (group?.prefix !== prefix || group.adapter !== adapter || group.cost + cost > batchTokens) {
      group = { prefix, adapter, texts: [], places: [], cost: tokensOf(prefix, limits.prefix) };
      groups.push(group);
    }
    group.texts.push(text);
    group.places.push(place);
    group.cost += cost;
  });
  const result: PairParts = { parts: [], places: [] };
  let open: { payload: TextGroup[]; cost: number; places: number[] } | undefined;
  const close = (): void => {
    if (!open) return;
    result.parts.push({ payload: open.payload, cost: open.cost });
    result.places.push(open.places);
    open = undefined;
  };
  for (const { prefix, adapter, texts, places, cost } of groups.toSorted((a, b) => a.cost - b.cost)) {
    if (open && open.cost + cost > batchTokens) close();
    open ??= { payload: [], cost: 0, places: [] };
    open.payload.push({ prefix, texts, adapter });
    open.places.push(...places);
    open.cost += cost;
  }
  close();
  return result;
}
