"""How the engine is doing: version, memory, disk, parts, and which schema files it has."""

from __future__ import annotations

from typing import Any

from exos.settings import Settings
from exos.store.database import Database

_MEMORY = "SELECT value FROM system.metrics WHERE metric = 'MemoryTracking'"
_DISKS = "SELECT sum(free_space), sum(total_space) FROM system.disks WHERE type != 'ObjectStorage'"
_PARTS = """
SELECT sum(bytes_on_disk), sum(data_uncompressed_bytes), sum(rows), count(), uniq(database, table)
FROM system.parts WHERE active AND database IN ({exos:String}, {telemetry:String})
"""
_MIGRATIONS = "SELECT file, version, applied_at FROM schema_migrations FINAL ORDER BY file"


def read_condition(database: Database, settings: Settings) -> dict[str, Any]:
    """Facts about the engine. Sizes are in bytes; `memory_limit` is null for a server, which has limits of its own."""
    version, uptime = database.query("SELECT version(), uptime()").rows[0]
    names = {"exos": database.name, "telemetry": database.telemetry}
    on_disk, unpacked, rows, parts, tables = database.query(_PARTS, names).rows[0]
    free, total = database.query(_DISKS).rows[0]
    return {
        "version": version,
        "embedded": settings.embedded,
        "database": database.name,
        "telemetry_database": database.telemetry,
        "telemetry_days": settings.telemetry_days,
        "uptime_seconds": uptime,
        "memory_used": sum(row[0] for row in database.query(_MEMORY).rows),
        "memory_limit": settings.memory_bytes if settings.embedded else None,
        "disk_used": on_disk,
        "disk_unpacked": unpacked,
        "disk_free": free,
        "disk_total": total,
        "rows": rows,
        "parts": parts,
        "tables": tables,
        "migrations": [
            dict(zip(("file", "version", "applied_at"), row, strict=True)) for row in database.query(_MIGRATIONS).rows
        ],
    }
