"""Same arguments, same rows; a world is there or it is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from unittest.mock import ANY

import pytest

from demowriting import HashingWriter
from eventlogs import ORDERS, load
from exos import demo
from exos.demo import Summary, marks
from exos.demo.storeys import Plan
from exos.demo.worlds import SEED, WORLDS
from exos.errors import BadParameter, NotFound
from exos.store.database import Database
from exos.store.tables import CUSTOMERS

_OTHER_IDS = "concat('mine-', customer_id)"
pytestmark = pytest.mark.timeout(300)
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


@pytest.fixture
def small_world(database: Database, end: date) -> Iterator[Summary]:
    """The world that is made fastest, in a database that has no other. These tests run first for that."""
    assert demo.present(database) is None
    yield demo.generate(database, world="telco", end=end)
    demo.clear(database)


@pytest.mark.alone
def test_a_world_cut_off_does_not_count_and_is_repaired(database: Database, small_world: Summary, end: date) -> None:
    whole = demo.present(database)
    assert whole == replace(small_world, storeys={})

    def stop(share: float) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.generate(database, world="telco", end=end, progress=stop)
    assert demo.present(database) is None
    with pytest.raises(NotFound, match="no demo world"):
        demo.last_day(database)
    assert demo.generate(database, world="telco", end=end).rows == whole.rows
    assert demo.present(database) == replace(whole, seconds=ANY)


@pytest.mark.alone
def test_clearing_leaves_what_is_not_the_demos(database: Database, small_world: Summary, process: str) -> None:
    assert {one.table: one.rows for one in marks.held(database)} == small_world.rows
    load(database, process, ORDERS)
    columns = [field.name for field in CUSTOMERS]
    like_them = f"SELECT {', '.join(columns[:-1])}, 'mine' FROM customers FINAL WHERE segment = 'Talker'"
    database.command(f"INSERT INTO customers ({', '.join(columns)}) {like_them.replace('customer_id', _OTHER_IDS, 1)}")
    cases = "SELECT process, case_id, activities FROM cases FINAL WHERE process = {process:String} ORDER BY case_id"
    customers = "SELECT count() AS rows, sum(monthly_value) AS value FROM customers FINAL WHERE source = 'mine'"
    before = [database.query(sql, {"process": process}).rows for sql in (cases, customers)]
    assert marks.others(database)
    demo.clear(database)
    assert marks.held(database) == []
    assert demo.present(database) is None
    assert [database.query(sql, {"process": process}).rows for sql in (cases, customers)] == before
    assert before[1][0][0] > 1000
    database.command("ALTER TABLE customers DELETE WHERE source = 'mine' SETTINGS mutations_sync = 2")


@pytest.mark.alone
def test_a_world_replaces_the_one_before(database: Database, small_world: Summary, end: date) -> None:
    shares: list[float] = []
    summary = demo.generate(database, world="telco", end=end, progress=shares.append)
    assert summary.rows == small_world.rows
    assert list(summary.storeys) == ["subscribers", "network"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert demo.last_day(database) == end
