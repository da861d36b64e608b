import type { Creative } from './creative';

/** What the first stage of ranking keeps of a creative's text: numbers of one model version. */
export interface CreativeEmbedding {
  readonly advertiserId: string;
  readonly creativeId: string;
  readonly modelVersionId: string;
  /** Of the text, and of the way it was embedded. */
  readonly textHash: string;
  readonly vector: Float32Array;
  readonly createdAt: Date;
}

/** An approved creative as the first stage sees it; without an embedding, nobody has read its text yet. */
export interface IndexedCreative extends Pick<Creative, 'id' | 'campaignId' | 'headline' | 'body'> {
  readonly clicks: number;
  readonly conversions: number;
  readonly embedding: Pick<CreativeEmbedding, 'modelVersionId' | 'textHash' | 'vector'> | null;
}
