import { aCampaign, aCreative, aDecision, aGenerationJob, aModelVersion, anEvent, anOutcome, aPrediction, aProfile, aTrainingRun, later, NOON } from '../support/entities';
import { onEachDatabase, type Subject } from './on-each-database';

/** Two people of whom everything is kept that can be. */
async function scene({ store, advertiserId }: Subject) {
  const campaign = aCampaign(advertiserId);
  await store.campaigns.insert(campaign);
  const model = await store.modelVersions.register(aModelVersion(advertiserId));
  const people = await store.profiles.ensureMany(['ada', 'bo'].map((externalId) => aProfile(advertiserId, { externalId })));
  const [ada, bo] = people as [(typeof people)[0], (typeof people)[0]];
  const of = async (profile: { id: string }) => {
    const provenance = { generationJobId: null, modelVersionId: null, prompt: 'climbing ropes', seed: 1, template: { headline: 'Up', body: null, callToAction: null }, logProbability: null, parentId: null, profileId: profile.id };
    const [creative] = await store.creatives.insertMany([aCreative(campaign, { provenance })]);
    const [decision, outcome] = [aDecision(creative!, { profileId: profile.id, segments: ['climbers'], personalised: true }), anOutcome(creative!, { profileId: profile.id })];
    const [prediction, job] = [aPrediction(creative!, model, { profileId: profile.id }), aGenerationJob(campaign, { profileId: profile.id })];
    await store.events.record([anEvent(profile as never)]);
    await store.predictions.append([prediction]);
    await store.decisions.append([decision]);
    await store.outcomes.record([outcome]);
    await store.generationJobs.insert(job);
    return { creative: creative!, decision, outcome, prediction, job };
  };
  return { campaign, ada, bo, ofAda: await of(ada), ofBo: await of(bo) };
}

onEachDatabase((subject) => {
  describe('the erasure of a person', () => {
    test('leaves nothing of them, counts what stays without them, and touches nobody else', async () => {
      const { store, advertiserId } = subject();
      const { ada, bo, ofAda, ofBo } = await scene(subject());
      const erased = await store.transaction((tx) => tx.erasure.person(advertiserId, ada.id));
      expect(erased).toEqual({ events: 1, predictions: 1, decisions: 1, outcomes: 1, creatives: 1, modelVersionIds: [] });

      expect(await store.profiles.byIds(advertiserId, [ada.id, bo.id])).toEqual([bo]);
      expect((await store.events.latestByProfileIds(advertiserId, [ada.id, bo.id], 9)).get(ada.id)).toEqual([]);
      expect(await store.predictions.byIds(advertiserId, [ofAda.prediction.id, ofBo.prediction.id])).toEqual([ofBo.prediction]);
      const [decision] = await store.decisions.byIds(advertiserId, [ofAda.decision.id]);
      expect(decision).toEqual({ ...ofAda.decision, profileId: null, segments: [] });
      expect(await store.decisions.byIds(advertiserId, [ofBo.decision.id])).toEqual([ofBo.decision]);
      const [copy, others] = [await store.creatives.byIds(advertiserId, [ofAda.creative.id]), await store.creatives.byIds(advertiserId, [ofBo.creative.id])];
      expect(copy[0]).toMatchObject({ headline: ofAda.creative.headline, provenance: { profileId: null, prompt: '', template: { headline: 'Up' } } });
      expect(others[0]!.provenance).toEqual(ofBo.creative.provenance);
      const [job] = await store.generationJobs.byIds(advertiserId, [ofAda.job.id]);
      expect(job!.profileId).toBeNull();
    });

    test('marks the versions whose log had decisions for them, and no others', async () => {
      const { store, advertiserId } = subject();
      const { ada, bo, ofAda } = await scene(subject());
      const trained = async (logUntil: Date) => {
        const version = await store.modelVersions.register(aModelVersion(advertiserId));
        const run = aTrainingRun(advertiserId, { logUntil, modelVersionId: version.id, status: 'SUCCEEDED' });
        await store.trainingRuns.insertAlone(run);
        return version;
      };
      const [before, after] = [await trained(later(-1, ofAda.decision.createdAt)), await trained(ofAda.decision.createdAt)];
      expect((await store.transaction((tx) => tx.erasure.person(advertiserId, ada.id)))!.modelVersionIds).toEqual([after.id]);
      await store.transaction((tx) => tx.erasure.person(advertiserId, bo.id));
      const marks = new Map((await store.modelVersions.byIds(advertiserId, [before.id, after.id])).map(({ id, erasedPeople }) => [id, erasedPeople]));
      expect([marks.get(before.id), marks.get(after.id)]).toEqual([0, 2]);
      // Registered again, it keeps its mark.
      expect((await store.modelVersions.register({ ...after, erasedPeople: 0 })).erasedPeople).toBe(2);
    });

    test('of another advertiser\'s person erases nobody', async () => {
      const { store, advertiserId } = subject();
      const { ada } = await scene(subject());
      const other = await store.advertisers.ensure(`another of ${NOON.getTime()}`);
      expect(await store.transaction((tx) => tx.erasure.person(other.id, ada.id))).toBeNull();
      expect(await store.profiles.byIds(advertiserId, [ada.id])).toHaveLength(1);
    });
  });
});
