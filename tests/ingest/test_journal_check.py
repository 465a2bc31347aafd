"""What `exos doctor` says of the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from exos.errors import ExosError
from exos.ingest.journal import Journal, place
from exos.ingest.journal_check import check_journal
from exos.ingest.journal_records import Record
from exos.settings import Settings


@pytest.fixture
def apart(tmp_path: Path) -> Settings:
    """Settings of a home in which nothing is yet."""
    return Settings.load({}, home=str(tmp_path))


@pytest.fixture
def folder(apart: Settings) -> Path:
    """A journal with two requests of 1 MiB each, left by a process that was killed."""
    found = place(apart)
    found.mkdir(parents=True)
    (found / "0000000000000001.journal").write_bytes(b"".join(_record(number).encoded() for number in (1, 2)))
    return found


def _record(number: int) -> Record:
    return Record(number.to_bytes(16, "big"), "traces", bytes([number]) * 1024**2)


def test_nothing_waits(apart: Settings) -> None:
    assert check_journal(apart) == "nothing waits to be stored"


def test_what_waits_is_counted_and_stays(apart: Settings, folder: Path) -> None:
    for _ in range(2):
        assert check_journal(apart).startswith("2 requests, 2.0 MiB: ")


def test_damage_is_named(apart: Settings, folder: Path) -> None:
    (path,) = folder.glob("*.journal")
    whole = bytearray(path.read_bytes())
    whole[1000] ^= 1
    path.write_bytes(whole)
    with pytest.raises(ExosError, match=r"0000000000000001\.journal in .* is damaged"):
        check_journal(apart)


def test_what_was_set_aside_is_told_with_what_to_do(apart: Settings, folder: Path) -> None:
    journal = Journal(folder)
    journal.set_aside(_record(3))
    (folder / "refused" / "0000000000000001-damaged").write_bytes(b"?")
    with pytest.raises(ExosError, match="1 requests that could not be stored and 1 copies of damaged files") as caught:
        check_journal(apart)
    assert f"move its file to {folder} and start EXOS again" in caught.value.hint


def test_a_folder_that_is_none_is_told(apart: Settings, folder: Path) -> None:
    (path,) = folder.glob("*.journal")
    path.unlink()
    path.mkdir()
    with pytest.raises(ExosError, match="cannot be read: Is a directory"):
        check_journal(apart)
