-- Which slices of the past have been derived into which table: one row per table and slice, the newest counts. Written and read by
-- ingest/backfill.py, which leaves out a slice that was derived by the same definition from as many rows. Read by table, so ordered so.
CREATE TABLE IF NOT EXISTS ${exos}.backfills ${on_cluster}
(
    `target` LowCardinality(String) COMMENT 'Table that was filled',
    `since` DateTime64(6, 'UTC') COMMENT 'Start of the slice',
    `until` DateTime64(6, 'UTC') COMMENT 'End of the slice; not part of it',
    `definition` UInt64 COMMENT 'Hash of the SELECT that derived it',
    `source_rows` UInt64 COMMENT 'Rows that the source had in the slice',
    `finished_at` DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree(finished_at)
ORDER BY (target, since, until);
