-- AlterTable
ALTER TABLE "model_versions" ADD COLUMN     "erased_people" INTEGER NOT NULL DEFAULT 0;
