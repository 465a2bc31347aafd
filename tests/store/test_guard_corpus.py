"""Every statement of the corpora goes the whole way: guard, wrap, engine; with canaries that nothing may touch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from clickhouse_server import serve
from corpus.guard_corpus import PARAMS, Canaries, Case, load_events, read_corpus
from exos.errors import BadParameter, BadSQL, ExosError, QueryRefused
from exos.freesql import run_free_sql
from exos.settings import Settings
from exos.store import guard
from exos.store.database import Database
from exos.store.migrate import migrate
from exos.types import Column

pytestmark = pytest.mark.alone
REFUSED = read_corpus("refused")
ACCEPTED = read_corpus("accepted")


@pytest.fixture(scope="module")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaries]:
    set_out = Canaries(tmp_path_factory.mktemp("canary"))
    yield set_out
    set_out.close()


@pytest.fixture(scope="module")
def loaded(
    settings: Settings, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Five cases in a database without any others: statements read whole tables, and do not say the order of all rows.

    The embedded engine opens one folder in a process, so there these tests are the first.
    """
    if settings.embedded:
        database = request.getfixturevalue("database")
        load_events(database)
        yield database
        return
    home = tmp_path_factory.mktemp("corpus")
    with serve(home) as dsn:
        apart = replace(settings, home=home, database=dsn)
        with Database.open(apart) as opened:
            migrate(opened, apart)
            load_events(opened)
            yield opened


def test_the_corpora_are_large_enough() -> None:
    assert len(REFUSED) >= 300
    assert len(ACCEPTED) >= 150
    assert len({case.sql for case in REFUSED}) == len(REFUSED)
    assert len({case.sql for case in ACCEPTED}) == len(ACCEPTED)


@pytest.mark.timeout(180)
def test_refused_statements_are_refused_and_touch_nothing(loaded: Database, canaries: Canaries) -> None:
    canary_frame = pa.table({"secret": [canaries.token]})
    home = str(loaded._settings.home)
    wrong = [fault for case in REFUSED for fault in _faults(case, loaded, canaries, home)]
    assert not wrong, "\n".join(wrong)
    assert not canaries.touched()
    assert canary_frame.num_rows == 1


def _faults(case: Case, database: Database, canaries: Canaries, home: str) -> Iterator[str]:
    sql = canaries.fill(case.sql)
    try:
        result = run_free_sql(database, sql, PARAMS)
    except (QueryRefused, BadSQL, BadParameter) as error:
        told = f"{error.message} {error.hint}"
        if not any(canaries.fill(words) in told for words in case.says):
            yield f"{case}\n    says: {told}"
        if canaries.token in told or home in told or re.search(r"\b2\d\.\d+\.\d+", told):
            yield f"{case}\n    leaks: {told}"
    except ExosError as error:
        yield f"{case}\n    fails otherwise: {error!r}"
    else:
        yield f"{case}\n    passed: {result.rows[:2]}"


@pytest.mark.timeout(180)
def test_accepted_statements_answer_as_without_the_guard(loaded: Database, canaries: Canaries) -> None:
    wrong = [f"{case}\n    {fault}" for case in ACCEPTED for fault in _differences(case, loaded)]
    assert not wrong, "\n".join(wrong)
    assert not canaries.touched()


def _differences(case: Case, database: Database) -> Iterator[str]:
    try:
        guarded = run_free_sql(database, case.sql, PARAMS)
    except ExosError as error:
        yield f"{error!r} {error.hint}"
        return
    # The embedded engine would take what follows a statement as the next one.
    limits = replace(database.analysis_limits, final=True, endless=True)  # as for free SQL
    plain = database.query(re.sub(r"[;\s]+$", "", case.sql) + "\n", PARAMS, limits=limits)
    if _numberless(guarded.columns) != _numberless(plain.columns):
        yield f"columns: {guarded.columns} for {plain.columns}"
    if case.steady and _comparable(guarded.rows, case.sql) != _comparable(plain.rows, case.sql):
        yield f"rows: {guarded.rows[:3]} for {plain.rows[:3]}"


def _numberless(columns: tuple[Column, ...]) -> list[tuple[str, str]]:
    """Names and types; the engine numbers the subqueries in names, and the guard's wrap is one more."""
    return [(re.sub(r"_subquery_\d+", "_subquery", column.name), column.type) for column in columns]


def _comparable(rows: list[list[Any]], sql: str) -> list[str]:
    """Rows in their order where the statement asks for one."""
    texts = [repr(row) for row in rows]
    return texts if "ORDER BY" in sql else sorted(texts)


def test_every_built_in_analysis_passes(database: Database) -> None:
    files = sorted((Path(guard.__file__).parents[1] / "playbook").glob("*/*.sql"))
    assert files
    for file in files:
        body = file.read_text(encoding="utf-8").split("*/", 1)[1]
        names = re.findall(r"\{(\w+):", body)
        guard.check(body, database.query, dict.fromkeys(names, ""), (database.name,))
