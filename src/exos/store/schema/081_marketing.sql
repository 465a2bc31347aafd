-- Who came, what reached them, and what came of it. Written by imports of CRM and advertising data and by the demo generator; read by
-- everything under attribution/ and by analyses of churn.

-- One row per person (or household, or company) that is known by name: prospects and customers, present and former. The newest
-- version wins. `visitor_ids` is what ties devices to the person: touches and product events know only visitors.
-- Ordered by customer: the table is a dimension that is read whole or joined by its key.
CREATE TABLE IF NOT EXISTS ${exos}.customers ${on_cluster}
(
    `customer_id` String COMMENT 'Key in the source' CODEC(ZSTD(1)),
    `visitor_ids` Array(String) COMMENT 'Visitor ids of all devices known' CODEC(ZSTD(1)),
    `segment` LowCardinality(String),
    `region` LowCardinality(String) COMMENT 'State or region where they live',
    `age_band` LowCardinality(String),
    `plan` LowCardinality(String) COMMENT 'Plan or tariff; empty for prospects',
    `channel` LowCardinality(String) COMMENT 'Channel of the first touch',
    `holdout` LowCardinality(String) COMMENT 'Channel that this person was kept from at random, for comparison; empty: none',
    `interested_at` DateTime64(6, 'UTC') COMMENT 'When they were first heard of' CODEC(Delta(8), ZSTD(1)),
    `signed_up_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When they became a customer' CODEC(ZSTD(1)),
    `churned_at` Nullable(DateTime64(6, 'UTC')) COMMENT 'When they left' CODEC(ZSTD(1)),
    `monthly_value` Float64 COMMENT 'Revenue a month in the currency of the source' CODEC(ZSTD(1)),
    `attributes` Map(LowCardinality(String), String) COMMENT 'Everything else that is said of them' CODEC(ZSTD(1)),
    `measures` Map(LowCardinality(String), Float64) COMMENT 'Numbers that may explain what they do: usage, service, prices' CODEC(ZSTD(1)),
    `source` LowCardinality(String) COMMENT 'Import it came with',
    `updated_at` DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC') CODEC(Delta(8), ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(updated_at)
ORDER BY customer_id
SETTINGS index_granularity = 8192
COMMENT 'Prospects and customers, one row each. Written by imports and the demo, read by attribution and churn.';

-- One row per contact with somebody: an impression, a click, an opened e-mail, a call, a visit. Those that no cookie or login names
-- have an empty visitor_id and can only be matched by what they say of place, device and time.
-- Ordered by visitor and time, so that the journey before a conversion is one short range and ASOF JOIN needs no sorting;
-- partitioned by month, so that a time range reads only its months.
CREATE TABLE IF NOT EXISTS ${exos}.touches ${on_cluster}
(
    `time` DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1)),
    `touch_id` UInt64 COMMENT 'Key in the source' CODEC(ZSTD(1)),
    `visitor_id` String COMMENT 'Visitor; empty where anonymous' CODEC(ZSTD(1)),
    `channel` LowCardinality(String),
    `campaign` LowCardinality(String),
    `kind` LowCardinality(String) COMMENT 'impression, click, email_open, call or visit',
    `cost` Float64 COMMENT 'Cost in the currency of the source' CODEC(ZSTD(1)),
    `region` LowCardinality(String) COMMENT 'State or region it came from',
    `device` LowCardinality(String) COMMENT 'desktop, mobile or tablet',
    `browser` LowCardinality(String),
    `os` LowCardinality(String),
    `network` String COMMENT 'Network it came from: address, truncated' CODEC(ZSTD(1)),
    `network_class` LowCardinality(String) COMMENT 'residential, mobile, business or hosting',
    `attributes` Map(LowCardinality(String), String) COMMENT 'Everything else' CODEC(ZSTD(1)),
    `source` LowCardinality(String) COMMENT 'Import it came with'
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (visitor_id, time, touch_id)
SETTINGS index_granularity = 8192
COMMENT 'Contacts of marketing with people. Written by imports and the demo, read by attribution.';

-- One row per thing that marketing wants people to do. Ordered like touches, for the same joins.
CREATE TABLE IF NOT EXISTS ${exos}.conversions ${on_cluster}
(
    `time` DateTime64(6, 'UTC') CODEC(Delta(8), ZSTD(1)),
    `conversion_id` UInt64 COMMENT 'Key in the source' CODEC(ZSTD(1)),
    `visitor_id` String COMMENT 'Visitor on whose device it happened' CODEC(ZSTD(1)),
    `customer_id` String COMMENT 'Who it was, as in customers' CODEC(ZSTD(1)),
    `kind` LowCardinality(String) COMMENT 'sign_up, first_order, upgrade …',
    `value` Float64 COMMENT 'What it is worth in the currency of the source' CODEC(ZSTD(1)),
    `attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `source` LowCardinality(String) COMMENT 'Import it came with'
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (visitor_id, time, conversion_id)
SETTINGS index_granularity = 8192
COMMENT 'What people did that marketing wanted. Written by imports and the demo, read by attribution.';
