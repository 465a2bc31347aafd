-- Which schema files have been applied. Written by migrate.py after the last statement of a file; read at every start.
CREATE TABLE IF NOT EXISTS ${exos}.schema_migrations ${on_cluster}
(
    `file` String,
    `checksum` String,
    `version` String COMMENT 'EXOS version that applied it',
    `applied_at` DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree(applied_at)
ORDER BY file;
