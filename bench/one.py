"""`python -m bench.one NAME FILE`: one benchmark, its figures as JSON in the file. The suite starts it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from bench.figures import Figure, Mismatch, Skipped


def main(name: str, file: str) -> int:
    """Measure, and write what was found until something stopped it."""
    measure: Callable[[], Iterable[Figure]] = import_module(f"bench.{name}").measure
    found: dict[str, Any] = {"figures": []}
    try:
        for figure in measure():
            found["figures"].append(figure.as_dict())
            print(f"  {figure.what}: {figure.shown}  {figure.goal}  {figure.verdict}  {figure.note}", flush=True)
    except Skipped as why:
        found["skipped"] = str(why)
    except Mismatch as why:
        found["failed"] = str(why)
    Path(file).write_bytes(orjson.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
