"""Reads small logs without a database, and writes one log in every format."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pyarrow as pa
import pyarrow.parquet

from exos.ingest.eventlog.format import Piece, Report
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.registry import recognise
from exos.ingest.eventlog.rejections import Rejected, Rejections
from exos.ingest.eventlog.source import Source

Reader = Callable[[Source, Options, Report], Iterator[Piece]]


@dataclass(frozen=True)
class Found:
    """What a reader gave."""

    rows: list[dict[str, Any]]
    rejected: list[Rejected]
    rejections: Rejections
    report: Report

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]

    @property
    def brief(self) -> list[tuple[str, str, str]]:
        """Case, activity and completion of each row."""
        return [(row["case_id"], row["activity"], row["end_time"].isoformat()) for row in self.rows]


def read(path: Path, reader: Reader | None = None, **options: Any) -> Found:
    """All rows of a file, with maps as dicts."""
    given = Options(process="test", **options)
    source = Source(path)
    if reader is None:
        reader = recognise(source.head(), given.format, source.name).read
    report, rejections, rows = Report(), Rejections(), []
    for piece in reader(source, given, report):
        rejections.merge(piece.rejections)
        rows.extend(piece.rows.to_pylist())
    for row in rows:
        row["attributes"], row["case_attributes"] = dict(row["attributes"]), dict(row["case_attributes"])
    return Found(rows, rejections.rows, rejections, report)


@dataclass(frozen=True)
class Event:
    """One event of a log that is written in every format."""

    case: str
    activity: str
    time: datetime
    resource: str = ""
    lifecycle: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def write_csv(path: Path, events: Sequence[Event]) -> Path:
    names = ["case_id", "activity", "timestamp", "resource", "lifecycle", *_attribute_names(events)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([record.get(name, "") for name in names] for record in _records(events))
    return _packed(path, text.getvalue().encode())


def write_jsonl(path: Path, events: Sequence[Event]) -> Path:
    return _packed(path, "".join(json.dumps(record) + "\n" for record in _records(events)).encode())


def write_parquet(path: Path, events: Sequence[Event]) -> Path:
    names = ["case_id", "activity", "timestamp", "resource", "lifecycle", *_attribute_names(events)]
    columns: dict[str, Any] = {name: [record.get(name) for record in _records(events)] for name in names}
    columns["timestamp"] = pa.array([event.time for event in events], pa.timestamp("us", "UTC"))
    pyarrow.parquet.write_table(pa.table(columns), path)
    return path


def write_xes(path: Path, events: Sequence[Event]) -> Path:
    """Events of a case must follow each other."""
    lines, case = ['<?xml version="1.0" encoding="UTF-8"?>', "<log>"], None
    for event in events:
        if event.case != case:
            lines += ["</trace>"] if case is not None else []
            lines += ["<trace>", _attribute("string", "concept:name", event.case)]
            case = event.case
        lines += ["<event>", _attribute("string", "concept:name", event.activity)]
        lines.append(_attribute("date", "time:timestamp", event.time.isoformat()))
        for key, value in (("org:resource", event.resource), ("lifecycle:transition", event.lifecycle)):
            lines += [_attribute("string", key, value)] if value else []
        lines += [_attribute("string", key, value) for key, value in event.attributes.items()]
        lines.append("</event>")
    lines += ["</trace>"] if case is not None else []
    return _packed(path, "\n".join([*lines, "</log>", ""]).encode())


def write_ocel_json(path: Path, events: Sequence[Event]) -> Path:
    objects = [{"id": case, "type": "order"} for case in dict.fromkeys(event.case for event in events)]
    written = [
        {
            "id": f"e{place}",
            "type": event.activity,
            "time": event.time.isoformat(),
            "attributes": [{"name": name, "value": value} for name, value in _other(event).items()],
            "relationships": [{"objectId": event.case, "qualifier": ""}],
        }
        for place, event in enumerate(events)
    ]
    return _packed(
        path, json.dumps({"objectTypes": [], "eventTypes": [], "events": written, "objects": objects}).encode()
    )


def write_ocel_sqlite(path: Path, events: Sequence[Event]) -> Path:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    names = _attribute_names(events)
    columns = ", ".join(f'"{name}" TEXT' for name in ["ocel_id", "ocel_time", "resource", "lifecycle", *names])
    connection.executescript(
        f"""
        CREATE TABLE event (ocel_id TEXT, ocel_type TEXT); CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
        CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
        CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
        CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
        CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
        CREATE TABLE event_Any ({columns});
        """
    )
    for case in dict.fromkeys(event.case for event in events):
        connection.execute("INSERT INTO object VALUES (?, 'order')", (case,))
    for kind in dict.fromkeys(event.activity for event in events):
        connection.execute("INSERT INTO event_map_type VALUES (?, 'Any')", (kind,))
    for place, event in enumerate(events):
        connection.execute("INSERT INTO event VALUES (?, ?)", (f"e{place}", event.activity))
        connection.execute("INSERT INTO event_object VALUES (?, ?, '')", (f"e{place}", event.case))
        other = _other(event)
        values = [f"e{place}", event.time.isoformat(), *(other.get(name) for name in ["resource", "lifecycle", *names])]
        connection.execute(f"INSERT INTO event_Any VALUES ({', '.join('?' * len(values))})", values)
    connection.commit()
    connection.close()
    return path


WRITERS: dict[str, Callable[[Path, Sequence[Event]], Path]] = {
    "log.csv": write_csv,
    "log.csv.gz": write_csv,
    "log.jsonl": write_jsonl,
    "log.jsonl.gz": write_jsonl,
    "log.parquet": write_parquet,
    "log.xes": write_xes,
    "log.xes.gz": write_xes,
    "log.json": write_ocel_json,
    "log.json.gz": write_ocel_json,
    "log.sqlite": write_ocel_sqlite,
}

SAMPLE = [
    Event("1", "receive", datetime(2026, 3, 2, 9, 0, 0, 123456, UTC), "ann", "complete", {"amount": "12.50"}),
    Event("1", "check, <twice> & more", datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "", "start", {"note": 'a "b"'}),
    Event("2", "receive", datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "bob", "", {}),
    Event(
        "2",
        " überprüfen",
        datetime(2026, 3, 2, 10, 0, 0, 500000, UTC),
        "ann",
        "complete",
        {"amount": "7", "ok": "true"},
    ),
]


def _records(events: Iterable[Event]) -> Iterator[dict[str, str]]:
    for event in events:
        yield {"case_id": event.case, "activity": event.activity, "timestamp": event.time.isoformat(), **_other(event)}


def _other(event: Event) -> dict[str, str]:
    own = {"resource": event.resource, "lifecycle": event.lifecycle}
    return {**{name: value for name, value in own.items() if value}, **event.attributes}


def _attribute_names(events: Iterable[Event]) -> list[str]:
    return list(dict.fromkeys(name for event in events for name in event.attributes))


def _attribute(kind: str, key: str, value: str) -> str:
    escaped = quoteattr(value, {'"': "&quot;"})
    return f"<{kind} key={quoteattr(key)} value={escaped}/>"


def _packed(path: Path, data: bytes) -> Path:
    path.write_bytes(gzip.compress(data, 1) if path.suffix == ".gz" else data)
    return path
