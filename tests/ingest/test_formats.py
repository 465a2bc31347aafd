"""Every format gives the same rows, is recognised by its content, and refuses what it is not."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from exos.errors import BadFile, BadParameter
from exos.ingest.eventlog.registry import formats, names
from exos.ingest.eventlog.source import Source, Unpacking
from ingest.reading import SAMPLE, WRITERS, read


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_rows(name: str, tmp_path: Path) -> None:
    found = read(WRITERS[name](tmp_path / name, SAMPLE))
    assert found.column("case_id") == [event.case for event in SAMPLE]
    assert found.column("activity") == [event.activity for event in SAMPLE]
    assert found.column("end_time") == found.column("start_time") == [event.time for event in SAMPLE]
    assert found.column("resource") == [event.resource for event in SAMPLE]
    assert found.column("lifecycle") == [event.lifecycle for event in SAMPLE]
    assert found.column("attributes") == [dict(event.attributes) for event in SAMPLE]
    assert found.rejections.total == 0
    sequence = found.column("sequence")
    assert sequence == sorted(set(sequence))


@pytest.mark.parametrize("name", WRITERS)
def test_the_content_tells_the_format_not_the_name(name: str, tmp_path: Path) -> None:
    written = WRITERS[name](tmp_path / name, SAMPLE)
    assert len(read(written.rename(tmp_path / "upload.bin")).rows) == len(SAMPLE)


@pytest.mark.parametrize("name", ["log.csv", "log.jsonl", "log.parquet"])
def test_days_as_spreadsheets_count_them_are_times_in_every_table(name: str, tmp_path: Path) -> None:
    path, days = tmp_path / name, [46023.5, 46024.25]
    if name == "log.csv":
        path.write_text("case,activity,time\n" + "".join(f"1,a,{day}\n" for day in days))
    elif name == "log.jsonl":
        path.write_text("".join(f'{{"case": "1", "activity": "a", "time": {day}}}\n' for day in days))
    else:
        pyarrow.parquet.write_table(pa.table({"case": ["1", "1"], "activity": ["a", "a"], "time": days}), path)
    found = read(path)
    assert found.column("end_time") == [datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 2, 6, tzinfo=UTC)]
    assert "Numbers in time were taken as days since 1899-12-30, as spreadsheets count." in found.report.notes()


def test_formats_are_found_by_their_modules() -> None:
    assert names() == ["csv", "jsonl", "ocel", "parquet", "xes"]
    assert [known.rank for known in formats()] == sorted(known.rank for known in formats())


HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>x</body></html>"
FOREIGN = {
    "web page": (HTML, "web page"),
    "zip": (b"PK\x03\x04" + bytes(100), "ZIP archive or an Excel"),
    "garbage": (bytes(range(256)) * 10, "begins with the bytes 00 01 02"),
    "pdf": (b"%PDF-1.7 blah", "PDF"),
    "other xml": (b"<?xml version='1.0'?><root><a/></root>", "no event log"),
    "ocel xml": (b"<?xml version='1.0'?><log><object-types></object-types></log>", "OCEL in XML"),
    "json array": (b'[{"case": 1}]', "JSON array"),
    "prose": (b"Dear all,\nplease find attached the log\nBest\n", "no comma, semicolon, tab or bar"),
    "gzip twice": (gzip.compress(gzip.compress(b"a,b\n")), "gzip twice"),
    "empty": (b"", "is empty"),
    "packed nothing": (gzip.compress(b""), "unpacks to nothing"),
    "sqlite without OCEL": (b"SQLite format 3\0" + bytes(200), "OCEL 2.0 SQLite"),
    "cut parquet": (b"PAR1" + bytes(100), "no complete Parquet file"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_what_is_no_log_is_refused_with_the_reason(case: str, tmp_path: Path) -> None:
    data, message = FOREIGN[case]
    path = tmp_path / "log.xes"
    path.write_bytes(data)
    with pytest.raises(BadFile, match=message) as refused:
        read(path)
    assert refused.value.hint


def test_an_html_page_is_refused_also_when_xes_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_bytes(HTML)
    with pytest.raises(BadFile, match="web page"):
        read(path, format="xes")


def test_asking_for_another_format_than_it_is_is_refused(tmp_path: Path) -> None:
    path = WRITERS["log.csv"](tmp_path / "log.csv", SAMPLE)
    with pytest.raises(BadFile, match=r"is not xes.*looks like comma-separated"):
        read(path, format="xes")
    with pytest.raises(BadParameter, match="no format 'excel'"):
        read(path, format="excel")


def test_a_missing_file_a_folder_and_a_forbidden_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"There is no file nothing.csv"):
        Source(tmp_path / "nothing.csv")
    with pytest.raises(BadFile, match="is a folder"):
        Source(tmp_path)
    path = tmp_path / "secret.csv"
    path.write_text("a,b\n")
    path.chmod(0)
    if os.geteuid():
        with pytest.raises(BadFile, match="may not be read"):
            Source(path)


@pytest.mark.parametrize("name", [name for name in WRITERS if name.endswith(".gz")])
def test_a_cut_gzip_stream_is_refused(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path / name, SAMPLE * 500)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadFile, match="cut short"):
        read(path)


@pytest.mark.parametrize("name", ["log.xes", "log.json", "log.parquet"])
def test_a_cut_file_is_refused(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path / name, SAMPLE * 20)
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(BadFile, match=r"cut short|no complete Parquet"):
        read(path)


def test_a_damaged_gzip_stream_is_refused(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(b"case,activity,timestamp\n" + b"1,a,2026-01-01\n" * 1000))
    data[-6] ^= 1
    path = tmp_path / "log.csv.gz"
    path.write_bytes(data)
    with pytest.raises(BadFile, match="is damaged"):
        read(path)


def test_a_file_that_swells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"case,activity,timestamp\n" + b"1,a,2026-01-01\n" * 100_000))
    with pytest.raises(BadFile, match="unpacks to more than"):
        list(Source(path, unpacking=Unpacking(ratio=10, free=1000)).blocks())
    with pytest.raises(BadFile, match=r"unpacks to more than 5,000"):
        list(Source(path, unpacking=Unpacking(bytes=5000)).blocks())


def test_gzip_members_one_after_another_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"case,activity,timestamp\n1,a,2026-01-01\n") + gzip.compress(b"1,b,2026-01-02\n"))
    assert read(path).column("activity") == ["a", "b"]


@pytest.mark.parametrize("name", ["log.json", "log.sqlite"])
def test_an_object_centric_log_tells_its_roles_in_its_own_words(name: str, tmp_path: Path) -> None:
    roles = read(WRITERS[name](tmp_path / name, SAMPLE)).report.roles
    told = {
        role: (found.column, found.how) for role, found in roles.items() if role in ("case", "activity", "timestamp")
    }
    assert told["case"][0].startswith("object of type ")
    assert (told["activity"], told["timestamp"]) == (("type of the event", "OCEL"), ("time of the event", "OCEL"))
