"""Same arguments, same rows; a world is there or it is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from unittest.mock import ANY

import pytest

from demowriting import HashingWriter
from eventlogs import ORDERS, load
from exos import demo
from exos.demo import marks
from exos.demo.storeys import Plan
from exos.demo.worlds import SEED, WORLDS
from exos.errors import BadParameter, NotFound
from exos.store.database import Database

_HASH = """
import json
from datetime import date
from test_demo_world import digests
print(json.dumps(digests(date.fromisoformat({end!r}))))
"""


def digests(end: date) -> dict[str, str]:
    """A hash of all rows of each table of every small world."""
    writer = HashingWriter()
    for world in WORLDS.values():
        world.build(Plan(SEED, 1, end), writer)
    assert min(writer.rows.values()) > 0
    return writer.digests()


@pytest.mark.timeout(300)
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
    assert json.loads(answer.stdout) == digests(end)


def test_an_unknown_scale_is_refused(database: Database, end: date) -> None:
    with pytest.raises(BadParameter, match="'tiny'"):
        demo.generate(database, scale="tiny", end=end)


def test_an_unknown_world_is_refused(database: Database, end: date) -> None:
    with pytest.raises(BadParameter, match="'atlantis'"):
        demo.generate(database, world="atlantis", end=end)


@pytest.mark.timeout(300)
def test_a_world_cut_off_does_not_count_and_is_repaired(world: Database, end: date) -> None:
    whole = demo.present(world)
    assert whole is not None

    def stop(share: float) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.generate(world, end=end, progress=stop)
    assert demo.present(world) is None
    with pytest.raises(NotFound, match="no demo world"):
        demo.last_day(world)
    assert demo.generate(world, end=end).rows == whole.rows
    assert demo.present(world) == replace(whole, seconds=ANY)


@pytest.mark.timeout(300)
def test_clearing_leaves_what_is_not_the_demos(world: Database, end: date, process: str) -> None:
    load(world, process, ORDERS)
    mine = "SELECT process, case_id, activities FROM cases FINAL WHERE process = {process:String} ORDER BY case_id"
    before = world.query(mine, {"process": process}).rows
    assert marks.others(world)
    demo.clear(world)
    assert marks.held(world) == []
    assert world.query(mine, {"process": process}).rows == before != []
    demo.generate(world, end=end)


@pytest.mark.timeout(300)
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
