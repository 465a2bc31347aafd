"""Deriving the past: the same rows as the views give, once, however often it runs or is killed."""

from __future__ import annotations

import itertools
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exos.errors import BadParameter
from exos.ingest.backfill import LENGTHS, backfill, slices
from exos.store.database import Database
from recorded import BUTTON, Recording
from spans import NOON, browser, events_of, record, send

EVENTS = ["product_events", "case_events"]

CHILD = """
import sys
from exos.ingest.backfill import backfill
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate
from spans import NOON, Span, browser, send

home, go = sys.argv[1:]
settings = Settings.load({}, home=home, memory_limit=1024, readers=1, telemetry_database="otel")
EVENTS = "SELECT count() AS n, sum(cityHash64(time, event, page, properties, span_id) % 1000003) AS s FROM product_events FINAL"
CASES = "SELECT count() AS n, sum(length(activities)) AS s FROM cases FINAL"
with Database.open(settings) as database:
    migrate(database, settings)
    if go == "fill":
        spans = [
            browser(f"s{n % 50}", "Reviewed", "custom-action", seconds=n * 60 - 200_000,
                    attributes={"exos.process": "orders", "exos.case.id": str(n % 700), "n": str(n)})
            for n in range(6000)
        ]
        send(database, spans)
        print(*database.query(EVENTS).rows[0])
        for table in ("product_events", "case_events", "cases", "case_changes"):
            database.command(f"TRUNCATE TABLE {table}")
    else:
        print("ready", flush=True)
        summary = backfill(database)
        print(summary.slices, *list(summary.rows.values())[:2], *database.query(EVENTS).rows[0], *database.query(CASES).rows[0])
"""


def run(home: Path, go: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(home), go], capture_output=True, text=True, timeout=60, env=environment()
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def environment() -> Mapping[str, str]:
    root = Path(__file__).parents[2]
    return {"PYTHONPATH": f"{root / 'src'}:{root / 'tests'}", "PATH": ""}


@pytest.mark.timeout(200)
def test_killed_and_run_again_over_another_collectors_database(tmp_path: Path) -> None:
    """The spans are in a database of their own. The views' own rows, thrown away before, are what is to come back."""
    by_views = run(tmp_path, "fill")
    random.seed(11)
    for _ in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), "backfill"],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0.01, 0.25))
        child.send_signal(signal.SIGKILL)
        child.communicate()
    done = run(tmp_path, "backfill")
    again = run(tmp_path, "backfill")
    assert done[2:] == ["6000", "6000", *by_views, "700", "6000"]
    assert again == ["ready", "0", *done[2:]]


def test_what_the_view_derived_stays_once(database: Database, process: str) -> None:
    session = f"session-of-{process}"
    send(database, [browser(session, seconds=60 * n) for n in range(5)])
    database.command(
        f"ALTER TABLE product_events DELETE WHERE session_id = '{session}' AND time > '{NOON:%F %T}' SETTINGS mutations_sync = 2"
    )
    assert len(events_of(database, session)) == 1
    seen: list[tuple[int, int]] = []
    first = backfill(
        database, since=NOON, until=NOON + timedelta(hours=1), targets=EVENTS, progress=lambda *said: seen.append(said)
    )
    assert len(events_of(database, session)) == 5
    assert seen[-1][0] == seen[-1][1] == first.read >= 5
    send(database, [browser(session, seconds=600)])
    second = backfill(database, since=NOON, until=NOON + timedelta(hours=1), targets=EVENTS)
    third = backfill(database, since=NOON, until=NOON + timedelta(hours=1), targets=EVENTS)
    assert (second.slices, third.slices, third.unchanged) == (1, 0, 1)
    assert len(events_of(database, session)) == 6
    assert second.rows == third.rows


def test_the_ends_of_time_are_derived_as_the_view_does(database: Database, process: str) -> None:
    """Broken clocks, and the last moment, which the receiver stores for all that is later. From 2106 on seconds since 1970 no
    longer fit into the column by which the table is ordered.
    """
    days = ("1899-06-01", "2106-03-01", "2199-01-01", "2262-01-01")
    moments = [int(datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp()) * 10**9 for day in days]
    for moment in (-(2**63) + 1, *moments, 2**63 - 1):
        database.command(
            "INSERT INTO otel_traces (Timestamp, TraceId, SpanId, SpanName, ServiceName, ResourceAttributes, ScopeName)"
            f" SELECT fromUnixTimestamp64Nano(toInt64('{moment}')), hex(cityHash64('{moment}')), 'ab', 'late', '{process}',"
            f" map('rum.sessionId', '{process}'), 'custom-action'"
        )
    by_view = events_of(database, process, "time")
    assert len(by_view) == 6
    database.command(f"ALTER TABLE product_events DELETE WHERE session_id = '{process}' SETTINGS mutations_sync = 2")
    backfill(database, targets=["product_events"])
    assert events_of(database, process, "time") == by_view
    for table, mine in (("product_events", "session_id"), ("otel_traces", "ServiceName")):
        database.command(f"ALTER TABLE {table} DELETE WHERE {mine} = '{process}' SETTINGS mutations_sync = 2")


@pytest.mark.timeout(90)
def test_recordings_of_the_past_are_searched(database: Database, process: str) -> None:
    record(database, process, Recording().start().click(BUTTON, 1000).pass_time(6000))
    for table in ("recordings", "product_events"):
        database.command(f"ALTER TABLE {table} DELETE WHERE session_id = '{process}' SETTINGS mutations_sync = 2")
    backfill(database, targets=["recordings"])
    assert events_of(database, process, "event, source") == [["dead_click", "recording"]]
    backfill(database, targets=["recordings"])
    assert events_of(database, process, "event, source") == [["dead_click", "recording"]]


def test_it_stops_between_slices(database: Database, process: str) -> None:
    send(database, [browser(process)])
    summary = backfill(database, stop=lambda: True)
    assert (summary.stopped, summary.read) == (True, 0)


def test_nothing_there(database: Database) -> None:
    summary = backfill(database, since=datetime(2001, 1, 1, tzinfo=UTC), until=datetime(2001, 1, 2, tzinfo=UTC))
    assert (summary.slices, summary.read, set(summary.rows.values())) == (0, 0, {0})


@pytest.mark.parametrize(
    ("given", "said"), [({"targets": ["cases"]}, "'cases'"), ({"since": NOON, "until": NOON}, "since")]
)
def test_what_makes_no_sense(database: Database, given: dict[str, Any], said: str) -> None:
    with pytest.raises(BadParameter, match=said):
        backfill(database, **given)


@given(
    st.dictionaries(st.integers(-500, 3000), st.integers(1, 300), max_size=200),
    st.integers(1, 2000),
)
def test_slices_hold_everything_once(counts: dict[int, int], most: int) -> None:
    found = list(slices(counts, most=most))
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert sum(one.rows for one in found) == sum(counts.values())
    assert all(one.until <= following.since for one, following in itertools.pairwise(found))
    for one in found:
        within = {
            bucket: spans
            for bucket, spans in counts.items()
            if one.since <= epoch + timedelta(seconds=bucket * LENGTHS[-1]) < one.until
        }
        assert sum(within.values()) == one.rows
        assert one.rows <= most or (one.until - one.since).total_seconds() == LENGTHS[-1]
