import { messageOf } from '../../base/errors';
import type { Decision } from '../../domain/entities/decision';
import type { Dependencies } from '../dependencies';
import type { Winner } from './choose-winners';

/** Adds what the model in SHADOW said to decisions that were answered without it. Never fails: what cannot be kept is left out. */
export async function keepShadows(deps: Dependencies, decisions: readonly Decision[], winners: readonly Winner[]): Promise<void> {
  try {
    const shadowed = await Promise.all(decisions.map(async (decision, i): Promise<Decision | null> => {
      const { chosen, among } = winners[i]!;
      const own = await chosen.shadow;
      if (own === null) return null;
      const said = await Promise.all(among.map(({ candidate }) => candidate.shadow));
      const candidates = decision.candidates.map((candidate, k) => (said[k] ? { ...candidate, shadowPClick: said[k].pClick } : candidate));
      return { ...decision, candidates, shadowModelVersionId: own.modelVersionId };
    }));
    await deps.store.decisions.addShadows(deps.advertiserId, shadowed.filter((decision) => decision !== null));
  } catch (error) {
    deps.logger.info('what a shadow model said was not kept', { error: messageOf(error) });
  }
}
