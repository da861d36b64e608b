-- DropIndex
DROP INDEX "decisions_advertiser_id_expires_at_idx";

-- AlterTable
ALTER TABLE "decisions" ADD COLUMN     "held_until" TIMESTAMPTZ(3),
ADD COLUMN     "passed_over" JSONB NOT NULL DEFAULT '[]';

-- CreateIndex
CREATE INDEX "decisions_advertiser_id_request_id_idx" ON "decisions"("advertiser_id", "request_id");

-- CreateIndex
CREATE INDEX "decisions_advertiser_id_held_until_idx" ON "decisions"("advertiser_id", "held_until");
