"""Random logs come out of every format as they went in, and damaged ones are refused, never misread into an error of ours."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exos.errors import ExosError
from exos.ingest.eventlog import xes
from exos.ingest.eventlog.registry import recognise
from exos.ingest.eventlog.source import Source
from ingest.reading import SAMPLE, WRITERS, Event, Reader, read

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(str.strip)
KEYS = st.sampled_from(["amount", "note", "ns:key", "größe", "a b", "x<y"])
EVENTS = st.lists(
    st.builds(
        Event,
        case=TEXT,
        activity=TEXT,
        time=st.datetimes(datetime(1901, 1, 1), datetime(2299, 1, 1), timezones=st.just(UTC)),
        resource=st.one_of(st.just(""), TEXT),
        lifecycle=st.sampled_from(["", "start", "complete"]),
        attributes=st.dictionaries(KEYS, TEXT, max_size=3),
    ),
    min_size=1,
    max_size=30,
)


def plain(events: list[Event]) -> list[tuple[object, ...]]:
    return sorted(
        (event.case, event.activity, event.time, event.resource, event.lifecycle, sorted(event.attributes.items()))
        for event in events
    )


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_random_logs(name: str, tmp_path: Path, events: list[Event]) -> None:
    events = sorted(events, key=lambda event: event.case)
    found = read(
        WRITERS[name](tmp_path / name, events), object_type="order" if "json" in name or "sqlite" in name else ""
    )
    assert found.rejections.total == 0
    rows = [
        (
            row["case_id"],
            row["activity"],
            row["end_time"],
            row["resource"],
            row["lifecycle"],
            sorted(row["attributes"].items()),
        )
        for row in found.rows
    ]
    assert sorted(rows) == plain(events)


@pytest.mark.timeout(120)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_both_xes_readers_agree_on_random_logs(tmp_path: Path, events: list[Event]) -> None:
    path = WRITERS["log.xes"](tmp_path / "log.xes", sorted(events, key=lambda event: event.case))
    assert read(path, xes.read).rows == read(path, xes.read_slowly).rows


def _flip(data: bytearray) -> None:
    data[random.randrange(len(data))] = random.randrange(256)


def _delete(data: bytearray) -> None:
    start = random.randrange(len(data))
    del data[start : start + random.randrange(1, 40)]


def _repeat(data: bytearray) -> None:
    start = random.randrange(len(data))
    data[start:start] = data[start : start + random.randrange(1, 200)]


def _insert(data: bytearray) -> None:
    start = random.randrange(len(data))
    data[start:start] = random.choice(
        [b'"', b"<", b">", b"&", b"\0", b"\n", b"\r", b",", b"\xff", b"</trace>", b"{", b"<!--", b"]"]
    )


def _cut(data: bytearray) -> None:
    del data[random.randrange(len(data)) :]


MUTATED = int(os.environ.get("EXOS_TEST_MUTATIONS", "150"))
MUTATIONS: list[Callable[[bytearray], None]] = [_flip, _flip, _delete, _repeat, _insert, _insert, _cut]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", WRITERS)
def test_damaged_files_are_refused_or_read_never_anything_else(name: str, tmp_path: Path) -> None:
    """Whatever is raised must be meant for a person. EXOS_TEST_MUTATIONS asks for more than the usual number per format."""
    random.seed(name)
    original = WRITERS[name](tmp_path / name, SAMPLE * 3).read_bytes()
    path = tmp_path / f"damaged-{name}"
    errors: list[ExosError] = []
    for _ in range(MUTATED):
        data = bytearray(original)
        for _ in range(random.randrange(1, 4)):
            random.choice(MUTATIONS)(data)
            data = data or bytearray(b"x")
        path.write_bytes(data)
        try:
            read(path)
        except ExosError as refused:
            errors.append(refused)
    assert errors
    assert all(error.message and error.hint for error in errors)


@pytest.mark.timeout(120)
def test_both_xes_readers_agree_on_damaged_logs(tmp_path: Path) -> None:
    random.seed(11)
    original = WRITERS["log.xes"](tmp_path / "log.xes", SAMPLE * 3).read_bytes()
    path = tmp_path / "damaged.xes"
    for _ in range(4 * MUTATED):
        data = bytearray(original)
        random.choice(MUTATIONS)(data)
        path.write_bytes(data or b"x")
        try:
            if recognise(Source(path).head(), "", path.name).name != "xes":
                continue
        except ExosError:
            continue
        assert _outcome(path, xes.read) == _outcome(path, xes.read_slowly), bytes(data)


def _outcome(path: Path, reader: Reader) -> object:
    try:
        found = read(path, reader)
    except ExosError:
        return "refused"
    return found.rows, found.rejected


def test_deeply_nested_values_do_not_break_the_readers(tmp_path: Path) -> None:
    deep = "<container key='c'>" * 5000 + "</container>" * 5000
    path = tmp_path / "log.xes"
    path.write_text(f"<log><trace><event>{deep}<string key='concept:name' value='a'/></event></trace></log>")
    assert read(path).rejections.total == 1
    path = tmp_path / "log.json"
    path.write_text('{"events": [' + "[" * 100_000 + "]" * 100_000 + "]}")
    with pytest.raises(ExosError, match=r"nested too deeply|no id or type"):
        read(path)
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(
        gzip.compress(b'{"case":"1","activity":"a","timestamp":"2026-01-01"}\n' + b'{"a":' + b"[" * 5000 + b"\n")
    )
    assert [row.line for row in read(path).rejected] == [2]
