/**
 * Which lengths to pad to: of all ways to cut lengths into at most `buckets` classes, each padded to its longest, the one that pads
 * least. Exact, by dynamic programming over the distinct lengths (d of them: d^2 x buckets steps).
 * @returns the longest length of each class, ascending; fewer where fewer do as well, one (1) where there are no lengths
 */
export function bucketLengths(lengths: readonly number[], buckets: number): number[] {
  const counts = new Map<number, number>();
  for (const n of lengths) counts.set(n, (counts.get(n) ?? 0) + 1);
  const distinct = [...counts.keys()].sort((a, b) => a - b);
  if (distinct.length === 0) return [1];
  const before = [0];
  for (const n of distinct) before.push(before.at(-1)! + counts.get(n)!);
  // cost[j]: least cells for the j shortest distinct lengths in the classes so far; cut[c][j]: where the last class begins.
  let cost = distinct.map((n, j) => n * before[j + 1]!);
  const cuts: number[][] = [distinct.map(() => 0)];
  for (let c = 1; c < Math.min(buckets, distinct.length); c++) {
    const cut: number[] = [];
    cost = distinct.map((n, j) => {
      let [least, at] = [cost[j]!, -1];
      for (let i = 1; i <= j; i++) {
        const cells = cost[i - 1]! + n * (before[j + 1]! - before[i]!);
        if (cells < least) [least, at] = [cells, i];
      }
      cut.push(at);
      return least;
    });
    cuts.push(cut);
  }
  const bounds: number[] = [];
  for (let c = cuts.length - 1, j = distinct.length - 1; j >= 0 && c >= 0; c--) {
    const at = cuts[c]![j]!;
    if (at < 0) continue;
    bounds.unshift(distinct[j]!);
    j = at - 1;
  }
  return bounds;
}
