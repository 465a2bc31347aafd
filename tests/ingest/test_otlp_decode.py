"""OTLP requests become the rows that ClickStack's collector writes, whichever way they are encoded."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from exos.errors import BadTelemetry, TooLarge
from exos.ingest.otlp import LOGS, METRICS, TRACES, accept
from exos.ingest.otlp.json_reader import read_json
from exos.ingest.otlp.shared import REQUEST_ROWS
from exos.ingest.otlp.values import as_string, number, raw, text
from ingest.telemetry import START, VALUES, as_otlp_json, attribute, metrics_of_all_kinds, trace_requests, traces


def decode(signal: Any, body: bytes, **how: Any) -> Any:
    """The batches of a request of which nothing is left out."""
    accepted = accept(signal, body, **how)
    assert (accepted.rejected, accepted.reason) == (0, "")
    return accepted.batches


CAPTURE = Path(__file__).parents[3] / "shared" / "data" / "sdk_capture"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1.0, "1"), (0.1, "0.1"), (-2.5, "-2.5"), (0.0, "0"), (-0.0, "-0"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
        (1.5e300, "1.5e+300"), (1e-6, "0.000001"), (1.5e-7, "1.5e-7"), (1e-10, "1e-10"), (123456.789, "123456.789"),
        (1e16, "10000000000000000"), (0.00001234, "0.00001234"), (math.nan, "NaN"),
        (math.inf, "Infinity"), (-math.inf, "-Infinity"),
    ],
)  # fmt: skip
def test_doubles_read_as_es6_prints_them(value: float, shown: str) -> None:
    assert number(value) == shown


@given(VALUES)
def test_text_of_raw_is_the_value_as_a_string(value: AnyValue) -> None:
    assert text(raw(value)) == as_string(value)


@given(VALUES)
def test_arrays_and_maps_are_json(value: AnyValue) -> None:
    shown = as_string(value)
    if isinstance(raw(value), list | dict) and shown:
        assert "\u2028" not in shown
        json.loads(shown)


def test_json_as_go_prints_it() -> None:
    value = {"b": [1, 1.0, None, True, "<&>\u2028\x01é"], "a": {"z": b"\x00\xff"}}
    assert text(value) == '{"a":{"z":"AP8="},"b":[1,1,null,true,"<&>\\u2028\\u0001é"]}'
    assert text([math.nan]) == ""
    assert (text([b""]), text(b"")) == ("[null]", "")


@given(trace_requests())
@settings(deadline=None)
def test_both_encodings_give_the_same_rows(request: ExportTraceServiceRequest) -> None:
    plain = decode(TRACES, request.SerializeToString(), json=False)
    assert decode(TRACES, orjson.dumps(as_otlp_json(request)), json=True) == plain
    spans = sum(len(scope.spans) for resource in request.resource_spans for scope in resource.scope_spans)
    assert sum(batch.num_rows for batch in plain.values()) == spans


def test_one_span_in_full() -> None:
    request = traces("shop", count=1, n=7, ratio=0.5, ok=True)
    span: Any = request.resource_spans[0].scope_spans[0].spans[0]
    span.parent_span_id, span.trace_state, span.kind = b"\xab" * 8, "a=b", 3
    span.events.add(name="exception", time_unix_nano=START + 5).attributes.append(attribute("k", "v"))
    span.links.add(trace_id=b"\x01" * 16, span_id=b"\x02" * 8, trace_state="x").attributes.append(attribute("l", 1))
    span.status.code, span.status.message = 2, "broke"
    (row,) = decode(TRACES, request.SerializeToString(), json=False)["otel_traces"].to_pylist()
    assert row["TraceId"] == "73686f70202020200000000000000000"
    assert (row["SpanId"], row["ParentSpanId"], row["TraceState"]) == ("0000000000000001", "ab" * 8, "a=b")
    assert (row["SpanName"], row["SpanKind"], row["ServiceName"], row["Duration"]) == ("step 0", "Client", "shop", 500)
    assert row["SpanAttributes"] == [("n", "7"), ("ratio", "0.5"), ("ok", "true")]
    assert (row["StatusCode"], row["StatusMessage"]) == ("Error", "broke")
    assert row["Timestamp"].value == START
    assert (row["Events.Name"], row["Events.Attributes"]) == (["exception"], [[("k", "v")]])
    assert (row["Links.TraceId"], row["Links.SpanId"]) == (["01" * 16], ["02" * 8])
    assert (row["Links.TraceState"], row["Links.Attributes"]) == (["x"], [[("l", "1")]])


def test_what_is_odd_is_tamed() -> None:
    request = traces("odd", count=2)
    spans: Any = request.resource_spans[0].scope_spans[0].spans
    first, second = spans
    first.end_time_unix_nano = first.start_time_unix_nano - 10
    first.kind, first.status.code, first.trace_id = 9, 7, bytes(16)
    second.start_time_unix_nano = 2**64 - 1
    rows = decode(TRACES, request.SerializeToString(), json=False)["otel_traces"].to_pylist()
    assert (rows[0]["Duration"], rows[0]["SpanKind"], rows[0]["StatusCode"], rows[0]["TraceId"]) == (0, "", "", "")
    assert rows[1]["Timestamp"].value == 2**63 - 1


def test_enrichment_is_for_browsers_and_never_overwrites() -> None:
    request = traces("site")
    known = {"geo.country.iso_code": "DE", "user_agent.name": "Firefox"}
    plain = decode(TRACES, request.SerializeToString(), json=False, enrichment=known)["otel_traces"].to_pylist()
    assert plain[0]["ResourceAttributes"] == [("service.name", "site")]
    request.resource_spans[0].resource.attributes.extend(
        [attribute("rum.sessionId", "s"), attribute("user_agent.name", "mine")]
    )
    rich = decode(TRACES, request.SerializeToString(), json=False, enrichment=known)["otel_traces"].to_pylist()
    assert dict(rich[0]["ResourceAttributes"]) == {
        "service.name": "site", "rum.sessionId": "s", "user_agent.name": "mine", "geo.country.iso_code": "DE",
    }  # fmt: skip


def test_half_a_character_does_not_cost_the_request() -> None:
    r"""Browsers cut texts so; `\\ud83d` behind a backslash is a text of six letters."""
    name = r"a\ud83d b\ude80\ud83d\ude80 \\ud83d \uD83D"
    body = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"' + name + '"}]}]}]}'
    found = read_json(body.encode(), ExportTraceServiceRequest)
    assert found.resource_spans[0].scope_spans[0].spans[0].name == "a\ufffd b\ufffd\U0001f680 \\ud83d \ufffd"
    with pytest.raises(BadTelemetry, match="not JSON"):
        read_json(body[:-1].encode(), ExportTraceServiceRequest)


def test_json_has_its_ways() -> None:
    span = {
        "traceId": "AB" * 16, "spanId": "cd" * 8, "name": "x", "kind": "SPAN_KIND_PRODUCER", "start_time_unix_nano": START,
        "endTimeUnixNano": str(START + 3), "unknownField": {"a": [1]}, "attributes": None, "droppedEventsCount": 0,
    }  # fmt: skip
    values = [
        {"key": "text", "value": {"stringValue": "t"}},
        {"key": "int", "value": {"intValue": "9007199254740993"}},
        {"key": "number", "value": {"intValue": 7}},
        {"key": "double", "value": {"doubleValue": "Infinity"}},
        {"key": "bytes", "value": {"bytesValue": "AP8="}},
        {"key": "none", "value": {}},
        {"key": "array", "value": {"arrayValue": {"values": [{"boolValue": True}, {"doubleValue": 1}]}}},
    ]
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span, {**span, "attributes": values}]}]}]}
    first, second = decode(TRACES, orjson.dumps(body), json=True)["otel_traces"].to_pylist()
    assert (first["TraceId"], first["SpanId"], first["SpanKind"]) == ("ab" * 16, "cd" * 8, "Producer")
    assert (first["Duration"], first["SpanAttributes"], first["ServiceName"]) == (3, [], "")
    assert dict(second["SpanAttributes"]) == {
        "text": "t", "int": "9007199254740993", "number": "7", "double": "Infinity", "bytes": "AP8=",
        "none": "", "array": "[true,1]",
    }  # fmt: skip


def _deep(levels: int) -> bytes:
    value: Any = {"stringValue": "x"}
    for _ in range(levels):
        value = {"arrayValue": {"values": [value]}}
    attributes = [{"key": "deep", "value": value}]
    return orjson.dumps({"resourceSpans": [{"resource": {"attributes": attributes}}]})


def _span(**fields: Any) -> bytes:
    return orjson.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [fields]}]}]})


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b"null", b'{"resourceSpans": {}}', b'{"resourceSpans": [null]}', b'{"resourceSpans": [1]}',
        _span(traceId="zz"), _span(spanId=7), _span(kind="nonsense"), _span(kind=1.5), _span(name=3),
        _span(startTimeUnixNano="-1"), _span(startTimeUnixNano=str(2**64)), _span(startTimeUnixNano="1e3"), _span(kind=True),
        _span(startTimeUnixNano="9" * 5000), _span(attributes=[{"key": "a", "value": {"bytesValue": "!"}}]),
        _span(attributes=[{"key": "a", "value": {"boolValue": "true"}}]), _deep(80), b"\xff\xfe", b"[" * 100_000,
    ],
)  # fmt: skip
def test_json_that_is_no_request_is_the_senders_fault(body: bytes) -> None:
    with pytest.raises(BadTelemetry):
        decode(TRACES, body, json=True)


@pytest.mark.parametrize("body", [b"\x0a", b"\xff" * 10, b"{}", traces("cut", count=3).SerializeToString()[:-4]])
def test_protobuf_that_is_no_request_is_the_senders_fault(body: bytes) -> None:
    with pytest.raises(BadTelemetry):
        decode(TRACES, body, json=False)


def test_items_whose_ids_have_another_length_are_left_out() -> None:
    request = traces("short", count=4)
    spans = request.resource_spans[0].scope_spans[0].spans
    spans[1].span_id = b"1234"
    spans[2].links.add(trace_id=b"x" * 17)
    decoded = accept(TRACES, request.SerializeToString(), json=False)
    assert (decoded.rows, decoded.rejected) == (2, 2)
    assert "4 bytes" in decoded.reason
    body = orjson.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"traceId": "abcd"}, {"traceId": ""}]}]}]})
    assert (accept(LOGS, body, json=True).rows, accept(LOGS, body, json=True).rejected) == (1, 1)
    metrics = metrics_of_all_kinds()
    metrics.resource_metrics[0].scope_metrics[0].metrics[0].gauge.data_points[0].exemplars[0].span_id = b"1"
    decoded = accept(METRICS, metrics.SerializeToString(), json=False)
    assert (sorted(decoded.batches or {}), decoded.rejected) == (sorted(METRICS.tables[1:]), 1)


def test_a_small_body_cannot_swell() -> None:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for _ in range(REQUEST_ROWS + 1):
        scope.spans.add()
    with pytest.raises(TooLarge):
        decode(TRACES, request.SerializeToString(), json=False)
    heavy = traces("heavy", count=1000)
    heavy.resource_spans[0].resource.attributes.append(attribute("big", "x" * 1_000_000))
    with pytest.raises(TooLarge):
        decode(TRACES, heavy.SerializeToString(), json=False)


def _log(**fields: Any) -> dict[str, Any]:
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    resource.resource.attributes.append(attribute("service.name", "api"))
    resource.scope_logs.add().log_records.append(LogRecord(**fields))
    ((table, batch),) = decode(LOGS, request.SerializeToString(), json=False).items()
    (row,) = batch.to_pylist()
    return {**row, "table": table, "LogAttributes": dict(row["LogAttributes"])}


def _text(value: str) -> AnyValue:
    return AnyValue(string_value=value)


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"severity_text": "WARN", "severity_number": 13}, ("warn", 13)),
        ({"severity_text": "Custom"}, ("custom", 0)),
        ({"severity_number": 17}, ("", 17)),
        ({"body": _text("an ERROR happened, then debug")}, ("error", 17)),
        ({"body": _text("dbug: x")}, ("debug", 5)),
        ({"body": _text("critical")}, ("fatal", 21)),
        ({"body": _text("a Notice")}, ("warn", 13)),
        ({"body": _text("trace it")}, ("trace", 1)),
        ({"body": _text("nothing to see")}, ("info", 9)),
        ({"body": _text("x" * 300 + " error")}, ("info", 9)),
        ({"body": _text("terror")}, ("info", 9)),
        ({"body": _text("ü" * 124 + " error")}, ("error", 17)),
        ({"body": _text("ü" * 128 + " error")}, ("info", 9)),
        ({"body": AnyValue(array_value=ArrayValue(values=[_text("error")]))}, ("error", 17)),
        ({"body": AnyValue(int_value=5)}, ("info", 9)),
        ({"body": _text('{"level":"Error","n":1}')}, ("error", 17)),
        ({"attributes": [attribute("log.level", "WARNING")]}, ("warning", 13)),
        ({}, ("info", 9)),
    ],
)
def test_severity_is_found_as_the_collector_finds_it(fields: dict[str, Any], severity: tuple[str, int]) -> None:
    row = _log(**fields)
    assert (row["SeverityText"], row["SeverityNumber"]) == severity


def test_json_in_a_body_becomes_attributes() -> None:
    row = _log(
        body=_text('2026 {"user":{"id":1,"tags":["a",{"b":2.5}]},"ok":true,"none":null,"k":"new"} end'),
        attributes=[attribute("k", "old"), attribute("kept", 1)],
    )
    assert row["LogAttributes"] == {
        "k": "new", "kept": "1", "user.id": "1", "user.tags.0": "a", "user.tags.1.b": "2.5", "ok": "true", "none": "",
    }  # fmt: skip
    assert row["Body"].startswith("2026 {")
    assert _log(body=_text("{not json}"))["LogAttributes"] == {}
    assert _log(body=_text('{"a":' * 900 + "1" + "}" * 900))["LogAttributes"] == {}
    with pytest.raises(TooLarge):
        _log(body=_text(orjson.dumps({"k" * 100_000: dict.fromkeys(map(str, range(10_000)), 1)}).decode()))


def test_a_body_that_is_a_map_joins_the_attributes() -> None:
    body = AnyValue()
    body.kvlist_value.values.extend([attribute("a", 1), attribute("b", "x")])
    row = _log(body=body, attributes=[attribute("b", "y")])
    assert row["LogAttributes"] == {"a": "1", "b": "x"}
    assert row["Body"] == '{"a":1,"b":"x"}'


def test_recordings_go_to_their_own_table_untouched() -> None:
    fields: dict[str, Any] = {"attributes": [attribute("rr-web.event", 3.0)], "time_unix_nano": START}
    row = _log(body=_text('{"type":3,"data":{"text":"an error"}}'), **fields)
    assert row["table"] == "hyperdx_sessions"
    assert (row["SeverityText"], row["SeverityNumber"]) == ("", 0)
    assert row["LogAttributes"] == {"rr-web.event": "3"}


def test_a_log_without_time_has_the_time_it_was_seen() -> None:
    assert _log(observed_time_unix_nano=START)["Timestamp"].value == START
    assert _log(time_unix_nano=START + 1, observed_time_unix_nano=START)["Timestamp"].value == START + 1
    assert _log(flags=0x101)["TraceFlags"] == 1


def test_metrics_of_all_five_kinds() -> None:
    request = metrics_of_all_kinds()
    batches = decode(METRICS, request.SerializeToString(), json=False)
    assert decode(METRICS, orjson.dumps(as_otlp_json(request)), json=True) == batches
    assert sorted(batches) == sorted(METRICS.tables)
    rows = {table.removeprefix("otel_metrics_"): batch.to_pylist()[0] for table, batch in batches.items()}
    for kind, row in rows.items():
        assert (row["MetricName"], row["MetricDescription"], row["MetricUnit"]) == (f"my.{kind}", "d", "ms")
        assert (row["ServiceName"], row["Attributes"], row["Flags"]) == ("api", [("k", "v")], 1)
        assert (row["StartTimeUnix"], row["TimeUnix"]) == (START // 10**9, START // 10**9 + 3)
        assert (row["ScopeName"], row["ScopeVersion"], row["ScopeDroppedAttrCount"]) == ("meter", "1", 2)
        assert (row["ResourceSchemaUrl"], row["ScopeSchemaUrl"]) == ("resource-url", "scope-url")
    gauge, exponential = rows["gauge"], rows["exponential_histogram"]
    assert (gauge["Value"], gauge["Exemplars.Value"], gauge["Exemplars.SpanId"]) == (1.5, [4.0], ["01" * 8])
    assert (gauge["Exemplars.TraceId"], gauge["Exemplars.FilteredAttributes"]) == (["02" * 16], [[("e", "1")]])
    assert (rows["sum"]["Value"], rows["sum"]["AggregationTemporality"], rows["sum"]["IsMonotonic"]) == (7.0, 2, True)
    assert (rows["histogram"]["BucketCounts"], rows["histogram"]["ExplicitBounds"]) == ([1, 2], [5.0])
    assert (rows["histogram"]["Min"], rows["histogram"]["Max"], rows["histogram"]["Sum"]) == (1.0, 4.0, 6.5)
    assert (exponential["Scale"], exponential["ZeroCount"], exponential["PositiveOffset"]) == (-2, 9, 1)
    assert (exponential["PositiveBucketCounts"], exponential["NegativeBucketCounts"]) == ([1, 2], [3])
    assert (rows["summary"]["ValueAtQuantiles.Quantile"], rows["summary"]["ValueAtQuantiles.Value"]) == ([0.5], [2.0])


def test_the_recorded_browser() -> None:
    if not CAPTURE.is_dir():
        pytest.skip("../shared/data/sdk_capture is not here: the recorded requests are not part of the project")
    body = (CAPTURE / "004_v1_traces.body").read_bytes()
    spans = decode(TRACES, body, json=True)["otel_traces"].to_pylist()
    again = read_json(body, ExportTraceServiceRequest).SerializeToString()
    assert decode(TRACES, again, json=False)["otel_traces"].to_pylist() == spans
    assert {dict(row["ResourceAttributes"])["rum.sessionId"] for row in spans} == {"b74dfbd11cbbc21386913a6dd9de642c"}
    assert {row["ServiceName"] for row in spans} == {"cap-web"}
    recorded = gzip.decompress((CAPTURE / "006_v1_logs.body").read_bytes())
    rows = decode(LOGS, recorded, json=False)
    assert list(rows) == ["hyperdx_sessions"]
    assert dict(rows["hyperdx_sessions"].to_pylist()[0]["LogAttributes"])["rr-web.total-chunks"] == "1"
