"""The metadata store: many processes start at once, some are killed, and what is there stays."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from exos.errors import BadSettings, Unavailable
from exos.metadata import IngestKeys, Metadata
from exos.metadata.base import Base
from exos.metadata.migrate import steps
from exos.settings import Settings

pytestmark = pytest.mark.timeout(120)
OPEN = "from exos.metadata import Metadata; from exos.settings import Settings; Metadata.open(Settings.load())"


def starting(home: Path, url: str = "") -> subprocess.Popen[bytes]:
    environ = {**os.environ, "EXOS_HOME": str(home), "EXOS_METADATA": url}
    return subprocess.Popen([sys.executable, "-c", OPEN], env=environ, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    _, said = process.communicate(timeout=60)
    return process.returncode, said


def test_several_processes_start_at_once(tmp_path: Path, metadata_url: str) -> None:
    assert [ended(one) for one in [starting(tmp_path, metadata_url) for _ in range(6)]] == [(0, b"")] * 6
    assert _names(tmp_path, metadata_url) == ["default"]
    if not metadata_url:
        store = sqlite3.connect(tmp_path / "metadata.db")
        assert store.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        store.close()


def _names(home: Path, url: str) -> list[str]:
    settings = Settings.load({}, home=str(home), metadata=url)
    store = Metadata.open(settings)
    names = [one.name for one in IngestKeys(store, settings).list()]
    store.close()
    return names


def test_killed_at_any_moment_it_starts_again(tmp_path: Path, metadata_url: str) -> None:
    moments = random.Random(7)
    for _ in range(12):
        process = starting(tmp_path, metadata_url)
        time.sleep(moments.uniform(0.1, 0.6))
        process.send_signal(signal.SIGKILL)
        ended(process)
    assert _names(tmp_path, metadata_url) == ["default"]


@pytest.fixture
def store(metadata_url: str, tmp_path: Path) -> Iterator[Metadata]:
    opened = Metadata.open(Settings.load({}, home=str(tmp_path), metadata=metadata_url))
    yield opened
    opened.close()


def test_the_migrations_make_what_the_classes_say(store: Metadata) -> None:
    with store.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_steps_are_one_line() -> None:
    assert len(steps().get_heads()) == 1
    assert len(steps().get_bases()) == 1


def test_a_store_of_a_newer_version_is_left_alone(store: Metadata, tmp_path: Path, metadata_url: str) -> None:
    with store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadSettings, match="another version"):
        Metadata.open(Settings.load({}, home=str(tmp_path), metadata=metadata_url))


def test_what_fails_is_undone(store: Metadata) -> None:
    def fail_after_deleting() -> None:
        with store.writing() as session:
            session.execute(text("DELETE FROM ingest_keys"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_deleting()
    with store.reading() as session:
        assert session.execute(text("SELECT count(*) FROM ingest_keys")).scalar() == 1


@pytest.mark.parametrize("metadata_url", [""])
def test_the_file_is_its_owners(store: Metadata, tmp_path: Path) -> None:
    assert store.place == f"sqlite:///{tmp_path}/metadata.db"
    assert (tmp_path / "metadata.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:p@localhost/x", "sqlite://", "sqlite:///:memory:", "nodb:///x"])
def test_urls_that_make_no_sense(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSettings, match="EXOS_METADATA"):
        Metadata.open(Settings.load({}, home=str(tmp_path), metadata=url))


def test_places_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "metadata.db").write_text("this is no database, whatever its name says" * 100)
    for url in (f"sqlite:///{tmp_path}/file/metadata.db", ""):
        with pytest.raises(Unavailable, match="cannot be used"):
            Metadata.open(Settings.load({}, home=str(tmp_path), metadata=url))
