"""Results as a person reads them: lines in the terminal and RESULTS.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench.figures import Figure
from bench.machine import QUIET

TITLES = {
    "process": "Process analyses against pm4py on a ready frame",
    "importing": "Import: file to queryable rows, against pm4py's importers",
    "memory": "Memory of an import",
    "api": "What the API adds to the SQL",
    "server": "Start and rest of the server",
    "page": "The process page",
    "deriving": "Deriving events from spans",
    "ingest": "The receiver",
    "demo": "Making the demo worlds",
}
_HEAD = """# Measured figures

Written by `make bench`; do not edit. Each ratio is between medians measured in turns in one run on one machine, after both
sides were found to give the same answer. README.md says what is compared and how.
"""
_UNITS = {"s": ((1, "s"), (1e-3, "ms")), "B": ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))}


def say(name: str, result: Mapping[str, Any]) -> bool:
    """Print what stopped a benchmark and what missed its goal. True when there is neither."""
    for why in ("failed", "skipped"):
        if why in result:
            print(f"{name} {why}: {result[why]}", flush=True)
    missed = [one["what"] for one in result["figures"] if one["verdict"] == "missed"]
    for what in missed:
        print(f"{name}: goal missed: {what}", flush=True)
    return not missed and "failed" not in result


def page(results: Mapping[str, Mapping[str, Any]]) -> str:
    """RESULTS.md."""
    return "\n".join([_HEAD, *(line for name, result in results.items() for line in _section(name, result))])


def _section(name: str, result: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {TITLES[name]}\n"
    yield _circumstances(name, result) + "\n"
    for why in ("failed", "skipped"):
        if why in result:
            yield f"**{why.capitalize()}**: {result[why]}\n"
    figures = [Figure.of(one) for one in result["figures"]]
    if figures:
        yield "| what | EXOS | peer | figure | goal | | notes |"
        yield "|---|---:|---:|---:|---:|---|---|"
        yield from map(_row, figures)
        yield ""


def _circumstances(name: str, result: Mapping[str, Any]) -> str:
    machine = result["machine"]
    here = f"{machine['cores']} cores, {machine['memory_gib']} GiB ({machine['cpu']}, {machine['system']})"
    parts = [
        f"{result['date']} · {here} · {result['seconds']:.0f} s · `make bench NAMES={name}`",
        ", ".join(f"{package} {version}" for package, version in machine["versions"].items()),
    ]
    load, busy = result["load_before"], result["cores_used_by_others"]
    if load > QUIET or busy > 0.2:
        parts.append(f"The machine was not free: load {load} before; other processes kept {busy} cores busy meanwhile.")
    return "\\\n".join(parts)


def _row(one: Figure) -> str:
    theirs = "" if one.theirs is None else amount(one.theirs, one.unit)
    notes = "; ".join(part for part in (one.peer, f"median of {one.runs}" if one.runs > 1 else "", one.note) if part)
    mark = {"met": "✓", "missed": "✗", "no goal": ""}[one.verdict]
    return f"| {one.what} | {amount(one.ours, one.unit)} | {theirs} | {one.shown} | {one.goal} | {mark} | {notes} |"


def amount(value: float, unit: str) -> str:
    """A value with the unit in which it reads well."""
    for size, name in _UNITS.get(unit, ()):
        if value >= size:
            return f"{value / size:,.3g} {name}"
    return f"{value:,.3g} {_UNITS[unit][-1][1] if unit in _UNITS else unit}"
