"""The journal: what was acknowledged outlives the process, a full disk and a storage in trouble."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from exos.errors import ExosError, Unavailable
from exos.ingest import journal as journaling
from exos.ingest.journal import Journal, Segment
from exos.ingest.journal_records import Record, read
from exos.ingest.memory import digest_of
from exos.ingest.otlp import LOGS, TRACES, accept
from exos.ingest.writer import Writer
from exos.settings import Settings
from exos.store.database import Database
from ingest.telemetry import attribute, traces

WAIT = 20


def record(number: int, size: int = 100) -> Record:
    return Record(number.to_bytes(16, "big"), "traces", os.urandom(size), {"n": str(number)} if number % 2 else {})


def put(journal: Journal, one: Record) -> Segment:
    done: Future[Segment] = Future()
    journal.put(one, lambda segment, error: done.set_exception(error) if error else done.set_result(segment))  # type: ignore[arg-type]
    return done.result(WAIT)


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.journal"))


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    journal, records = Journal(tmp_path), [record(number) for number in range(20)]
    for one in records:
        put(journal, one)
    found = [one for _, left in Journal(tmp_path).left() for one in left]
    assert found == records


def test_a_torn_end_costs_only_what_was_not_acknowledged(tmp_path: Path) -> None:
    journal, records = Journal(tmp_path), [record(number) for number in range(5)]
    for one in records:
        put(journal, one)
    (path,) = segments(tmp_path)
    whole = path.read_bytes()
    each = len(whole) // 5 - 10
    for cut in range(len(whole) - each, len(whole)):
        path.write_bytes(whole[:cut])
        assert read(path) == (records[:4], 0)
    path.write_bytes(whole[:-3] + b"xyz")
    assert read(path) == (records[:4], 0)
    for behind in (b"\xff" * 40, bytes(4096), whole[:50]):
        path.write_bytes(whole + behind)
        assert read(path) == (records, 0)


def test_damage_costs_only_the_requests_that_it_hits(tmp_path: Path) -> None:
    journal, records = Journal(tmp_path), [record(number) for number in range(5)]
    for one in records:
        put(journal, one)
    (path,) = segments(tmp_path)
    whole = path.read_bytes()
    second = len(records[0].encoded())
    for place in range(second, second + len(records[1].encoded()), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        assert read(path) == ([records[0], *records[2:]], 1)
    assert [one for _, left in Journal(tmp_path).left() for one in left] == [records[0], *records[2:]]
    assert (tmp_path / "refused" / f"{path.stem}-damaged").read_bytes() == path.read_bytes()


def test_files_that_do_not_belong_do_not_stop_it(
    tmp_path: Path, database: Database, settings: Settings, process: str
) -> None:
    strange = Record(b"0" * 16, "pictures", b"?")
    back = Record(b"1" * 16, "traces", traces(process).SerializeToString())
    for name, content in (("0000000000000007", strange.encoded()), ("ab" * 16, back.encoded()), ("empty", b"")):
        (tmp_path / f"{name}.journal").write_bytes(content)
    writer = Writer(database, settings, Journal(tmp_path))
    assert count(database, process) == 1
    assert writer.close()
    assert segments(tmp_path) == []
    assert [one.signal for one in read(segments(tmp_path / "refused")[0])[0]] == ["pictures"]


def test_segments_end_when_they_are_large_and_go_when_all_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journaling, "SEGMENT_BYTES", 1000)
    journal = Journal(tmp_path)
    held = [(put(journal, record(number, 400)), record(number).digest) for number in range(6)]
    assert len(segments(tmp_path)) == len({segment.path for segment, _ in held}) > 1
    journal.stored(held)
    (last,) = segments(tmp_path)
    assert last.stat().st_size == 0
    put(journal, record(7))
    journal.close(WAIT)
    journal.release()
    assert [one.digest[-1] for _, left in Journal(tmp_path).left() for one in left] == [7]


def test_what_is_stored_already_is_not_stored_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what is still in the segment that is written, nor what is in one that ended before."""
    monkeypatch.setattr(journaling, "SEGMENT_BYTES", 1000)
    journal = Journal(tmp_path)
    held = [(put(journal, record(number, 400)), record(number).digest) for number in range(6)]
    assert len(segments(tmp_path)) == 2
    journal.stored(held[1:3])
    journal.stored(held[5:])
    after = Journal(tmp_path)
    assert {digest[-1] for digest in after.known} == {1, 2, 5}
    assert [one.digest[-1] for _, left in after.left() for one in left] == [0, 3, 4]


def test_a_server_that_is_killed_between_two_groups_stores_each_once(
    database: Database, settings: Settings, process: str, tmp_path: Path
) -> None:
    requests = [traces(process, number) for number in range(3)]
    journal = Journal(tmp_path)
    bodies = [one.SerializeToString() for one in requests]
    held = [(put(journal, Record(digest_of("t", body), "traces", body)), digest_of("t", body)) for body in bodies]
    database.insert("otel_traces", accept(TRACES, bodies[0], json=False).batches["otel_traces"])  # type: ignore[index]
    journal.stored(held[:1])
    writer = Writer(database, settings, Journal(tmp_path))
    assert writer.find(held[0][1]) is not None
    assert writer.close()
    found = database.query("SELECT count() FROM otel_traces WHERE ServiceName = {name:String}", {"name": process})
    assert found.rows == [[3]]


def test_a_full_disk_is_told_and_leaves_no_half_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    put(journal, record(1))
    write = os.write

    def fails_halfway(file: int, data: Any) -> int:
        if len(data) > 50:
            return write(file, data[:50])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", fails_halfway)
    with pytest.raises(Unavailable, match="No space left"):
        put(journal, record(2))
    monkeypatch.undo()
    put(journal, record(3))
    assert [one.digest[-1] for _, left in Journal(tmp_path).left() for one in left] == [1, 3]


@pytest.mark.parametrize("gone", ["file", "folder", "renamed"])
def test_a_journal_that_is_removed_under_it_is_made_again(tmp_path: Path, gone: str) -> None:
    folder = tmp_path / "journal"
    journal = Journal(folder)
    held = [(put(journal, record(number)), record(number).digest) for number in (1, 2)]
    if gone == "file":
        segments(folder)[0].unlink()
    elif gone == "folder":
        shutil.rmtree(folder)
    else:
        folder.rename(tmp_path / "elsewhere")
    held.append((put(journal, record(3)), record(3).digest))
    (path,) = segments(folder)
    assert [one.digest[-1] for one in read(path)[0]] == [1, 2, 3]
    journal.stored(held)
    journal.close(WAIT)
    journal.release()
    assert segments(folder) == []


def test_a_journal_that_cannot_be_made_again_is_told_until_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    journal = Journal(folder)
    put(journal, record(1))
    shutil.rmtree(folder)
    folder.write_text("in the way")
    for _ in range(2):
        with pytest.raises(Unavailable, match="Telemetry cannot be kept: Not a directory"):
            put(journal, record(2))
        assert isinstance(journal.trouble(), Unavailable)
    folder.unlink()
    assert journal.trouble() is None
    put(journal, record(3))
    assert [one.digest[-1] for one in read(segments(folder)[0])[0]] == [1, 3]


def test_a_segment_that_cannot_be_removed_does_not_stop_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journaling, "SEGMENT_BYTES", 100)
    journal = Journal(tmp_path)
    put(journal, record(1)).waiting = 0

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    for number in (2, 3):
        put(journal, record(number))
    monkeypatch.undo()
    assert len(segments(tmp_path)) == 3


class Faulty:
    """A database whose inserts fail as told; all else is real."""

    def __init__(self, database: Database, fail: Callable[[], None]) -> None:
        self.telemetry, self.loads, self.settle = database.telemetry, database.loads, lambda: None
        self._database, self._fail = database, fail

    def append(self, *given: Any) -> int:
        self._fail()
        return self._database.append(*given)

    def load(self, *given: Any) -> list[int]:
        self._fail()
        return self._database.load(*given)


def send(writer: Writer, body: bytes, signal: Any = TRACES) -> Future[None]:
    reservation = writer.admit(signal.name, len(body))
    request = accept(signal, body, json=False, natively=writer.reads(signal))
    return writer.submit(request, digest_of(signal.name, body), reservation)


def count(database: Database, service: str, relation: str = "otel_traces") -> int:
    found = database.query(f"SELECT count() FROM {relation} WHERE ServiceName = {{s:String}}", {"s": service}).rows
    return int(found[0][0])


def test_what_is_acknowledged_is_found_by_the_next_read(
    database: Database, settings: Settings, process: str, tmp_path: Path
) -> None:
    writer = Writer(database, settings, Journal(tmp_path))
    for number in range(4):
        send(writer, traces(process, number).SerializeToString()).result(WAIT)
        assert count(database, process) == number + 1
    assert writer.close()
    assert writer.counters.health()[0]["pending_bytes"] == 0
    assert segments(tmp_path) == []


def test_an_acknowledgement_does_not_wait_for_the_database(
    database: Database, settings: Settings, process: str, tmp_path: Path
) -> None:
    stuck = threading.Event()
    writer = Writer(Faulty(database, lambda: stuck.wait(WAIT) and None), settings, Journal(tmp_path))  # type: ignore[arg-type]
    for number in range(3):
        send(writer, traces(process, number).SerializeToString()).result(WAIT)
    assert count(database, process) == 0
    stuck.set()
    assert writer.close(WAIT)
    assert count(database, process) == 3


def test_a_process_that_dies_leaves_it_to_the_next(
    database: Database, settings: Settings, process: str, tmp_path: Path
) -> None:
    sent = threading.Event()

    def dies() -> None:
        sent.wait(WAIT)
        raise Unavailable("the end")

    dying = Writer(Faulty(database, dies), settings, Journal(tmp_path))  # type: ignore[arg-type]
    span, log = traces(process, count=3).SerializeToString(), _log(process)
    send(dying, span).result(WAIT)
    send(dying, log, LOGS).result(WAIT)
    sent.set()
    assert not dying.close()
    assert (count(database, process), count(database, process, "otel_logs")) == (0, 0)
    writer = Writer(database, settings, Journal(tmp_path))
    send(writer, span).result(WAIT)  # its answer was lost: the sender comes again
    assert (count(database, process), count(database, process, "otel_logs")) == (3, 1)
    assert writer.close()
    assert segments(tmp_path) == []


def test_a_writer_that_is_closed_leaves_the_rest_to_the_next(
    database: Database, settings: Settings, process: str, tmp_path: Path
) -> None:
    """Its database is closed then, and every group would fail, with a line in the log for each request."""
    begun, go, groups = threading.Event(), threading.Event(), []

    def slowly() -> None:
        groups.append(1)
        begun.set()
        go.wait(WAIT)

    writer = Writer(Faulty(database, slowly), settings, Journal(tmp_path))  # type: ignore[arg-type]
    send(writer, traces(process, 0).SerializeToString()).result(WAIT)
    assert begun.wait(WAIT)
    for number in (1, 2):
        send(writer, traces(process, number).SerializeToString()).result(WAIT)
    assert not writer.close(0.1)
    go.set()
    lane = writer._lanes["traces"]
    assert lane.close(WAIT)
    assert len(groups) == 1
    assert Writer(database, settings, Journal(tmp_path)).close(WAIT)
    assert count(database, process, "spans") == 3


def test_storage_in_trouble_takes_nothing_new_and_loses_nothing(
    database: Database, settings: Settings, process: str, tmp_path: Path
) -> None:
    full = threading.Event()
    full.set()

    def fail() -> None:
        if full.is_set():
            raise Unavailable("disk full")

    writer = Writer(Faulty(database, fail), settings, Journal(tmp_path))  # type: ignore[arg-type]
    send(writer, traces(process).SerializeToString()).result(WAIT)

    def insist() -> None:
        for _ in range(WAIT * 20):
            writer.admit("traces", 10).release()
            time.sleep(0.05)

    with pytest.raises(Unavailable, match="disk full"):
        insist()
    assert isinstance(writer.trouble(), Unavailable)
    full.clear()
    writer.settle(WAIT)
    until = time.monotonic() + WAIT
    while writer.trouble() is not None and time.monotonic() < until:
        time.sleep(0.05)
    assert writer.trouble() is None
    assert count(database, process) == 1
    assert writer.close()


def test_what_can_never_be_stored_is_set_aside(
    database: Database, settings: Settings, process: str, tmp_path: Path
) -> None:
    """And does not keep the others from being stored."""
    bad = traces(process, 99)

    class Picky(Faulty):
        def load(self, *given: Any) -> list[int]:
            if (99 + 1).to_bytes(8, "big") in given[2]:
                raise ExosError("never")
            return super().load(*given)

    writer = Writer(Picky(database, lambda: None), settings, Journal(tmp_path))  # type: ignore[arg-type]
    if not writer.reads(TRACES):
        pytest.skip("a ClickHouse server is sent rows, not requests")
    (tmp_path / "refused").touch()  # for two seconds it cannot be set aside either
    threading.Timer(2, (tmp_path / "refused").unlink).start()
    for number in (0, 99, 1):
        send(writer, traces(process, number).SerializeToString()).result(WAIT)
    until = time.monotonic() + WAIT
    while not (kept := segments(tmp_path / "refused")) and time.monotonic() < until:
        time.sleep(0.05)
    assert writer.close(WAIT)
    assert [TRACES.request.FromString(one.body) for one in read(kept[0])[0]] == [bad]
    assert count(database, process) == 2
    assert segments(tmp_path) == []


def _log(service: str) -> bytes:
    request: Any = LOGS.request()
    resource = request.resource_logs.add()
    resource.resource.attributes.append(attribute("service.name", service))
    resource.scope_logs.add().log_records.add(time_unix_nano=time.time_ns()).body.string_value = "line"
    encoded: bytes = request.SerializeToString()
    return encoded
