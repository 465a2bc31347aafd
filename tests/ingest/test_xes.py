"""XES: everything the standard allows, read alike by both readers; nothing lost, nothing altered."""

from __future__ import annotations

from pathlib import Path

import pytest

from exos.errors import BadFile
from exos.ingest.eventlog import source, xes, xes_elements, xes_tokens
from ingest.reading import Found, Reader, read

TIME = '<date key="time:timestamp" value="2026-03-02T10:00:00.000+01:00"/>'
HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n'


def event(name: str = "a", more: str = "", time: str = TIME) -> str:
    return f'<event>\n<string key="concept:name" value="{name}"/>\n{time}\n{more}</event>\n'


def trace(name: str, *events: str, more: str = "") -> str:
    return f'<trace>\n<string key="concept:name" value="{name}"/>\n{more}' + "".join(events) + "</trace>\n"


def log(*traces: str, head: str = HEAD) -> str:
    return head + "".join(traces) + "</log>\n"


def both(tmp_path: Path, text: str | bytes, **options: object) -> Found:
    """What both readers give; they must agree."""
    path = tmp_path / "log.xes"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    fast, slow = read(path, xes.read, **options), read(path, xes.read_slowly, **options)
    assert fast.rows == slow.rows
    assert fast.rejected == slow.rejected
    assert fast.report.notes() == slow.report.notes()
    assert fast.report.roles == slow.report.roles
    return fast


def test_a_plain_log_takes_the_fast_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.xes"
    path.write_text(log(*(trace(str(case), event(), event("b")) for case in range(10))))
    monkeypatch.setattr(xes_elements.ElementReader, "_flush", lambda *_: pytest.fail("the full parser read traces"))
    assert len(read(path).rows) == 20


def test_attributes_keep_their_values(tmp_path: Path) -> None:
    more = (
        '<int key="n" value="007"/><float key="x" value="1.50"/><id key="i" value="urn:1"/><boolean key="b1" value="True"/>'
        '<boolean key="b2" value="TRUE"/><boolean key="b3" value="1"/><boolean key="b4" value="false"/>'
        '<boolean key="b5" value="0"/><boolean key="b6" value="maybe"/><date key="d" value="2026-03-02T10:00:00.120+01:00"/>'
        '<date key="bad" value="soon"/><string key="e" value=""/><string key="ns:k" value=" padded "/>'
    )
    found = both(tmp_path, log(trace("1", event(more=more))))
    assert found.rows[0]["attributes"] == {
        "n": "007",
        "x": "1.50",
        "i": "urn:1",
        "b1": "true",
        "b2": "true",
        "b3": "true",
        "b4": "false",
        "b5": "false",
        "b6": "maybe",
        "d": "2026-03-02T09:00:00.120Z",
        "bad": "soon",
        "e": "",
        "ns:k": " padded ",
    }
    notes = " ".join(found.report.notes())
    assert "1 attributes of kind date cannot be read" in notes
    assert "1 attributes of kind boolean are neither true nor false" in notes


def test_roles(tmp_path: Path) -> None:
    more = (
        '<string key="org:resource" value="ann"/><string key="lifecycle:transition" value="COMPLETE"/>'
        '<float key="cost:total" value="3.5"/><date key="start_timestamp" value="2026-03-02T09:30:00+01:00"/>'
    )
    row = both(tmp_path, log(trace("1", event(more=more)))).rows[0]
    assert (row["resource"], row["lifecycle"], row["cost"]) == ("ann", "COMPLETE", 3.5)
    assert (row["start_time"].isoformat(), row["end_time"].isoformat()) == (
        "2026-03-02T08:30:00+00:00",
        "2026-03-02T09:00:00+00:00",
    )
    assert row["attributes"] == {}


def test_keys_of_roles_can_be_said(tmp_path: Path) -> None:
    text = log(trace("1", event(more='<string key="what" value="w"/>'), more='<string key="order" value="o1"/>'))
    row = both(tmp_path, text, activity="what", case="order").rows[0]
    assert (row["case_id"], row["activity"]) == ("o1", "w")
    assert row["attributes"] == {"concept:name": "a"}
    assert row["case_attributes"] == {"concept:name": "1"}


def test_a_key_that_is_nowhere_is_refused_with_a_list(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text(log(trace("1", event(more='<string key="who" value="ann"/>'))))
    with pytest.raises(
        BadFile, match=r"no key 'whom' for the resource\. Its events have: concept:name, time:timestamp, who"
    ):
        read(path, resource="whom")
    with pytest.raises(BadFile, match=r"no key 'order' for the case\. Its traces have: concept:name"):
        read(path, case="order")


def test_trace_attributes_stand_on_the_first_event_that_is_kept(tmp_path: Path) -> None:
    more = '<int key="amount" value="5"/><boolean key="vip" value="True"/>'
    found = both(tmp_path, log(trace("1", event(time=""), event("b"), event("c"), more=more), trace("2", event("d"))))
    assert found.column("activity") == ["b", "c", "d"]
    assert found.column("case_attributes") == [{"amount": "5", "vip": "true"}, {}, {}]


def test_rejected_events_have_the_line_of_their_tag(tmp_path: Path) -> None:
    bad_time = TIME.replace("2026-03-02T10", "noon")
    text = log(trace("1", event(), event("b", time=bad_time)), trace("2", event("", ""), event("c", time="")))
    assert [(row.line, row.column, row.value, row.reason) for row in both(tmp_path, text).rejected] == [
        (9, "time:timestamp", "noon:00:00.000+01:00", "the time cannot be read"),
        (16, "concept:name", "", "no activity"),
        (20, "time:timestamp", "", "no time"),
    ]


def test_events_outside_of_every_trace_are_rejected_one_by_one(tmp_path: Path) -> None:
    more = '<list key="l"><values><int key="i" value="1"/></values></list>'
    text = log(event("z"), trace("1", event("a")), event("b"), trace("2", event("c", more)), event("d", more))
    found = both(tmp_path, text)
    assert [(row["case_id"], row["activity"]) for row in found.rows] == [("1", "a"), ("2", "c")]
    assert [row.line for row in found.rejected] == [3, 14, 25]
    assert {row.reason for row in found.rejected} == {"no case"}
    assert found.report.notes() == ["3 events stand outside of every trace: they belong to no case."]


def test_very_many_events_outside_of_every_trace_come_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xes_elements, "TOO_MANY_EVENTS", 10)
    more = '<int key="n" value="5"/>'
    found = both(
        tmp_path, log(trace("1", event("a"), more=more), *(event() for _ in range(35)), trace("2", event("b")))
    )
    assert found.rejections.total == 35
    assert [(row["case_id"], row["activity"]) for row in found.rows] == [("1", "a"), ("2", "b")]
    assert found.column("case_attributes") == [{"n": "5"}, {}]


def test_entities_and_other_characters(tmp_path: Path) -> None:
    found = both(
        tmp_path, log(trace("&lt;1&gt;", event("a &amp; b &amp;lt; &quot;ü€😀&quot; &apos;"), event("&#65;&#x42;")))
    )
    assert found.column("activity") == ['a & b &lt; "ü€😀" \'', "AB"]
    assert found.column("case_id") == ["<1>", "<1>"]


UNUSUAL = {
    "single quotes": "<event><string key='concept:name' value='a \"b\"'/>{time}</event>",
    "value before key": '<event><string value="a" key="concept:name"/>{time}</event>',
    "spaces": '<event >\n<string   key = "concept:name"\n value="a" />{time}</event >',
    "separate closing tags": '<event><string key="concept:name" value="a"></string>{time}</event>',
    "comment": '<event><!-- </trace> <event> --><string key="concept:name" value="a"/>{time}</event>',
    "comment with quotes": '<event><!-- " --><string key="concept:name" value="a"/>{time}</event>',
    "CDATA": '<event><![CDATA[</trace>"]]><string key="concept:name" value="a"/>{time}</event>',
    "instruction": '<event><?x </trace>?><string key="concept:name" value="a"/>{time}</event>',
    "line break in value": '<event><string key="concept:name" value="a\nb"/>{time}</event>',
    "tab in value": '<event><string key="concept:name" value="a\tb"/>{time}</event>',
    "greater-than": '<event><string key="concept:name" value="a > b"/>{time}</event>',
    "unknown kind": '<event><text key="concept:name" value="a"/>{time}</event>',
    "no attributes": '<event></event><event/><event><string key="concept:name" value="a"/>{time}</event>',
    "twice the same key": '<event><string key="concept:name" value="z"/><string key="concept:name" value="a"/>{time}</event>',
    "trace attribute behind": '<event><string key="concept:name" value="a"/>{time}</event><string key="x" value="y"/>',
    "nested": '<event><string key="concept:name" value="a"><string key="b" value="c"/></string>{time}</event>',
    "list": '<event><list key="l"><values><int key="i" value="1"/><int key="i" value="2"/></values></list>'
    '<string key="concept:name" value="a"/>{time}</event>',
    "container": '<event><container key="c"><int key="i" value="1"/></container>'
    '<string key="concept:name" value="a"/>{time}</event>',
    "extra attribute": '<event id="e1" key="k" value="v"><string key="concept:name" value="a" id="x"/>{time}</event>',
    "one line": '<event><string key="concept:name" value="a"/>{time}</event>',
}


@pytest.mark.parametrize("case", UNUSUAL)
def test_both_readers_agree_on_the_unusual(case: str, tmp_path: Path) -> None:
    odd = trace("2", UNUSUAL[case].format(time=TIME))
    found = both(tmp_path, log(trace("1", event("before")), odd, trace("3", event("after"), event(time=""))))
    names = [name for name in found.column("activity") if name]
    assert (names[0], names[-1]) == ("before", "after")
    assert len(names) == 3
    assert names[1].startswith("a")
    assert found.column("case_id") == ["1", "2", "3"]
    last = log(trace("1", event("before")), odd, trace("3", event("after"))).split("\n").index("</log>") + 1
    assert found.rejected[-1].line == last + 5 - 6


def test_of_several_attributes_with_one_key_the_last_counts_and_the_others_are_told(tmp_path: Path) -> None:
    more = (
        '<string key="concept:name" value="b"/><int key="n" value="1"/><int key="n" value="2"/><int key="n" value="3"/>'
    )
    text = log(
        trace("1", event(), event(more=more)),
        trace("2", event(), more='<int key="x" value="1"/><int key="x" value="2"/>'),
    )
    found = both(tmp_path, text)
    assert found.column("activity") == ["a", "b", "a"]
    assert found.column("attributes") == [{}, {"n": "3"}, {}]
    assert found.column("case_attributes") == [{}, {}, {"x": "2"}]
    assert found.report.notes() == [
        "4 attributes have the same key as a later one of their event or trace; the last counts. Line 9 …."
    ]


def test_nested_attributes_are_flattened_and_numbered(tmp_path: Path) -> None:
    more = (
        '<string key="a" value="1"><int key="b" value="2"><int key="c" value="3"/></int></string>'
        '<list key="l"><values><int key="i" value="1"/><int key="i" value="2"/></values></list>'
        '<container key="k"><boolean key="t" value="True"/></container>'
    )
    found = both(tmp_path, log(trace("1", event(more=more))))
    assert found.rows[0]["attributes"] == {"a": "1", "a/b": "2", "a/b/c": "3", "l/i": "1", "l/i/2": "2", "k/t": "true"}


def test_the_header_is_read_and_its_attributes_are_not_taken_for_those_of_traces(tmp_path: Path) -> None:
    head = HEAD + (
        '<extension name="Time" prefix="time" uri="http://x"/>\n'
        '<global scope="trace"><string key="concept:name" value="T"/></global>'
        '<global scope="event"><string key="concept:name" value="UNKNOWN"/><string key="org:group" value="G"/></global>'
        '<classifier name="Activity" keys="concept:name lifecycle:transition"/>'
        '<float key="mean" value="1"><float key="deep" value="2"/></float><!-- a <trace> in a comment -->\n'
    )
    nameless = f"<event>{TIME}</event>"
    found = both(tmp_path, log(trace("1", event(), nameless), head=head))
    assert found.column("activity") == ["a", "UNKNOWN"]
    assert found.column("attributes") == [{}, {}]
    notes = " ".join(found.report.notes())
    assert "Activity = concept:name lifecycle:transition" in notes
    assert "1 events have no activity; they got 'UNKNOWN'" in notes


def test_traces_without_a_name_are_called_by_their_place(tmp_path: Path) -> None:
    nameless = "<trace>" + event() + "</trace>"
    found = both(
        tmp_path, log(trace("1", event()), nameless, nameless.replace("<trace>", '<trace><int key="x" value="1"/>'))
    )
    assert found.column("case_id") == ["1", "trace 2", "trace 3"]
    assert any("2 traces have no concept:name" in note for note in found.report.notes())


def test_traces_without_events_are_counted(tmp_path: Path) -> None:
    found = both(tmp_path, log(trace("1", event()), trace("2"), "<trace/>", trace("3", event("b"))))
    assert found.column("case_id") == ["1", "3"]
    assert found.report.traces == 4


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252", "utf-8"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    text = log(trace("1", event("überprüfen")), head=HEAD.replace("UTF-8", encoding))
    assert both(tmp_path, text.encode(encoding)).column("activity") == ["überprüfen"]


def test_a_byte_order_mark_and_a_prefix_do_no_harm(tmp_path: Path) -> None:
    assert both(tmp_path, b"\xef\xbb\xbf" + log(trace("1", event())).encode()).column("activity") == ["a"]
    text = '<x:log xmlns:x="http://x"><x:trace><x:event><x:string key="concept:name" value="a"/>' + TIME.replace(
        "<", "<x:"
    )
    assert both(tmp_path, text + "</x:event></x:trace></x:log>").column("activity") == ["a"]


MALFORMED: dict[str, tuple[str | bytes, str]] = {
    "doctype": (log(head='<?xml version="1.0"?>\n<!DOCTYPE log [<!ENTITY a "b">]>\n<log>\n'), "line 2.*DOCTYPE"),
    "laughs": ('<!DOCTYPE log [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><log>&b;</log>', "DOCTYPE"),
    "external entity": ('<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', "DOCTYPE"),
    "undefined entity": (log(trace("1", event("&nbsp;"))), "line 6.*undefined entity"),
    "less-than in value": (log(trace("1", event("a<b"))), "line 6.*not well-formed"),
    "bare ampersand": (log(trace("1", event("a & b"))), "line 6.*not well-formed"),
    "control character": (log(trace("1", event("a\x01b"))), "line 6.*not well-formed"),
    "mismatched tags": (log("<trace><event></trace></event>"), "line 3.*mismatched tag"),
    "wrong closing tag": (log(trace("1", event(more='<int key="x" value="1"></string>'))), "mismatched tag"),
    "cut in a trace": (log(trace("1", event()))[:-60], "ends in the middle of the log, on line"),
    "cut behind a trace": (log(trace("1", event()))[:-7], "ends in the middle of the log, on line"),
    "cut in a tag": (log(trace("1", event()))[:-3], "ends in the middle of the log, on line"),
    "event in event": (log(trace("1", "<event>" + event() + "</event>")), "line 5: <event> stands inside of <event>"),
    "trace in trace": (log("<trace>" + trace("1", event()) + "</trace>"), "<trace> stands inside of <trace>"),
    "two logs": (log(trace("1", event())) + "<log></log>", "line 11.*junk"),
    "twice an attribute": (log(trace("1", '<event><int key="a" key="b" value="1"/></event>')), "duplicate attribute"),
    "not utf-8": (log(trace("1", event("ü"))).encode("latin-1"), "not well-formed"),
}


@pytest.mark.parametrize("case", MALFORMED)
@pytest.mark.parametrize("reader", [xes.read, xes.read_slowly])
def test_malformed_logs_are_refused_with_the_line(case: str, reader: Reader, tmp_path: Path) -> None:
    text, message = MALFORMED[case]
    path = tmp_path / "log.xes"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadFile, match=message):
        read(path, reader)


@pytest.mark.parametrize("size", [50, 333, 5000])
def test_chunks_cut_anywhere_give_the_same(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source.Source.blocks, "__defaults__", (size,))
    odd = list(UNUSUAL.values())
    traces = [
        trace(
            str(case),
            event(f"a{case}"),
            odd[case % len(odd)].format(time=TIME) if case % 7 == 3 else event("b", time=""),
        )
        for case in range(60)
    ]
    found = both(tmp_path, log(*traces))
    assert len(set(found.column("case_id"))) == 60


def test_a_trace_with_very_many_events_comes_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xes_elements, "MANY_EVENTS", 5)
    monkeypatch.setattr(xes_elements, "TOO_MANY_EVENTS", 10)
    more = '<int key="amount" value="5"/><list key="l"><values><int key="i" value="1"/></values></list>'
    text = log(trace("1", *(event(f"e{place}") for place in range(35)), more=more), trace("2", event()))
    path = tmp_path / "log.xes"
    path.write_text(text)
    whole, parts = read(path, xes.read), read(path, xes.read_slowly)
    assert parts.rows == whole.rows
    assert parts.column("case_attributes")[0] == {"amount": "5", "l/i": "1"}
    assert not any(parts.column("case_attributes")[1:])
    assert parts.report.traces == 2


def test_wordings_are_read_strictly() -> None:
    assert xes_tokens.read(b'<trace><string key="a" value="b"/></trace>') is not None
    for odd in (
        b'<trace><string key="a" value="b"/></event></trace>',
        b'<trace><string key="a" value="b"></int></trace>',
        b'<trace><string key="a"  value="b"/></trace>',
        b'<trace x="1" y="2"><string key="a" value="b"/></trace>',
        b'<trace><string key="a" value="b"/></trace><string key="a" value="b"/>',
        b'<event><string key="a" value="b"/></event>',
        b'<trace><event><string key="a" value="b"/></trace>',
        b"<trace></trace>",
    ):
        assert xes_tokens.read(odd) is None, odd
