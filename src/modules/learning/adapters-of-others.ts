import type { Vertical } from '../../domain/entities/campaign';
import type { Dependencies } from '../dependencies';

/**
 * Directories of the other verticals' adapters over a base that are live since `until` or before: a run that resumes finds the same. The vertical's own is none of them: its log is read anew, and would
 * count twice.
 */
export async function adaptersOfOthers(deps: Pick<Dependencies, 'store' | 'advertiserId'>, { vertical, base, until }: { vertical: Vertical; base: string; until: Date }): Promise<string[]> {
  const live = await deps.store.modelVersions.list(deps.advertiserId, { kinds: ['CLASSIFIER'], stages: ['LIVE'] });
  return live.flatMap((version) => (version.adapter !== null && version.base === base && version.vertical !== null && version.vertical !== vertical && version.updatedAt <= until ? [version.directory] : [])).toSorted();
}
