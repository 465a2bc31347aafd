"""What is planted in the demo data: read from planted/*.yaml, one file per storey, which also drive the generator.

A truth says what was planted, with the numbers; which analysis must find it, and what "found" means; the plain SQL that
proves that it is in the data; and the red herring beside it, with the SQL that proves that it looks guilty and is not.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from exos.store.database import Database
from exos.types import Result

_LENGTH = "days"
_START = "starts_days_before_end"
_FILES = ("orders", "screens", "marketing", "assistant", "telco")
"""In the order in which the storeys stand on each other."""
_DATES = ("first", "until", "end")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one cell of an answer must be: `column` of the first row whose columns equal `where`."""

    column: str
    where: Mapping[str, Any]
    equals: Any = None
    at_least: float | None = None
    at_most: float | None = None

    def failure(self, answer: Result) -> str:
        """Why the answer does not meet it; empty when it does."""
        rows = [row for row in answer.records() if all(row[key] == value for key, value in self.where.items())]
        if not rows:
            return f"no row with {dict(self.where)}"
        value = rows[0][self.column]
        if self.equals is not None:
            return "" if value == self.equals else f"{self.column} is {value!r}, expected {self.equals!r}"
        if value is None:
            return f"{self.column} is empty"
        if self.at_least is not None and value < self.at_least:
            return f"{self.column} is {value:.4g}, expected at least {self.at_least:g}"
        if self.at_most is not None and value > self.at_most:
            return f"{self.column} is {value:.4g}, expected at most {self.at_most:g}"
        return ""

    def text(self) -> str:
        """The condition, for people."""
        of = " and ".join(f"{key} {value}" for key, value in self.where.items())
        bounds = [f"= {self.equals}"] if self.equals is not None else []
        bounds += [f"≥ {self.at_least:g}"] if self.at_least is not None else []
        bounds += [f"≤ {self.at_most:g}"] if self.at_most is not None else []
        return f"{self.column} {' and '.join(bounds)}" + (f" where {of}" if of else " in the first row")


@dataclass(frozen=True, slots=True)
class Finding:
    """An analysis, and what its answer must hold. Parameters that are days before the end become moments in `params_at`."""

    analysis: str
    params: Mapping[str, Any]
    expect: tuple[Expectation, ...]

    def params_at(self, end: date) -> dict[str, Any]:
        """The parameters for a world that ends on `end`."""
        return {name: _moment(value, end) for name, value in self.params.items()}

    def failures(self, answer: Result) -> list[str]:
        """What the answer does not show; empty when the truth is found."""
        return [failure for each in self.expect if (failure := each.failure(answer))]

    def command(self, end: date, program: str = "exos") -> str:
        """The call in the terminal; `program` may bear options that say where the data is."""
        given = (f"-p {_shell(name, value)}" for name, value in self.params_at(end).items())
        return " ".join([f"{program} run {self.analysis}", *given])


@dataclass(frozen=True, slots=True)
class Evidence:
    """Plain SQL, and what its answer must hold."""

    sql: str
    expect: tuple[Expectation, ...]

    def command(self, params: Mapping[str, Any], program: str = "exos") -> str:
        """The question in the terminal, on several lines, with those of the parameters that the SQL names."""
        given = (f"-p {_shell(name, value)}" for name, value in params.items() if f"{{{name}:" in self.sql)
        return " ".join([f"{program} sql {_quoted(self.sql.strip())}", *given])


@dataclass(frozen=True, slots=True)
class Truth:
    """One planted truth. `said` may name planted numbers; `herring` is what looks guilty and is not (empty: none).

    `process` is empty where the truth is not about one process; `world` is the world that it is planted in.
    """

    id: str
    title: str
    world: str
    process: str
    planted: Mapping[str, Any]
    said: str
    findings: tuple[Finding, ...]
    evidence: Evidence
    herring: str
    herring_evidence: Evidence | None

    def params(self, end: date) -> dict[str, Any]:
        """What the SQL of the evidence may name: the planted numbers, and the moments `first`, `until` (exclusive) and `end`."""
        numbers = {key: value for key, value in self.planted.items() if not isinstance(value, list)}
        first = end - timedelta(days=self.planted.get(_START, 0))
        until = first + timedelta(days=self.planted[_LENGTH]) if _LENGTH in self.planted else end
        return {**numbers, "first": f"{first} 00:00:00", "until": f"{until} 00:00:00", "end": f"{end} 00:00:00"}

    def failures(self, database: Database, end: date) -> list[str]:
        """What of the truth and its herring is not in the data; empty when all is."""
        failures = []
        for name, evidence in (("truth", self.evidence), ("herring", self.herring_evidence)):
            if evidence is not None:
                answer = database.query(evidence.sql, self.params(end))
                failures += [f"{name}: {failure}" for each in evidence.expect if (failure := each.failure(answer))]
        return failures

    def told(self, end: date | None = None) -> str:
        """What was planted, in a sentence. Without the `end` of a world, days are counted back from it."""
        dates = (
            {name: moment[:10] for name, moment in self.params(end).items() if name in _DATES} if end else self._back()
        )
        return self.said.format(**{**self.planted, **dates})

    def _back(self) -> dict[str, str]:
        first = int(self.planted.get(_START, 0))
        return {"first": _days(first), "until": _days(first - int(self.planted.get(_LENGTH, first))), "end": "the end"}

    @property
    def herring_told(self) -> str:
        """What looks guilty and is not, in a sentence; empty when there is none."""
        return self.herring.format(**self.planted)


@cache
def _documents() -> dict[str, dict[str, Any]]:
    folder = Path(__file__).parent / "planted"
    texts = [(folder / f"{name}.yaml").read_text(encoding="utf-8") for name in _FILES]
    return {said["id"]: said for text in texts for said in yaml.safe_load(text)}


def planted(truth: str) -> Mapping[str, Any]:
    """The numbers of one truth, as the generator uses them. Raises KeyError when there is no such truth."""
    numbers: Mapping[str, Any] = _documents()[truth]["planted"]
    return numbers


def truths(world: str = "") -> list[Truth]:
    """Everything that is planted in a world (empty: in all), file by file."""
    return [truth for truth in map(_truth, _documents().values()) if world in ("", truth.world)]


def _truth(said: Mapping[str, Any]) -> Truth:
    herring, process = said.get("herring", {}), said.get("process", "")
    shared = {"process": process} if process else {}
    return Truth(
        id=said["id"],
        title=said["title"],
        world=said.get("world", "mortgage"),
        process=process,
        planted=said["planted"],
        said=_line(said["text"]),
        findings=tuple(
            Finding(find["analysis"], {**shared, **find.get("params", {})}, _expectations(find))
            for find in said["find"]
        ),
        evidence=Evidence(said["evidence"]["sql"], _expectations(said["evidence"])),
        herring=_line(herring.get("text", "")),
        herring_evidence=Evidence(herring["sql"], _expectations(herring)) if herring else None,
    )


def _expectations(said: Mapping[str, Any]) -> tuple[Expectation, ...]:
    return tuple(Expectation(**{"where": {}, **each}) for each in said["expect"])


def _days(back: int) -> str:
    return f"{back} days before the end" if back else "the end"


def _line(text: str) -> str:
    return " ".join(text.split())


def _moment(value: Any, end: date) -> Any:
    if isinstance(value, dict) and set(value) == {"days_before_end"}:
        day = end - timedelta(days=value["days_before_end"])
        return datetime.combine(day, time(), UTC).isoformat().replace("+00:00", "Z")
    return value


def _quoted(sql: str) -> str:
    """As one word of a shell, readable where that can be: SQL is full of single quotes."""
    return shlex.quote(sql) if any(mark in sql for mark in '"$`\\') else f'"{sql}"'


def _shell(name: str, value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f"'{name}={text}'" if any(mark in text for mark in ' "[]{}') else f"{name}={text}"
