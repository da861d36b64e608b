/** Distances from the best logit at which it is looked further: few tokens are ever asked for, and sorting all is dear. */
const BANDS = [3, 5, 7, 9, 12, 24, Infinity];

/** More than any vocabulary has. */
const TOKENS = 2 ** 21;

/** Tokens by likelihood, the best first, of equals the first; found band by band as they are asked for. */
export class RankedTokens {
  private readonly tokens: number[] = [];
  private bands = 0;

  /** @param logits float32 [V], none of them NaN; @param max the greatest */
  constructor(
    private readonly logits: Float32Array,
    private readonly max: number,
  ) {}

  /** The token of a rank, 0 the most likely; undefined behind the last. */
  at(rank: number): number | undefined {
    while (rank >= this.tokens.length && this.bands < BANDS.length) {
      const high = this.bands === 0 ? Infinity : this.max - BANDS[this.bands - 1]!;
      const keys = keysBetween(this.logits, this.max - BANDS[this.bands++]!, high).sort();
      for (const key of keys) this.tokens.push(key - Math.floor(key / TOKENS) * TOKENS);
    }
    return this.tokens[rank];
  }
}

/**
 * A number for each token whose logit is at least `low` and below `high`: of two the likelier has the smaller, of equals the first.
 * The logit's bits, turned so that they rise as it falls, and the token below them: 53 bits, which sort as plain numbers do, without
 * a comparison in JavaScript.
 */
function keysBetween(logits: Float32Array, low: number, high: number): Float64Array {
  const bits = new Int32Array(logits.buffer, logits.byteOffset, logits.length);
  const keys: number[] = [];
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if (!(logit >= low && logit < high)) continue;
    // The sign bit counts as -2^31; zero has two signs.
    const falling = logit > 0 ? 0x7fffffff - bits[token]! : logit < 0 ? bits[token]! + 2 ** 32 : 0x7fffffff;
    keys.push(falling * TOKENS + token);
  }
  return new Float64Array(keys);
}
