-- AlterTable
ALTER TABLE "decisions" ADD COLUMN     "device" TEXT;
