/**
 * The simplest reward model: the mean of each action, drawn towards the mean of all by the weight of its evidence (Buhlmann and
 * Straub 1970): (sum of its rewards + K m) / (its rows + K), K = variance within actions / variance between them, both estimated
 * from the rows by moments. Actions that do not differ by more than chance all get the mean of all (K infinite).
 *
 * @param rows places of the rows to fit on, at least one
 * @returns predicted reward of each action in [0, count)
 */
export function itemMeans(actions: Int32Array, rewards: Float64Array, count: number, rows: Uint32Array): Float64Array {
  const [sums, sizes] = [new Float64Array(count), new Float64Array(count)];
  let total = 0;
  for (const i of rows) {
    sums[actions[i]!]! += rewards[i]!;
    sizes[actions[i]!]!++;
    total += rewards[i]!;
  }
  const n = rows.length;
  const mean = total / n;
  let [within, between, squares, shown] = [0, 0, 0, 0];
  for (const i of rows) within += (rewards[i]! - sums[actions[i]!]! / sizes[actions[i]!]!) ** 2;
  for (let a = 0; a < count; a++) {
    if (sizes[a] === 0) continue;
    shown++;
    squares += sizes[a]! ** 2;
    between += sizes[a]! * (sums[a]! / sizes[a]! - mean) ** 2;
  }
  const noise = n > shown ? within / (n - shown) : 0;
  const signal = shown > 1 ? (between - (shown - 1) * noise) / (n - squares / n) : 0;
  const strength = signal > 0 ? noise / signal : Infinity;
  return sums.map((sum, a) => (sizes[a] === 0 || strength === Infinity ? mean : (sum + strength * mean) / (sizes[a]! + strength)));
}
