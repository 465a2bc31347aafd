"""Times written as plain numbers: what they count, and since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.ingest.eventlog.arrays import Flags, Ints, booleans, flags, numbers, text, texts

_DAY_ZERO = -25_569
"""1899-12-30, in days since 1970."""
_DAY = 86_400_000_000
_NUMBER = r"^(?P<sign>-?)(?P<whole>\d{1,19})(?:\.(?P<part>\d*))?$"
_DATE_NUMBER = r"^(19|2[012])\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{4}|\d{6})?$"
_DATES = range(20_000, 80_001)
"""Numbers that are days of 1954 to 2119 where a column has no others; as seconds they would all be on the first day of 1970."""
LIKELY = 100_000_000_000_000
"""March 1973, in microseconds since 1970: numbers that give earlier times may mean something else."""
_LARGE, _HUGE = texts(["1e9", "1e19"]).cast(pa.float64())


@dataclass(frozen=True, slots=True)
class Unit:
    """What numbers count: `factor` microseconds (0: a thousandth of one) since `origin`."""

    name: str
    factor: int
    origin: str = "1970"

    @property
    def local(self) -> bool:
        """Whether times are those of the writer's clock."""
        return self.factor == _DAY


SECONDS = Unit("seconds", 1_000_000)
DAYS = Unit("days", _DAY, "1899-12-30, as spreadsheets count")
_NANOSECONDS = Unit("nanoseconds", 0)
_BIGGEST = (
    (100_000_000_000, SECONDS),
    (100_000_000_000_000, Unit("milliseconds", 1_000)),
    (100_000_000_000_000_000, Unit("microseconds", 1)),
)


def unit_of(sample: pa.Array) -> Unit | None:
    """The unit of the numbers among texts: that of the largest; None where there are none."""
    sample = pc.utf8_trim_whitespace(sample)
    sample = sample.filter(pc.invert(pc.match_substring_regex(sample, _DATE_NUMBER)))
    fields = pc.extract_regex(sample, _NUMBER)
    fields = fields.filter(fields.is_valid())
    whole = [int(digits.as_py()) for digits in pc.struct_field(fields, [1])]
    if not whole:
        return None
    if (
        min(whole) in _DATES
        and max(whole) in _DATES
        and not flags(pc.equal(pc.struct_field(fields, [0]), text("-"))).any()
    ):
        return DAYS
    return next((unit for limit, unit in _BIGGEST if max(whole) < limit), _NANOSECONDS)


def read(column: pa.Array, unit: Unit) -> tuple[Flags, Ints]:
    """Where a text is a plain number, and the microseconds since 1970 it stands for."""
    fields = pc.extract_regex(pc.utf8_trim_whitespace(column), _NUMBER)
    hit = flags(pc.is_valid(fields))
    counted = np.zeros(len(column), np.int64)
    if hit.any():
        fields = fields.filter(booleans(hit))
        counted[hit] = _days(fields) if unit is DAYS else _microseconds(fields, unit.factor)
    return hit, counted


def digits(column: pa.Array) -> pa.Array:
    """Numbers as texts, also large ones without an exponent."""
    if not pa.types.is_floating(column.type):
        return column.cast(pa.string())
    column = column.cast(pa.float64())
    size = pc.abs(column)
    large = pc.and_(pc.greater_equal(size, _LARGE), pc.less(size, _HUGE))
    written = pc.if_else(large, column, pa.nulls(len(column), pa.float64())).cast(pa.decimal128(38, 6), safe=False)
    return pc.coalesce(written.cast(pa.string()), column.cast(pa.string()))


def _days(fields: pa.Array) -> Ints:
    """Days with a part, to the millisecond, which is as exact as spreadsheets are."""
    sign, whole, part = (pc.struct_field(fields, [place]) for place in range(3))
    written = pc.binary_join_element_wise(pc.binary_join_element_wise(sign, whole, text("")), part, text("."))
    days = np.clip(np.frombuffer(written.cast(pa.float64()).buffers()[1], np.float64), -1_000_000, 1_000_000)
    return np.rint((days + _DAY_ZERO) * 86_400_000).astype(np.int64) * 1_000


def _microseconds(fields: pa.Array, factor: int) -> Ints:
    sign, whole, part = (pc.struct_field(fields, [place]) for place in range(3))
    value = _safe_integers(whole)
    if factor == 0:
        micro = numbers(value) // 1000
    else:
        places = len(str(factor)) - 1
        limit = 2**62 // factor
        micro = np.clip(numbers(value), 0, limit) * factor
        if places:
            micro += numbers(pc.utf8_slice_codeunits(pc.utf8_rpad(part, places, "0"), 0, places).cast(pa.int64()))
    return np.where(flags(pc.equal(sign, text("-"))), -micro, micro)


def _safe_integers(whole: pa.Array) -> pa.Array:
    try:
        return whole.cast(pa.int64())
    except pa.ArrowInvalid:
        long = numbers(pc.binary_length(whole)) > 18
        return pc.if_else(booleans(long), text("9223372036854775807"), whole).cast(pa.int64())
