/** The architecture of a GPT-2, in the names of the literature: V vocabulary, C channels, L layers, NH heads, T positions. */
export interface Gpt2Config {
  vocabulary: number;
  positions: number;
  channels: number;
  layers: number;
  heads: number;
  /** Width of the feed-forward layer, 4 C as a rule. */
  inner: number;
  layerNormEpsilon: number;
}

/** What a forward pass needs beside the weights. Absent dropout is inference. */
export interface Dropout {
  ratio: number;
  /** Seeds each node's own stream of masks. */
  seed: number;
}

export function headSize(config: Gpt2Config): number {
  return config.channels / config.heads;
}
