-- CreateTable
CREATE TABLE "feed_forgotten" (
    "advertiser_id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "cursor" BIGINT NOT NULL,

    CONSTRAINT "feed_forgotten_pkey" PRIMARY KEY ("advertiser_id","topic")
);

-- AddForeignKey
ALTER TABLE "feed_forgotten" ADD CONSTRAINT "feed_forgotten_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
