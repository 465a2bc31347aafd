"""CSV: encodings, delimiters, quotes, headers, and line numbers that are right whatever the fields hold."""

from __future__ import annotations

import gzip
import random
from pathlib import Path
from typing import Any

import pytest

from exos.errors import BadFile
from exos.ingest.eventlog import csv_text, source
from ingest.reading import Found, read

HEADER = "case,activity,timestamp\n"


def found(tmp_path: Path, text: str | bytes, **options: Any) -> Found:
    path = tmp_path / "log.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, **options)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str, tmp_path: Path) -> None:
    text = 'case;activity;timestamp;note\n1;"a;b";2026-03-02 10:00:00,5;x, y\n2;b;2026-03-02 11:00:00;z\n'
    expected = ["a;b", "b"]
    if delimiter != ";":
        text, expected = text.replace(",", ".").replace(";", delimiter), [f"a{delimiter}b", "b"]
    assert found(tmp_path, text).column("activity") == expected


def test_times_full_of_colons_do_not_make_the_colon_the_delimiter(tmp_path: Path) -> None:
    rows = "".join(f"{case},a,2026-03-02 10:00:00+00:00\n" for case in range(50))
    assert len(found(tmp_path, "case:concept:name,concept:name,time:timestamp\n" + rows).rows) == 50


def test_a_said_delimiter_wins(tmp_path: Path) -> None:
    assert found(tmp_path, "case^activity^timestamp\n1^a,b^2026-03-02\n", delimiter="^").column("activity") == ["a,b"]


def test_excels_first_line_names_the_delimiter(tmp_path: Path) -> None:
    read_ = found(tmp_path, "sep=;\ncase;activity;timestamp\n1;a,b;2026-03-02\n1;;2026-03-02\n")
    assert read_.column("activity") == ["a,b"]
    assert [row.line for row in read_.rejected] == [4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_the_encoding_is_found(encoding: str, tmp_path: Path) -> None:
    text = HEADER + "1,überprüfen,2026-03-02\n1,señal,2026-03-03\n"
    assert found(tmp_path, text.encode(encoding)).column("activity") == ["überprüfen", "señal"]


@pytest.mark.parametrize(
    ("encoding", "activities"),
    [
        ("cp1251", ["Проверка документов", "Отказ клиента"]),
        ("koi8-r", ["Проверка документов", "Отказ клиента"]),
        ("cp1253", ["Έλεγχος εγγράφων", "Απόρριψη αίτησης"]),
        (
            "gb18030",
            [
                "提交申请",
                "审核文件",
                "客户经理批准",
                "拒绝申请",
                "付款完成",
                "归档",
                "补充材料",
                "风险评估",
                "签订合同",
            ],
        ),
        ("euc-kr", ["서류 확인하기", "신청 거절하기", "대금 지급"]),
    ],
)
def test_other_scripts_are_told_by_their_letters(encoding: str, activities: list[str], tmp_path: Path) -> None:
    text = HEADER + "".join(
        f"{case},{activities[case % len(activities)]},2026-03-{1 + case % 28:02}\n" for case in range(100)
    )
    assert found(tmp_path, text.encode(encoding)).column("activity")[: len(activities)] == activities


def test_few_letters_are_not_enough_to_tell_a_script_by(tmp_path: Path) -> None:
    text = HEADER + "".join(f"{case},Ü{case % 3},2026-03-02\n" for case in range(9))
    assert set(found(tmp_path, text.encode("cp1252")).column("activity")) == {"Ü0", "Ü1", "Ü2"}


def test_a_said_encoding_wins(tmp_path: Path) -> None:
    assert found(tmp_path, (HEADER + "1,Ł,2026-03-02\n").encode("cp1250"), encoding="cp1250").column("activity") == [
        "Ł"
    ]


def test_text_that_is_not_in_the_said_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="is not ascii text"):
        found(tmp_path, HEADER + "1,ü,2026-03-02\n", encoding="ascii")


def test_single_lines_in_another_encoding_are_mended_and_counted(tmp_path: Path) -> None:
    rows = [f"{case},größe,2026-03-02\n".encode() for case in range(20)]
    rows[7] = "7,größe,2026-03-02\n".encode("cp1252")
    read_ = found(tmp_path, HEADER.encode() + b"".join(rows))
    assert set(read_.column("activity")) == {"größe"}
    assert "1 lines are not UTF-8; they were read as Windows-1252." in read_.report.notes()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_endings(ending: str, last: bool, tmp_path: Path) -> None:
    text = "case,activity,timestamp\n1,a,2026-03-02\n1,b,nonsense\n1,c,2026-03-03" + ("\n" if last else "")
    read_ = found(tmp_path, text.replace("\n", ending))
    assert read_.column("activity") == ["a", "c"]
    assert [(row.line, row.column, row.value, row.reason) for row in read_.rejected] == [
        (3, "timestamp", "nonsense", "the time cannot be read")
    ]


def test_line_numbers_count_quoted_line_breaks_and_empty_lines(tmp_path: Path) -> None:
    text = (
        "case,activity,timestamp,note\n"  # 1
        '1,a,2026-03-02,"two\nlines"\n'  # 2-3
        "\n"  # 4
        '"1","b ""quoted""",never,"x\r\ny\n\nz"\n'  # 5-8
        "1,c,2026-03-02\n"  # 9: a field too few
        ",d,2026-03-02,x\n"  # 10
        "\r\n"  # 11
        "1,,2026-03-02,x\n"  # 12
        "1,e,,x\n"  # 13
        '1,f,2026-03-02,"said ""no"""\n'  # 14
        "1,g,2026-03-02,x,y\n"  # 15: a field too many
        "1,h,1812-06-24,x\n"  # 16
    )
    read_ = found(tmp_path, text)
    assert read_.column("activity") == ["a", "f"]
    assert read_.rows[0]["attributes"] == {"note": "two\nlines"}
    assert [(row.line, row.column, row.value, row.reason) for row in read_.rejected] == [
        (5, "timestamp", "never", "the time cannot be read"),
        (9, "", "1,c,2026-03-02", "3 fields instead of 4"),
        (10, "case", "", "no case"),
        (12, "activity", "", "no activity"),
        (13, "timestamp", "", "no time"),
        (15, "", "1,g,2026-03-02,x,y", "5 fields instead of 4"),
        (16, "timestamp", "1812-06-24", "the time lies outside of 1900 to 2299"),
    ]


def test_quotes_inside_of_plain_fields_are_characters(tmp_path: Path) -> None:
    text = 'case,activity,timestamp,note\n1,5" pipe,2026-03-02,"a\nb"\n2,say "hi",2026-03-02,x\n3,c,bad,"q"\n'
    read_ = found(tmp_path, text)
    assert read_.column("activity") == ['5" pipe', 'say "hi"']
    assert [row.line for row in read_.rejected] == [5]


@pytest.mark.parametrize("end", [1000, 0])
def test_a_quote_that_never_closes_costs_its_line(end: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is found out at the end of the file or when no record can be that long."""
    rows = "".join(f"{case},b,2026-03-02\n" for case in range(1000))
    for longest in (1000, csv_text.LONGEST_RECORD):
        monkeypatch.setattr(csv_text, "LONGEST_RECORD", longest)
        read_ = found(tmp_path, HEADER + rows + 'x,"a,2026-03-02\n' + rows[: end * 20])
        assert len(read_.rows) == 1000 + rows[: end * 20].count("\n")
        assert [str(row) for row in read_.rejected] == [
            "line 1002: a quoted field that does not end ('x,\"a,2026-03-02')"
        ]


def test_too_many_quotes_that_never_close_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "MOST_UNCLOSED", 3)
    monkeypatch.setattr(csv_text, "LONGEST_RECORD", 40)
    monkeypatch.setattr(source.Source.blocks, "__defaults__", (50,))
    rows = "".join(f'{case},"b,2026-03-02\n' + f"{case},c,2026-03-02\n" * 9 for case in range(9))
    with pytest.raises(BadFile, match=r"the record that begins on line \d+ has a quoted field that does not end"):
        found(tmp_path, HEADER + rows.replace(',"b', ',"b', 1))


def test_a_header_with_a_quote_that_never_closes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="begins on line 1 has a quoted field that does not end"):
        found(tmp_path, 'case,"activity,timestamp\n1,a,2026-03-02\n2,a,2026-03-02\n')


def test_a_record_that_swallowed_others_is_told(tmp_path: Path) -> None:
    text = HEADER + '1,a,2026-03-02\n2,"a,2026-03-02\n3,"b",2026-03-02\n4,c,2026-03-02\n'
    assert (
        "1 rows have a line break in 'activity': a quote may be missing there. Line 3."
        in found(tmp_path, text).report.notes()
    )
    read_ = found(tmp_path, text.replace('3,"b",2026-03-02', '3,b,",2026-03-02,x'))
    assert "over several lines: a quote may be missing" in read_.rejected[0].reason


def test_half_of_a_short_file_may_be_ragged(tmp_path: Path) -> None:
    read_ = found(tmp_path, HEADER + "1,a\n1,a,2026-03-02\n1,b,2026-03-03,x\n1,b,2026-03-03\n")
    assert (len(read_.rows), [row.line for row in read_.rejected]) == (2, [2, 4])


@pytest.mark.parametrize("rows", [0, 50, 20_000])
@pytest.mark.parametrize("options", [{}, {"format": "csv"}])
def test_a_nul_byte_costs_its_row(rows: int, tmp_path: Path, options: dict[str, str]) -> None:
    more = "".join(f"{case},b,2026-03-02\n" for case in range(rows))
    read_ = found(tmp_path, HEADER + "1,a,2026-03-02\n\n1,b\0c,2026-03-02\n1,d,never\n" + more, **options)
    assert len(read_.rows) == 1 + rows
    assert [(row.line, row.column, row.value, row.reason) for row in read_.rejected] == [
        (4, "activity", "b\0c", "a NUL byte: the row is damaged"),
        (5, "timestamp", "never", "the time cannot be read"),
    ]


def test_a_nul_byte_in_the_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="has a NUL byte in its header"):
        found(tmp_path, HEADER.replace("activity", "act\0ivity") + "1,a,2026-03-02\n" * 50)


def test_seconds_among_milliseconds_are_pointed_out(tmp_path: Path) -> None:
    text = HEADER + "1,a,1772445600000\n1,b,1772445700\n1,c,1772445800000\n"
    read_ = found(tmp_path, text)
    assert any(
        note.startswith("1 numbers read as milliseconds give times before 1973") for note in read_.report.notes()
    )
    alike = found(tmp_path, text.replace("1772445700\n", "1772445700000\n"))
    assert not any("1973" in note for note in alike.report.notes())


@pytest.mark.parametrize("size", [64, 1000, 4096])
def test_blocks_cut_anywhere_give_the_same_rows_and_lines(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random.seed(size)
    notes = ["plain", '"quoted, text"', '"two\nlines"', '"with ""quotes"""', "", 'mid"quote', '"\n"', "ü€"]
    lines, rejected, number = [HEADER.replace("\n", ",note\n")], [], 2
    for case in range(400):
        note = random.choice(notes)
        time = "never" if case % 37 == 0 else "2026-03-02"
        rejected += [number] if case % 37 == 0 else []
        lines.append(f"{case},a,{time},{note}\n")
        number += 1 + note.count("\n")
    monkeypatch.setattr(source, "BLOCK", size)
    monkeypatch.setattr(source.Source.blocks, "__defaults__", (size,))
    read_ = found(tmp_path, "".join(lines))
    assert read_.column("case_id") == [str(case) for case in range(400) if case % 37]
    assert [row.line for row in read_.rejected] == rejected
    assert read_.column("sequence") == sorted(set(read_.column("sequence")))


def test_three_bad_rows_do_not_cost_the_good_ones(tmp_path: Path) -> None:
    rows = [f"{case % 99},a{case % 5},2026-03-02T10:{case % 60:02}:00Z\n" for case in range(100_000)]
    for bad in (10, 50_000, 99_999):
        rows[bad] = "7,a,tomorrow\n"
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress((HEADER + "".join(rows)).encode(), 1))
    read_ = read(path)
    assert len(read_.rows) == 99_997
    assert [row.line for row in read_.rejected] == [12, 50_002, 100_001]


def test_all_rejections_are_counted_and_the_first_kept(tmp_path: Path) -> None:
    read_ = found(tmp_path, HEADER + "1,a,2026-03-02\n" + "1,a,never\n" * 5000 + ",a,2026-03-02\n" * 300)
    assert read_.rejections.reasons == {"the time cannot be read": 5000, "no case": 300}
    assert [row.line for row in read_.rejected] == list(range(3, 103))


def test_equal_and_missing_column_names_are_told_apart(tmp_path: Path) -> None:
    read_ = found(tmp_path, "case,activity,timestamp,note,note,\n1,a,2026-03-02,x,y,z\n")
    assert read_.rows[0]["attributes"] == {"note": "x", "note.2": "y", "column 6": "z"}


def test_a_file_without_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="has no header: its first line is '1, a, 2026-03-02 10:00:00'"):
        found(tmp_path, "1,a,2026-03-02 10:00:00\n2,b,2026-03-02 10:00:00\n")


def test_a_header_without_rows_gives_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, HEADER).rows == []


def test_case_columns_become_case_attributes_on_the_first_event_and_where_they_change(tmp_path: Path) -> None:
    text = (
        "case:concept:name,concept:name,time:timestamp,case:amount,case:state,note\n"
        "1,a,2026-03-02,10,open,x\n2,a,2026-03-02,20,,\n1,b,2026-03-03,10,open,\n1,c,2026-03-04,10,shut,\n2,b,2026-03-05,20,,\n"
    )
    read_ = found(tmp_path, text)
    assert read_.column("case_attributes") == [
        {"amount": "10", "state": "open"},
        {"amount": "20"},
        {},
        {"amount": "10", "state": "shut"},
        {},
    ]
    assert read_.column("attributes") == [{"note": "x"}, {}, {}, {}, {}]


def test_case_attributes_move_to_the_first_event_that_is_kept(tmp_path: Path) -> None:
    text = "case:concept:name,concept:name,time:timestamp,case:amount\n1,a,never,10\n1,b,2026-03-03,10\n"
    assert found(tmp_path, text).column("case_attributes") == [{"amount": "10"}]


def test_start_and_completion_are_both_kept(tmp_path: Path) -> None:
    text = (
        "case,activity,start_time,end_time\n"
        "1,a,2026-03-02 10:00,2026-03-02 11:00\n1,b,,2026-03-02 12:00\n"
        "1,c,2026-03-02 12:00,\n1,d,2026-03-02 15:00,2026-03-02 14:00\n"
    )
    read_ = found(tmp_path, text)
    assert [time.hour for time in read_.column("start_time")] == [10, 12, 12, 14]
    assert [time.hour for time in read_.column("end_time")] == [11, 12, 12, 14]


def test_a_start_behind_its_completion_is_kept_as_an_attribute(tmp_path: Path) -> None:
    text = (
        "case,activity,start_time,end_time,note\n1,a,2026-03-02 10:00,2026-03-02 11:00,x\n"
        "1,b,2026-03-02 15:00,2026-03-02 14:00,y\n1,c,2026-03-02 15:00,never,z\n1,d,2026-03-02 18:00,2026-03-02 17:00,\n"
    )
    read_ = found(tmp_path, text)
    assert [(row["start_time"].hour, row["end_time"].hour) for row in read_.rows] == [(10, 11), (14, 14), (17, 17)]
    assert read_.column("attributes") == [
        {"note": "x"},
        {"note": "y", "start_time": "2026-03-02 15:00"},
        {"start_time": "2026-03-02 18:00"},
    ]
    assert (
        "2 events end before they start; each was taken at its completion, its start is kept as attribute 'start_time'."
        " Lines 3, 5."
    ) in read_.report.notes()


def test_words_for_nothing_in_place_of_a_time_are_kept_as_attributes(tmp_path: Path) -> None:
    text = (
        "case,activity,start_time,end_time\n1,a,n/a,2026-03-02 11:00\n1,b,2026-03-02 12:00,NULL\n1,c, ,2026-03-02 13:00\n"
        "1,d,n/a,-\n1,e,not yet,2026-03-02 14:00\n1,f,-,2026-03-02 15:00\n"
    )
    read_ = found(tmp_path, text)
    assert [(row["start_time"].hour, row["end_time"].hour) for row in read_.rows] == [
        (11, 11),
        (12, 12),
        (13, 13),
        (15, 15),
    ]
    assert read_.column("attributes") == [{"start_time": "n/a"}, {"end_time": "NULL"}, {}, {"start_time": "-"}]
    assert [(row.line, row.reason) for row in read_.rejected] == [(5, "no time"), (6, "the time cannot be read")]
    told = "events say in words that {0} is missing; both times are the other one, the words are kept as attribute {0}."
    assert f"2 {told.format(repr('start_time'))} Lines 2, 7." in read_.report.notes()
    assert f"1 {told.format(repr('end_time'))} Line 3." in read_.report.notes()


def test_costs_are_numbers_or_kept_as_attributes(tmp_path: Path) -> None:
    text = "case,activity,timestamp,cost:total\n1,a,2026-03-02,1.5\n1,b,2026-03-03,\n1,c,2026-03-04,two\n1,d,2026-03-05,3e2\n"
    read_ = found(tmp_path, text)
    assert read_.column("cost") == [1.5, None, None, 300.0]
    assert read_.column("attributes") == [{}, {}, {"cost:total": "two"}, {}]
    assert "1 costs are not numbers; they are kept as attribute 'cost:total'. Line 4." in read_.report.notes()


@pytest.mark.parametrize(
    ("values", "costs", "kept"),
    [
        (["1,50", "1.234,50", "7", "-0,5", ""], [1.5, 1234.5, 7, -0.5, None], {}),
        (["1 234,50", "2"], [1234.5, 2], {}),
        (["1,50", "12 EUR"], [None, None], {0: "1,50", 1: "12 EUR"}),
        (["1.50", "1,50"], [1.5, None], {1: "1,50"}),
        (["1.5", "2"], [1.5, 2], {}),
        (["nan", "1"], [None, 1], {0: "nan"}),
    ],
)
def test_costs_with_decimal_commas(
    tmp_path: Path, values: list[str], costs: list[float | None], kept: dict[int, str]
) -> None:
    """Read so where every value can be, and said; never where the comma also cuts the columns."""
    rows = "".join(f"1;a;2026-03-0{number};{value}\n" for number, value in enumerate(values, 1))
    read_ = found(tmp_path, "case;activity;timestamp;cost\n" + rows)
    assert read_.column("cost") == costs
    assert {place: row["cost"] for place, row in enumerate(read_.column("attributes")) if row} == kept
    told = "Costs in 'cost' were read with decimal commas." in read_.report.notes()
    assert told == (not kept and any("," in value for value in values))
    quoted = "".join(f'1,a,2026-03-0{number},"{value}"\n' for number, value in enumerate(values, 1))
    read_ = found(tmp_path, "case,activity,timestamp,cost\n" + quoted)
    assert all(
        row["cost"] == value for row, value in zip(read_.column("attributes"), values, strict=True) if "," in value
    )


def test_session_trace_and_span_are_taken(tmp_path: Path) -> None:
    read_ = found(tmp_path, "case,activity,timestamp,session_id,trace_id,span_id\n1,a,2026-03-02,s,t,p\n")
    assert [(row["session_id"], row["trace_id"], row["span_id"]) for row in read_.rows] == [("s", "t", "p")]


def test_an_undecided_order_of_day_and_month_is_looked_for_further_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source.Source.blocks, "__defaults__", (1000,))
    read_ = found(tmp_path, HEADER + "1,a,03/04/2026 10:00\n" * 60 + "1,b,25/04/2026 10:00\n")
    assert {time.day for time in read_.column("end_time")} == {3, 25}


def test_dates_that_stay_undecided_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="do not tell whether the day or the month comes first"):
        found(tmp_path, HEADER + "1,a,03/04/2026 10:00\n")
