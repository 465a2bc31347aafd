"""Reads the times of one log: decides once, over a sample, what its numbers mean, and then reads whole columns the same way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.errors import BadFile
from exos.ingest.eventlog import calendar, counted
from exos.ingest.eventlog.arrays import Flags, Ints, booleans, flags, integers, moments, numbers, text, texts
from exos.ingest.eventlog.calendar import Order
from exos.ingest.eventlog.format import Report

UTC = pa.timestamp("us", "UTC")
LOCAL = pa.timestamp("us")
EARLIEST = -2_208_988_800_000_000
"""1900-01-01, in microseconds since 1970: what the engine can hold."""
LATEST = 10_413_792_000_000_000
"""2300-01-01, exclusive."""
_NUMBERS = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)


@dataclass(frozen=True, slots=True)
class Times:
    """A column of times: UTC timestamps (null: none), where a text could not be read, and where it is out of range."""

    values: pa.Array
    unread: Flags
    outside: Flags


class Clock:
    """Reads times. `learn` first, from a sample of the column; then `read` may be used from several threads."""

    def __init__(self, timezone: str, day_first: bool | None, report: Report) -> None:
        self.timezone = timezone
        self.order = None if day_first is None else Order.DAY_FIRST if day_first else Order.MONTH_FIRST
        self.unit = counted.SECONDS
        self._report = report

    def quiet(self) -> Clock:
        """One that reads the same way and reports nothing."""
        made = Clock(self.timezone, None, Report())
        made.order, made.unit = self.order, self.unit
        return made

    def learn(self, sample: pa.Array, column: str) -> None:
        """Decide the order of day and month and the unit of numbers.

        Raises BadFile when the sample does not tell 3 April from 4 March, or contradicts itself.
        """
        if pa.types.is_string(sample.type) and _is_plain(sample):
            return
        if not pa.types.is_string(sample.type):
            if any(is_number(sample.type) for is_number in _NUMBERS):
                self._learn_unit(counted.digits(sample.drop_null()), column)
            return
        self._learn_unit(sample, column)
        if self.order is None:
            self._learn_order(sample, column)

    def read(self, column: pa.Array) -> Times:
        """Times of a column of texts, timestamps, dates or numbers."""
        kind = column.type
        if pa.types.is_string(kind):
            return self._texts(column)
        if pa.types.is_timestamp(kind):
            return _within(column.cast(UTC, safe=False) if kind.tz else self._located(column.cast(LOCAL, safe=False)))
        if pa.types.is_date(kind):
            return _within(self._located(column.cast(LOCAL)))
        return self._texts(counted.digits(column))

    def _texts(self, column: pa.Array) -> Times:
        # Most logs write one form throughout; Arrow reads ISO 8601 at tens of millions a second, or refuses the column.
        try:
            return _within(column.cast(UTC))
        except pa.ArrowInvalid:
            pass
        try:
            return _within(self._located(column.cast(LOCAL)))
        except pa.ArrowInvalid:
            return self._mixed(column)

    def _mixed(self, column: pa.Array) -> Times:
        missing = calendar.absent(column)
        column = pc.if_else(booleans(missing), text(""), column)
        result = calendar.read(column, self.order)
        local, instants = result.local, result.local - result.offset * 60_000_000
        naive = result.known & ~result.zoned
        places = np.flatnonzero(~result.known & ~missing)
        numeric, since = counted.read(column.take(integers(places)), self.unit)
        local[places] = instants[places] = since
        known = result.known & ~missing
        known[places] = numeric
        if self.unit.local:
            naive[places] = numeric
        self._warn_of_units(since[numeric])
        if naive.any():
            instants[naive] = numbers(self._located(moments(local[naive]).cast(LOCAL)))
        times = _within(moments(instants, known))
        return Times(times.values, ~known & ~missing, times.outside)

    def _warn_of_units(self, micro: Ints) -> None:
        """Numbers in a larger unit, or that count from elsewhere, give times long ago."""
        if early := int((micro < counted.LIKELY).sum()):
            self._report.count(
                f"{{n}} numbers read as {self.unit.name} give times before 1973:"
                " the log may mix them with others, or count from another time.",
                early,
            )

    def _located(self, local: pa.Array) -> pa.Array:
        """Local times as instants in the log's time zone."""
        self._report.note(f"Times without a zone were taken in {self.timezone}.")
        if self.timezone == "UTC":
            return local.cast(UTC)
        early = pc.assume_timezone(local, self.timezone, ambiguous="earliest", nonexistent="latest").cast(UTC)
        late = pc.assume_timezone(local, self.timezone, ambiguous="latest", nonexistent="earliest").cast(UTC)
        unclear = int(flags(pc.not_equal(early, late)).sum())
        if unclear:
            self._report.count(
                f"{{n}} times fall into a clock change in {self.timezone}: those that happened twice were taken as the earlier,"
                " those that were left out as the end of the gap.",
                unclear,
            )
        return early

    def _learn_unit(self, sample: pa.Array, column: str) -> None:
        if unit := counted.unit_of(sample):
            self.unit = unit
            self._report.note(f"Numbers in {column} were taken as {unit.name} since {unit.origin}.")

    def _learn_order(self, sample: pa.Array, column: str) -> None:
        day_leads, month_leads, mark = calendar.order_of(sample)
        if not mark:
            return
        if day_leads and month_leads:
            raise BadFile(
                f"The dates in {column} have the day first in some rows and the month first in others.",
                "Say which it is with --day-first or --month-first; rows that cannot be read so are rejected.",
            )
        if not day_leads and not month_leads and mark != ".":
            example = next(one.as_py() for one in sample if one.is_valid and calendar.order_of(texts([one.as_py()]))[2])
            raise BadFile(
                f"The dates in {column}, such as {example!r}, do not tell whether the day or the month comes first.",
                "Say it with --day-first or --month-first.",
            )
        self.order = Order.MONTH_FIRST if month_leads else Order.DAY_FIRST
        self._report.note(f"Dates in {column} were read with the {self.order.value.replace(' first', '')} first.")


def rfc3339(times: pa.Array) -> pa.Array:
    """UTC timestamps as text: `2012-03-01T09:00:00Z`, with as many digits of a second as are needed (none, 3 or 6)."""
    written = pc.replace_substring(times.cast(LOCAL).cast(pa.string()), " ", "T")
    written = pc.replace_substring_regex(written, r"\.000000$", "")
    written = pc.replace_substring_regex(written, r"(\.\d{3})000$", r"\1")
    return pc.binary_join_element_wise(written, text("Z"), text(""))


def _is_plain(sample: pa.Array) -> bool:
    """Whether all is ISO 8601, which leaves nothing to decide."""
    for kind in (UTC, LOCAL):
        try:
            sample.cast(kind)
        except pa.ArrowInvalid:
            continue
        return True
    return False


def _within(times: pa.Array) -> Times:
    micro = numbers(times)
    outside = (micro < EARLIEST) | (micro >= LATEST)
    if times.null_count:
        outside &= flags(times.is_valid())
    return Times(times, np.zeros(len(times), np.bool_), outside)
