-- One row per import of a file into a process, newest version wins. Written by ingest/eventlog/ledger.py: 'started' before the first
-- row is stored, 'complete' after the last case is current. An import that is complete is not done again; one that stayed
-- 'started' was interrupted: its rows are in no table that analyses read, and the same import starts over.
-- Ordered by process and import, so that both looking one up and listing those of a process read one short range.
CREATE TABLE IF NOT EXISTS ${exos}.imports ${on_cluster}
(
    `process` LowCardinality(String),
    `id` String COMMENT 'Hash of content, process and options; `source` of its case_events',
    `file` String COMMENT 'Name of the file',
    `format` LowCardinality(String),
    `content` String COMMENT 'SHA-256 of the file, in hex',
    `bytes` UInt64 COMMENT 'Size of the file',
    `options` String COMMENT 'Options that change what is stored, as JSON',
    `status` LowCardinality(String) COMMENT 'started or complete',
    `events` UInt64,
    `cases` UInt64,
    `activities` UInt64,
    `rejected` UInt64 COMMENT 'Rows that were not taken in',
    `summary` String COMMENT 'What the importer reported, as JSON' CODEC(ZSTD(1)),
    `started_at` DateTime64(6, 'UTC'),
    `updated_at` DateTime64(6, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree(updated_at)
ORDER BY (process, id);
