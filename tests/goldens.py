"""Golden rows: what an analysis answers about a log small enough to be checked by hand."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from exos.types import Result

FOLDER = Path(__file__).parent / "golden"


def path(slug: str, further: str = "") -> Path:
    """Where the golden rows of an analysis are; `further`: those of another question to it."""
    return FOLDER / further / f"{slug.replace('/', '_')}.json"


def check(
    slug: str, result: Result, request: pytest.FixtureRequest, without: Collection[str] = (), further: str = ""
) -> None:
    """Compare with the golden rows, or write them again with --write-golden. `without`: columns that differ in every run."""
    keep = [index for index, name in enumerate(result.names) if name not in without]
    columns = [result.names[index] for index in keep]
    rows = [[_rounded(row[index]) for index in keep] for row in result.rows]
    if request.config.getoption("--write-golden"):
        body = ",\n    ".join(json.dumps(row, ensure_ascii=False) for row in rows)
        text = f'{{\n  "columns": {json.dumps(columns)},\n  "rows": [\n    {body}\n  ]\n}}\n'
        path(slug, further).write_text(text, encoding="utf-8")
    assert {"columns": columns, "rows": rows} == json.loads(path(slug, further).read_text(encoding="utf-8"))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    return [_rounded(one) for one in value] if isinstance(value, list) else value
