-- Demo worlds: one row per kind of world, newest version wins. Written by demo/world.py: 'started' before the first row of the world
-- is written, 'complete' after the last, 'removed' when its rows have gone. A world that stayed 'started' was cut off; making it again
-- removes what there is of it. Read to tell whether a world is there and when it ends.
CREATE TABLE IF NOT EXISTS ${exos}.demo_worlds ${on_cluster}
(
    `world` LowCardinality(String),
    `status` LowCardinality(String) COMMENT 'started, complete or removed',
    `scale` LowCardinality(String),
    `seed` UInt64,
    `ends` Date COMMENT 'First day that is not in the data',
    `rows` Map(LowCardinality(String), UInt64) COMMENT 'Rows by table',
    `seconds` Float64 COMMENT 'How long it took to make',
    `updated_at` DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree(updated_at)
ORDER BY world
COMMENT 'Demo worlds that are or were here. Written by the demo generator, read to tell whether a world is complete.';
