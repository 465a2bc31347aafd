"""`cases` follows `case_events`, also where inserts become visible in another order than they began in."""

from __future__ import annotations

import threading
from typing import Any

import pyarrow as pa
import pytest

from exos.store import cases
from exos.store.database import Database
from spans import SPANS, Span, send


def step(process: str, case: str, name: str, seconds: float = 0) -> Span:
    return Span(name, "api", {"exos.process": process, "exos.case.id": case}, seconds=seconds)


def lived(database: Database, process: str) -> dict[str, list[str]]:
    rows = database.query(
        "SELECT case_id, activities FROM cases FINAL WHERE process = {process:String}", {"process": process}
    ).rows
    return dict(rows)


def test_a_refresh_works_off_what_changed(database: Database, process: str) -> None:
    send(database, [step(process, "1", "a"), step(process, "2", "a")])
    assert cases.refresh(database) >= 2
    assert cases.refresh(database) == 0
    send(database, [step(process, "1", "b", seconds=5)])
    assert cases.refresh(database) == 1
    assert lived(database, process) == {"1": ["a", "b"], "2": ["a"]}


def test_an_insert_that_becomes_visible_late_is_worked_off(database: Database, process: str) -> None:
    """As one looks that began three seconds before others were refreshed and was done after that."""
    send(database, [step(process, "late", "a")])
    cases.refresh(database)
    before = rows(database, "SELECT version FROM cases FINAL WHERE process = {process:String}", process)
    send(database, [step(process, "soon", "a")])
    cases.refresh(database)
    for _ in range(2):
        database.command(
            "INSERT INTO case_changes SELECT max(changed_at) - toIntervalSecond(3), {process:String}, 'late' FROM case_changes",
            {"process": process},
        )
        assert cases.refresh(database) >= 1, "also a second insert of the very same time"
    after = rows(
        database, "SELECT version FROM cases FINAL WHERE process = {process:String} AND case_id = 'late'", process
    )
    assert after > before
    assert cases.refresh(database) == 0


def test_a_refresh_that_was_killed_is_done_again(database: Database, process: str) -> None:
    """Killed after it had written down what it saw and before it was done."""
    send(database, [step(process, "1", "a")])
    database.command(
        "INSERT INTO case_batches SELECT 7, changed_at, count() FROM case_changes WHERE process = {process:String}"
        " GROUP BY changed_at",
        {"process": process},
    )
    assert cases.refresh(database) >= 1
    assert lived(database, process) == {"1": ["a"]}


@pytest.mark.timeout(60)
def test_writers_and_refreshes_side_by_side(database: Database, process: str) -> None:
    """Inserts that do not wait for the refreshes, as a receiver's: in the end every case is complete."""
    done = threading.Event()

    def write(number: int) -> None:
        for place in range(6):
            span = step(process, str(number), f"step {place}", seconds=place)
            table = pa.Table.from_pylist([span.row()], schema=SPANS)
            database.append(f"{database.telemetry}.otel_traces", table.to_batches())

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    refresher = threading.Thread(target=_refresh_until, args=(database, done))
    for thread in (*writers, refresher):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    refresher.join()
    cases.refresh(database)
    assert {case: len(names) for case, names in lived(database, process).items()} == dict.fromkeys("012", 6)


def _refresh_until(database: Database, done: threading.Event) -> None:
    while not done.is_set():
        cases.refresh(database)


def rows(database: Database, sql: str, process: str) -> list[list[Any]]:
    return database.query(sql, {"process": process}).rows
