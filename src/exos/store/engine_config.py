"""Configuration files of the embedded engine."""

from __future__ import annotations

from pathlib import Path


def engine_config(memory_bytes: int, tmp_dir: Path, users: Path) -> tuple[str, str]:
    """config.xml and users.xml: the memory cap, and grants that leave files and network out."""
    config = f"""<clickhouse>
  <max_server_memory_usage>{memory_bytes}</max_server_memory_usage>
  <logger><level>none</level><console>0</console></logger>
  <users_config>{users}</users_config>
  <mark_cache_size>134217728</mark_cache_size>
</clickhouse>
"""
    users_xml = """<clickhouse>
  <profiles><default/></profiles><quotas><default/></quotas>
  <users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota><grants>
    <query>GRANT SELECT, INSERT, CREATE, DROP, ALTER, TRUNCATE, OPTIMIZE, SHOW, KILL QUERY ON *.*</query>
    <query>GRANT TABLE ENGINE ON *</query><query>REVOKE TABLE ENGINE ON File</query><query>REVOKE TABLE ENGINE ON URL</query>
  </grants></default></users>
</clickhouse>
"""
    return config, users_xml
