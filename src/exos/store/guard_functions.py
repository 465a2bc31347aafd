"""Which functions free SQL may call: `guard_functions.toml`, asked by name.

Names are compared without case: the engine knows many of them in any case, and no allowed name differs from a refused
one by its case only (a test sees to that).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

UNKNOWN = "is not among the functions that free SQL may call"


@dataclass(frozen=True)
class Catalogue:
    """Functions, aggregates and table functions in lower case: those allowed, and why the others are not."""

    functions: frozenset[str]
    aggregates: frozenset[str]
    combinators: tuple[str, ...]
    tables: frozenset[str]
    refused: Mapping[str, str]
    refused_tables: Mapping[str, str]

    def why_not(self, name: str) -> str:
        """Why a function may not be called, as the rest of a sentence that starts with its name; empty when it may."""
        lower = name.lower()
        if lower in self.functions:
            return ""
        for base in self.without_combinators(lower):
            if base in self.aggregates:
                return ""
            if base in self.refused:
                return self.refused[base]
        return UNKNOWN

    def why_not_table(self, name: str) -> str:
        """Why a function may not stand in the place of a table; empty when it may."""
        lower = name.lower()
        return "" if lower in self.tables else self.refused_tables.get(lower, UNKNOWN)

    def without_combinators(self, lower: str) -> Iterator[str]:
        """The name itself, and what is left of it without `If`, `State`, `ArrayIf` …"""
        yield lower
        for suffix in self.combinators:
            if lower.endswith(suffix) and len(lower) > len(suffix):
                yield from self.without_combinators(lower.removesuffix(suffix))


@cache
def catalogue() -> Catalogue:
    """The catalogue of `guard_functions.toml`."""
    read = tomllib.loads((files("exos.store") / "guard_functions.toml").read_text(encoding="utf-8"))
    functions, aggregates, tables = read["functions"], read["aggregates"], read["tables"]
    return Catalogue(
        functions=_lower(functions["allowed"]),
        aggregates=_lower(aggregates["allowed"]),
        combinators=tuple(name.lower() for name in aggregates["combinators"]),
        tables=_lower(tables["allowed"]),
        refused={**_reasons(functions["refused"]), **_reasons(aggregates["refused"])},
        refused_tables=_reasons(tables["refused"]),
    )


def _lower(names: list[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _reasons(refused: Mapping[str, list[str]]) -> dict[str, str]:
    return {name.lower(): reason for reason, names in refused.items() for name in names}
