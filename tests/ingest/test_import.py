"""Importing into the store: whole or not at all, once, with what was found out."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exos.errors import BadFile, BadRequest
from exos.ingest.eventlog import Options, Summary, Unpacking, import_log, importer, ledger, staging
from exos.store import cases
from exos.store.database import Database
from ingest.reading import SAMPLE, WRITERS, Event, write_csv, write_xes

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ORDERS = [
    Event(f"c{case}", activity, START + timedelta(hours=case, minutes=place), "ann", "complete", {"n": str(place)})
    for case in range(20)
    for place, activity in enumerate(["receive", "check", "ship"])
]


def stored(database: Database, process: str) -> list[list[Any]]:
    return database.query(
        "SELECT case_id, activity, start_time, end_time, resource, lifecycle, attributes, case_attributes FROM case_events FINAL"
        " WHERE process = {process:String} ORDER BY case_id, start_time, end_time, sequence",
        {"process": process},
    ).rows


def sizes(database: Database, process: str) -> list[int]:
    """Events in case_events, cases, events in cases."""
    rows = database.query(
        "SELECT (SELECT count() FROM case_events FINAL WHERE process = {process:String}), count(), sum(length(activities))"
        " FROM cases FINAL WHERE process = {process:String}",
        {"process": process},
    ).rows
    return [int(value or 0) for value in rows[0]]


def staged(database: Database) -> list[str]:
    rows = database.query(
        "SELECT name FROM system.tables WHERE database = {d:String} AND name LIKE 'import\\_%'", {"d": database.name}
    )
    return [str(row[0]) for row in rows.rows]


@pytest.mark.parametrize("name", WRITERS)
def test_a_log_becomes_rows_and_cases(name: str, tmp_path: Path, database: Database, process: str) -> None:
    summary = import_log(database, WRITERS[name](tmp_path / name, SAMPLE), Options(process=process))
    assert (summary.events, summary.cases, summary.activities, summary.rejected) == (4, 2, 3, 0)
    assert sizes(database, process) == [4, 2, 4]
    assert stored(database, process)[0][:6] == [
        "1",
        "receive",
        "2026-03-02T09:00:00.123456Z",
        "2026-03-02T09:00:00.123456Z",
        "ann",
        "complete",
    ]
    assert stored(database, process)[0][6] == {"amount": "12.50"}
    assert staged(database) == []


def test_the_summary_says_what_was_found_out(tmp_path: Path, database: Database, process: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text("case_id,activity,timestamp,x\n1,a,2026-03-02 10:00:00,1\n1,b,soon,2\n")
    summary = import_log(database, path, Options(process=process, timezone="Europe/Berlin"), name="orders.csv")
    assert summary.file == "orders.csv"
    assert summary.format == "comma-separated values"
    assert (summary.events, summary.rejected) == (1, 1)
    said = summary.as_dict()
    assert said["rejections"] == ["line 3, timestamp: the time cannot be read ('soon')"]
    assert said["reasons"] == {"the time cannot be read": 1}
    assert said["roles"]["case"] == "case_id (by its name)"
    assert said["notes"] == ["Times without a zone were taken in Europe/Berlin."]
    assert Summary.from_dict(said, unchanged=False) == Summary(**{**summary.__dict__, "seconds": said["seconds"]})


def test_importing_again_changes_nothing_and_says_so(tmp_path: Path, database: Database, process: str) -> None:
    path = write_csv(tmp_path / "log.csv", ORDERS)
    first = import_log(database, path, Options(process=process))
    again = import_log(database, path.rename(tmp_path / "other.csv"), Options(process=process))
    assert not first.unchanged
    assert again.unchanged
    assert (again.id, again.events, again.roles, again.file) == (first.id, first.events, first.roles, "other.csv")
    assert sizes(database, process) == [60, 20, 60]


def test_a_file_that_grew_adds_only_what_is_new(tmp_path: Path, database: Database, process: str) -> None:
    for events in (ORDERS[:31], ORDERS[:50], ORDERS):
        for name, write in (("log.csv", write_csv), ("log.xes", write_xes)):
            import_log(database, write(tmp_path / name, events), Options(process=f"{process}-{name}"))
    assert sizes(database, f"{process}-log.csv") == [60, 20, 60]
    assert sizes(database, f"{process}-log.xes") == [60, 20, 60]


def test_an_import_that_was_interrupted_anywhere_is_made_good(
    tmp_path: Path, database: Database, process: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step in turn fails as if the process had died there."""
    path = write_csv(tmp_path / "log.csv", ORDERS)
    for target, step in (
        (importer._Run, "fill"),
        (staging, "count"),
        (staging, "publish"),
        (cases, "refresh"),
        (ledger, "record"),
    ):
        with monkeypatch.context() as broken:
            _fail_after(broken, target, step)
            with pytest.raises(KeyboardInterrupt):
                import_log(database, path, Options(process=process))
    assert import_log(database, path, Options(process=process)).unchanged
    assert sizes(database, process) == [60, 20, 60]
    assert staged(database) == []


def _fail_after(patch: pytest.MonkeyPatch, target: Any, step: str) -> None:
    done = getattr(target, step)
    last = 2 if step == "record" else 1
    calls = []

    def interrupted(*given: Any, **named: Any) -> Any:
        result = done(*given, **named)
        calls.append(1)
        if len(calls) == last:
            raise KeyboardInterrupt
        return result

    patch.setattr(target, step, interrupted)


def test_the_same_file_in_another_way_is_pointed_out(tmp_path: Path, database: Database, process: str) -> None:
    path = write_csv(tmp_path / "log.csv", ORDERS)
    import_log(database, path, Options(process=process))
    again = import_log(database, path, Options(process=process, activity="n"))
    assert not again.unchanged
    assert any("was imported into" in note and "with other options" in note for note in again.notes)


def test_a_cut_file_leaves_nothing_and_says_how_far_it_was_read(
    tmp_path: Path, database: Database, process: str
) -> None:
    events = [
        Event(f"c{n // 3}", "abc"[n % 3], START + timedelta(seconds=n), attributes={"n": str(hash(n))})
        for n in range(60_000)
    ]
    path = write_xes(tmp_path / "log.xes.gz", events)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
    with pytest.raises(
        BadFile, match=r"cut short: its gzip stream ends early.* events had been read until there; none .* kept"
    ):
        import_log(database, path, Options(process=process))
    cases.refresh(database)
    assert sizes(database, process) == [0, 0, 0]
    assert staged(database) == []
    path = write_xes(tmp_path / "log.xes.gz", events)
    assert import_log(database, path, Options(process=process)).events == 60_000
    assert sizes(database, process) == [60_000, 20_000, 60_000]


def test_a_file_of_which_nothing_can_be_used_is_refused(tmp_path: Path, database: Database, process: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text("case,activity,timestamp\n1,a,never\n2,,2026-03-02\n")
    with pytest.raises(
        BadFile,
        match=r"None of the 2 rows of log.csv can be used; the first: line 2, timestamp: the time cannot be read",
    ):
        import_log(database, path, Options(process=process))
    assert sizes(database, process) == [0, 0, 0]


def test_an_empty_log_is_no_error(tmp_path: Path, database: Database, process: str) -> None:
    path = tmp_path / "log.xes"
    path.write_text("<log></log>")
    summary = import_log(database, path, Options(process=process))
    assert (summary.events, summary.cases) == (0, 0)
    assert "The log holds no events." in summary.notes


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, database: Database, process: str) -> None:
    path = write_csv(tmp_path / "log.csv", ORDERS)

    def grow(*_: int) -> None:
        with path.open("a") as file:
            file.write("c99,late,2026-03-02T10:00:00Z\n")

    with pytest.raises(BadFile, match=r"log\.csv was changed while it was being read"):
        import_log(database, path, Options(process=process), grow)
    assert sizes(database, process) == [0, 0, 0]


def test_the_same_import_twice_at_once_is_refused(tmp_path: Path, database: Database, process: str) -> None:
    path = write_csv(tmp_path / "log.csv", ORDERS)

    def again(*_: int) -> None:
        with pytest.raises(BadRequest, match="is being imported into this process already"):
            import_log(database, path, Options(process=process))

    assert import_log(database, path, Options(process=process), again).events == 60


@pytest.mark.timeout(90)
def test_progress_reaches_the_end(tmp_path: Path, database: Database, process: str) -> None:
    for name in WRITERS:
        path = WRITERS[name](tmp_path / name, ORDERS)
        said: list[tuple[int, int, int]] = []
        import_log(database, path, Options(process=f"{process}-{name}"), lambda *now, said=said: said.append(now))
        assert said[-1] == (60, path.stat().st_size, path.stat().st_size), name


def test_uploads_may_be_bounded(tmp_path: Path, database: Database, process: str) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"case,activity,timestamp\n" + b"1,a,2026-01-01\n" * 100_000))
    with pytest.raises(BadFile, match="unpacks to more than"):
        import_log(database, path, Options(process=process), unpacking=Unpacking(bytes=10_000))


def test_a_case_has_the_attributes_of_its_latest_event_whatever_the_order_of_the_file(
    tmp_path: Path, database: Database, process: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "case,activity,time,case:state,case:owner\n1,c,2026-03-04,shut,\n1,b,2026-03-03,open,bob\n1,a,2026-03-02,,ann\n"
    )
    import_log(database, path, Options(process=process))
    attributes = database.query(
        "SELECT attributes FROM cases FINAL WHERE process = {process:String}", {"process": process}
    ).rows
    assert attributes == [[{"state": "shut", "owner": "bob"}]]


def lived(database: Database, process: str) -> list[tuple[str, int, int, str, str]]:
    """Activity, start and completion in minutes, lifecycle and resource, in order."""
    rows = database.query(
        "SELECT activity, dateDiff('minute', {start:DateTime64(6, 'UTC')}, start_time),"
        " dateDiff('minute', {start:DateTime64(6, 'UTC')}, end_time), lifecycle, resource FROM case_events FINAL"
        " WHERE process = {process:String} ORDER BY case_id, start_time, end_time, sequence",
        {"process": process, "start": START.strftime("%Y-%m-%d %H:%M:%S")},
    ).rows
    return [tuple(row) for row in rows]


def steps(*given: str) -> list[Event]:
    """`activity/transition/minute[/resource[/instance]]`."""
    events = []
    for text in given:
        activity, transition, minute, *rest = text.split("/")
        attributes = {"concept:instance": rest[1]} if len(rest) > 1 else {}
        events.append(
            Event(
                "1", activity, START + timedelta(minutes=int(minute)), rest[0] if rest else "", transition, attributes
            )
        )
    return events


FOLDS = {
    "a pair": (["a/start/0", "a/complete/5"], [("a", 0, 5, "complete", "")]),
    "any letter case": (["a/START/0", "a/Complete/5"], [("a", 0, 5, "Complete", "")]),
    "two at once, first in first out": (
        ["a/start/0", "a/start/1", "a/complete/5", "a/complete/9"],
        [("a", 0, 5, "complete", ""), ("a", 1, 9, "complete", "")],
    ),
    "unmatched ones stay": (
        ["a/complete/0", "a/start/1", "a/complete/2", "a/complete/3", "a/start/4"],
        [
            ("a", 0, 0, "complete", ""),
            ("a", 1, 2, "complete", ""),
            ("a", 3, 3, "complete", ""),
            ("a", 4, 4, "start", ""),
        ],
    ),
    "activities apart": (
        ["a/start/0", "b/start/1", "a/complete/2", "b/complete/3"],
        [("a", 0, 2, "complete", ""), ("b", 1, 3, "complete", "")],
    ),
    "instances apart": (
        ["a/start/0//x", "a/start/1//y", "a/complete/2//y", "a/complete/3//x"],
        [("a", 0, 3, "complete", ""), ("a", 1, 2, "complete", "")],
    ),
    "the earliest open start, whoever began it": (
        ["a/start/0/ann", "a/start/1/bob", "a/complete/2/bob", "a/complete/3/ann"],
        [("a", 0, 2, "complete", "bob"), ("a", 1, 3, "complete", "ann")],
    ),
    "a hand-over between two of one person's": (
        ["a/start/18/ann", "a/complete/19/bob", "a/start/29/ann", "a/complete/30/ann"],
        [("a", 18, 19, "complete", "bob"), ("a", 29, 30, "complete", "ann")],
    ),
    "whoever finished it": (["a/start/0/ann", "a/complete/2/bob"], [("a", 0, 2, "complete", "bob")]),
    "other transitions stay": (
        ["a/schedule/0", "a/start/1", "a/suspend/2", "a/complete/3"],
        [("a", 0, 0, "schedule", ""), ("a", 1, 3, "complete", ""), ("a", 2, 2, "suspend", "")],
    ),
    "at the same time, in the order of the file": (["a/start/0", "a/complete/0"], [("a", 0, 0, "complete", "")]),
    "no lifecycle": (["a//0", "a//1"], [("a", 0, 0, "", ""), ("a", 1, 1, "", "")]),
}


@pytest.mark.parametrize("case", FOLDS)
@pytest.mark.parametrize("name", ["log.csv", "log.xes"])
def test_folding(case: str, name: str, tmp_path: Path, database: Database, process: str) -> None:
    given, expected = FOLDS[case]
    path = WRITERS[name](tmp_path / name, steps(*given))
    summary = import_log(database, path, Options(process=process, fold_lifecycle=True))
    assert lived(database, process) == expected
    assert summary.events == len(expected)
    folded = len(given) - len(expected)
    assert any(note.startswith(f"{folded} starts were folded") for note in summary.notes) == bool(folded)


def test_folding_keeps_attributes_of_both_and_those_of_the_case(
    tmp_path: Path, database: Database, process: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "case:concept:name,concept:name,time:timestamp,lifecycle:transition,x,y,case:amount\n"
        "1,a,2026-03-02T09:00:00Z,start,1,s,10\n1,a,2026-03-02T10:00:00Z,complete,2,,10\n"
    )
    import_log(database, path, Options(process=process, fold_lifecycle=True))
    assert [row[6:] for row in stored(database, process)] == [[{"x": "2", "y": "s"}, {"amount": "10"}]]


def test_folding_in_parts_gives_the_same(
    tmp_path: Path, database: Database, process: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [
        Event(f"c{n % 7}", "ab"[n % 2], START + timedelta(seconds=n // 3), lifecycle=("start", "complete")[n // 7 % 2])
        for n in range(500)
    ]
    path = write_csv(tmp_path / "log.csv", events)
    import_log(database, path, Options(process=process, fold_lifecycle=True))
    monkeypatch.setattr(staging, "FOLD_EVENTS", 100)
    import_log(database, path, Options(process=f"{process}-parts", fold_lifecycle=True))
    assert stored(database, f"{process}-parts") == stored(database, process)


def test_without_folding_every_event_stays(tmp_path: Path, database: Database, process: str) -> None:
    path = write_csv(tmp_path / "log.csv", steps("a/start/0", "a/complete/5"))
    assert import_log(database, path, Options(process=process)).events == 2


@pytest.mark.parametrize(
    ("given", "fold", "told"),
    [
        (["a/start/0", "b/complete/1", "a/COMPLETE/5"], False, True),
        (["a/start/0", "a/complete/5"], True, False),
        (["a/start/0", "b/complete/5"], False, False),
        (["a/complete/0", "a/complete/5"], False, False),
    ],
)
def test_starts_and_completions_apart_are_told(
    given: list[str], fold: bool, told: bool, tmp_path: Path, database: Database, process: str
) -> None:
    path = write_csv(tmp_path / "log.csv", steps(*given))
    summary = import_log(database, path, Options(process=process, fold_lifecycle=fold))
    assert (importer.HALVED in summary.notes) == told
