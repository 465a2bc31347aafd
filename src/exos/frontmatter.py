"""Reads a Playbook file: YAML front matter, then SQL (`.sql`) or a function (`.py`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from exos.errors import BadAnalysis

SHOWS = ("table", "bar", "line", "flow", "number", "sankey")
_KEYS = {"title", "question", "description", "shows", "params", "limit", "columns"}
_PARAM_KEYS = {"type", "label", "help", "default", "choices", "min", "max"}
_BLOCK = re.compile(r"\A\s*(/\*|\"\"\")\s*---\n(?P<yaml>.*?)\n---\s*(\*/|\"\"\")\n?", re.DOTALL)
PLACEHOLDER = re.compile(r"\{\s*(?P<name>\w+)\s*:\s*(?P<type>[^{}]+?)\s*\}")
_REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an analysis: its ClickHouse type, and a default unless it is required."""

    name: str
    type: str
    label: str = ""
    help: str = ""
    default: Any = None
    required: bool = False
    choices: tuple[Any, ...] = ()
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed Playbook file. `line` is where the body starts in the file, from 1."""

    path: Path
    title: str
    question: str
    description: str
    shows: str
    limit: int
    limit_max: int
    body: str
    line: int
    placeholders: Mapping[str, str]
    declared: Mapping[str, Mapping[str, Any]]
    columns: tuple[tuple[str, str], ...] = field(default=())


def read(path: Path) -> Document:
    """Parse one file. Raises BadAnalysis with file:line for anything missing, unknown or of the wrong kind."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _bad(path, 1, f"the file is not text in UTF-8: {error.reason} at byte {error.start}") from None
    found = _BLOCK.match(text)
    if found is None:
        raise _bad(
            path, 1, "there is no front matter: the file must start with a comment that holds YAML between --- lines"
        )
    head = _yaml(path, found.group("yaml"))
    _check_keys(path, text, head, _KEYS, "front matter")
    start = found.end() if path.suffix == ".sql" else 0
    start += len(text[start:]) - len(text[start:].lstrip())
    body = text[start:].rstrip()
    declared = _declared(path, text, head)
    limit = _limit(path, text, head)
    return Document(
        path=path,
        title=_string(path, text, head, "title"),
        question=_string(path, text, head, "question"),
        description=str(head.get("description", "")).strip(),
        shows=_shows(path, text, head),
        limit=limit[0],
        limit_max=limit[1],
        body=body,
        line=text.count("\n", 0, start) + 1,
        placeholders={m.group("name"): m.group("type") for m in PLACEHOLDER.finditer(body)}
        if path.suffix == ".sql"
        else {},
        declared=declared,
        columns=_columns(path, text, head),
    )


def parameter(document: Document, name: str, type_: str) -> Parameter:
    """The parameter of that name: its type from the SQL, the rest from the front matter."""
    about = document.declared.get(name, {})
    default = about.get("default", _REQUIRED)
    return Parameter(
        name=name,
        type=str(about.get("type", type_)),
        label=str(about.get("label", name.replace("_", " ").capitalize())),
        help=str(about.get("help", "")),
        default=None if default is _REQUIRED else default,
        required=default is _REQUIRED,
        choices=tuple(about.get("choices", ())),
        min=about.get("min"),
        max=about.get("max"),
    )


def bad(document: Document, needle: str, why: str) -> BadAnalysis:
    """An error that points at the first line of the file that holds `needle`."""
    text = document.path.read_text(encoding="utf-8")
    return _bad(document.path, _line_of(text, needle), why)


def _yaml(path: Path, text: str) -> dict[str, Any]:
    try:
        head = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + 3
        raise _bad(path, line, f"the front matter is not YAML: {getattr(error, 'problem', error)}") from None
    if not isinstance(head, dict):
        raise _bad(path, 3, "the front matter must be a mapping of keys to values")
    return head


def _check_keys(path: Path, text: str, given: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in given:
        if key not in known:
            raise _bad(
                path, _line_of(text, str(key)), f"unknown key {key!r} in {where}; known are {', '.join(sorted(known))}"
            )


def _declared(path: Path, text: str, head: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    params = head.get("params") or {}
    if not isinstance(params, dict):
        raise _bad(path, _line_of(text, "params"), "params must map names to {label, default, …}")
    for name, about in params.items():
        if not isinstance(about, dict):
            raise _bad(path, _line_of(text, str(name)), f"parameter {name!r} must map to {{label, default, …}}")
        _check_keys(path, text, about, _PARAM_KEYS, f"parameter {name!r}")
    return params


def _limit(path: Path, text: str, head: Mapping[str, Any]) -> tuple[int, int]:
    limit = head.get("limit", {"default": 100_000, "max": 1_000_000})
    if not isinstance(limit, dict) or set(limit) != {"default", "max"}:
        raise _bad(path, _line_of(text, "limit"), "limit must be {default: n, max: n}")
    return int(limit["default"]), int(limit["max"])


def _string(path: Path, text: str, head: Mapping[str, Any], key: str) -> str:
    value = head.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _bad(path, _line_of(text, key), f"{key} is missing")
    return value.strip()


def _shows(path: Path, text: str, head: Mapping[str, Any]) -> str:
    shows = head.get("shows", "table")
    if shows not in SHOWS:
        raise _bad(path, _line_of(text, "shows"), f"shows is {shows!r}; it must be one of {', '.join(SHOWS)}")
    return str(shows)


def _columns(path: Path, text: str, head: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    columns = head.get("columns") or {}
    if not isinstance(columns, dict):
        raise _bad(path, _line_of(text, "columns"), "columns must map names to ClickHouse types")
    return tuple((str(name), str(type_)) for name, type_ in columns.items())


def _line_of(text: str, needle: str) -> int:
    at = text.find(needle)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def _bad(path: Path, line: int, why: str) -> BadAnalysis:
    return BadAnalysis(f"{path}:{line}: {why}", "Mend the file; docs/playbook.md says what an analysis looks like.")
