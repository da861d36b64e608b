-- CreateTable
CREATE TABLE "creative_embeddings" (
    "creative_id" UUID NOT NULL,
    "advertiser_id" UUID NOT NULL,
    "model_version_id" UUID NOT NULL,
    "text_hash" TEXT NOT NULL,
    "vector" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "creative_embeddings_pkey" PRIMARY KEY ("advertiser_id","creative_id")
);

-- CreateIndex
CREATE INDEX "creative_embeddings_advertiser_id_model_version_id_idx" ON "creative_embeddings"("advertiser_id", "model_version_id");

-- AddForeignKey
ALTER TABLE "creative_embeddings" ADD CONSTRAINT "creative_embeddings_advertiser_id_fkey" FOREIGN KEY ("advertiser_id") REFERENCES "advertisers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "creative_embeddings" ADD CONSTRAINT "creative_embeddings_advertiser_id_creative_id_fkey" FOREIGN KEY ("advertiser_id", "creative_id") REFERENCES "creatives"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "creative_embeddings" ADD CONSTRAINT "creative_embeddings_advertiser_id_model_version_id_fkey" FOREIGN KEY ("advertiser_id", "model_version_id") REFERENCES "model_versions"("advertiser_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
