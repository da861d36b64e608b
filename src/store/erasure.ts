import { rows, sql, type Db } from './sql';

/** What was taken away of a person, and which models may have learnt from it. */
export interface ErasedRows {
  readonly events: number;
  readonly predictions: number;
  /** Those that stay, with the person taken out of them. */
  readonly decisions: number;
  readonly outcomes: number;
  readonly creatives: number;
  readonly modelVersionIds: readonly string[];
}

export interface Erasure {
  /**
   * Takes a person out of all that is kept: their profile, what they did, what was predicted for them and how often they were shown
   * something go; decisions and outcomes stay counted, copy that was written for them stays copy, and none of them says for whom. Versions
   * that were trained on a log with decisions for them are marked. Null where there is nobody (any more). Inside a transaction alone.
   */
  person(advertiserId: string, profileId: string): Promise<ErasedRows | null>;
}

export function erasure(db: Db): Erasure {
  return {
    async person(advertiserId, profileId) {
      const of = sql`advertiser_id = ${advertiserId}::uuid AND profile_id = ${profileId}::uuid`;
      // Whoever keeps something of them holds the profile: what is kept by now is found below, and nothing is kept any more.
      const [held] = await rows(db, sql`SELECT id FROM profiles WHERE advertiser_id = ${advertiserId}::uuid AND id = ${profileId}::uuid FOR UPDATE`);
      if (!held) return null;
      const marked = await rows<{ id: string }>(db, sql`
        UPDATE model_versions m SET erased_people = m.erased_people + 1
        WHERE m.advertiser_id = ${advertiserId}::uuid AND EXISTS (
          SELECT FROM training_runs r JOIN decisions d ON d.advertiser_id = r.advertiser_id AND d.created_at <= r.log_until
          WHERE r.advertiser_id = m.advertiser_id AND r.model_version_id = m.id AND d.profile_id = ${profileId}::uuid
        ) RETURNING m.id`);
      const [counted] = await rows<{ events: bigint; predictions: bigint }>(db, sql`
        SELECT (SELECT count(*) FROM behaviour_events WHERE ${of}) AS events, (SELECT count(*) FROM predictions WHERE ${of}) AS predictions`);
      const decisions = await db.$executeRaw(sql`UPDATE decisions SET profile_id = NULL, segments = '{}' WHERE ${of}`);
      const outcomes = await db.$executeRaw(sql`UPDATE outcomes SET profile_id = NULL WHERE ${of}`);
      await db.$executeRaw(sql`UPDATE generation_jobs SET profile_id = NULL WHERE ${of}`);
      // The prompt names what the person follows.
      const creatives = await db.$executeRaw(sql`
        UPDATE creatives SET provenance = provenance || '{"profileId": null, "prompt": ""}'::jsonb
        WHERE advertiser_id = ${advertiserId}::uuid AND provenance->>'profileId' = ${profileId}::text`);
      // Events, predictions and frequencies go with it.
      await db.$executeRaw(sql`DELETE FROM profiles WHERE advertiser_id = ${advertiserId}::uuid AND id = ${profileId}::uuid`);
      return { events: Number(counted!.events), predictions: Number(counted!.predictions), decisions, outcomes, creatives, modelVersionIds: marked.map(({ id }) => id) };
    },
  };
}
