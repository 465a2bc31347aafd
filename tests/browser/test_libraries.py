"""What lib/ promises, asked in the browser that will run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

Open = Callable[..., Page]


@pytest.fixture
def call(open_page: Open) -> Callable[[str, str], Any]:
    """`call("format", "duration(60)")` → the value of the expression with the module's exports in scope."""
    page = open_page("/")

    def called(module: str, expression: str) -> Any:
        return page.evaluate(f"import('/portal/lib/{module}.js').then((lib) => {{ {_scope(expression)} }})")

    return called


def _scope(expression: str) -> str:
    return f"return (({{ {', '.join(_NAMES)} }}) => ({expression}))(lib);"


_NAMES = [
    *(
        "duration",
        "number",
        "percent",
        "compact",
        "points",
        "signedPercent",
        "signedDuration",
        "sketched",
        "least",
        "most",
        "resolve",
        "shift",
        "compared",
        "csv",
    ),
    *("parseDuration", "describeFilter", "kind", "timeTicks", "snippets", "html"),
]


def test_durations_read_like_people_say_them(call: Callable[[str, str], Any]) -> None:
    given = [0, 0.25, 7.53, 59.6, 60, 3599, 3600, 86399, 86400, 187_200, 3_000_000, 40_000_000, -90, None]
    shown = call("format", f"[{', '.join('null' if value is None else str(value) for value in given)}].map(duration)")
    assert [text.replace("\u00a0", " ") for text in shown] == [
        *("0 s", "250 ms", "7.5 s", "1 m", "1 m", "59 m 59 s", "1 h", "1 d", "1 d"),
        *("2 d 4 h", "34 d 17 h", "1 y 98 d", "−1 m 30 s", "–"),
    ]


def test_numbers_and_shares(call: Callable[[str, str], Any]) -> None:
    expected = {
        "number(4812)": "4,812",
        "number(0.12345)": "0.123",
        "percent(0.172)": "17.2 %",
        "percent(1)": "100 %",
        "percent(0)": "0 %",
        "compact(12300)": "12.3k",
        "points(0.06)": "+6 pts",
        "points(-0.008)": "−0.8 pts",
        "points(-0.0004)": "±0 pts",
        "signedPercent(0.0001)": "±0 %",
        "signedDuration(-59)": "−59 s",
    }
    shown = call("format", f"[{', '.join(expected)}]")
    assert [text.replace("\u00a0", " ") for text in shown] == list(expected.values())


CHICAGO = "'America/Chicago'"


def test_days_have_23_and_25_hours(call: Callable[[str, str], Any]) -> None:
    spans = [
        call("ranges", f"(({{ since, until }}) => (until - since) / 3600000)(resolve('{day}..{day}', {CHICAGO}))")
        for day in ("2026-03-08", "2026-11-01", "2026-06-01")
    ]
    assert spans == [23, 25, 24]


def test_presets_end_tonight_in_the_zone(call: Callable[[str, str], Any]) -> None:
    now = "new Date('2026-03-10T03:00:00Z')"
    names = "['today', '7d', 'month', 'last-month']"
    ends = f"{names}.map((name) => resolve(name, {CHICAGO}, {now})).map(({{ since, until }}) => [since, until])"
    found = call("ranges", f"JSON.parse(JSON.stringify({ends}))")
    assert found == [
        ["2026-03-09T05:00:00.000Z", "2026-03-10T05:00:00.000Z"],
        ["2026-03-03T06:00:00.000Z", "2026-03-10T05:00:00.000Z"],
        ["2026-03-01T06:00:00.000Z", "2026-04-01T05:00:00.000Z"],
        ["2026-02-01T06:00:00.000Z", "2026-03-01T06:00:00.000Z"],
    ]


def test_small_pictures_of_long_ranges_are_of_weeks(call: Callable[[str, str], Any]) -> None:
    texts = ["all", "14d", "30d", "90d", "2020-01-01..2026-01-01"]
    shown = [call("ranges", f"sketched(resolve('{text}', 'UTC'))") for text in texts]
    assert shown == ["auto", "auto", "auto", "week", "auto"]


def test_ranges_shift_by_their_own_length(call: Callable[[str, str], Any]) -> None:
    moves = {
        ("2026-03-01..2026-03-31", -1): "2026-02-01..2026-02-28",
        ("2026-03-02..2026-03-08", 1): "2026-03-09..2026-03-15",
        ("2026-01-01..2026-03-31", -1): "2025-10-01..2025-12-31",
        ("2026-03-08T00:00..2026-03-08T12:00", 1): "2026-03-08T12:00..2026-03-09T00:00",
        ("all", 1): "all",
    }
    shown = [call("ranges", f"shift('{text}', 'UTC', {direction})") for text, direction in moves]
    assert shown == list(moves.values())


def test_comparisons_keep_weekdays_and_leap_days(call: Callable[[str, str], Any]) -> None:
    def days(kind: str, text: str) -> list[str]:
        now = "new Date('2026-06-01T00:00:00Z')"
        found = call("ranges", f"JSON.parse(JSON.stringify(compared('{text}', '{kind}', 'UTC', {now})))")
        return [found[end][:10] for end in ("since", "until")]

    assert days("previous", "2026-03-01..2026-03-31") == ["2026-02-01", "2026-03-01"]
    assert days("weekdays", "2026-03-03..2026-03-05") == ["2026-02-24", "2026-02-27"]
    assert days("year", "2024-02-29..2024-02-29") == ["2023-02-28", "2023-03-01"]


@pytest.mark.parametrize(
    ("text", "kind", "since", "until", "label"),
    [
        ("14d", "previous", "2026-02-11T00:00", "2026-02-24T15:30", "11 Feb – 24 Feb 2026, 15:30"),
        ("today", "weekdays", "2026-03-03T00:00", "2026-03-03T15:30", "3 Mar 2026, 00:00 – 15:30"),
        ("month", "previous", "2026-02-01T00:00", "2026-02-10T15:30", "1 Feb – 10 Feb 2026, 15:30"),
        ("2026-02-20..2026-03-20", "year", "2025-02-20T00:00", "2025-03-10T15:30", "20 Feb – 10 Mar 2025, 15:30"),
        ("yesterday", "previous", "2026-03-08T00:00", "2026-03-09T00:00", "8 Mar 2026"),
        ("2026-04-01..2026-04-10", "previous", "2026-03-22T00:00", "2026-04-01T00:00", "22 Mar – 31 Mar 2026"),
    ],
)
def test_an_unfinished_range_is_compared_with_as_much_as_has_passed_of_it(
    call: Callable[[str, str], Any], text: str, kind: str, since: str, until: str, label: str
) -> None:
    now = "new Date('2026-03-10T15:30:20Z')"
    found = call("ranges", f"JSON.parse(JSON.stringify(compared('{text}', '{kind}', 'UTC', {now})))")
    assert found == {"since": f"{since}:00.000Z", "until": f"{until}:00.000Z", "label": label}


def test_extremes_of_more_values_than_a_call_takes(call: Callable[[str, str], Any]) -> None:
    many = "Array.from({ length: 500000 }, (_, at) => at - 7)"
    found = call("extremes", f"[least({many}), most({many}), most([], 1), least([3], 1), most(new Set([2, NaN]))]")
    assert found == [-7, 499_992, 1, 1, 2]


def test_markup_takes_more_nodes_than_a_call_does(call: Callable[[str, str], Any]) -> None:
    many = "Array.from({ length: 200000 }, (_, at) => at)"
    assert call("html", f"html`<p>${{{many}}}</p>`.firstElementChild.childNodes.length") == 200_000


def test_csv_quotes_and_defuses(call: Callable[[str, str], Any]) -> None:
    text = call(
        "save", """csv(["a", "b"], [["=1+1", -3], ['say "hi"', "x\\ny"], [["p", "q"], null], ["@SUM", "\\tx"]])"""
    )
    assert text == '\ufeffa,b\r\n\'=1+1,-3\r\n"say ""hi""","x\ny"\r\n"[""p"",""q""]",\r\n\'@SUM,\'\tx\r\n'


def test_filters_are_sentences(call: Callable[[str, str], Any]) -> None:
    given = """[
      {property: "path", op: "=", value: ["A", "B"]},
      {property: "activity", op: "!=", value: "A"},
      {property: "case:region", op: "in", value: ["a", "b", "c", "d"]},
      {property: "duration_seconds", op: ">", value: 90000},
      {property: "x", op: "exists", value: false},
    ].map(describeFilter).map(({ subject, relation, value }) => [subject, relation, value].filter(Boolean).join(" "))"""
    shown = [text.replace("\u00a0", " ") for text in call("filters", given)]
    assert shown == ["passes A → B", "without A", "region is one of a, b and 2 more", "Takes > 1 d 1 h", "x is missing"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2 d 4 h", 187_200), ("90m", 5400), ("1.5 hours", 5400), ("45", 45), ("1w", 604_800), ("soon", None)],
)
def test_durations_are_read(call: Callable[[str, str], Any], text: str, seconds: float | None) -> None:
    assert call("filters", f"parseDuration({text!r})") == seconds


def test_columns_know_their_kind(call: Callable[[str, str], Any]) -> None:
    expected = {
        ("wait_seconds", "Nullable(Float64)"): "duration",
        ("rework_rate", "Float64"): "percent",
        ("cases", "UInt64"): "number",
        ("variant", "Array(String)"): "list",
        ("attributes", "Map(String, String)"): "json",
        ("start", "DateTime64(6, 'UTC')"): "time",
        ("activity", "LowCardinality(Nullable(String))"): "text",
    }
    given = json.dumps(list(expected))
    assert call("columns", f"{given}.map(([name, type]) => kind(name, type))") == list(expected.values())


def test_ticks_stand_on_local_midnights(call: Callable[[str, str], Any]) -> None:
    ends = "Date.parse('2026-03-06T00:00:00Z'), Date.parse('2026-03-11T00:00:00Z')"
    values = call(
        "ticks", f"timeTicks({ends}, {CHICAGO}, 8).values.map((at) => new Date(at).toISOString().slice(5, 16))"
    )
    assert values == ["03-06T06:00", "03-07T06:00", "03-08T06:00", "03-09T05:00", "03-10T05:00"]


def test_markup_never_parses_values(call: Callable[[str, str], Any]) -> None:
    shown = call(
        "html",
        """(() => {
          const evil = '"><img src=x onerror=alert(1)><!--exos-slot-0-->';
          const host = document.createElement('div');
          const inner = [1, null, false, html`<b>${evil}</b>`];
          host.append(html`<p title=${evil} class="a ${evil} b"><a href=${'javascript:alert(1)'}>${evil}</a>${inner}</p>`);
          const one = (name) => host.querySelector(name);
          const count = host.querySelectorAll('img').length;
          return [count, one('p').title === evil, one('a').getAttribute('href'), one('b').textContent === evil];
        })()""",
    )
    assert shown == [0, True, "#", True]


def test_snippets_survive_a_shell(call: Callable[[str, str], Any]) -> None:
    params = json.dumps({"process": "it's $(rm -rf /)", "filters": [{"property": "a", "op": "=", "value": True}]})
    text = call("snippets", f"snippets('process/cases', {params}, 'http://x')")
    assert text[0]["text"].startswith("exos run process/cases")
    assert "-p 'process=it'\\''s $(rm -rf /)'" in text[0]["text"]
    assert '"value": True' in text[2]["text"]


def test_a_space_beside_a_word_is_kept(call: Callable[[str, str], Any]) -> None:
    words = "[html`<b>one</b> `, html`\n  <b>two</b>\n`, html` <b>three</b>`].map((part) => part.textContent)"
    assert call("html", words) == ["one ", "two", " three"]
