-- AlterTable
ALTER TABLE "training_runs" ADD COLUMN     "lease_until" TIMESTAMPTZ(3),
ADD COLUMN     "owner_id" UUID;
