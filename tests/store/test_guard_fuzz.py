"""Grammar fuzz: whatever is composed of harmless parts passes, whatever holds one nasty part anywhere is refused.

`EXOS_FUZZ=50000` sets the number of statements; each is also run, with canaries that nothing may touch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.guard_corpus import PARAMS, VAULT, Canaries
from exos.errors import ExosError, QueryRefused
from exos.store import guard
from exos.store.database import Database, Limits

pytestmark = pytest.mark.embedded("the guard's verdicts are the parser's; the corpora go through a server too")
STATEMENTS = int(os.environ.get("EXOS_FUZZ", "250"))
_LIMITS = Limits(seconds=5, rows=100_000, memory=256 * 1024**2)
Part = tuple[str, bool]
"""SQL, and whether something nasty is in it."""


class _Laid:
    """The canaries of this run, for strategies that are made before it."""

    canaries: Canaries


def harmless(*texts: str) -> st.SearchStrategy[Part]:
    return st.sampled_from([(text, False) for text in texts])


def nasty(*texts: str) -> st.SearchStrategy[Part]:
    return st.sampled_from([(text, True) for text in texts])


def wrapped(part: st.SearchStrategy[Part], *shapes: str) -> st.SearchStrategy[Part]:
    """One of the shapes with the part in the place of `@`."""
    return st.tuples(st.sampled_from(shapes), part).map(lambda pair: (pair[0].replace("@", pair[1][0]), pair[1][1]))


def joined(shape: str, *parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    """The shape with the parts in the places of `{}`."""
    return st.tuples(*parts).map(lambda all_: (shape.format(*(one[0] for one in all_)), any(one[1] for one in all_)))


def expressions(depth: int, nasties: bool) -> st.SearchStrategy[Part]:
    plain = harmless(
        "1", "'a'", "NULL", "-1.5", "'file('", "$$url($$", "'\\' OR 1=1 --'", "[1, 2]", "(1, 'x')", "number", "`number`",
        "{process:String}", "count()", "sum(number)", "now()", "map('a', 1)", "toString(number)", "DATE '2026-01-01'",
        "row_number() OVER (ORDER BY number)", "quantileIf(0.5)(number, number > 1)", "'漢字🙂'", "/* file( */ 2",
    )  # fmt: skip
    bad = nasty(
        "file('@FILE@')", "`file`('@FILE@')", "FILE /* x */ ('@FILE@')", "version()", "hostName()", "sleep(0.001)",
        "getSetting('max_threads')", "dictGet('vault.d', 'a', 1)", "joinGet('vault.secrets', 'a', 1)", "currentUser()",
        f"(SELECT any(secret) FROM {VAULT})", "(SELECT * FROM system.users)", "1 IN vault.secrets", "1 IN system.one.x",
        "(SELECT * FROM url('http://127.0.0.1:@PORT@/', 'CSV'))", "arrayMap(f -> file(f), ['@FILE@'])", "somethingNew(1)",
        "(SELECT * APPLY(file) FROM (SELECT '@FILE@'))", "aggThrowIf(1)(1, 0)", "arrayReduce('aggThrow', [1])",
        "(SELECT 1 SETTINGS max_threads = 1)", "aiGenerate('c', 'x')", "1 IN {table:Identifier}", "serverUUID()",
        "(SELECT * FROM remote('127.0.0.1:@PORT@', 'system', 'one'))", "(SELECT * FROM `@FILE@`)", "@@version",
    )  # fmt: skip
    base = st.one_of(plain, plain, bad) if nasties else plain
    if depth == 0:
        return base
    inner = expressions(depth - 1, nasties)
    return st.one_of(
        base,
        wrapped(
            inner, "(@)", "toString(@)", "if(1, @, NULL)", "[@]", "tuple(@, 1)", "@ IS NULL", "coalesce(NULL, @)",
            "CASE WHEN 1 THEN @ END", "arrayMap(x -> (x, @), [1])", "length(toString(@))", "CAST(@ AS Nullable(String))",
            "/* a\n*/ @", "-- b\n@", "(SELECT @)", "map('k', @)['k']", "NOT isNull(@)", "toString(@) LIKE 'a%'",
        ),
        joined("toString({}) || toString({})", inner, inner),
        joined("toString({}) IN (toString({}), 'x')", inner, inner),
    )  # fmt: skip


def statements(nasties: bool) -> st.SearchStrategy[Part]:
    inner = expressions(2, nasties)
    sources = ["numbers(3)", "exos.cases", "(SELECT 1 AS number)", "system.one", "values('number UInt8', (1))"]
    source = harmless(*sources)
    if nasties:
        bad = [
            VAULT, "system.processes", "file('@FILE@')", "`@FILE@`", "merge('vault', '.*')", "default.`@FILE@`",
            "view(SELECT 1)", "{table:Identifier}", "url('http://127.0.0.1:@PORT@/')", "python(x)",
            "values('a String ALIAS file(\\'@FILE@\\')', (1))",
        ]  # fmt: skip
        source = st.one_of(source, source, nasty(*bad))
    single = st.one_of(
        joined("SELECT {} FROM {}", inner, source),
        joined("SELECT {}, {} AS b FROM {} WHERE isNotNull({})", inner, inner, source, inner),
        joined("SELECT {} AS k, count() FROM {} GROUP BY k ORDER BY toString({}) LIMIT 3", inner, source, inner),
        joined("WITH t AS (SELECT {} AS x FROM {}) SELECT x, {} FROM t", inner, source, inner),
        joined("WITH {} AS y SELECT y FROM {} LIMIT 2 BY toString({})", inner, source, inner),
        joined("SELECT * FROM {} AS q ARRAY JOIN [{}] AS z", source, inner),
        joined("SELECT count() FROM {} AS l CROSS JOIN {} AS r", source, source),
        joined("FROM {} SELECT {} QUALIFY isNotNull({})", source, inner, inner),
        joined("SELECT sum(1) OVER (PARTITION BY toString({}) ORDER BY toString({})) FROM {}", inner, inner, source),
    )
    return st.one_of(
        single,
        joined("{} UNION ALL {}", single, single),
        joined("SELECT * FROM ({}) AS sub", single),
        wrapped(single, "(@)", "@;", "@ -- end", "/* start */ @\n"),
    )


@pytest.fixture(scope="module", autouse=True)
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaries]:
    _Laid.canaries = Canaries(tmp_path_factory.mktemp("fuzz"))
    yield _Laid.canaries
    _Laid.canaries.close()


def fuzzed(test: Callable[..., None]) -> Callable[..., None]:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(max_examples=STATEMENTS, deadline=None, database=None, suppress_health_check=slow)(test)


@pytest.mark.timeout(max(30, STATEMENTS // 10))
@fuzzed
@given(part=statements(nasties=True))
def test_a_nasty_part_is_found_wherever_it_hides(database: Database, part: Part) -> None:
    sql = _Laid.canaries.fill(part[0])
    try:
        canonical = guard.check(sql, database.query, PARAMS, (database.name,))
    except QueryRefused as error:
        refused = error.message
    else:
        refused = ""
        assert guard.check(canonical, database.query, PARAMS, (database.name,)) == canonical
    assert bool(refused) == part[1], f"{refused or 'passed'}: {sql}"
    assert _Laid.canaries.token not in refused


@pytest.mark.timeout(max(30, STATEMENTS // 10))
@fuzzed
@given(part=statements(nasties=False))
def test_harmless_parts_pass_and_touch_nothing(database: Database, part: Part) -> None:
    inner = guard.check(part[0], database.query, PARAMS, (database.name,))
    try:
        rows = database.query(f"SELECT * FROM (\n{inner}\n) LIMIT 100", PARAMS, limits=_LIMITS).rows_json
    except ExosError as error:
        rows = error.message.encode()
    assert _Laid.canaries.token.encode() not in rows


_FRAGMENTS = (
    "SELECT", "FROM", "WITH", "(", ")", ",", ";", "*", "AS", "x", "'", '"', "`", "--", "/*", "*/", "\n", "#", "$$", "{", "}",
    "{a:Identifier}", "file('@FILE@')", "FORMAT", "INTO OUTFILE '@DIR@/o'", "SETTINGS", "readonly = 0", "UNION ALL", "IN", "->",
    VAULT, "system.users", "url('http://127.0.0.1:@PORT@/')", "APPLY(file)", "::String", "EXPLAIN", "INSERT INTO", "DROP TABLE",
    "exos.cases", "1", "[", "]", ".", "OVER", "LIMIT", "WHERE", "\\", "\0", "ﬁle", "​", "QUALIFY", "PARALLEL WITH", "=",
)  # fmt: skip


@pytest.mark.timeout(max(30, STATEMENTS // 10))
@fuzzed
@given(fragments=st.lists(st.sampled_from(_FRAGMENTS), max_size=14))
def test_heaps_of_fragments_touch_nothing(database: Database, fragments: list[str]) -> None:
    sql = _Laid.canaries.fill(" ".join(fragments))
    try:
        inner = guard.check(sql, database.query, PARAMS, (database.name,))
        told = str(database.query(f"SELECT * FROM (\n{inner}\n) LIMIT 100", PARAMS, limits=_LIMITS).rows)
    except ExosError as error:
        told = f"{error.message} {error.hint}"
    assert _Laid.canaries.token not in told


def test_after_all_nothing_was_touched(canaries: Canaries) -> None:
    assert canaries.touched() == []
