-- One row per thing a visitor did or met: page view, route change, click, input, action, error, web vital, long task, frustration signal.
-- Written by materialized views over the spans of browsers (whoever collected them), by `exos backfill`, the importer of product
-- events, and the demo generator; read by everything under product/ and sessions/.
-- Ordered by visitor and time, because funnels, retention, paths and lifecycles walk one visitor's events in order; partitioned by month so
-- that a time range reads only its months. `event_id` is the hash of what the event is: sending, deriving or importing it again
-- collapses into one row.
CREATE TABLE IF NOT EXISTS ${exos}.product_events ${on_cluster}
(
    `time` DateTime64(6, 'UTC') COMMENT 'When it happened' CODEC(Delta(8), ZSTD(1)),
    `event` LowCardinality(String) COMMENT 'page_view, route_change, click, submit, change, error, rage_click, dead_click, error_click, thrashed_cursor, long_task, lcp, inp, cls … or the name of an action',
    `kind` LowCardinality(String) COMMENT 'page, interaction, action, error, frustration, vital or long_task',
    `visitor_id` String COMMENT 'First-party visitor id; where there is none the user, then the session' CODEC(ZSTD(1)),
    `user_id` String COMMENT 'Signed-in user; empty where unknown' CODEC(ZSTD(1)),
    `session_id` String COMMENT 'Browser session' CODEC(ZSTD(1)),
    `service` LowCardinality(String) COMMENT 'Application that sent it',
    `page` LowCardinality(String) COMMENT 'Path of the page, without query and trailing slash',
    `url` String COMMENT 'Whole address' CODEC(ZSTD(1)),
    `referrer` LowCardinality(String) COMMENT 'Host the visitor came from',
    `element` String COMMENT 'What was clicked or typed into: selector or XPath' CODEC(ZSTD(1)),
    `text` String COMMENT 'Text of the element, or message of the error' CODEC(ZSTD(1)),
    `value` Nullable(Float64) COMMENT 'Value of a web vital (ms; CLS without unit), milliseconds of a long task or page load' CODEC(ZSTD(1)),
    `utm_source` LowCardinality(String),
    `utm_medium` LowCardinality(String),
    `utm_campaign` LowCardinality(String),
    `country` LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2',
    `region` LowCardinality(String) COMMENT 'Name or ISO 3166-2 code of the region',
    `city` LowCardinality(String),
    `browser` LowCardinality(String),
    `browser_version` LowCardinality(String) COMMENT 'Major version',
    `os` LowCardinality(String),
    `device` LowCardinality(String) COMMENT 'desktop, mobile, tablet or bot',
    `network` LowCardinality(String) COMMENT 'Class of the network: residential, mobile, business, hosting, private; empty where unknown',
    `release` LowCardinality(String) COMMENT 'service.version of the application',
    `process` LowCardinality(String) COMMENT 'Process of the case worked on',
    `case_id` String COMMENT 'Case worked on' CODEC(ZSTD(1)),
    `properties` Map(LowCardinality(String), String) COMMENT 'Everything else the event says' CODEC(ZSTD(1)),
    `trace_id` String CODEC(ZSTD(1)),
    `span_id` String CODEC(ZSTD(1)),
    `source` LowCardinality(String) COMMENT 'Empty for spans; demo for those of the demo; recording, or the import it came with',
    `event_id` UInt64 MATERIALIZED if(span_id != '', cityHash64(trace_id, span_id), cityHash64(event, session_id, page, element, text, properties)) COMMENT 'Hash of what the event is besides its visitor and time' CODEC(NONE),
    `inserted_at` DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC') COMMENT 'When it reached the store' CODEC(Delta(8), ZSTD(1)),
    INDEX idx_session session_id TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX idx_case case_id TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (visitor_id, time, event_id)
SETTINGS index_granularity = 8192;
