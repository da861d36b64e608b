import type { Clock } from '../../base/clock';
import { embedTexts } from '../../ml/retrieval/embed-texts';
import type { Retriever } from '../../ml/retrieval/open-retriever';
import type { Scorer } from '../../ml/serve/types';
import type { Store } from '../../store/store';
import { creativeText } from '../predictions/score-creatives';
import { ANCHORS } from './anchors';
import { embeddingHash } from './embedding-hash';

export interface ReadCreatives {
  readonly store: Store;
  readonly clock: Clock;
  readonly advertiserId: string;
  readonly modelVersionId: string;
  readonly scorer: Scorer;
  readonly retriever: Retriever;
}

/** Has the model read creatives and keeps what it made of them, all or none; those no longer approved are passed over. */
export async function readCreatives(options: ReadCreatives, ids: readonly string[], signal: AbortSignal): Promise<void> {
  const { store, clock, advertiserId, modelVersionId, scorer, retriever } = options;
  const creatives = await store.creativeEmbeddings.approvedByIds(advertiserId, ids);
  const texts = creatives.map(creativeText);
  const vectors = await embedTexts({ scorer, retriever }, texts, { anchors: ANCHORS, signal });
  const D = retriever.width + 2;
  const createdAt = clock.now();
  await store.creativeEmbeddings.putMany(
    creatives.map(({ id }, i) => ({
      advertiserId, creativeId: id, modelVersionId, textHash: embeddingHash(texts[i]!), vector: vectors.slice(i * D, (i + 1) * D), createdAt,
    })),
  );
}
