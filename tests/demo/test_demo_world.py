"""Same arguments, same rows; a world is there or it is not."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date

import pyarrow as pa
import pytest

from exos import demo
from exos.demo import world as worlds
from exos.errors import BadParameter
from exos.store.database import Database
from exos.store.tables import CASE_EVENTS

_HASH = """
from datetime import date
from test_demo_world import digest
print(digest(date.fromisoformat({end!r})))
"""


def digest(end: date) -> str:
    """A hash of all rows of a small world."""
    told = hashlib.sha256()
    with pa.ipc.new_stream(sink := _Hashing(told), CASE_EVENTS) as writer:
        for batch in worlds.batches(end=end):
            writer.write_batch(batch)
    assert sink.bytes_seen > 0
    return told.hexdigest()


class _Hashing:
    """A file that only hashes what is written to it."""

    closed = False

    def __init__(self, told: hashlib._Hash) -> None:
        self._told = told
        self.bytes_seen = 0

    def write(self, data: bytes) -> int:
        self._told.update(data)
        self.bytes_seen += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.timeout(180)
def test_same_arguments_give_the_same_bytes_in_another_process(end: date) -> None:
    here = os.path.dirname(__file__)
    paths = [here, *(path for path in sys.path if path)]
    answer = subprocess.run(
        [sys.executable, "-c", _HASH.format(end=end.isoformat())],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == digest(end)


def test_an_unknown_scale_is_refused(database: Database, end: date) -> None:
    with pytest.raises(BadParameter, match="'tiny'"):
        demo.generate(database, scale="tiny", end=end)


@pytest.mark.timeout(180)
def test_a_world_cut_off_does_not_count(world: Database) -> None:
    assert demo.present(world)
    world.command("RENAME TABLE demo_worlds TO demo_worlds_aside")
    try:
        assert not demo.present(world)
    finally:
        world.command("RENAME TABLE demo_worlds_aside TO demo_worlds")
    assert demo.present(world)


@pytest.mark.timeout(180)
def test_a_world_replaces_the_one_before(world: Database, end: date) -> None:
    shares: list[float] = []
    before = world.query("SELECT count() AS rows FROM case_events FINAL WHERE source = 'demo'").rows
    summary = demo.generate(world, end=end, progress=shares.append)
    assert (
        before
        == world.query("SELECT count() AS rows FROM case_events WHERE source = 'demo'").rows
        == [[summary.events]]
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert demo.last_day(world) == end
