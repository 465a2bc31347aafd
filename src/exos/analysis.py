"""What an analysis is: one file of the Playbook, loaded, validated, described and run, the same from every door.

`playbook/<area>/<name>.sql` is front matter and ClickHouse SQL; its parameters are the `{name:Type}` placeholders in
it. `playbook/<area>/<name>.py` has the same front matter as its docstring and one function: `compose(params) -> sql`
where only the shape of the SQL depends on the question, or `run(ask, params) -> rows` (with `columns` in the front
matter) for an algorithm on aggregates. Both may read the relations of one family of selection/.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from exos import frontmatter, parameters, selection
from exos.errors import BadAnalysis, ExosError, NotFound
from exos.frontmatter import Document, Parameter
from exos.store import guard
from exos.store.database import Database, Limits
from exos.types import Column, Result, Statistics

PROCESS_AREAS = ("process", "conformance", "operators", "automation")
_BUILTIN = Path(__file__).parent / "playbook"
_WITH = re.compile(r"^(?P<before>(?:\s|--[^\n]*\n|/\*.*?\*/)*)WITH\b", re.IGNORECASE | re.DOTALL)
_BOUNDED = re.compile(r"\bLIMIT\s+(?:\{limit\s*:|\d+)[^()]*$", re.IGNORECASE)
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Analysis:
    """One analysis. `trusted` is false for files from EXOS_PLAYBOOK_DIR, whose SQL goes through the guard."""

    slug: str
    area: str
    document: Document
    parameters: tuple[Parameter, ...]
    trusted: bool
    module: ModuleType | None = None

    @property
    def sql(self) -> str:
        """The text of the file without its front matter."""
        return self.document.body

    def summary(self) -> dict[str, Any]:
        """What a catalogue shows of it."""
        return {
            "slug": self.slug,
            "area": self.area,
            "title": self.document.title,
            "question": self.document.question,
            "description": self.document.description,
            "shows": self.document.shows,
            "trusted": self.trusted,
            "parameters": [_parameter_summary(one) for one in self.parameters],
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL ready to run, and the values bound in it."""

    sql: str
    values: Mapping[str, Any]


class Playbook:
    """All analyses, by slug."""

    def __init__(self, analyses: Mapping[str, Analysis]) -> None:
        self._analyses = dict(analyses)

    @classmethod
    def load(cls, own: str = "", builtin: Path = _BUILTIN) -> Playbook:
        """Read every file. Raises BadAnalysis with file:line for the first that is malformed."""
        found: dict[str, Analysis] = {}
        for folder, trusted in ((builtin, True), (Path(own).expanduser() if own else None, False)):
            if folder is None:
                continue
            if not folder.is_dir():
                raise BadAnalysis(f"{folder} is not a folder.", "Set EXOS_PLAYBOOK_DIR to a folder of analyses.")
            for one in _read_folder(folder, trusted):
                if one.slug in found:
                    raise frontmatter.bad(one.document, "title", f"there is already an analysis {one.slug}")
                found[one.slug] = one
        return cls(dict(sorted(found.items())))

    def __iter__(self) -> Iterator[Analysis]:
        return iter(self._analyses.values())

    def __len__(self) -> int:
        return len(self._analyses)

    def get(self, slug: str) -> Analysis:
        """The analysis of that slug. Raises NotFound."""
        try:
            return self._analyses[slug]
        except KeyError:
            near = [known for known in self._analyses if slug.split("/")[-1] in known or known.split("/")[-1] in slug]
            hint = f"Did you mean {', '.join(near[:3])}?" if near else "`exos list` shows all."
            raise NotFound(f"There is no analysis {slug!r}.", hint) from None

    def run(self, database: Database, slug: str, given: Mapping[str, Any], query_id: str | None = None) -> Result:
        """Run one analysis with the given parameters.

        Raises NotFound where there is no such analysis or no such process, BadParameter and what Database.query raises.
        """
        analysis = self.get(slug)
        params = parameters.bind(analysis.parameters, given)
        if analysis.module is not None and hasattr(analysis.module, "run"):
            result = _run_function(analysis, database, params)
        else:
            statement = compose(analysis, database, params)
            result = database.query(
                statement.sql, statement.values, limits=_limits(analysis, database), query_id=query_id
            )
        if _reads_cases(analysis.document, analysis.area) and result.at_most_one:
            _check_process(database, str(params.get("process") or ""))
        return result

    def statement(self, database: Database, slug: str, given: Mapping[str, Any]) -> Statement:
        """The SQL that `run` would send, and its values."""
        analysis = self.get(slug)
        return compose(analysis, database, parameters.bind(analysis.parameters, given))

    def describe(self, database: Database, slug: str) -> tuple[Column, ...]:
        """The output columns of an analysis. Raises BadAnalysis with file:line when the engine does not accept its
        SQL.
        """
        analysis = self.get(slug)
        if analysis.document.columns:
            return tuple(Column(name, type_) for name, type_ in analysis.document.columns)
        given = {one.name: _sample(one) for one in analysis.parameters if one.required}
        try:
            statement = compose(analysis, database, parameters.bind(analysis.parameters, given))
            rows = database.query(f"DESCRIBE (\n{statement.sql}\n)", statement.values).rows
        except ExosError as error:
            raise frontmatter.bad(analysis.document, analysis.sql.splitlines()[0], error.message) from None
        return tuple(Column(row[0], row[1]) for row in rows)

    def validate(self, database: Database) -> None:
        """Let the engine check every analysis. Raises BadAnalysis for the first that it does not accept."""
        for analysis in self:
            self.describe(database, analysis.slug)


def compose(analysis: Analysis, database: Database, params: Mapping[str, Any]) -> Statement:
    """The analysis's SQL with the relations that it reads put in front, and every bound value."""
    values = dict(params)
    body = analysis.sql
    if analysis.module is not None:
        body = analysis.module.compose(params)
    sql = _with_relations(body, database, values)
    if not analysis.trusted:
        sql = guard.check(sql, database.query, values, (database.name, database.telemetry))
    return Statement(sql, values)


def _limits(analysis: Analysis, database: Database) -> Limits:
    """One of your own has the time and memory of free SQL; how many rows it gives, its `limit` says."""
    if analysis.trusted:
        return database.analysis_limits
    return replace(database.sql_limits, rows=database.analysis_limits.rows)


def _with_relations(body: str, database: Database, values: dict[str, Any]) -> str:
    names = selection.named(body)
    if not names:
        return body

    def ask(sql: str, bound: Mapping[str, Any]) -> list[list[Any]]:
        return database.query(sql, bound).rows

    relations, bound = selection.relations(names, values, ask, database.telemetry)
    values.update(bound)
    own = _WITH.match(body)
    if own is None:
        return f"WITH\n{relations}\n{body}"
    return f"{own.group('before')}WITH\n{relations},{body[own.end() :]}"


def _check_process(database: Database, process: str) -> None:
    """An answer without rows may mean a process without such cases, or a name that was mistyped: say which."""
    known = "SELECT 1 FROM {} WHERE process = {{process:String}} LIMIT 1"
    for table in ("cases", "case_events"):
        if not process or database.query(known.format(table), {"process": process}).rows:
            return
    names = [row[0] for row in database.query("SELECT DISTINCT process FROM cases ORDER BY process LIMIT 20").rows]
    hint = f"Known are: {', '.join(names)}." if names else "Nothing was imported yet: exos import, or exos demo."
    raise NotFound(f"There is no process {process!r}.", hint)


def _reads_cases(document: Document, area: str) -> bool:
    """Whether the analysis looks at the cases of a process, and so needs to be told which."""
    return area in PROCESS_AREAS or bool(selection.named(document.body) & selection.CASES)


def _run_function(analysis: Analysis, database: Database, params: Mapping[str, Any]) -> Result:
    asked: list[Statistics] = []

    def ask(sql: str, more: Mapping[str, Any] | None = None) -> Result:
        values = {**params, **(more or {})}
        result = database.query(_with_relations(sql, database, values), values)
        asked.append(result.statistics)
        return result

    assert analysis.module is not None
    rows = analysis.module.run(ask, params)
    columns = tuple(Column(name, type_) for name, type_ in analysis.document.columns)
    return Result.of(columns, rows, Statistics.total(asked))


def _read_folder(folder: Path, trusted: bool) -> Iterator[Analysis]:
    for path in sorted((*folder.glob("*.sql"), *folder.glob("*/*.sql"), *folder.glob("*/*.py"))):
        if path.name.startswith("_"):
            continue
        if path.parent == folder:
            raise BadAnalysis(
                f"{path}: an analysis lies in the folder of its area.", f"Move it to {folder / 'custom' / path.name}."
            )
        if path.suffix == ".py" and not trusted:
            raise BadAnalysis(
                f"{path}: analyses of your own are SQL.", "Write it as a .sql file, or begin its name with _."
            )
        yield _read(path, trusted)


def _read(path: Path, trusted: bool) -> Analysis:
    document = frontmatter.read(path)
    area = path.parent.name
    _check_relations(document)
    module = _module(path) if path.suffix == ".py" else None
    if module is None:
        _check_sql(document)
    elif not hasattr(module, "compose") and not hasattr(module, "run"):
        raise frontmatter.bad(document, "def ", "a .py analysis needs a function compose(params) or run(ask, params)")
    return Analysis(f"{area}/{path.stem}", area, document, _parameters(document, area), trusted, module)


def _parameters(document: Document, area: str) -> tuple[Parameter, ...]:
    of_cases = _reads_cases(document, area)
    shared = [*([parameters.PROCESS] if of_cases else []), *parameters.SHARED]
    if selection.named(document.body) & selection.CASES:
        shared.append(parameters.CASES)
    shared.append(parameters.limit_parameter(document.limit, document.limit_max))
    names = {one.name for one in shared}
    for name in document.declared:
        if name in names and name != "process":
            raise frontmatter.bad(document, name, f"{name} is shared by all analyses and cannot be declared again")
        if (
            document.path.suffix == ".sql"
            and name not in document.placeholders
            and not (name == "process" and of_cases)
        ):
            raise frontmatter.bad(document, name, f"parameter {name!r} is declared but the SQL has no {{{name}:Type}}")
    if "process" in document.declared:
        shared = [one for one in shared if one.name != "process"]
        names.discard("process")
    types = {**dict.fromkeys(document.declared, "String"), **document.placeholders}
    own = [frontmatter.parameter(document, name, type_) for name, type_ in types.items() if name not in names]
    for one in own:
        if one.name not in document.declared:
            raise frontmatter.bad(
                document, f"{{{one.name}", f"{{{one.name}:…}} is neither shared nor declared under params"
            )
    return (*[one for one in shared if one.name == "process"], *own, *[one for one in shared if one.name != "process"])


def _check_relations(document: Document) -> None:
    names = selection.named(document.body)
    if sum(bool(names & family) for family in selection.FAMILIES) > 1:
        told = ", ".join(sorted(names))
        raise frontmatter.bad(document, max(names), f"{told}: an analysis reads relations of one family (selection/)")


def _check_sql(document: Document) -> None:
    bare = _COMMENTS.sub("", document.body).rstrip()
    if bare.endswith(";") or ";" in bare:
        raise frontmatter.bad(document, ";", "an analysis is one statement, without a semicolon")
    if not re.match(r"(?i)^\s*(WITH|SELECT)\b", bare):
        raise frontmatter.bad(
            document, document.body.split("\n")[0], "an analysis is a SELECT, or a WITH that ends in one"
        )
    if not _BOUNDED.search(bare):
        raise frontmatter.bad(
            document, document.body.split("\n")[-1], "an analysis must end in LIMIT {limit:UInt64}, or LIMIT n"
        )


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"exos_playbook_{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _sample(one: Parameter) -> Any:
    if one.choices:
        return one.choices[0]
    if one.type.startswith("Array("):
        return []
    return "" if one.type == "String" else "2000-01-01" if one.type.startswith("DateTime") else 1


def _parameter_summary(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "type": one.type,
        "label": one.label,
        "help": one.help,
        "default": one.default,
        "required": one.required,
        "choices": list(one.choices),
    }


RunFunction = Callable[[Callable[..., Result], Mapping[str, Any]], list[list[Any]]]
"""The type of a `.py` analysis's `run`."""
