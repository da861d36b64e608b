import type { Vertical } from '../../domain/entities/campaign';
import type { Dependencies } from '../dependencies';

/**
 * Directories of the other verticals' live adapters over a base. The vertical's own is none of them: its log is read anew, and would
 * count twice.
 */
export async function adaptersOfOthers(deps: Pick<Dependencies, 'store' | 'advertiserId'>, { vertical, base }: { vertical: Vertical; base: string }): Promise<string[]> {
  const live = await deps.store.modelVersions.list(deps.advertiserId, { kinds: ['CLASSIFIER'], stages: ['LIVE'] });
  return live.flatMap((version) => (version.adapter !== null && version.base === base && version.vertical !== null && version.vertical !== vertical ? [version.directory] : [])).toSorted();
}
