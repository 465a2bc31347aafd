"""Loading, validating and describing Playbook files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from exos.analysis import Playbook
from exos.errors import BadAnalysis, BadParameter, NotFound, QueryRefused
from exos.store.database import Database

GOOD = """/*
---
title: Numbers
question: Which numbers are there?
params:
  top: {label: Top, default: 3, min: 1, max: 10}
---
*/
SELECT number AS n
FROM numbers({top:UInt8})
ORDER BY n
LIMIT {limit:UInt64}
"""


def _load(folder: Path, text: str, name: str = "numbers.sql") -> Playbook:
    (folder / "demo").mkdir(exist_ok=True)
    (folder / "demo" / name).write_text(text)
    return Playbook.load(builtin=folder)


def test_dropping_a_file_in_is_all_it_takes(tmp_path: Path, database: Database) -> None:
    playbook = _load(tmp_path, GOOD)
    playbook.validate(database)
    assert playbook.run(database, "demo/numbers", {}).rows == [[0], [1], [2]]
    assert playbook.run(database, "demo/numbers", {"top": "5", "limit": 2}).rows == [[0], [1]]
    assert [(one.name, one.type) for one in playbook.describe(database, "demo/numbers")] == [("n", "UInt64")]
    assert [one.name for one in playbook.get("demo/numbers").parameters] == [
        "top", "since", "until", "timezone", "filters", "limit",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("/*\n---", "---"), 1, "no front matter"),
        (("title: Numbers\n", ""), 1, "title is missing"),
        (("question: Which", "question: [Which"), 4, "not YAML"),
        (("title: Numbers", "title: Numbers\nauthor: me"), 4, "unknown key 'author'"),
        (("params:", "shows: hologram\nparams:"), 5, "shows is 'hologram'"),
        (("min: 1", "least: 1"), 6, "unknown key 'least'"),
        (("numbers({top:UInt8})", "numbers(3)"), 6, "no {top:Type}"),
        (("numbers({top:UInt8})", "numbers({top:UInt8} + {more:UInt8})"), 10, "neither shared nor declared"),
        (("  top:", "  limit: {default: 1}\n  top:"), 6, "shared by all"),
        (("LIMIT {limit:UInt64}", "LIMIT {limit:UInt64};"), 12, "without a semicolon"),
        (("LIMIT {limit:UInt64}\n", ""), 11, "must end in LIMIT"),
        (("SELECT number AS n", "INSERT INTO cases SELECT 1"), 9, "is a SELECT"),
    ],
)
def test_a_malformed_file_is_named_with_its_line(
    tmp_path: Path, change: tuple[str, str], line: int, message: str
) -> None:
    assert change[0] in GOOD
    with pytest.raises(BadAnalysis, match=message.replace("{", r"\{")) as raised:
        _load(tmp_path, GOOD.replace(*change))
    assert f"numbers.sql:{line}: " in raised.value.message


def test_the_engine_checks_the_sql(tmp_path: Path, database: Database) -> None:
    playbook = _load(tmp_path, GOOD.replace("number AS n", "nmber AS n"))
    with pytest.raises(BadAnalysis, match=r"numbers.sql:9: .*nmber"):
        playbook.validate(database)


def test_python_analyses(tmp_path: Path, database: Database) -> None:
    head = '"""\n---\ntitle: Shape\nquestion: What shape?\nparams:\n  columns_wanted: {type: UInt8, default: 2}\n%s---\n"""\n'
    shape = head % "" + (
        "def compose(params):\n"
        "    columns = ', '.join(f'{n} AS c{n}' for n in range(params['columns_wanted']))\n"
        "    return f'SELECT {columns} LIMIT 1'\n"
    )
    playbook = _load(tmp_path, shape, "shape.py")
    assert playbook.run(database, "demo/shape", {"columns_wanted": 3}).rows == [[0, 1, 2]]
    run = head % "columns: {total: UInt64}\n" + (
        "def run(ask, params):\n"
        "    return [[sum(row[0] for row in ask('SELECT number FROM numbers({columns_wanted:UInt8})').rows)]]\n"
    )
    playbook = _load(tmp_path, run, "total.py")
    total = playbook.run(database, "demo/total", {"columns_wanted": 4})
    assert total.rows == [[6]]
    assert total.statistics.rows_read == 4
    with pytest.raises(BadAnalysis, match="needs a function"):
        _load(tmp_path, head % "", "neither.py")


def test_own_analyses_are_untrusted(tmp_path: Path, database: Database) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "good.sql").write_text(GOOD)
    (tmp_path / "mine" / "bad.sql").write_text(GOOD.replace("number AS n", "file('/etc/passwd') AS n"))
    playbook = Playbook.load(str(tmp_path))
    assert playbook.run(database, "mine/good", {}).rows == [[0], [1], [2]]
    with pytest.raises(QueryRefused):
        playbook.run(database, "mine/bad", {})
    assert not playbook.get("mine/good").trusted


def test_an_own_analysis_may_give_as_many_rows_as_its_limit_says(tmp_path: Path, database: Database) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "many.sql").write_text(GOOD.replace("numbers({top:UInt8})", "numbers({top:UInt8} * 5000)"))
    playbook = Playbook.load(str(tmp_path))
    assert len(playbook.run(database, "mine/many", {}).rows) == 15_000 > database.sql_limits.rows
    assert len(playbook.run(database, "mine/many", {"limit": 12_000}).rows) == 12_000


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "binary.sql").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadAnalysis, match=r"binary\.sql:1: the file is not text in UTF-8"):
        Playbook.load(str(tmp_path))


def test_own_files_that_would_be_passed_over_are_named(tmp_path: Path) -> None:
    (tmp_path / "_draft.sql").write_text("SELECT")
    assert len(Playbook.load(str(tmp_path))) == len(Playbook.load())
    misplaced = tmp_path / "good.sql"
    misplaced.write_text(GOOD)
    with pytest.raises(BadAnalysis, match=r"good\.sql: an analysis lies in the folder of its area"):
        Playbook.load(str(tmp_path))
    misplaced.unlink()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "total.py").write_text("run = None")
    with pytest.raises(BadAnalysis, match=r"total\.py: analyses of your own are SQL"):
        Playbook.load(str(tmp_path))


def test_own_analyses_may_read_the_selected_cases(tmp_path: Path, database: Database, process: str) -> None:
    from eventlogs import ORDERS, load

    load(database, process, ORDERS)
    (tmp_path / "process").mkdir()
    text = GOOD.replace("FROM numbers({top:UInt8})", "FROM selected_cases WHERE {top:UInt8} > 0")
    (tmp_path / "process" / "mine.sql").write_text(text.replace("number AS n", "case_id AS n"))
    playbook = Playbook.load(str(tmp_path))
    given = {"process": process, "filters": [{"property": "path", "op": "=", "value": ["receive", "commit"]}]}
    assert playbook.run(database, "process/mine", given).rows == [["o3"]]
    many = [str(number) for number in range(100)]
    for name, value, expected in (("case_id", "o2", ["o2"]), ("activity", "cancel", ["o4"]), ("events", 6, ["o1"])):
        given["filters"] = [{"property": name, "op": "in", "value": [*(many if name != "events" else [99]), value]}]
        assert playbook.run(database, "process/mine", given).column("n") == expected


def test_own_analyses_may_read_the_distinct_variants(tmp_path: Path, database: Database, process: str) -> None:
    from eventlogs import ORDERS, load, variants

    load(database, process, [*ORDERS, *(replace(row, case=f"{row.case}-again") for row in ORDERS)])
    (tmp_path / "process").mkdir()
    text = GOOD.replace("FROM numbers({top:UInt8})", "FROM selected_variants WHERE {top:UInt8} > 0")
    (tmp_path / "process" / "mine.sql").write_text(
        text.replace("number AS n", "(activities, length(edges), cases) AS n")
    )
    answer = Playbook.load(str(tmp_path)).run(database, "process/mine", {"process": process})
    assert {tuple(names): (edges, cases) for ((names, edges, cases),) in answer.rows} == {
        names: (len(names) - 1, 2 * cases) for names, cases in variants(ORDERS).items()
    }


def test_an_own_analysis_cannot_take_a_known_name(tmp_path: Path) -> None:
    (tmp_path / "process").mkdir()
    (tmp_path / "process" / "dfg.sql").write_text(GOOD)
    with pytest.raises(BadAnalysis, match="already an analysis process/dfg"):
        Playbook.load(str(tmp_path))
    with pytest.raises(BadAnalysis, match="not a folder"):
        Playbook.load(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "'process' is missing"),
        ({"process": "p", "top": 1}, "no parameter 'top'"),
        ({"process": "p", "limit": "many"}, "limit is 'many'"),
        ({"process": "p", "limit": 0}, "at least 1"),
        ({"process": "p", "limit": 10**9}, "at most"),
        ({"process": "p", "since": "yesterday"}, "since is 'yesterday'"),
        ({"process": "p", "since": "1815-01-01"}, "outside the years"),
        ({"process": "p", "since": "2026-03-02", "until": "2026-03-01"}, "since is 2026-03-02, which is after until"),
        ({"process": "p", "timezone": "Mars/Olympus"}, "no time zone"),
        ({"process": "p", "order": "prettiest"}, "order is 'prettiest'"),
    ],
)
def test_parameters_are_checked(database: Database, given: dict[str, object], message: str) -> None:
    with pytest.raises(BadParameter, match=message):
        Playbook.load().run(database, "process/cases", given)


def test_an_unknown_slug_suggests_a_known_one() -> None:
    with pytest.raises(NotFound) as raised:
        Playbook.load().get("dfg")
    assert "process/dfg" in raised.value.hint


def test_all_analyses_are_accepted_by_the_engine(database: Database) -> None:
    playbook = Playbook.load()
    playbook.validate(database)
    assert len(playbook) >= 13


CONTRACT = {
    "process/dfg": "source target frequency case_frequency mean_seconds median_seconds p95_seconds",
    "process/activities": "activity frequency case_frequency start_frequency end_frequency rework_cases mean_service_seconds",
    "process/variants": "variant frequency share cumulative_share median_seconds",
    "process/cases": "case_id start end events duration_seconds variant",
    "process/rework": "activity cases rework_cases rework_events rework_rate",
    "process/bottlenecks": "source target frequency median_wait_seconds p95_wait_seconds total_wait_hours share_of_wait",
    "process/eventually_follows": "source target frequency",
    "process/case_overlap": "time open_cases",
}


@pytest.mark.parametrize("slug", CONTRACT)
def test_columns_that_others_rely_on(database: Database, slug: str) -> None:
    names = [one.name for one in Playbook.load().describe(database, slug)]
    wanted = CONTRACT[slug].split()
    assert names[: len(wanted)] == wanted


def test_what_reads_cases_takes_a_process_whatever_its_area(tmp_path: Path, database: Database, process: str) -> None:
    from eventlogs import ORDERS, load

    load(database, process, ORDERS)
    (tmp_path / "my").mkdir()
    text = GOOD.replace("number AS n", "case_id AS n")
    own = text.replace("FROM numbers({top:UInt8})", "FROM selected_cases WHERE {top:UInt8} > 0")
    (tmp_path / "my" / "x.sql").write_text(own)
    declared = own.replace("  top:", f"  process: {{label: Mine, default: {process}}}\n  top:")
    (tmp_path / "my" / "y.sql").write_text(declared)
    playbook = Playbook.load(str(tmp_path))
    playbook.validate(database)
    assert playbook.get("my/x").parameters[0].name == "process"
    with pytest.raises(BadParameter, match="'process' is missing"):
        playbook.run(database, "my/x", {})
    everything = [[case] for case in ("o1", "o2", "o3", "o4")]
    assert playbook.run(database, "my/x", {"process": process}).rows == everything
    assert playbook.run(database, "my/y", {}).rows == everything


@pytest.mark.parametrize("slug", ["process/dfg", "process/summary", "process/cases"])
def test_a_process_that_is_not_there_is_a_mistake(slug: str, database: Database, process: str) -> None:
    from eventlogs import ORDERS, load

    playbook = Playbook.load()
    with pytest.raises(NotFound, match=f"no process '{process}'"):
        playbook.run(database, slug, {"process": process})
    load(database, process, ORDERS)
    none = [{"property": "activity", "op": "=", "value": "nothing"}]
    playbook.run(database, slug, {"process": process, "filters": none})
