-- Which inserts a refresh of `cases` has seen in case_changes: one row per refresh and time of insert. Written by store/cases.py before it
-- rebuilds, and valid once the refresh has its row in case_refreshes. An insert may become visible after a later one has been
-- worked off; that it is in none of these rows tells that it is still to be done. Ordered by time, by which the latest are read.
CREATE TABLE IF NOT EXISTS ${exos}.case_batches ${on_cluster}
(
    `batch` UInt64 COMMENT 'When the refresh began, in microseconds',
    `changed_at` DateTime64(6, 'UTC') COMMENT 'Time of the changes' CODEC(Delta(8), ZSTD(1)),
    `changes` UInt64 COMMENT 'How many changes of that time there were'
)
ENGINE = ${replicated}MergeTree
ORDER BY (changed_at, batch)
TTL toDateTime(changed_at) + toIntervalDay(7);

ALTER TABLE ${exos}.case_refreshes ${on_cluster}
    ADD COLUMN IF NOT EXISTS `batch` UInt64 DEFAULT 0 COMMENT 'case_batches.batch that it worked off';
