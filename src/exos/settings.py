"""All settings, in one table: each field of `Settings` is a setting, with its default and what it does.

The environment variable of a setting is `EXOS_` + its name in capitals; the CLI takes `--database` and `--home` as
well. `docs/settings.md` is generated from this table.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from exos.errors import BadSettings

_WANTED = {"int": "a whole number", "float": "a number", "bool": "one of true, false, yes, no, on, off, 1, 0"}
LEAST_MEMORY = 128 * 1024**2
"""Bytes without which the embedded engine has no room to answer."""
_SWITCH = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


def _setting(default: Any, help: str, *, least: float | None = None, most: float | None = None) -> Any:
    """A field of `Settings`; `least` and `most` are the smallest and the largest value that make sense."""
    return field(default=default, metadata={"help": help, "least": least, "most": most})


@dataclass(frozen=True)
class Settings:
    """The settings of one process, read once at its start."""

    home: Path = _setting(
        Path("~/.local/share/exos"), "Folder for the embedded database and everything else EXOS keeps."
    )
    database: str = _setting(
        "",
        "Where the data lives: chdb:///path (embedded; empty means HOME/db) or clickhouse://user:password@host:8443/exos?secure=true.",
    )
    database_reader: str = _setting(
        "",
        "user:password that a ClickHouse server is read with; free SQL has its rights only. Empty: the user of DATABASE.",
    )
    telemetry_database: str = _setting(
        "", "Database that holds the ClickStack tables (otel_traces, otel_logs …). Empty: the EXOS database itself."
    )
    telemetry_days: int = _setting(
        30, "Days that the ClickStack tables keep their rows; fixed when the tables are made.", least=1, most=36_500
    )
    cluster: str = _setting(
        "", "ClickHouse cluster name: tables are created ON CLUSTER with replicated engines. Empty: no cluster."
    )
    host: str = _setting("127.0.0.1", "Address that `exos serve` listens on.")
    port: int = _setting(8600, "Port that `exos serve` listens on.", least=1, most=65_535)
    allowed_hosts: str = _setting(
        "", "Further host names, comma-separated, under which the portal may be opened besides localhost and HOST."
    )
    playbook_dir: str = _setting(
        "", "Folder with analyses of your own (.sql); they run as untrusted SQL, through the guard."
    )
    memory_limit: float = _setting(
        0.5,
        "Memory the embedded engine may use: a share of the machine (0.5 is half) or, from 16 on, a number of MiB.",
        most=100_000_000,
    )
    query_seconds: float = _setting(60.0, "Seconds an analysis may run.", least=0.1, most=86_400)
    query_memory: float = _setting(
        0.8,
        "Share of MEMORY_LIMIT that an analysis may use before it spills to disk and then fails; free SQL half of it.",
        least=0.01,
        most=1,
    )
    query_rows: int = _setting(1_000_000, "Rows an analysis may return.", least=1, most=10**9)
    sql_seconds: float = _setting(30.0, "Seconds a free SQL query may run.", least=0.1, most=86_400)
    sql_rows: int = _setting(10_000, "Rows a free SQL query may return.", least=1, most=10**8)
    readers: int = _setting(
        4, "Queries that may run at the same time; further ones wait their turn.", least=1, most=256
    )
    metadata: str = _setting(
        "",
        "Where users' own things (keys, later dashboards and rules) are kept: an SQLAlchemy URL. Empty: HOME/metadata.db.",
    )
    ingest_keys: str = _setting(
        "", "Further ingest keys that senders may use, comma-separated, besides those made on the settings page."
    )
    ingest_open: bool = _setting(False, "Whether telemetry is taken in without an ingest key.")
    ingest_request_bytes: int = _setting(
        20 * 1024**2, "Largest telemetry request, in bytes, as sent and as unpacked.", least=1024, most=1024**3
    )
    ingest_pending_bytes: int = _setting(
        256 * 1024**2,
        "Bytes of telemetry requests that may wait to be stored; beyond that senders are told to wait.",
        least=1024**2,
    )
    ingest_origins: str = _setting(
        "*", "Origins whose pages may send telemetry, comma-separated; * for all (an ingest key is needed in any case)."
    )
    grpc_port: int = _setting(
        0,
        "Port of the OTLP/gRPC receiver, usually 4317; 0: none. Needs the extra `exos-analytics[grpc]`.",
        least=0,
        most=65_535,
    )
    trusted_proxies: str = _setting(
        "", "Networks (CIDR, comma-separated) whose forwarding and location headers are believed."
    )
    visitor_address: str = _setting("truncate", "What is kept of a visitor's IP address: keep, truncate or drop.")
    privacy_signals: bool = _setting(
        True, "Whether Sec-GPC and Do-Not-Track are honoured: no visitor id, no location, no address."
    )
    geoip_database: str = _setting(
        "", "MaxMind databases (.mmdb) for places and networks: paths, comma-separated. Empty: none."
    )
    self_telemetry: bool = _setting(True, "Whether EXOS records its own server and portal in its own data.")
    upload_bytes: int = _setting(
        4 * 1024**3, "Largest file, in bytes, that may be imported through the HTTP API.", least=1
    )

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Settings from the environment; `overrides` that are not None win.

        Raises BadSettings, naming the setting, when a value cannot be read.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for row in fields(cls):
            given = overrides.get(row.name)
            if given is None:
                given = environ.get(env_name(row.name))
            if given is not None and given != "":
                values[row.name] = _parse(row, given)
        loaded = cls(**values)
        return loaded._resolved()

    def _resolved(self) -> Settings:
        home = self.home.expanduser().resolve()
        database = self.database or f"chdb://{home / 'db'}"
        if not database.startswith(("chdb://", "clickhouse://", "clickhouses://")):
            raise BadSettings(
                f"EXOS_DATABASE is {database!r}, which is neither chdb:///path nor clickhouse://…",
                "Give chdb:///absolute/path for the embedded engine or clickhouse://user:password@host:port/database.",
            )
        for row in fields(self):
            _check(row, getattr(self, row.name))
        if (not 0 < self.memory_limit <= 1 and self.memory_limit < 16) or self.memory_bytes < LEAST_MEMORY:
            raise BadSettings(
                f"EXOS_MEMORY_LIMIT is {self.memory_limit:g}; the engine needs at least {LEAST_MEMORY // 1024**2} MiB to run.",
                "Give a share of the machine up to 1, or a number of MiB from 16 on.",
            )
        self._check_pairs(database)
        values = {row.name: getattr(self, row.name) for row in fields(self)}
        return Settings(**{**values, "home": home, "database": database})

    def _check_pairs(self, database: str) -> None:
        """What single bounds do not tell."""
        if self.grpc_port and self.grpc_port == self.port:
            raise BadSettings(f"EXOS_GRPC_PORT and EXOS_PORT are both {self.port}.", "Give two different ports.")
        for origin in filter(None, (one.strip() for one in self.ingest_origins.split(","))):
            if origin != "*" and not origin.startswith(("http://", "https://")):
                raise BadSettings(
                    f"EXOS_INGEST_ORIGINS names {origin!r}, which is no origin.",
                    "Give origins as browsers send them, for example https://shop.example, separated by commas; or *.",
                )
        if self.database_reader and not database.startswith("chdb://") and ":" not in self.database_reader:
            raise BadSettings("EXOS_DATABASE_READER has no password.", "Give it as user:password.")

    @property
    def folder(self) -> Path:
        """Folder of the embedded engine, and of what belongs to its data; links and `..` resolved, for the engine takes
        two ways to the same folder for two folders.
        """
        return Path(urlsplit(self.database).path).resolve()

    @property
    def embedded(self) -> bool:
        """Whether the engine runs inside this process."""
        return self.database.startswith("chdb://")

    @property
    def memory_bytes(self) -> int:
        """Bytes the embedded engine may use."""
        if self.memory_limit >= 16:
            return int(self.memory_limit * 1024**2)
        return int(self.memory_limit * _machine_memory())


def env_name(name: str) -> str:
    """The environment variable of a setting."""
    return f"EXOS_{name.upper()}"


def describe() -> list[tuple[str, str, str, str]]:
    """One row per setting: name, environment variable, default, help."""
    rows = []
    for row in fields(Settings):
        default = "" if row.default is MISSING else str(row.default)
        rows.append((row.name, env_name(row.name), default, row.metadata["help"]))
    return rows


def _parse(row: Field[Any], given: Any) -> Any:
    kind: Any = type(row.default)
    try:
        if kind is bool:
            return _SWITCH[str(given).strip().lower()]
        return Path(given) if isinstance(row.default, Path) else kind(given)
    except (ValueError, KeyError):
        wanted = _WANTED.get(kind.__name__, kind.__name__)
        raise BadSettings(
            f"{env_name(row.name)} is {given!r}, which is not {wanted}", f"It means: {row.metadata['help']}"
        ) from None


def _check(row: Field[Any], value: Any) -> None:
    """Raises BadSettings where a number is smaller or larger than makes sense, or none at all."""
    least, most = row.metadata["least"], row.metadata["most"]
    if least is None and most is None:
        return
    if (least is not None and not value >= least) or (most is not None and not value <= most):
        bounds = [f"at least {least:,}"] if least is not None else []
        bounds += [f"at most {most:,}"] if most is not None else []
        raise BadSettings(
            f"{env_name(row.name)} is {value}; it must be {' and '.join(bounds)}.", f"It means: {row.metadata['help']}"
        )


def _machine_memory() -> int:
    """Bytes of memory this machine, or the control group we live in, has."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(limit).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            total = min(total, int(text))
    return total
