/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna 2018), its state filled by splitmix32.
 * The same seed gives the same stream on every machine.
 */
export interface Rng {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, bound). */
  int(bound: number): number;
  /** Standard normal (Box-Muller, one of the pair). */
  normal(): number;
  /** Fisher-Yates, in place. */
  shuffle<T>(items: T[]): T[];
  /** An independent stream, named by `label`, that does not advance this one. */
  fork(label: string): Rng;
  /** State to carry over a restart; give it to `rngFromState`. */
  state(): readonly [number, number, number, number];
}

export function createRng(seed: number): Rng {
  let x = seed >>> 0;
  const split = (): number => {
    x = (x + 0x9e3779b9) >>> 0;
    let z = x;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  return rngFromState([split(), split(), split(), split()]);
}

export function rngFromState(initial: readonly [number, number, number, number]): Rng {
  let [a, b, c, d] = initial;
  const rotl = (v: number, k: number): number => ((v << k) | (v >>> (32 - k))) >>> 0;
  const bits = (): number => {
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    const t = (b << 9) >>> 0;
    c = (c ^ a) >>> 0;
    d = (d ^ b) >>> 0;
    b = (b ^ c) >>> 0;
    a = (a ^ d) >>> 0;
    c = (c ^ t) >>> 0;
    d = rotl(d, 11);
    return result;
  };
  const rng: Rng = {
    next: () => bits() / 4294967296,
    int: (bound) => Math.floor((bits() / 4294967296) * bound),
    normal() {
      const u = 1 - bits() / 4294967296;
      return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * (bits() / 4294967296));
    },
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = rng.int(i + 1);
        [items[i], items[j]] = [items[j]!, items[i]!];
      }
      return items;
    },
    fork: (label) => createRng(hash32(label, (a ^ rotl(b, 7) ^ rotl(c, 13) ^ rotl(d, 21)) >>> 0)),
    state: () => [a, b, c, d],
  };
  return rng;
}

/** FNV-1a over UTF-16 code units with a final avalanche; for seeds and feature hashing, not for security. */
export function hash32(text: string, seed = 0): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
