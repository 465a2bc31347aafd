-- One row per recorded page load (document) of a session: from when to when, and how far its recording goes. Filled by the view below,
-- whoever wrote the recording; read by ingest/recordings.py, which looks for frustration in what has grown. Page loads on which the
-- snippet itself looked for frustration are not in here: it also saw requests, animations and drawings, which no recording shows.
-- Ordered by session and page load, under which the parts of one meet and are merged.
CREATE TABLE IF NOT EXISTS ${exos}.recordings ${on_cluster}
(
    `session_id` String COMMENT 'Browser session' CODEC(ZSTD(1)),
    `page_load` String COMMENT 'The SDK''s id of the loaded document (rum.scriptInstance)' CODEC(ZSTD(1)),
    `service` LowCardinality(String) COMMENT 'Application that was recorded',
    `start_time` SimpleAggregateFunction(min, DateTime64(6, 'UTC')) COMMENT 'First recorded moment',
    `end_time` SimpleAggregateFunction(max, DateTime64(6, 'UTC')) COMMENT 'Last recorded moment so far',
    `rows` SimpleAggregateFunction(max, UInt64) COMMENT 'Highest number that the SDK gave to a record so far',
    `arrived_at` SimpleAggregateFunction(max, DateTime64(6, 'UTC')) COMMENT 'When the latest record reached the store'
)
ENGINE = ${replicated}AggregatingMergeTree
ORDER BY (session_id, page_load, service)
SETTINGS index_granularity = 8192;

CREATE MATERIALIZED VIEW IF NOT EXISTS ${exos}.recordings_view ${on_cluster} TO ${exos}.recordings AS
SELECT
    ResourceAttributes['rum.sessionId'] AS session_id,
    ResourceAttributes['rum.scriptInstance'] AS page_load,
    ServiceName AS service,
    min(toDateTime64(Timestamp, 6, 'UTC')) AS start_time,
    max(toDateTime64(Timestamp, 6, 'UTC')) AS end_time,
    max(toUInt64OrZero(LogAttributes['rr-web.offset'])) AS rows,
    now64(6, 'UTC') AS arrived_at
FROM ${telemetry}.hyperdx_sessions
WHERE ResourceAttributes['rum.sessionId'] != '' AND ResourceAttributes['exos.frustration'] != 'on'
GROUP BY session_id, page_load, service;

-- How far the recording of a page load has been searched for frustration. Written and read by ingest/recordings.py.
CREATE TABLE IF NOT EXISTS ${exos}.recording_checks ${on_cluster}
(
    `session_id` String CODEC(ZSTD(1)),
    `page_load` String CODEC(ZSTD(1)),
    `rows` UInt64 COMMENT 'recordings.rows at that time',
    `signals` UInt32 COMMENT 'Signals found in all of it',
    `checked_at` DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree(checked_at)
ORDER BY (session_id, page_load);
