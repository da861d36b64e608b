import type { HashedFeatures } from '../../ml/gpt2/hashed-features';
import { termFeatures } from '../../ml/lora/terms';

/** The terms of texts, worked out once for each text. */
export class TextFeatures {
  private readonly known = new Map<string, HashedFeatures>();

  of(text: string): HashedFeatures {
    const known = this.known.get(text);
    if (known) return known;
    const features = termFeatures(text);
    this.known.set(text, features);
    return features;
  }
}
