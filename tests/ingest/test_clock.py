"""Times in every common form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exos.errors import BadFile, BadParameter
from exos.ingest.eventlog.clock import Clock, rfc3339
from exos.ingest.eventlog.format import Report
from exos.ingest.eventlog.options import Options

TEN = datetime(2012, 3, 1, 10, 0, tzinfo=UTC)
CET = timezone(timedelta(hours=1))

FORMS = {
    "2012-03-01T10:00:00Z": TEN,
    "2012-03-01T10:00:00.000+00:00": TEN,
    "2012-03-01 10:00:00+01:00": TEN.replace(tzinfo=CET),
    "2012-03-01 10:00:00 +0100": TEN.replace(tzinfo=CET),
    "2012-03-01T10:00:00.123456+01": TEN.replace(tzinfo=CET, microsecond=123456),
    "2012-03-01T10:00:00.123456789Z": TEN.replace(microsecond=123456),
    "2012-03-01T10:00:00,5Z": TEN.replace(microsecond=500000),
    "2012-03-01 10:00:00.5 UTC": TEN.replace(microsecond=500000),
    "2012-03-01T10:00:00+01:00[Europe/Paris]": TEN.replace(tzinfo=CET),
    "2012-03-01T10:00:00-05:30": datetime(2012, 3, 1, 15, 30, tzinfo=UTC),
    "2012-03-01 10:00:00": TEN,
    "2012-03-01T10:00": TEN,
    "2012-03-01 10": TEN,
    "2012-03-01": TEN.replace(hour=0),
    "2012/03/01 10:00:00": TEN,
    "2012.03.01 10:00": TEN,
    "2012-3-1 10:00": TEN,
    "20120301T100000Z": TEN,
    "20120301100000": TEN,
    "20120301": TEN.replace(hour=0),
    "2012-03-01T100000Z": TEN,
    "01.03.2012 10:00": TEN,
    "1.3.2012 10:00:00,250": TEN.replace(microsecond=250000),
    "01.03.12 10:00": TEN,
    "13/03/2012 10:00": TEN.replace(day=13),
    "3/13/2012 10:00 AM": TEN.replace(day=13),
    "3/13/2012 12:30 AM": TEN.replace(day=13, hour=0, minute=30),
    "3/13/2012, 1:05:07 p.m.": TEN.replace(day=13, hour=13, minute=5, second=7),
    "01-Mar-2012 10:00:00": TEN,
    "1 March 2012 10:00": TEN,
    "Mar 1, 2012 10:00:00 AM": TEN,
    "March 1st, 2012": TEN.replace(hour=0),
    "Thu, 01 Mar 2012 10:00:00 GMT": TEN,
    "Thu, 01 Mar 2012 10:00:00 +0100": TEN.replace(tzinfo=CET),
    "Thu Mar  1 10:00:00 2012": TEN,
    "1330596000": TEN,
    "1330596000.25": TEN.replace(microsecond=250000),
    "1330596000123": TEN.replace(microsecond=123000),
    "1330596000123456": TEN.replace(microsecond=123456),
    "1330596000123456789": TEN.replace(microsecond=123456),
    "-86400": datetime(1969, 12, 31, tzinfo=UTC),
    "2012-03-01T24:00:00Z": datetime(2012, 3, 2, tzinfo=UTC),
    "2012-06-30T23:59:60Z": datetime(2012, 7, 1, tzinfo=UTC),
    "  2012-03-01 10:00:00  ": TEN,
    "2012-02-30 10:00:00": None,
    "2011-02-29": None,
    "2012-13-01": None,
    "2012-03-01 25:00:00": None,
    "2012-03-01 10:60:00": None,
    "2012-03-01 10:00:00+25:00": None,
    "2012-03-01 10:00:00+99:99": None,
    "2012-03-01 10:00:00-01:60": None,
    "Thu, 01 Mar 2012 10:00:00 +2400": None,
    "13:05": None,
    "yesterday": None,
    "32 March 2012": None,
    "1 Foo 2012": None,
}


def clock(sample: list[str], timezone: str = "UTC", day_first: bool | None = None) -> tuple[Clock, Report]:
    report = Report()
    made = Clock(timezone, day_first, report)
    made.learn(pa.array(sample, pa.string()), "time")
    return made, report


def one(text: str, **said: object) -> datetime | None:
    made, _ = clock([text], **said)  # type: ignore[arg-type]
    times = made.read(pa.array([text], pa.string()))
    if times.unread[0]:
        return None
    value: datetime | None = times.values[0].as_py()
    return value


@pytest.mark.parametrize("text", FORMS)
def test_form(text: str) -> None:
    assert one(text) == FORMS[text]


def test_every_form_in_one_column() -> None:
    """Forms may change from row to row; the order of day and month may not."""
    texts = [text for text in FORMS if not text.startswith("3/") and not text.lstrip("-").replace(".", "").isdigit()]
    made, _ = clock(texts)
    times = made.read(pa.array(texts, pa.string()))
    read = [None if unread else value for value, unread in zip(times.values.to_pylist(), times.unread, strict=True)]
    assert read == [FORMS[text] for text in texts]


@pytest.mark.parametrize("text", ["", " ", "NULL", "NaT", "None", "nan", "\\N"])
def test_words_for_nothing_are_no_time_rather_than_an_unreadable_one(text: str) -> None:
    made, _ = clock(["2012-03-01"])
    times = made.read(pa.array([text, "2012-03-01"], pa.string()))
    assert times.values.to_pylist()[0] is None
    assert not times.unread.any()


def test_the_order_of_day_and_month_is_decided_over_the_sample() -> None:
    made, report = clock(["03/04/2012", "25/04/2012"])
    assert made.read(pa.array(["03/04/2012"])).values[0].as_py() == datetime(2012, 4, 3, tzinfo=UTC)
    assert "Dates in time were read with the day first." in report.notes()
    made, _ = clock(["03/04/2012", "04/25/2012"])
    assert made.read(pa.array(["03/04/2012"])).values[0].as_py() == datetime(2012, 3, 4, tzinfo=UTC)


def test_dates_that_do_not_tell_their_order_are_refused_with_an_example() -> None:
    with pytest.raises(BadFile, match="such as '03/04/2012', do not tell") as refused:
        clock(["03/04/2012", "05/06/2012"])
    assert "--day-first" in refused.value.hint


def test_contradicting_dates_are_refused() -> None:
    with pytest.raises(BadFile, match="day first in some rows and the month first in others"):
        clock(["25/04/2012", "04/25/2012"])


def test_the_order_can_be_said() -> None:
    assert one("03/04/2012", day_first=True) == datetime(2012, 4, 3, tzinfo=UTC)
    assert one("03/04/2012", day_first=False) == datetime(2012, 3, 4, tzinfo=UTC)
    assert one("25/04/2012", day_first=False) is None


def test_the_unit_of_numbers_is_that_of_the_largest() -> None:
    made, report = clock(["5", "1330596000123"])
    assert made.read(pa.array(["5"])).values[0].as_py() == datetime(1970, 1, 1, 0, 0, 0, 5000, tzinfo=UTC)
    assert report.notes()[0] == "Numbers in time were taken as milliseconds since 1970."


@pytest.mark.parametrize("numbers", [["0", "46023"], ["46023", "80001"], ["46023", "-46023"], ["3600", "1330596000"]])
def test_numbers_that_give_times_before_1973_are_pointed_out(numbers: list[str]) -> None:
    made, report = clock(numbers)
    read = made.read(pa.array(numbers)).values.to_pylist()
    assert read[0] == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(numbers[0]))
    early = sum(int(number) < 100_000_000 for number in numbers)
    assert report.notes()[1].startswith(f"{early} numbers read as seconds give times before 1973")


@pytest.mark.parametrize("day", ["46023.4166666667", "46023.416666666664", " 46023.41666667 "])
def test_numbers_of_a_spreadsheet_are_days(day: str) -> None:
    made, report = clock([day, "2026-01-01 09:00", ""])
    assert made.read(pa.array([day, "2026-01-01 09:00", ""])).values.to_pylist() == [
        datetime(2026, 1, 1, 10, tzinfo=UTC),
        datetime(2026, 1, 1, 9, tzinfo=UTC),
        None,
    ]
    assert report.notes()[0] == "Numbers in time were taken as days since 1899-12-30, as spreadsheets count."
    assert not any("1973" in note for note in report.notes())


def test_days_of_a_spreadsheet_have_no_zone() -> None:
    made, report = clock(["46023.5", "80000"], "Europe/Amsterdam")
    times = made.read(pa.array(["46023.5", "80000", "20000", "1330596000", "-1330596000", "n/a"]))
    assert times.values[:3].to_pylist() == [
        datetime(2026, 1, 1, 11, tzinfo=UTC),
        datetime(2119, 1, 10, 23, tzinfo=UTC),
        datetime(1954, 10, 2, 23, tzinfo=UTC),
    ]
    assert times.outside.tolist() == [False, False, False, True, True, False]
    assert any(note.startswith("2 numbers read as days give times before 1973") for note in report.notes())


def test_times_without_zone_are_taken_where_the_log_was_written_and_that_is_said() -> None:
    made, report = clock(["2012-07-01 10:00:00"], "Europe/Amsterdam")
    assert made.read(pa.array(["2012-07-01 10:00:00"])).values[0].as_py() == datetime(2012, 7, 1, 8, tzinfo=UTC)
    assert "Times without a zone were taken in Europe/Amsterdam." in report.notes()


def test_times_with_a_zone_ignore_that_of_the_log() -> None:
    made, _ = clock(["2012-07-01T10:00:00Z"], "Europe/Amsterdam")
    assert made.read(pa.array(["2012-07-01T10:00:00Z", "2012-07-01 10:00:00"])).values.to_pylist() == [
        datetime(2012, 7, 1, 10, tzinfo=UTC),
        datetime(2012, 7, 1, 8, tzinfo=UTC),
    ]


def test_clock_changes() -> None:
    made, report = clock(["2012-10-28 02:30:00"], "Europe/Amsterdam")
    read = made.read(pa.array(["2012-10-28 02:30:00", "2012-03-25 02:30:00"])).values.to_pylist()
    assert read == [datetime(2012, 10, 28, 0, 30, tzinfo=UTC), datetime(2012, 3, 25, 1, 0, tzinfo=UTC)]
    assert any(note.startswith("2 times fall into a clock change") for note in report.notes())


@pytest.mark.parametrize("text", ["1899-12-31T23:59:59Z", "2300-01-01T00:00:00Z", "0001-01-01 00:00:00", "9999-12-31"])
def test_times_out_of_range_are_told_from_unreadable_ones(text: str) -> None:
    made, _ = clock([text])
    times = made.read(pa.array([text], pa.string()))
    assert times.outside.all()
    assert not times.unread.any()


WRITTEN: dict[str, Callable[[datetime], str]] = {
    "ISO": lambda at: f"{at.year:04}-{at:%m-%d %H:%M:%S}",
    "ISO with a zone": lambda at: f"{at.year:04}-{at:%m-%dT%H:%M:%S}Z",
    "slashes": lambda at: f"{at.year:04}/{at:%m/%d %H:%M:%S}",
    "compact": lambda at: f"{at.year:04}{at:%m%dT%H%M%S}Z",
    "compact clock": lambda at: f"{at.year:04}-{at:%m-%dT%H%M%S}Z",
    "two numbers": lambda at: f"{at:%d.%m.}{at.year:04} {at:%H:%M:%S}",
    "day, name of the month": lambda at: f"{at:%d %b} {at.year:04} {at:%H:%M:%S}",
    "name of the month, day": lambda at: f"{at:%B %d}, {at.year:04} {at:%H:%M:%S}",
    "unix date": lambda at: f"{at:%a %b %d %H:%M:%S} {at.year:04}",
}


@pytest.mark.parametrize("form", WRITTEN)
@given(at=st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda at: at.replace(microsecond=0)))
def test_every_form_gives_the_year_that_is_written(form: str, at: datetime) -> None:
    """A column of one form is read at once, one with an empty row text by text."""
    made = Clock("UTC", True, Report())
    plain = made.read(pa.array([WRITTEN["ISO"](at)], pa.string()))
    mixed = made.read(pa.array([WRITTEN[form](at), ""], pa.string()))
    assert mixed.values[0] == plain.values[0]
    assert mixed.outside[0] == plain.outside[0] == (not 1900 <= at.year < 2300)
    assert not mixed.unread.any()


@given(sign=st.sampled_from("+-"), hours=st.integers(0, 99), minutes=st.integers(0, 99))
def test_an_offset_is_below_a_day_however_a_column_is_read(sign: str, hours: int, minutes: int) -> None:
    text = f"2012-03-01T10:00:00{sign}{hours:02}:{minutes:02}"
    made, _ = clock(["2012-03-01"])
    alone, mixed = made.read(pa.array([text])), made.read(pa.array([text, ""]))
    assert alone.unread[0] == mixed.unread[0] == (hours > 23 or minutes > 59)
    assert alone.values[0] == mixed.values[0]


@pytest.mark.parametrize(("text", "year"), [("01.03.69", 2069), ("01.03.70", 1970), ("1 Mar 00", 2000)])
def test_years_of_two_digits_are_of_the_hundred_years_from_1970(text: str, year: int) -> None:
    assert one(text) == datetime(year, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([TEN], pa.timestamp("ns", "Europe/Paris")),
        pa.array([TEN.replace(tzinfo=None)], pa.timestamp("ms")),
        pa.array([1330596000], pa.int64()),
        pa.array([1330596000000], pa.uint64()),
        pa.array([1330596000.0], pa.float64()),
        pa.array([1330596000000.0], pa.float64()),
        pa.array([1330596000000000000.0], pa.float64()),
        pa.array([40969.416666666664], pa.float64()),
        pa.array([Decimal("40969.4166666667")], pa.decimal128(20, 10)),
    ],
)
def test_typed_columns(column: pa.Array) -> None:
    made = Clock("UTC", None, Report())
    made.learn(column, "time")
    assert made.read(column).values.to_pylist() == [TEN]


def test_numbers_that_are_none_are_no_times() -> None:
    made = Clock("UTC", None, Report())
    column = pa.array([46023.5, float("nan"), None, float("inf"), 1e300], pa.float64())
    made.learn(column, "time")
    times = made.read(column)
    assert times.values.to_pylist() == [datetime(2026, 1, 1, 12, tzinfo=UTC), None, None, None, None]
    assert times.unread.tolist() == [False, False, False, True, True]


def test_rfc3339_has_only_the_digits_it_needs() -> None:
    times = [TEN, TEN.replace(microsecond=120000), TEN.replace(microsecond=123456), None]
    written = ["2012-03-01T10:00:00Z", "2012-03-01T10:00:00.120Z", "2012-03-01T10:00:00.123456Z", None]
    assert rfc3339(pa.array(times, pa.timestamp("us", "UTC"))).to_pylist() == written


@pytest.mark.parametrize(
    ("option", "value"), [("timezone", "Mars/Olympus"), ("process", " "), ("delimiter", "--"), ("encoding", "klingon")]
)
def test_options_that_make_no_sense_are_refused(option: str, value: str) -> None:
    with pytest.raises(BadParameter):
        Options(**{"process": "orders", option: value})  # type: ignore[arg-type]
