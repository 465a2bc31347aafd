"""Configuration files of the embedded engine: how much memory it may use, and the few things it may do at all.

The grants hold for every handle of the process, the writer's too: whatever gets past the guard can still touch nothing
but EXOS's own databases. What grants do not cover in the embedded engine (measured on 26.9): the scalar function
`file()`, `INTO OUTFILE`, `KILL QUERY`, `python()` and the tables of `system`. Those the guard closes.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from xml.sax.saxutils import escape

_OWN = (
    "SELECT, INSERT, ALTER TABLE, ALTER VIEW, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW,"
    " TRUNCATE, OPTIMIZE, SHOW"
)
_ENGINES = ("MergeTree", "ReplacingMergeTree", "AggregatingMergeTree", "SummingMergeTree", "Memory", "Null")
_SYSTEM = ("columns", "functions", "merges", "metrics", "mutations", "one", "parts", "processes", "tables")


def engine_config(
    memory_bytes: int, tmp_dir: Path, users: Path, databases: Collection[str] = ("exos",)
) -> tuple[str, str]:
    """config.xml and users.xml for an engine that owns `databases`. `users` is where the second will be stored.

    What an insert wrote is on the disk when it returns, so that an acknowledgement outlives a power cut: 15 ms per insert on
    the machine where this was measured, whatever its size.
    """
    config = f"""<clickhouse>
  <max_server_memory_usage>{memory_bytes}</max_server_memory_usage>
  <logger><level>none</level><console>0</console></logger>
  <users_config>{escape(str(users))}</users_config>
  <tmp_path>{escape(str(tmp_dir))}/</tmp_path>
  <user_files_path>{escape(str(tmp_dir))}/none/</user_files_path>
  <mark_cache_size>134217728</mark_cache_size>
  <merge_tree><fsync_after_insert>1</fsync_after_insert><fsync_part_directory>1</fsync_part_directory></merge_tree>
</clickhouse>
"""
    granted = "".join(f"<query>{escape(grant)}</query>" for grant in grants(databases))
    users_xml = f"""<clickhouse>
  <profiles><default/></profiles><quotas><default/></quotas>
  <users><default><password/><networks><ip>::1</ip><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota><grants>{granted}</grants>
  </default></users>
</clickhouse>
"""
    return config, users_xml


def grants(databases: Collection[str]) -> list[str]:
    """The rights of the one user that the embedded engine knows. No sources: no files, no network, no dictionaries."""
    return [
        *(f"GRANT {_OWN} ON `{database}`.*" for database in databases),
        *(f"GRANT SELECT ON system.{table}" for table in _SYSTEM),
        *(f"GRANT TABLE ENGINE ON {engine}" for engine in _ENGINES),
        "GRANT KILL QUERY ON *.*",
    ]
