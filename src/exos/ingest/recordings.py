"""Finds frustration in recordings that have grown, and writes it to product_events with `source = 'recording'`.

A page load is searched from its beginning each time, because what was clicked is known only by following the document. So it
is searched again only after it has grown by a tenth, or when no more is to be expected. What the browser itself reported, and
what an earlier search found, is not written again.
"""

from __future__ import annotations

import logging
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
import pyarrow as pa

from exos.algorithms.frustration import Signal, find_signals
from exos.errors import QueryTimeout, QueryTooLarge
from exos.store.database import Database
from exos.times import bound

SOURCE = "recording"
QUIET, OVER = 30.0, 900.0
"""Seconds without a new record after which a grown recording is looked at; and after which nothing more is to be expected."""
MOST, SECONDS = 50, 2.0
"""Page loads, and seconds, of one run."""
BYTES = 64 * 1024**2
"""So much of one page load is read, from its beginning."""
SAME_MS = 1000
"""Two signals of one kind so close to each other in a session are the same one."""

_log = logging.getLogger(__name__)
_COPIED = (
    "visitor_id", "user_id", "country", "region", "city", "browser", "browser_version", "os", "device", "network", "release",
    "process", "case_id",
)  # fmt: skip
_DUE = """
SELECT session_id, page_load, service, start_time, end_time, grown
FROM (
    SELECT session_id, page_load, any(service) AS service, min(start_time) AS start_time, max(end_time) AS end_time,
           max(rows) AS grown, max(arrived_at) AS arrived
    FROM recordings
    GROUP BY session_id, page_load
    HAVING arrived > now64(6, 'UTC') - toIntervalDay(7)
) AS recorded
LEFT JOIN (
    SELECT session_id, page_load, argMax(rows, checked_at) AS seen FROM recording_checks GROUP BY session_id, page_load
) AS checked USING (session_id, page_load)
WHERE grown > seen
  AND (arrived <= now64(6, 'UTC') - toIntervalMillisecond({over:UInt64})
       OR (arrived <= now64(6, 'UTC') - toIntervalMillisecond({quiet:UInt64}) AND grown >= 1.1 * seen))
ORDER BY arrived, session_id, page_load
LIMIT {most:UInt32}
"""
_RECORD = """
INSERT INTO recording_checks (session_id, page_load, rows, signals)
SELECT {session_id:String}, {page_load:String}, {rows:UInt64}, {signals:UInt32}
"""


@dataclass(frozen=True, slots=True)
class PageLoad:
    """One recorded page load, and how far its recording goes."""

    session_id: str
    page_load: str
    service: str
    start_time: datetime
    end_time: datetime
    rows: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """One record of a recording: a piece of one rrweb event. Numbers count from 1."""

    event: str
    chunk: int
    chunks: int
    body: str


def search(
    database: Database, *, quiet: float = QUIET, over: float = OVER, most: int = MOST, seconds: float = SECONDS
) -> int:
    """Search the page loads that are due, some at a time; how many were. 0: nothing to do."""
    begun = time.monotonic()
    done = 0
    for one in _due(database, quiet, over, most):
        try:
            found = _search_one(database, one)
        except (QueryTooLarge, QueryTimeout) as error:
            _log.warning("The recording %s of session %s is left out: %s", one.page_load, one.session_id, error.message)
            found = 0
        about = {"session_id": one.session_id, "page_load": one.page_load, "rows": one.rows, "signals": found}
        database.command(_RECORD, about)
        done += 1
        if time.monotonic() - begun > seconds:
            break
    return done


def join_chunks(records: Iterable[Chunk]) -> Iterator[dict[str, Any]]:
    """The rrweb events of records in their order. One of which a piece is missing, or that is no JSON, is left out."""
    pieces: list[Chunk] = []
    for one in records:
        if pieces and (one.event != pieces[-1].event or one.chunk != len(pieces) + 1):
            pieces = []
        if one.chunk != len(pieces) + 1:
            continue
        pieces.append(one)
        if one.chunk < one.chunks:
            continue
        text, pieces = "".join(piece.body for piece in pieces), []
        try:
            event = orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
        if isinstance(event, dict):
            yield event


def read_events(database: Database, one: PageLoad) -> list[dict[str, Any]]:
    """The rrweb events of a page load, in order, each once."""
    rows = database.query(
        f"""
        SELECT event, chunk, chunks, body
        FROM (
            SELECT Timestamp, LogAttributes['rr-web.event'] AS event, toUInt64OrZero(LogAttributes['rr-web.offset']) AS offset,
                   toUInt32OrZero(LogAttributes['rr-web.chunk']) AS chunk,
                   toUInt32OrZero(LogAttributes['rr-web.total-chunks']) AS chunks, Body AS body,
                   sum(length(Body)) OVER (ORDER BY Timestamp, offset, chunk ROWS UNBOUNDED PRECEDING) AS so_far
            FROM `{database.telemetry}`.hyperdx_sessions
            WHERE {_within()}
              AND TimestampTime >= toDateTime({{since:DateTime64(6, 'UTC')}}) AND TimestampTime <= {{until:DateTime64(6, 'UTC')}}
            ORDER BY Timestamp, offset, chunk
            LIMIT 1 BY Timestamp, offset, chunk
        )
        WHERE so_far <= {{bytes:UInt64}}
        ORDER BY Timestamp, offset, chunk
        """,
        {**_bounds(one), "bytes": BYTES},
    ).rows
    return list(join_chunks(Chunk(*row) for row in rows))


def _due(database: Database, quiet: float, over: float, most: int) -> list[PageLoad]:
    waits = {"quiet": round(quiet * 1000), "over": round(over * 1000), "most": most}
    return [
        PageLoad(session, load, service, datetime.fromisoformat(start), datetime.fromisoformat(end), int(rows))
        for session, load, service, start, end, rows in database.query(_DUE, waits).rows
    ]


def _search_one(database: Database, one: PageLoad) -> int:
    signals = find_signals(read_events(database, one), _answers(database, one))
    if signals:
        known = _known(database, one)
        rows = [_row(one, signal, known) for signal in signals if not _reported(signal, known)]
        if rows:
            database.insert("product_events", pa.Table.from_pylist(rows, schema=_SCHEMA))
    return len(signals)


def _answers(database: Database, one: PageLoad) -> list[int]:
    """When the page asked the network for something or changed its route, which a recording does not tell; ms, sorted."""
    rows = database.query(
        f"""
        SELECT toUnixTimestamp64Milli(Timestamp) AS at
        FROM `{database.telemetry}`.otel_traces
        WHERE {_within()} AND Timestamp BETWEEN {{since:DateTime64(6, 'UTC')}} AND {{until:DateTime64(6, 'UTC')}}
          AND (SpanName = 'routeChange' OR startsWith(SpanName, 'HTTP '))
        ORDER BY at
        """,
        _bounds(one),
    ).rows
    return [int(row[0]) for row in rows]


def _within() -> str:
    return (
        "ServiceName = {service:String} AND ResourceAttributes['rum.sessionId'] = {session:String}"
        " AND ResourceAttributes['rum.scriptInstance'] = {page_load:String}"
    )


def _bounds(one: PageLoad) -> dict[str, Any]:
    return {
        "service": one.service, "session": one.session_id, "page_load": one.page_load,
        "since": bound(one.start_time), "until": bound(one.end_time),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """What the session's events say, in order of time (ms)."""

    times: Sequence[int]
    rows: Sequence[Mapping[str, Any]]


def _known(database: Database, one: PageLoad) -> _Known:
    result = database.query(
        f"""
        SELECT toUnixTimestamp64Milli(time) AS at, kind, event, url, page, {", ".join(_COPIED)}
        FROM product_events FINAL
        WHERE session_id = {{session:String}} AND service = {{service:String}}
        ORDER BY at, event
        """,
        _bounds(one),
    )
    rows = [dict(zip(result.names, row, strict=True)) for row in result.rows]
    return _Known([int(row["at"]) for row in rows], rows)


def _reported(signal: Signal, known: _Known) -> bool:
    return any(
        row["kind"] == "frustration" and row["event"] == signal.name and abs(int(row["at"]) - signal.at) <= SAME_MS
        for row in known.rows
    )


def _row(one: PageLoad, signal: Signal, known: _Known) -> dict[str, Any]:
    """As the view would derive it from a span; who and where it was is what the latest event before it says."""
    place = max(bisect_right(known.times, signal.at) - 1, 0)
    about = known.rows[place] if known.rows else {"visitor_id": one.session_id}
    page = about.get("page") or urlsplit(signal.url).path.rstrip("/") or "/"
    said = {"count": str(signal.count), "x": str(signal.x), "y": str(signal.y), "page": page}
    return {
        **{name: about.get(name, "") for name in _COPIED},
        "time": signal.at * 1000, "event": signal.name, "kind": "frustration", "session_id": one.session_id,
        "service": one.service, "url": about.get("url") or signal.url, "page": page, "element": signal.element,
        "text": signal.text, "properties": [(f"exos.frustration.{name}", value) for name, value in said.items()],
        "source": SOURCE,
    }  # fmt: skip


_SCHEMA = pa.schema(
    [
        ("time", pa.timestamp("us", "UTC")),
        *((name, pa.string()) for name in ("event", "kind", "session_id", "service", "url", "page", "element", "text")),
        *((name, pa.string()) for name in _COPIED),
        ("properties", pa.map_(pa.string(), pa.string())),
        ("source", pa.string()),
    ]
)
