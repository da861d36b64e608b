-- CreateEnum
CREATE TYPE "Vertical" AS ENUM ('ECOMMERCE', 'EDUCATION', 'FINANCE', 'TRAVEL', 'MEDIA', 'OTHER');

-- CreateEnum
CREATE TYPE "CampaignStatus" AS ENUM ('DRAFT', 'ACTIVE', 'PAUSED', 'ENDED', 'ARCHIVED');

-- CreateEnum
CREATE TYPE "Pacing" AS ENUM ('EVEN', 'AS_FAST_AS_POSSIBLE');

-- CreateEnum
CREATE TYPE "EventKind" AS ENUM ('VIEW', 'SEARCH', 'CLICK', 'CART', 'PURCHASE', 'ENROL', 'INVEST', 'BOOK', 'RATE');

-- CreateEnum
CREATE TYPE "CreativeOrigin" AS ENUM ('HUMAN', 'GENERATED', 'IMPORTED');

-- CreateEnum
CREATE TYPE "CreativeStatus" AS ENUM ('DRAFT', 'IN_REVIEW', 'APPROVED', 'PAUSED', 'REJECTED', 'ARCHIVED');

-- CreateEnum
CREATE TYPE "OutcomeKind" AS ENUM ('IMPRESSION', 'CLICK', 'CONVERSION');

-- CreateEnum
CREATE TYPE "ModelKind" AS ENUM ('CLASSIFIER', 'WRITER');

-- CreateEnum
CREATE TYPE "ModelStage" AS ENUM ('CANDIDATE', 'SHADOW', 'LIVE', 'RETIRED');

-- CreateEnum
CREATE TYPE "GenerationStatus" AS ENUM ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED');

-- CreateTable
CREATE TABLE "advertisers" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "advertisers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "campaigns" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "external_id" TEXT,
    "name" TEXT NOT NULL,
    "vertical" "Vertical" NOT NULL,
    "product" JSONB NOT NULL,
    "voice" JSONB NOT NULL,
    "audience" JSONB NOT NULL,
    "objectives" JSONB NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "total_budget_micros" BIGINT,
    "daily_budget_micros" BIGINT,
    "pacing" "Pacing" NOT NULL,
    "cap_impressions" INTEGER,
    "cap_per_hours" INTEGER,
    "status" "CampaignStatus" NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "campaigns_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "profiles" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "consent_personalisation" BOOLEAN NOT NULL,
    "consent_training" BOOLEAN NOT NULL,
    "consent_measurement" BOOLEAN NOT NULL,
    "attributes" JSONB NOT NULL,
    "interests" JSONB NOT NULL,
    "segments" TEXT[],
    "recent_items" JSONB NOT NULL,
    "profile_text" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "profiles_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "behaviour_events" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "profile_id" UUID NOT NULL,
    "event_id" TEXT NOT NULL,
    "kind" "EventKind" NOT NULL,
    "item_text" TEXT NOT NULL,
    "category" TEXT,
    "value" DOUBLE PRECISION,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "behaviour_events_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "creatives" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "external_id" TEXT,
    "headline" TEXT NOT NULL,
    "body" TEXT,
    "call_to_action" TEXT,
    "image_url" TEXT,
    "origin" "CreativeOrigin" NOT NULL,
    "status" "CreativeStatus" NOT NULL,
    "version" INTEGER NOT NULL,
    "findings" JSONB NOT NULL,
    "provenance" JSONB,
    "review_note" TEXT,
    "impressions" BIGINT NOT NULL DEFAULT 0,
    "clicks" BIGINT NOT NULL DEFAULT 0,
    "conversions" BIGINT NOT NULL DEFAULT 0,
    "value_micros" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "creatives_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "predictions" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "creative_id" UUID NOT NULL,
    "profile_id" UUID,
    "model_version_id" UUID NOT NULL,
    "ranking_id" UUID NOT NULL,
    "p_click" DOUBLE PRECISION NOT NULL,
    "p_conversion" DOUBLE PRECISION,
    "uncertainty" DOUBLE PRECISION NOT NULL,
    "expected_value_micros" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "rank" INTEGER NOT NULL,
    "explanation" JSONB,
    "creative_version" INTEGER NOT NULL,
    "profile_version" INTEGER,
    "device" TEXT NOT NULL,
    "tokenise_ms" DOUBLE PRECISION NOT NULL,
    "queue_ms" DOUBLE PRECISION NOT NULL,
    "inference_ms" DOUBLE PRECISION NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "predictions_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "decisions" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "creative_id" UUID NOT NULL,
    "profile_id" UUID,
    "placement" TEXT NOT NULL,
    "policy" TEXT NOT NULL,
    "propensity" DOUBLE PRECISION NOT NULL,
    "experiment_arm" TEXT,
    "candidates" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "decisions_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "outcomes" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "outcome_id" TEXT NOT NULL,
    "campaign_id" UUID NOT NULL,
    "creative_id" UUID NOT NULL,
    "profile_id" UUID,
    "decision_id" UUID,
    "kind" "OutcomeKind" NOT NULL,
    "count" INTEGER NOT NULL,
    "value_micros" BIGINT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outcomes_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "model_versions" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "kind" "ModelKind" NOT NULL,
    "name" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "directory" TEXT NOT NULL,
    "base" TEXT,
    "adapter" TEXT,
    "parameters" BIGINT NOT NULL,
    "data_fingerprint" TEXT,
    "metrics" JSONB NOT NULL,
    "stage" "ModelStage" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "model_versions_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "generation_jobs" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "profile_id" UUID,
    "status" "GenerationStatus" NOT NULL,
    "requested" INTEGER NOT NULL,
    "done" INTEGER NOT NULL,
    "rejected" INTEGER NOT NULL,
    "seed" BIGINT NOT NULL,
    "options" JSONB NOT NULL,
    "created_creative_ids" UUID[],
    "error_code" TEXT,
    "error_message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "generation_jobs_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateTable
CREATE TABLE "feed_items" (
    "cursor" BIGSERIAL NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "feed_items_pkey" PRIMARY KEY ("cursor")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "advertiser_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "result" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("advertiser_id","operation","key")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "entity_type" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("advertiser_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "advertisers_name_key" ON "advertisers"("name");

-- CreateIndex
CREATE INDEX "campaigns_advertiser_id_created_at_id_idx" ON "campaigns"("advertiser_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "campaigns_advertiser_id_updated_at_id_idx" ON "campaigns"("advertiser_id", "updated_at", "id");

-- CreateIndex
CREATE INDEX "campaigns_advertiser_id_name_id_idx" ON "campaigns"("advertiser_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "campaigns_advertiser_id_external_id_key" ON "campaigns"("advertiser_id", "external_id");

-- CreateIndex
CREATE INDEX "profiles_advertiser_id_created_at_id_idx" ON "profiles"("advertiser_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "profiles_advertiser_id_updated_at_id_idx" ON "profiles"("advertiser_id", "updated_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "profiles_advertiser_id_external_id_key" ON "profiles"("advertiser_id", "external_id");

-- CreateIndex
CREATE INDEX "behaviour_events_advertiser_id_profile_id_occurred_at_id_idx" ON "behaviour_events"("advertiser_id", "profile_id", "occurred_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "behaviour_events_advertiser_id_event_id_key" ON "behaviour_events"("advertiser_id", "event_id");

-- CreateIndex
CREATE INDEX "creatives_advertiser_id_campaign_id_created_at_id_idx" ON "creatives"("advertiser_id", "campaign_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "creatives_advertiser_id_created_at_id_idx" ON "creatives"("advertiser_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "creatives_advertiser_id_updated_at_id_idx" ON "creatives"("advertiser_id", "updated_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "creatives_advertiser_id_campaign_id_external_id_key" ON "creatives"("advertiser_id", "campaign_id", "external_id");

-- CreateIndex
CREATE INDEX "predictions_advertiser_id_creative_id_created_at_id_idx" ON "predictions"("advertiser_id", "creative_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "predictions_advertiser_id_campaign_id_created_at_id_idx" ON "predictions"("advertiser_id", "campaign_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "predictions_advertiser_id_profile_id_created_at_id_idx" ON "predictions"("advertiser_id", "profile_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "predictions_advertiser_id_created_at_id_idx" ON "predictions"("advertiser_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "decisions_advertiser_id_profile_id_created_at_id_idx" ON "decisions"("advertiser_id", "profile_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "decisions_advertiser_id_creative_id_created_at_id_idx" ON "decisions"("advertiser_id", "creative_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "outcomes_advertiser_id_creative_id_occurred_at_id_idx" ON "outcomes"("advertiser_id", "creative_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "outcomes_advertiser_id_profile_id_idx" ON "outcomes"("advertiser_id", "profile_id");

-- CreateIndex
CREATE INDEX "outcomes_advertiser_id_decision_id_idx" ON "outcomes"("advertiser_id", "decision_id");

-- CreateIndex
CREATE UNIQUE INDEX "outcomes_advertiser_id_outcome_id_key" ON "outcomes"("advertiser_id", "outcome_id");

-- CreateIndex
CREATE UNIQUE INDEX "model_versions_advertiser_id_kind_content_hash_key" ON "model_versions"("advertiser_id", "kind", "content_hash");

-- CreateIndex
CREATE INDEX "generation_jobs_advertiser_id_campaign_id_created_at_id_idx" ON "generation_jobs"("advertiser_id", "campaign_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "generation_jobs_advertiser_id_status_idx" ON "generation_jobs"("advertiser_id", "status");

-- CreateIndex
CREATE INDEX "feed_items_advertiser_id_topic_cursor_idx" ON "feed_items"("advertiser_id", "topic", "cursor");

-- CreateIndex
CREATE INDEX "feed_items_created_at_idx" ON "feed_items"("created_at");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE INDEX "audit_entries_advertiser_id_entity_type_entity_id_created_a_idx" ON "audit_entries"("advertiser_id", "entity_type", "entity_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "audit_entries_advertiser_id_created_at_id_idx" ON "audit_entries"("advertiser_id", "created_at", "id");

-- AddForeignKey
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "behaviour_events" ADD CONSTRAINT "behaviour_events_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "behaviour_events" ADD CONSTRAINT "behaviour_events_advertiser_id_profile_id_fkey" FOREIGN KEY ("advertiser_id", "profile_id") REFERENCES "profiles"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "creatives" ADD CONSTRAINT "creatives_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "creatives" ADD CONSTRAINT "creatives_advertiser_id_campaign_id_fkey" FOREIGN KEY ("advertiser_id", "campaign_id") REFERENCES "campaigns"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_advertiser_id_creative_id_fkey" FOREIGN KEY ("advertiser_id", "creative_id") REFERENCES "creatives"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_advertiser_id_profile_id_fkey" FOREIGN KEY ("advertiser_id", "profile_id") REFERENCES "profiles"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_advertiser_id_model_version_id_fkey" FOREIGN KEY ("advertiser_id", "model_version_id") REFERENCES "model_versions"("advertiser_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_advertiser_id_creative_id_fkey" FOREIGN KEY ("advertiser_id", "creative_id") REFERENCES "creatives"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outcomes" ADD CONSTRAINT "outcomes_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outcomes" ADD CONSTRAINT "outcomes_advertiser_id_creative_id_fkey" FOREIGN KEY ("advertiser_id", "creative_id") REFERENCES "creatives"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outcomes" ADD CONSTRAINT "outcomes_advertiser_id_decision_id_fkey" FOREIGN KEY ("advertiser_id", "decision_id") REFERENCES "decisions"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "generation_jobs" ADD CONSTRAINT "generation_jobs_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "generation_jobs" ADD CONSTRAINT "generation_jobs_advertiser_id_campaign_id_fkey" FOREIGN KEY ("advertiser_id", "campaign_id") REFERENCES "campaigns"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feed_items" ADD CONSTRAINT "feed_items_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_entries" ADD CONSTRAINT "audit_entries_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
