-- AlterTable
ALTER TABLE "decisions" ADD COLUMN     "charged_micros" BIGINT NOT NULL DEFAULT 0;

-- What was charged before was not kept: the impression cost what the decision says, the click what the campaign asks now.
UPDATE "decisions" d SET "charged_micros" =
  CASE WHEN d."impression_at" IS NULL THEN 0 ELSE d."cost_micros" END + CASE WHEN d."click_at" IS NULL THEN 0 ELSE c."cost_per_click_micros" END
FROM "campaigns" c WHERE c."advertiser_id" = d."advertiser_id" AND c."id" = d."campaign_id" AND d."impression_at" IS NOT NULL;
