"""What the services write into their logs: with the requests of a piece, and on their own. Batches of `otel_logs`."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from exos.demo.calendar import DAY, HOUR, Ints
from exos.demo.columns import (
    Maps,
    Text,
    Words,
    draw,
    hex_ids,
    join,
    mix,
    moments,
    normal,
    repeated,
    span_ids,
    trace_ids,
)  # fmt: skip
from exos.demo.orders.company import company
from exos.demo.screens.apps import HERE
from exos.demo.screens.backends import place_of, resources
from exos.demo.screens.rhythm import busy
from exos.demo.screens.spans import Spans
from exos.demo.telemetry import LOGS
from exos.demo.truths import planted

SEVERITIES = {"debug": 5, "info": 9, "warn": 13, "error": 17}
_LOGGERS = {"order-api": "orders.api", "title-service": "com.thornwick.title", "document-service": "documents"}
_PAIR = re.compile(r'"(\w+)":"?([^",}]*\}?)"?')


@dataclass(frozen=True, slots=True)
class Lines:
    """Log lines of one template. at: nanoseconds; key: what ids and instances are drawn from; slot: of the span (-1:
    none).
    """

    service: str
    severity: str
    template: str
    at: Ints
    key: Words
    slot: int
    values: Mapping[str, Text]

    def __len__(self) -> int:
        return len(self.at)


def of_requests(spans: Spans) -> list[Lines]:
    """The lines that go with the spans of requests."""
    told, found = _said(), list[Lines]()
    for group in spans.groups:
        if group.hop is None:
            continue
        service, name = group.hop.service, group.hop.name
        share, severity, text = told["spans"].get(service, {}).get(name, (0, "", ""))
        key = spans.piece.beats.key[group.beat]
        luck = draw(key, 201, group.slot)
        failed = group.failed if group.failed is not None and group.kind == "Server" else np.zeros(len(group), np.int64)
        bad = np.flatnonzero(failed)
        chosen = np.flatnonzero((luck < share) & (failed == 0))
        for which, level, template in ((chosen, severity, text), (bad, "error", told["failed"][service])):
            if len(which):
                found.append(
                    _lines(
                        spans,
                        group.beat[which],
                        group.slot,
                        service,
                        level,
                        template,
                        (group.start, group.duration, which),
                    )
                )
    return found


def _lines(
    spans: Spans, beat: Ints, slot: int, service: str, severity: str, template: str, when: tuple[Ints, Ints, Ints]
) -> Lines:
    start, duration, which = when
    beats, tails = spans.piece.beats, spans.piece.tails
    key = beats.key[beat]
    at = start[which] + (duration[which] * 0.92).astype(np.int64)
    order = pa.concat_arrays([tails, pa.array(["none"])]).take(
        pa.array(np.where(beats.tail[beat] > 0, beats.tail[beat], len(tails)))
    )
    values = _values(key, slot) | {"order": order, "ms": duration[which] // 1_000_000, "status": beats.status[beat]}
    return Lines(service, severity, template, at, key, slot, values)


def of_jobs(seed: int, size: float, day: int, end: int) -> list[Lines]:
    """The lines that services write on their own on one day, a moment at midnight UTC; those of the planted burst
    among them.

    end: of the world.
    """
    found = []
    hours = day + np.arange(24) * HOUR
    for number, (service, severity, template, an_hour) in enumerate(_jobs()):
        noise = np.exp(0.12 * normal(seed, 202, number, hours))
        counts = np.floor(an_hour * size * busy(hours) * noise + draw(seed, 203, number, hours)).astype(np.int64)
        which, turn = repeated(counts)
        key = mix(seed, 204, number, hours[which], turn)
        at = hours[which] * 10**9 + (draw(key, 1) * HOUR * 1e9).astype(np.int64)
        found.append(Lines(service, severity, template, at, key, -1, _values(key, number)))
    said = planted("log-burst")
    if day == end - said["starts_days_before_end"] * DAY:
        found.append(_burst(seed, size, day, said))
    return found


def _burst(seed: int, size: float, day: int, said: Mapping[str, Any]) -> Lines:
    service, severity, template = _said()["burst"]
    key = mix(seed, 205, np.arange(round(said["lines"] * size)))
    # It begins at once and fades while people find the cause.
    at = (day + said["hour"] * HOUR) * 10**9 + (draw(key, 1) ** 1.4 * said["minutes"] * 60 * 1e9).astype(np.int64)
    vendor = company().vendors[company().vendors_of["search"][1]]
    return Lines(service, severity, template, at, key, -1, _values(key, 0) | {"vendor": vendor})


def batch(lines: list[Lines]) -> pa.RecordBatch:
    """The rows, in the order of time."""
    lines = [each for each in lines if len(each)]
    sizes = [len(each) for each in lines]
    at = np.concatenate([each.at for each in lines])
    key = np.concatenate([each.key for each in lines])
    slot = np.repeat([each.slot for each in lines], sizes)
    traced = slot >= 0
    order = pa.array(np.argsort(at, kind="stable"))
    place = np.concatenate([place_of(each.service, each.key) for each in lines])
    maps, first = Maps(len(at)), 0
    for each in lines:
        _attributes(maps, each, slice(first, first + len(each)))
        first += len(each)
    columns = {
        "Timestamp": moments(at),
        "TraceId": _if(traced, trace_ids(key)),
        "SpanId": _if(traced, span_ids(key, np.maximum(slot, 0))),
        "TraceFlags": pa.array(traced.astype(np.uint8)),
        "SeverityText": _each([each.severity for each in lines], sizes),
        "SeverityNumber": pa.array(np.repeat([SEVERITIES[each.severity] for each in lines], sizes).astype(np.uint8)),
        "ServiceName": _each([each.service for each in lines], sizes),
        "Body": pa.concat_arrays([formatted(each.template, len(each), each.values) for each in lines]),
        "ResourceAttributes": resources().take(pa.array(place)),
        "ScopeName": _each([_LOGGERS[each.service] for each in lines], sizes),
        "LogAttributes": maps.build(),
    }
    table = pa.table([columns[name] for name in LOGS.names], schema=LOGS).take(order)
    return table.combine_chunks().to_batches()[0]


def formatted(template: str, rows: int, values: Mapping[str, Text]) -> pa.Array:
    """A template of logs.yaml with its values, row by row."""
    pieces: list[Text] = [pa.repeat("", rows)]
    for text, name, _, _ in string.Formatter().parse(template):
        pieces += [text] if text else []
        pieces += [values[name]] if name else []
    return join(*pieces)


def _attributes(maps: Maps, lines: Lines, rows: slice) -> None:
    """A body that is JSON is taken apart, as the collector does."""
    maps.put("code.namespace", rows, _LOGGERS[lines.service])
    if lines.template.startswith("{{"):
        for name, value in _PAIR.findall(lines.template[1:-1]):
            text = formatted(value, len(lines), lines.values)
            maps.put(name, rows, text)


def _values(key: Words, salt: int) -> dict[str, Text]:
    known = company()
    vendors = pa.array([known.vendors[place] for place in known.vendors_of["search"]])
    return {
        "id": hex_ids(mix(key, 206)),
        "ms": (8 * np.exp(1.1 * np.abs(normal(key, 207)) + 1)).astype(np.int64),
        "n": (mix(key, 208, salt) % np.uint64(60)).astype(np.int64) + 1,
        "vendor": vendors.take(pa.array((mix(key, 209) % np.uint64(len(vendors))).astype(np.int64))),
        "state": pa.array(known.states).take(pa.array((mix(key, 210) % np.uint64(len(known.states))).astype(np.int64))),
    }


@cache
def _said() -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((HERE / "logs.yaml").read_text(encoding="utf-8"))
    return said


@cache
def _jobs() -> list[tuple[str, str, str, float]]:
    """Service, severity, template, and lines an hour at the busiest time."""
    return [
        (service, severity, text, float(an_hour))
        for service, listed in _said()["jobs"].items()
        for an_hour, severity, text in listed
    ]


def templates() -> list[str]:
    """Every template that the services write."""
    said = _said()
    told = [text for of in said["spans"].values() for _, _, text in of.values()]
    return [*told, *said["failed"].values(), *(text for _, _, text, _ in _jobs()), said["burst"][2]]


def _each(values: list[str], sizes: list[int]) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(np.repeat(np.arange(len(values)), sizes)))


def _if(there: np.ndarray, values: pa.Array) -> pa.Array:
    return pa.concat_arrays([pa.array([""]), values]).take(pa.array(np.where(there, np.arange(len(there)) + 1, 0)))
