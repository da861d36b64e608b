/** Prefixes and their candidates as the inputs of `shared-prefix.ts`. */
import type { Feeds, TensorValue } from '../runtime/session';
import { headSize, type Gpt2Config } from './config';
import { BUCKETS } from './shared-prefix';
import { layOutGroups, type PrefixGroup } from './shared-prefix-layout';

/** Keys and values of one prefix: `<layer>.key` and `<layer>.value`, each [1, NH, C, HS]. */
export type PrefixKeysValues = ReadonlyMap<string, TensorValue>;

/**
 * Candidates are numbered through, in the order of groups and texts.
 * @param past what the graph gave as `present` for the prefix of the one group: it is not computed again
 * @param buckets of the graph
 * @throws BAD_INPUT as `layOutGroups` does
 */
export function sharedFeeds(groups: readonly PrefixGroup[], config: Gpt2Config, past?: PrefixKeysValues, buckets = BUCKETS): Feeds {
  const cached = past?.get('0.key')?.dims[2] ?? 0;
  const { cells, lasts, restoreEnds, ...rest } = layOutGroups(past ? groups.map(({ texts }) => ({ prefix: [], texts })) : groups, { ...config, buckets, cached });
  const feeds: Feeds = {};
  const put = (name: string, { dims, data }: { dims: number[]; data: Int32Array }): void => void (feeds[name] = { dtype: 'int32', dims, data });
  for (const [name, tensor] of Object.entries(rest)) put(name, tensor);
  put('restore_ends', restoreEnds);
  cells.forEach((tensor, b) => put(`cells.${b}`, tensor));
  lasts.forEach((tensor, b) => put(`lasts.${b}`, tensor));
  const none: TensorValue = { dtype: 'float32', dims: [groups.length, config.heads, 0, headSize(config)], data: new Float32Array(0) };
  for (const name of keyValueNames(config)) feeds[`past.${name}`] = past?.get(name) ?? none;
  return feeds;
}

/** `0.key`, `0.value`, `1.key`, ...: behind `past.` as inputs, behind `present.` as outputs. */
export function keyValueNames({ layers }: Gpt2Config): string[] {
  return Array.from({ length: layers }, (_, layer) => ['key', 'value'].map((part) => `${layer}.${part}`)).flat();
}
