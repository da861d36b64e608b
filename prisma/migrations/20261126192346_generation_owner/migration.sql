-- AlterTable
ALTER TABLE "generation_jobs" ADD COLUMN     "lease_until" TIMESTAMPTZ(3),
ADD COLUMN     "owner_id" UUID;
