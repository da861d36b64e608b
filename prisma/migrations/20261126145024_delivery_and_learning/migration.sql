-- CreateEnum
CREATE TYPE "ExperimentStatus" AS ENUM ('DRAFT', 'RUNNING', 'ENDED');

-- CreateEnum
CREATE TYPE "TrainingTrigger" AS ENUM ('MANUAL', 'SCHEDULE', 'DRIFT');

-- CreateEnum
CREATE TYPE "TrainingStatus" AS ENUM ('QUEUED', 'RUNNING', 'SUCCEEDED', 'REFUSED', 'FAILED', 'CANCELLED');

-- AlterTable
ALTER TABLE "campaigns" ADD COLUMN     "click_window_hours" INTEGER NOT NULL DEFAULT 24,
ADD COLUMN     "conversion_window_hours" INTEGER NOT NULL DEFAULT 168,
ADD COLUMN     "cost_per_click_micros" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "cost_per_thousand_micros" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "target_cost_per_conversion_micros" BIGINT;

-- AlterTable
ALTER TABLE "decisions" ADD COLUMN     "click_at" TIMESTAMPTZ(3),
ADD COLUMN     "cost_micros" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "currency" CHAR(3),
ADD COLUMN     "experiment_id" UUID,
ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "impression_at" TIMESTAMPTZ(3),
ADD COLUMN     "model_version_id" UUID,
ADD COLUMN     "p_click" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN     "personalised" BOOLEAN NOT NULL DEFAULT FALSE,
ADD COLUMN     "request_id" UUID,
ADD COLUMN     "reserved_micros" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "segments" TEXT[],
ADD COLUMN     "shadow_model_version_id" UUID,
ADD COLUMN     "slot" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "vertical" "Vertical";

-- Decisions from before these columns stood alone, and cost nothing.
UPDATE "decisions" d SET "currency" = c."currency", "vertical" = c."vertical", "request_id" = d."id", "expires_at" = d."created_at"
FROM "campaigns" c WHERE c."advertiser_id" = d."advertiser_id" AND c."id" = d."campaign_id";
DELETE FROM "decisions" WHERE "currency" IS NULL;
ALTER TABLE "decisions" ALTER COLUMN "currency" SET NOT NULL, ALTER COLUMN "vertical" SET NOT NULL, ALTER COLUMN "request_id" SET NOT NULL,
ALTER COLUMN "expires_at" SET NOT NULL, ALTER COLUMN "cost_micros" DROP DEFAULT, ALTER COLUMN "p_click" DROP DEFAULT,
ALTER COLUMN "personalised" DROP DEFAULT, ALTER COLUMN "reserved_micros" DROP DEFAULT;

-- AlterTable
ALTER TABLE "model_versions" ADD COLUMN     "vertical" "Vertical";

-- CreateTable
CREATE TABLE "creative_evidence" (
    "advertiser_id" UUID NOT NULL,
    "creative_id" UUID NOT NULL,
    "model_version_id" UUID NOT NULL,
    "impressions" BIGINT NOT NULL DEFAULT 0,
    "clicks" BIGINT NOT NULL DEFAULT 0,
    "expected_clicks" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "creative_evidence_pkey" PRIMARY KEY ("advertiser_id","creative_id","model_version_id")
);

-- CreateTable
CREATE TABLE "campaign_spend" (
    "advertiser_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "spent_micros" BIGINT NOT NULL DEFAULT 0,
    "reserved_micros" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "campaign_spend_pkey" PRIMARY KEY ("advertiser_id","campaign_id")
);

-- CreateTable
CREATE TABLE "spend_days" (
    "advertiser_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "spent_micros" BIGINT NOT NULL DEFAULT 0,
    "reserved_micros" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "spend_days_pkey" PRIMARY KEY ("advertiser_id","campaign_id","day")
);

-- CreateTable
CREATE TABLE "traffic_hours" (
    "advertiser_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "traffic_hours_pkey" PRIMARY KEY ("advertiser_id","campaign_id","hour")
);

-- CreateTable
CREATE TABLE "frequency_states" (
    "advertiser_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "profile_id" UUID NOT NULL,
    "shown_at" TIMESTAMPTZ(3)[],

    CONSTRAINT "frequency_states_pkey" PRIMARY KEY ("advertiser_id","campaign_id","profile_id")
);

-- CreateTable
CREATE TABLE "experiments" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" "ExperimentStatus" NOT NULL,
    "placement" TEXT,
    "campaign_ids" UUID[],
    "arms" JSONB NOT NULL,
    "holdout" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "experiments_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "training_runs" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "kind" "ModelKind" NOT NULL,
    "vertical" "Vertical",
    "trigger" "TrainingTrigger" NOT NULL,
    "status" "TrainingStatus" NOT NULL,
    "seed" BIGINT NOT NULL,
    "log_until" TIMESTAMPTZ(3) NOT NULL,
    "settings" JSONB NOT NULL,
    "data_fingerprint" TEXT,
    "code_version" TEXT NOT NULL,
    "progress" JSONB NOT NULL,
    "report" JSONB,
    "directory" TEXT NOT NULL,
    "model_version_id" UUID,
    "error_code" TEXT,
    "error_message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "training_runs_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "signing_keys" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "secret" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateIndex
CREATE INDEX "experiments_advertiser_id_status_idx" ON "experiments"("advertiser_id", "status");

-- CreateIndex
CREATE INDEX "experiments_advertiser_id_created_at_id_idx" ON "experiments"("advertiser_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "training_runs_advertiser_id_status_idx" ON "training_runs"("advertiser_id", "status");

-- CreateIndex
CREATE INDEX "training_runs_advertiser_id_created_at_id_idx" ON "training_runs"("advertiser_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "decisions_advertiser_id_campaign_id_created_at_id_idx" ON "decisions"("advertiser_id", "campaign_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "decisions_advertiser_id_experiment_id_created_at_id_idx" ON "decisions"("advertiser_id", "experiment_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "decisions_advertiser_id_created_at_id_idx" ON "decisions"("advertiser_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "decisions_advertiser_id_expires_at_idx" ON "decisions"("advertiser_id", "expires_at");

-- AddForeignKey
ALTER TABLE "creative_evidence" ADD CONSTRAINT "creative_evidence_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "creative_evidence" ADD CONSTRAINT "creative_evidence_advertiser_id_creative_id_fkey" FOREIGN KEY ("advertiser_id", "creative_id") REFERENCES "creatives"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "creative_evidence" ADD CONSTRAINT "creative_evidence_advertiser_id_model_version_id_fkey" FOREIGN KEY ("advertiser_id", "model_version_id") REFERENCES "model_versions"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign_spend" ADD CONSTRAINT "campaign_spend_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign_spend" ADD CONSTRAINT "campaign_spend_advertiser_id_campaign_id_fkey" FOREIGN KEY ("advertiser_id", "campaign_id") REFERENCES "campaigns"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "spend_days" ADD CONSTRAINT "spend_days_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "spend_days" ADD CONSTRAINT "spend_days_advertiser_id_campaign_id_fkey" FOREIGN KEY ("advertiser_id", "campaign_id") REFERENCES "campaigns"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "traffic_hours" ADD CONSTRAINT "traffic_hours_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "traffic_hours" ADD CONSTRAINT "traffic_hours_advertiser_id_campaign_id_fkey" FOREIGN KEY ("advertiser_id", "campaign_id") REFERENCES "campaigns"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "frequency_states" ADD CONSTRAINT "frequency_states_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "frequency_states" ADD CONSTRAINT "frequency_states_advertiser_id_campaign_id_fkey" FOREIGN KEY ("advertiser_id", "campaign_id") REFERENCES "campaigns"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "frequency_states" ADD CONSTRAINT "frequency_states_advertiser_id_profile_id_fkey" FOREIGN KEY ("advertiser_id", "profile_id") REFERENCES "profiles"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "experiments" ADD CONSTRAINT "experiments_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "training_runs" ADD CONSTRAINT "training_runs_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "training_runs" ADD CONSTRAINT "training_runs_advertiser_id_model_version_id_fkey" FOREIGN KEY ("advertiser_id", "model_version_id") REFERENCES "model_versions"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signing_keys" ADD CONSTRAINT "signing_keys_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
