import { adaptersOfOthers } from '../../../src/modules/learning/adapters-of-others';
import { testDependencies } from '../../support/dependencies';
import { aModelVersion } from '../../support/entities';

it('names the live adapters of the other verticals over the same base, and never the vertical\'s own', async () => {
  const { deps, discard } = await testDependencies();
  try {
    const register = async (vertical: 'TRAVEL' | 'FINANCE' | 'EDUCATION' | 'MEDIA' | null, directory: string, more: object = {}): Promise<void> => {
      const { id } = await deps.store.modelVersions.register(
        aModelVersion(deps.advertiserId, { vertical, stage: 'CANDIDATE', contentHash: directory, directory, base: 'base', adapter: directory, ...more }));
      if (directory !== 'waits') await deps.store.modelVersions.setStage(deps.advertiserId, id, 'LIVE');
    };
    await register('TRAVEL', 'own');
    await register('FINANCE', 'other');
    await register('EDUCATION', 'of another base', { base: 'older' });
    await register('MEDIA', 'waits');
    await register(null, 'the base', { base: null, adapter: null });
    const until = deps.clock.now();
    expect(await adaptersOfOthers(deps, { vertical: 'TRAVEL', base: 'base', until })).toEqual(['other']);
    expect(await adaptersOfOthers(deps, { vertical: 'TRAVEL', base: 'base', until: new Date(until.getTime() - 3_600_000) })).toEqual([]);
    expect(await adaptersOfOthers(deps, { vertical: 'FINANCE', base: 'base', until })).toEqual(['own']);
  } finally {
    await discard();
  }
});
