-- One row per process activity. Written by the event-log importers, the demo generator and (from spans with case attributes) a
-- materialized view; read when `cases` is rebuilt, by the case timeline and by filters on event attributes.
-- Ordered by process, case and then the order in which the case lived (start, completion, sequence), so that rebuilding a case
-- is one short range and aggregation can stream in key order. `event_id` is the hash of all else that an
-- event says: sending or importing it again collapses into one row.
CREATE TABLE IF NOT EXISTS ${exos}.case_events ${on_cluster}
(
    `process` LowCardinality(String) COMMENT 'Process the case belongs to',
    `case_id` String COMMENT 'Case (order, application, claim …)' CODEC(ZSTD(1)),
    `activity` LowCardinality(String) COMMENT 'What was done',
    `start_time` DateTime64(6, 'UTC') COMMENT 'Start of the activity' CODEC(Delta(8), ZSTD(1)),
    `end_time` DateTime64(6, 'UTC') COMMENT 'Completion; equal to start_time where the log has one timestamp' CODEC(Delta(8), ZSTD(1)),
    `resource` LowCardinality(String) COMMENT 'Who did it; empty where unknown',
    `lifecycle` LowCardinality(String) COMMENT 'Lifecycle transition as the source wrote it',
    `cost` Nullable(Float64) COMMENT 'Cost in the currency of the source' CODEC(ZSTD(1)),
    `attributes` Map(LowCardinality(String), String) COMMENT 'Attributes of the event' CODEC(ZSTD(1)),
    `case_attributes` Map(LowCardinality(String), String) COMMENT 'Attributes of the case, on any of its events' CODEC(ZSTD(1)),
    `session_id` String COMMENT 'Browser session it happened in' CODEC(ZSTD(1)),
    `trace_id` String COMMENT 'Trace it came from' CODEC(ZSTD(1)),
    `span_id` String COMMENT 'Span it came from' CODEC(ZSTD(1)),
    `sequence` UInt64 COMMENT 'Position in its source: equal times keep this order' CODEC(Delta(8), ZSTD(1)),
    `source` LowCardinality(String) COMMENT 'Import it came with; empty for spans',
    `event_id` UInt64 MATERIALIZED cityHash64(activity, resource, lifecycle, ifNull(toString(cost), ''), attributes, case_attributes, span_id) COMMENT 'Hash of what the event says besides its place in the case' CODEC(NONE),
    `inserted_at` DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC') COMMENT 'When it reached the store' CODEC(Delta(8), ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (process, case_id, start_time, end_time, sequence, event_id)
SETTINGS index_granularity = 8192;

-- Which cases have changed since they were last rebuilt: one row per case and insert. Filled by the view below, whoever
-- inserted the events; read by store/cases.py, which rebuilds those cases. Rows are of no use after that.
CREATE TABLE IF NOT EXISTS ${exos}.case_changes ${on_cluster}
(
    `changed_at` DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1)),
    `process` LowCardinality(String),
    `case_id` String CODEC(ZSTD(1))
)
ENGINE = ${replicated}MergeTree
ORDER BY (changed_at, process, case_id)
TTL toDateTime(changed_at) + toIntervalDay(7)
SETTINGS index_granularity = 8192;

CREATE MATERIALIZED VIEW IF NOT EXISTS ${exos}.case_changes_view ${on_cluster} TO ${exos}.case_changes AS
SELECT DISTINCT now64(6, 'UTC') AS changed_at, process, case_id FROM ${exos}.case_events;
