"""Imports point one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "exos"
LAYERS = (
    ("cli",),
    ("server", "mcp", "assistant", "alerts"),
    ("freesql", "analysis", "ingest", "demo"),
    ("frontmatter", "parameters", "selection", "buckets", "playbook", "algorithms"),
    ("store", "metadata"),
    ("times",),
    ("types", "errors", "settings", "examples"),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _layer(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "exos" and len(parts) > 1 else ""


def test_no_import_points_upward() -> None:
    upward = []
    for path in SOURCE.rglob("*.py"):
        here = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if here not in RANK:
            continue
        for module in _imports(path):
            there = _layer(module)
            if there in RANK and RANK[there] < RANK[here]:
                upward.append(f"{path.relative_to(SOURCE)} imports {module}")
    assert not upward


def test_every_module_has_a_place() -> None:
    known = {*RANK, "__init__", "__main__", "portal"}
    places = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in SOURCE.rglob("*.py")}
    assert places <= known


def test_one_module_imports_each_driver() -> None:
    drivers = {"chdb", "clickhouse_connect"}
    users = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if any(module.split(".")[0] in drivers for module in _imports(path))
    }
    assert users == {"store/embedded.py", "store/remote.py"}
