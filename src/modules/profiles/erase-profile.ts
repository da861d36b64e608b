import { notFound } from '../../base/errors';
import type { ErasedRows } from '../../store/erasure';
import type { Queries } from '../../store/store';
import type { Dependencies } from '../dependencies';
import { checkedExternalId } from '../input/filter';
import { rehearse } from '../input/once';

export interface EraseProfile {
  /** The caller's id of the person. */
  readonly externalId: string;
  readonly validateOnly?: boolean;
}

/**
 * Erases a person, all of it or nothing. What stays says that something was shown and clicked, not to whom. Trained models are not
 * changed; those that may have learnt from the person are named, and say so from then on.
 * @throws NOT_FOUND where there is nobody of that id, as after an erasure
 */
export async function eraseProfile(deps: Dependencies, { externalId, validateOnly }: EraseProfile): Promise<ErasedRows | null> {
  const asked = checkedExternalId(externalId);
  let erased: ErasedRows | null = null;
  const erase = async (tx: Queries): Promise<string> => {
    const [known] = await tx.profiles.byExternalIds(deps.advertiserId, [asked]);
    erased = known ? await tx.erasure.person(deps.advertiserId, known.id) : null;
    if (!known || !erased) throw notFound('profile', asked);
    const { modelVersionIds, ...counts } = erased;
    await tx.audit.append([
      { id: deps.ids.next(), advertiserId: deps.advertiserId, actor: 'api', action: 'eraseProfile', entityType: 'Profile', entityId: known.id, details: { ...counts, modelVersionIds }, createdAt: deps.clock.now() },
    ]);
    return known.id;
  };
  if (validateOnly) {
    await rehearse(deps, 'eraseProfile', null, { externalId }, erase);
    return null;
  }
  await deps.store.transaction(erase);
  return erased;
}
