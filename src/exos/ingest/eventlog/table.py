"""Logs that are tables (CSV, Parquet, JSONL): named columns become roles, attributes of the event and attributes of the case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.ingest.eventlog import roles
from exos.ingest.eventlog.arrays import (
    Flags,
    Ints,
    booleans,
    columns_to_maps,
    flags,
    integers,
    no_maps,
    numbers,
    present,
)
from exos.ingest.eventlog.clock import Clock
from exos.ingest.eventlog.events import DECIMAL_COMMA, Candidates, settle
from exos.ingest.eventlog.format import Piece, Report
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.rejections import Rejections
from exos.ingest.eventlog.texts import as_texts

CASE_PREFIX = "case:"
TIMES = ("timestamp", "start")


@dataclass(frozen=True)
class Rows:
    """Some rows of a table: `columns` by name, the position of each row in the file, line numbers on request.

    Readers that have no columns give the maps of attributes themselves; those of the case for the rows that are kept.
    """

    columns: dict[str, pa.Array]
    positions: Ints
    lines: Callable[[Ints], Ints]
    rejections: Rejections
    attributes: pa.Array | None = None
    case_attributes: Callable[[Flags], pa.Array] | None = None


class Layout:
    """What the columns of one table mean, decided at its first rows."""

    def __init__(self, columns: Sequence[str], options: Options, report: Report, source: str) -> None:
        self.roles = roles.assign(columns, options, report, source)
        self.clock = Clock(options.timezone, options.day_first, report)
        self.decimal_comma = False
        self._report = report
        self.used = set(self.roles.values())

    def learn(self, sample: Iterable[dict[str, pa.Array]]) -> None:
        """Look at the times of the first rows. Raises BadFile when they can be read in two ways."""
        for role in TIMES:
            if name := self.roles.get(role):
                parts = [columns[name] for columns in sample if name in columns]
                if parts:
                    self.clock.learn(pa.concat_arrays(parts) if len(parts) > 1 else parts[0], name)

    def learn_costs(self, sample: Iterable[dict[str, pa.Array]]) -> None:
        """Costs are written with decimal commas where every one of the first rows can be read so, and some have a comma."""
        if name := self.roles.get("cost"):
            parts = [pc.utf8_trim_whitespace(columns[name]) for columns in sample if name in columns]
            filled = [part.filter(booleans(present(part))) for part in parts]
            fits = all(flags(pc.match_substring_regex(part, DECIMAL_COMMA)).all() for part in filled)
            self.decimal_comma = fits and any(flags(pc.match_substring(part, ",")).any() for part in filled)

    def settle(self, rows: Rows) -> Piece:
        """The events of some rows."""
        found, length = {}, len(rows.positions)
        for role, name in self.roles.items():
            column = rows.columns.get(name)
            if column is not None:
                found[role] = column if role in TIMES else as_texts(column)
            elif role in ("case", "activity", "timestamp"):
                found[role] = pa.nulls(length, pa.string())
        others = {name: column for name, column in rows.columns.items() if name not in self.used}
        mine = {name: column for name, column in others.items() if not name.startswith(CASE_PREFIX)}
        cases = {name: column for name, column in others.items() if name.startswith(CASE_PREFIX)}
        of_case = rows.case_attributes or (_CaseAttributes(found["case"], cases) if cases else None)
        return settle(
            Candidates(
                columns=found,
                names=self.roles,
                sequence=rows.positions,
                attributes=_maps(mine, length) if rows.attributes is None else rows.attributes,
                lines=rows.lines,
                case_attributes=of_case,
                rejections=rows.rejections,
                decimal_comma=self.decimal_comma,
            ),
            self.clock,
            self._report,
        )


def distinct(names: list[str], report: Report) -> list[str]:
    """Names without repetition: a second `amount` becomes `amount.2`, a missing one `column 3`."""
    result: list[str] = []
    for place, given in enumerate(names, 1):
        name = given.strip() or f"column {place}"
        times = 1
        while name in result:
            times += 1
            name = f"{given.strip()}.{times}"
        if times > 1:
            report.note(f"Column {place} is called {given.strip()!r} like another; it was read as {name!r}.")
        result.append(name)
    return result


class _CaseAttributes:
    """Attributes of the case, given where a case first appears and wherever they change."""

    def __init__(self, case: pa.Array, columns: dict[str, pa.Array]) -> None:
        self._case = case
        self._columns = {name[len(CASE_PREFIX) :]: as_texts(column) for name, column in columns.items()}

    def __call__(self, keep: Flags) -> pa.Array:
        wanted = np.zeros(len(keep), np.bool_)
        kept = np.flatnonzero(keep)
        case = _codes(self._case)[kept]
        by_case = np.argsort(case, kind="stable")
        rows = kept[by_case]
        changed = np.ones(len(rows), np.bool_)
        changed[1:] = case[by_case][1:] != case[by_case][:-1]
        for column in self._columns.values():
            values = _codes(column)[rows]
            changed[1:] |= values[1:] != values[:-1]
        wanted[rows[changed]] = True
        maps = columns_to_maps(list(self._columns), list(self._columns.values()), wanted)
        return maps if keep.all() else maps.take(integers(kept))


def _codes(column: pa.Array) -> Ints:
    return _filled(column.dictionary_encode().indices)


def _filled(codes: pa.Array) -> Ints:
    return np.where(flags(codes.is_valid()), numbers(codes), -1)


def _maps(columns: dict[str, pa.Array], length: int) -> pa.Array:
    if not columns or not length:
        return no_maps(length)
    return columns_to_maps(list(columns), [as_texts(column) for column in columns.values()])
