"""Times written as text, in every common form, as numbers: whole columns at once.

Each pattern takes a text apart; what it names is then put together as microseconds since 1970 in the writer's own clock, with the
offset where one is written. Impossible times (30 February, hour 25, an offset of a day) come out as not understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.ingest.eventlog.arrays import Flags, Ints, booleans, flags, integers, no_texts, numbers, present, text
from exos.ingest.eventlog.arrays import texts as texts_of

DAY = 86_400_000_000
_MONTHS = texts_of(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
ABSENT = texts_of(["", "nat", "nan", "null", "none", "\\n", "n/a", "-"])
_ZERO, _EMPTY = text("0"), text("")
_ZONE = r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?(?:\[[^\]]*\])?"
_CLOCK = (
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
)
_TIME = rf"(?:(?:[Tt]|,?\s+){_CLOCK})?{_ZONE}$"
_WEEKDAY = r"^(?:[A-Za-z]{2,9}\.?,?\s+)?"
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"


class Order(Enum):
    """Which of the first two numbers of 03/04/2024 is the day."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a column: local microseconds, minutes east of UTC, and where each of them is known."""

    local: Ints
    offset: Ints
    known: Flags
    zoned: Flags


ISO = rf"^(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}"
COMPACT = (
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    rf"(?:[Tt ]?(?P<hour>\d{{2}}):?(?P<minute>\d{{2}})(?::?(?P<second>\d{{2}})(?:[.,]?(?P<fraction>\d{{1,9}}))?)?)?{_ZONE}$"
)
ISO_COMPACT_CLOCK = (
    r"^(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})[Tt ]"
    rf"(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?:(?P<second>\d{{2}})(?:[.,](?P<fraction>\d{{1,9}}))?)?{_ZONE}$"
)
TWO_NUMBERS = rf"^(?P<first>\d{{1,2}})(?P<mark>[./-])(?P<second_number>\d{{1,2}})[./-](?P<year>\d{{4}}|\d{{2}}){_TIME}"
DAY_MONTH_NAME = (
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-\s/.]+{_MONTH}[-\s/.,]+(?P<year>\d{{4}}|\d{{2}}){_TIME}"
)
MONTH_NAME_DAY = rf"{_WEEKDAY}{_MONTH}[-\s/.]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[-\s/.,]+(?P<year>\d{{4}}){_TIME}"
UNIX_DATE = rf"^[A-Za-z]{{3}}\s+{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})$"
PATTERNS = (ISO, TWO_NUMBERS, COMPACT, ISO_COMPACT_CLOCK, DAY_MONTH_NAME, MONTH_NAME_DAY, UNIX_DATE)


def absent(texts: pa.Array) -> Flags:
    """Where a time is missing: null, empty or one of the usual words for nothing."""
    trimmed = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    return flags(pc.or_(pc.is_null(trimmed), pc.is_in(trimmed, value_set=ABSENT)))


def read(texts: pa.Array, order: Order | None) -> Read:
    """Understand texts; with no `order`, dates such as 03/04/2024 stay unknown."""
    length = len(texts)
    result = Read(
        np.zeros(length, np.int64), np.zeros(length, np.int64), np.zeros(length, np.bool_), np.zeros(length, np.bool_)
    )
    left = np.flatnonzero(present(texts))
    texts = pc.utf8_trim_whitespace(texts)
    for pattern in PATTERNS:
        if not len(left):
            break
        fields = pc.extract_regex(texts.take(integers(left)), pattern)
        hit = flags(pc.is_valid(fields))
        if hit.any():
            _put(result, left[hit], _parts(fields.filter(booleans(hit)), order))
            left = left[~hit]
    return result


def order_of(texts: pa.Array) -> tuple[bool, bool, str]:
    """Evidence for the order of day and month: whether a first, whether a second number exceeds 12, and the mark between.

    The mark is empty where no date needs deciding.
    """
    fields = pc.extract_regex(pc.utf8_trim_whitespace(texts), TWO_NUMBERS)
    fields = fields.filter(pc.is_valid(fields))
    if not len(fields):
        return False, False, ""
    first, second = _number(fields, "first"), _number(fields, "second_number")
    mark = pc.struct_field(fields, [_names(fields).index("mark")])[0].as_py()
    return bool((first > 12).any()), bool((second > 12).any()), mark


def _put(result: Read, where: Ints, parts: tuple[Ints, Ints, Flags, Flags]) -> None:
    result.local[where], result.offset[where], result.known[where], result.zoned[where] = parts


def _parts(fields: pa.Array, order: Order | None) -> tuple[Ints, Ints, Flags, Flags]:
    year, month, day, sure = _date(fields, order)
    time, possible = _time_of_day(fields)
    offset, zoned, exists = _offset(fields)
    days, real = _days(year, month, day)
    return days * DAY + time, offset, sure & possible & real & exists, zoned


def _date(fields: pa.Array, order: Order | None) -> tuple[Ints, Ints, Ints, Flags]:
    year = _number(fields, "year")
    short = numbers(pc.utf8_length(_field(fields, "year"))) == 2
    year = np.where(short, year + np.where(year < 70, 2000, 1900), year)
    sure = np.ones(len(fields), np.bool_)
    if "first" in _names(fields):
        first, second = _number(fields, "first"), _number(fields, "second_number")
        if order is None:
            return year, first, second, sure & (first == second)
        return (year, second, first, sure) if order is Order.DAY_FIRST else (year, first, second, sure)
    if "name" in _names(fields):
        name = pc.utf8_slice_codeunits(pc.utf8_lower(_field(fields, "name")), 0, 3)
        place = pc.index_in(name, value_set=_MONTHS)
        month = np.where(flags(place.is_valid()), numbers(place) + 1, 0)
        return year, month, _number(fields, "day"), sure
    return year, _number(fields, "month"), _number(fields, "day"), sure


def _days(year: Ints, month: Ints, day: Ints) -> tuple[Ints, Flags]:
    """Days since 1970, and whether the calendar has such a day."""
    real = (month >= 1) & (month <= 12) & (day >= 1)
    months = (year - 1970) * 12 + np.where(real, month, 1) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    next_first = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return first + day - 1, real & (day <= next_first - first)


def _time_of_day(fields: pa.Array) -> tuple[Ints, Flags]:
    hour, minute, second = (_number(fields, part) for part in ("hour", "minute", "second"))
    digits = pc.utf8_slice_codeunits(pc.utf8_rpad(_field(fields, "fraction"), 6, "0"), 0, 6)
    micro = numbers(digits.cast(pa.int64()))
    possible = (minute < 60) & (second <= 60) & ((hour < 24) | ((hour == 24) & (minute + second + micro == 0)))
    if "half" in _names(fields):
        half = pc.utf8_slice_codeunits(pc.utf8_lower(_field(fields, "half")), 0, 1)
        morning, evening = flags(pc.equal(half, text("a"))), flags(pc.equal(half, text("p")))
        possible &= ~(morning | evening) | ((hour >= 1) & (hour <= 12))
        hour = np.where(morning & (hour == 12), 0, np.where(evening & (hour < 12), hour + 12, hour))
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + micro, possible


def _offset(fields: pa.Array) -> tuple[Ints, Flags, Flags]:
    """Minutes east of UTC, where a zone is written, and where it is possible: below 24 hours, as RFC 3339 has it."""
    zone = pc.replace_substring(_field(fields, "zone"), ":", "")
    signed = flags(pc.match_substring_regex(zone, r"^[+-]"))
    digits = pc.utf8_rpad(pc.utf8_slice_codeunits(zone, 1, 5), 4, "0")
    value = numbers(pc.if_else(booleans(signed), digits, _ZERO).cast(pa.int64()))
    hours, rest = value // 100, value % 100
    minutes = np.where(flags(pc.starts_with(zone, "-")), -1, 1) * (hours * 60 + rest)
    return minutes, present(zone), (hours < 24) & (rest < 60)


def _names(fields: pa.Array) -> list[str]:
    return [field.name for field in fields.type]


def _field(fields: pa.Array, name: str) -> pa.Array:
    names = _names(fields)
    if name not in names:
        return no_texts(len(fields))
    return pc.struct_field(fields, [names.index(name)])


def _number(fields: pa.Array, name: str) -> Ints:
    digits = _field(fields, name)
    return numbers(pc.if_else(pc.equal(digits, _EMPTY), _ZERO, digits).cast(pa.int64()))
