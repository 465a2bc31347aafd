"""Which files were imported into which process, and with what outcome."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from exos.ingest.eventlog import staging
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.source import Source
from exos.ingest.eventlog.summary import Summary
from exos.store.database import Database

STARTED, COMPLETE = "started", "complete"
FAILED, UNCHANGED = "failed", "unchanged"
FORGETTING, FORGOTTEN, INCOMPLETE = "forgetting", "forgotten", "incomplete"
_COLUMNS = (
    "process, id, file, format, content, bytes, options, events, cases, activities, rejected, summary, started_at,"
    " unpacked"
)
_INSERT = f"""
INSERT INTO imports ({_COLUMNS}, status, updated_at)
SELECT {{process:String}}, {{id:String}}, {{file:String}}, {{format:String}}, {{content:String}}, {{bytes:UInt64}},
    {{options:String}}, {{events:UInt64}}, {{cases:UInt64}}, {{activities:UInt64}}, {{rejected:UInt64}}, {{summary:String}},
    {{started_at:DateTime64(6, 'UTC')}}, {{unpacked:String}}, {{status:String}}, {{updated_at:DateTime64(6, 'UTC')}}
"""
_MARK = f"""
INSERT INTO imports ({_COLUMNS}, status, updated_at)
SELECT {_COLUMNS}, {{status:String}}, now64(6, 'UTC') FROM imports FINAL
WHERE process = {{process:String}} AND id IN {{ids:Array(String)}}
"""
_LISTED = """
SELECT id, process, file, format, bytes, status, events, cases, activities, rejected, summary, started_at, updated_at,
    started_at > now() - toIntervalHour(1) AS recent
FROM imports FINAL
WHERE ({process:String} = '' OR process = {process:String}) AND status IN ('started', 'complete', 'forgetting', 'incomplete')
ORDER BY started_at DESC, id
"""
_FOUND_OUT = ("events", "cases", "activities", "rejected", "seconds")
_INTERRUPTED = "Import {file} again, or remove what it left: exos forget {id}."


@dataclass(frozen=True, slots=True)
class Entry:
    """One import, known by what is read, where it goes and how."""

    id: str
    process: str
    file: str
    format: str
    content: str
    bytes: int
    options: str
    started_at: datetime

    @classmethod
    def of(cls, source: Source, format_name: str, options: Options) -> Entry:
        """The import of a file. Reads the file once, for its hash."""
        content, said = source.digest(), options.fingerprint()
        identity = hashlib.sha256(orjson.dumps([content, options.process, said])).hexdigest()[:16]
        now = datetime.now(UTC)
        return cls(identity, options.process, source.name, format_name, content, source.size, said, now)


def finished(database: Database, entry: Entry, unpacked: str) -> Summary | None:
    """The summary of an earlier import of the same file, packed or plain, in the same way, where its events are still there."""
    rows = database.query(
        "SELECT summary FROM imports FINAL WHERE process = {process:String} AND options = {options:String}"
        " AND (id = {id:String} OR notEmpty({unpacked:String}) AND unpacked = {unpacked:String}) AND status = {status:String}"
        " AND (SELECT count() FROM (SELECT 1 FROM case_events WHERE process = {process:String} LIMIT 1)) > 0"
        " ORDER BY id = {id:String} DESC LIMIT 1",
        {"process": entry.process, "id": entry.id, "status": COMPLETE, "options": entry.options, "unpacked": unpacked},
    ).rows
    return Summary.from_dict(orjson.loads(rows[0][0]), unchanged=True) if rows else None


def same_file(database: Database, entry: Entry) -> int:
    """How many other imports put the same content into the same process."""
    rows = database.query(
        "SELECT count() FROM imports FINAL WHERE process = {process:String} AND content = {content:String}"
        " AND id != {id:String} AND status = {status:String}",
        {"process": entry.process, "content": entry.content, "id": entry.id, "status": COMPLETE},
    ).rows
    return int(rows[0][0])


def listed(database: Database, process: str = "") -> list[dict[str, Any]]:
    """The imports whose events are there, or may be, the latest first: one dict per import, of one process or all.

    Their `state`: complete; running; interrupted: some of its events may be missing, importing the file again brings them.
    On a server that others write to as well, what was begun within the last hour counts as running.
    `rejections` says why rows were not taken in, with examples. Counts and seconds of an import that has not come to its end
    are None.
    """
    found = database.query(_LISTED, {"process": process}).records()
    for one in found:
        status, recent = one.pop("status"), one.pop("recent")
        summary = orjson.loads(one.pop("summary") or "{}")
        one["rejections"], one["seconds"] = summary.get("rejections", []), summary.get("seconds", 0.0)
        if not summary:
            one.update(dict.fromkeys(_FOUND_OUT))
        going = one["id"] in staging.running() or (recent and status == STARTED and not database.exclusive)
        one["state"] = status if status == COMPLETE else "running" if going else "interrupted"
        one["hint"] = _INTERRUPTED.format(**one) if one["state"] == "interrupted" else ""
    return found


def mark(database: Database, process: str, ids: list[str], status: str) -> None:
    """Give imports of a process another status."""
    database.command(_MARK, {"process": process, "ids": ids, "status": status})


def record(database: Database, entry: Entry, summary: Summary | None = None, unpacked: str = "") -> None:
    """Write down that an import started or, with its summary, that it is complete."""
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "process": entry.process,
        "id": entry.id,
        "file": entry.file,
        "format": entry.format,
        "content": entry.content,
        "bytes": entry.bytes,
        "options": entry.options,
        "status": COMPLETE if summary else STARTED,
        "events": summary.events if summary else 0,
        "cases": summary.cases if summary else 0,
        "activities": summary.activities if summary else 0,
        "rejected": summary.rejected if summary else 0,
        "summary": orjson.dumps(summary.as_dict()).decode() if summary else "",
        "started_at": _plain(entry.started_at),
        "unpacked": unpacked,
        "updated_at": _plain(now),
    }
    database.command(_INSERT, values)


def _plain(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S.%f")
