import { gramFeatures } from '../../ml/gpt2/grams';
import type { HashedFeatures } from '../../ml/gpt2/hashed-features';

/** What texts have of the base's linear part, worked out once for each text. */
export class TextFeatures {
  private readonly known = new Map<string, HashedFeatures>();

  /** @param rows of the base's linear part */
  constructor(readonly rows: number) {}

  of(text: string): HashedFeatures {
    const known = this.known.get(text);
    if (known) return known;
    const features = gramFeatures(text, this.rows);
    this.known.set(text, features);
    return features;
  }
}
