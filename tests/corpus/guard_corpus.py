"""Reads the guard's corpora and sets out the canaries that no statement may touch."""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from exos.store import cases
from exos.store.database import Database
from exos.store.tables import CASE_EVENTS

VAULT = "vault.secrets"
PARAMS: Mapping[str, Any] = {
    "process": "p",
    "n": 2,
    "names": ["a", "b'; DROP TABLE cases; --"],
    "since": "2026-01-01 00:00:00",
    "nothing": None,
    "hostile": "x') FROM system.users; DROP TABLE cases; --\n\t\\",
    "column": "case_id",
    "path": "/etc/passwd",
    "table": "secrets",
    "database": "vault",
    "f": "aggThrow",
}
_LINE = re.compile(r"/\* (?P<unsteady>~?)(?P<reason>.*?)(?: \| (?P<says>.*?))? \*/ (?P<sql>.*)")


@dataclass(frozen=True)
class Case:
    """One line of a corpus. `says`: one of these must be in the refusal. `steady`: the answer is always the same."""

    line: int
    reason: str
    says: tuple[str, ...]
    sql: str
    steady: bool

    def __str__(self) -> str:
        return f"line {self.line} ({self.reason}): {self.sql}"


def read_corpus(name: str) -> list[Case]:
    """All cases of `guard_<name>.sql`; its first line says how to read the others."""
    lines = (Path(__file__).parent / f"guard_{name}.sql").read_text(encoding="utf-8").split("\n")
    found = []
    for number, line in enumerate(lines[1:], 2):
        if line:
            parts = _LINE.fullmatch(line)
            assert parts, f"line {number} of the corpus cannot be read"
            sql = parts["sql"].replace("⏎", "\n").replace("␀", "\0")
            says = tuple((parts["says"] or "").split("|"))
            found.append(Case(number, parts["reason"], says, sql, not parts["unsteady"]))
    return found


@dataclass
class Canaries:
    """A file, a folder, a port and a token. `touched` tells what happened to them."""

    folder: Path
    token: str = field(default_factory=lambda: f"CANARY-{secrets.token_hex(8)}")

    def __post_init__(self) -> None:
        self.file = self.folder / "canary.txt"
        self.file.write_text(f"{self.token}\n")
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        self._before = self._snapshot()

    def fill(self, text: str) -> str:
        """The text of a case with the canaries in it."""
        places = {"@FILE@": self.file, "@DIR@": self.folder, "@PORT@": self.port, "@VAULT@": VAULT}
        for place, value in places.items():
            text = text.replace(place, str(value))
        return text

    def touched(self) -> list[str]:
        """What was written, and who called."""
        return [*self._written(), *self._called()]

    def close(self) -> None:
        """Stop listening."""
        self._tcp.close()
        self._udp.close()

    def _written(self) -> list[str]:
        after = self._snapshot()
        return [
            f"written: {path}" for path in sorted({*after, *self._before}) if after.get(path) != self._before.get(path)
        ]

    def _called(self) -> Iterator[str]:
        for kind, listener in (("TCP", self._tcp), ("UDP", self._udp)):
            listener.setblocking(False)
            try:
                listener.recv(1) if kind == "UDP" else listener.accept()
            except BlockingIOError:
                continue
            yield f"a connection by {kind}"

    def _snapshot(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}


def load_events(database: Database) -> None:
    """Five cases of process `p`: something for the accepted statements to read."""
    variants = [["register", "check", "pay"], ["register", "check", "check", "pay"], ["register"]]
    start = datetime(2026, 1, 1, 8, tzinfo=UTC)
    rows = []
    for number in range(5):
        for place, activity in enumerate(variants[number % 3]):
            moment = start + timedelta(hours=7 * number + place)
            rows.append(_event(str(number), place, activity, moment))
    database.insert("case_events", pa.Table.from_pylist(rows, CASE_EVENTS))
    cases.refresh(database)


def _event(case_id: str, sequence: int, activity: str, moment: datetime) -> dict[str, Any]:
    texts = {name: "" for name in CASE_EVENTS.names if CASE_EVENTS.field(name).type == pa.string()}
    attributes = [("amount", f"{100 * sequence}")]
    return {
        **dict.fromkeys(CASE_EVENTS.names),
        **texts,
        "process": "p",
        "case_id": case_id,
        "activity": activity,
        "start_time": moment,
        "end_time": moment + timedelta(minutes=20),
        "resource": ("ann", "bob")[sequence % 2],
        "attributes": attributes,
        "case_attributes": attributes if sequence == 0 else [],
        "sequence": sequence,
    }
