import type { Clock } from '../../src/base/clock';
import type { AdaptableScorer } from '../../src/ml/serve/adapter-types';
import { openScorer } from '../../src/ml/serve/open-scorer';
import type { Generator } from '../../src/ml/serve/types';
import { CTR } from '../ml/serve/model-directories';
import { testDependencies, type TestDependencies } from './dependencies';

export interface SmallClassifier extends TestDependencies {
  readonly scorer: AdaptableScorer;
}

/** The fixtures' small classifier, which takes adapters, over a store of its own: opened once for a file. */
export async function openSmallClassifier(given: { clock?: Clock; generator?: Generator } = {}): Promise<SmallClassifier> {
  const scorer = await openScorer(CTR, { threads: 1 });
  const { deps, discard } = await testDependencies({ ...given, scorer });
  return {
    scorer,
    deps,
    async discard() {
      await discard();
      await scorer.close();
    },
  };
}
