"""What the services measure of themselves: batches of the metric tables, point by point every half hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import erf

import numpy as np
import pyarrow as pa

from exos.demo.calendar import DAY, Floats, Ints
from exos.demo.columns import Maps, draw, normal, repeated
from exos.demo.orders.depths import STEP
from exos.demo.orders.simulation import Simulation
from exos.demo.screens.apps import Service, services
from exos.demo.screens.backends import first_of, resources
from exos.demo.screens.rhythm import busy
from exos.demo.telemetry import GAUGES, HISTOGRAMS, SUMS
from exos.demo.truths import planted

BOUNDS = np.array([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0])
"""Seconds, as the semantic conventions advise for durations of requests."""
_DELTA = 1
_REQUESTS = {"order-api": 5200, "title-service": 2300, "document-service": 1500}
"""In half an hour at the busiest time, at small size."""
_MEDIAN = {"order-api": 0.075, "title-service": 0.118, "document-service": 0.064}
_SPREAD = 0.75


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one metric. place: of the instance they come from in `resources()`; attributes: texts by name."""

    name: str
    about: str
    unit: str
    service: str
    at: Ints
    place: Ints
    attributes: Mapping[str, pa.Array]


def gauges(seed: int, first: int, end: int, orders: Simulation) -> Iterator[pa.RecordBatch]:
    """Processor time and memory of every instance, and how many orders wait for people."""
    for service in services():
        at, place = _points(service, first, end)
        load = busy(at)
        cpu = np.clip(0.07 + 0.42 * load * (1 + 0.1 * normal(seed, 301, place, at)), 0.01, 0.98)
        yield _gauge(
            Series("process.cpu.utilization", "Share of one processor in use", "1", service.name, at, place, {}), cpu
        )
        memory = (
            260 + 180 * load + 25 * normal(seed, 302, place, at // DAY) + 6 * normal(seed, 303, place, at)
        ) * 1_048_576
        yield _gauge(
            Series("process.memory.usage", "Physical memory in use", "By", service.name, at, place, {}),
            np.round(memory),
        )
    yield _queues(orders, np.arange(first, end, STEP))


def _queues(orders: Simulation, points: Ints) -> pa.RecordBatch:
    processes = pa.array([line.process for line in orders.lines])
    at = np.repeat(points, len(processes))
    names = {"exos.process": processes.take(pa.array(np.tile(np.arange(len(processes)), len(points))))}
    place = np.full(len(at), first_of("order-api"))
    about = "Orders whose next step is for people to do and could begin"
    series = Series("order.queue.depth", about, "{order}", "order-api", at, place, names)
    return _gauge(series, orders.depths.at(points).T.ravel().astype(np.float64))


def sums(seed: int, size: int, first: int, end: int) -> Iterator[pa.RecordBatch]:
    """Requests served, by instance."""
    for service in services():
        at, place = _points(service, first, end)
        series = Series("http.server.request.count", "Requests served", "{request}", service.name, at, place, {})
        columns = _columns(series) | {
            "Value": pa.array(_requests(seed, size, service, at, place).astype(np.float64)),
            "AggregationTemporality": pa.array(np.full(len(at), _DELTA, np.int32)),
            "IsMonotonic": pa.repeat(True, len(at)),
        }
        yield _batch(columns, SUMS)


def histograms(seed: int, size: int, first: int, end: int) -> Iterator[pa.RecordBatch]:
    """How long requests took, by instance."""
    cut = np.array([erf(x) for x in np.linspace(-4, 4, 4_001)])
    for service in services():
        at, place = _points(service, first, end)
        count = _requests(seed, size, service, at, place)
        median = _MEDIAN[service.name] * (1 + 0.25 * busy(at)) * drifted(service.name, at, end)
        scaled = (np.log(BOUNDS)[None, :] - np.log(median)[:, None]) / (_SPREAD * np.sqrt(2))
        below = 0.5 + 0.5 * cut[np.clip(((scaled + 4) * 500).astype(np.int64), 0, 4_000)]
        reached = np.round(np.concatenate([below, np.ones((len(at), 1))], axis=1) * count[:, None]).astype(np.int64)
        buckets = np.diff(np.maximum.accumulate(reached, axis=1), axis=1, prepend=0)
        offsets = pa.array((np.arange(len(at) + 1) * buckets.shape[1]).astype(np.int32))
        edges = pa.array((np.arange(len(at) + 1) * len(BOUNDS)).astype(np.int32))
        mean = median * np.exp(_SPREAD**2 / 2)
        series = Series(
            "http.server.request.duration", "Duration of HTTP server requests", "s", service.name, at, place, {}
        )
        columns = _columns(series) | {
            "Count": pa.array(count.astype(np.uint64)),
            "Sum": pa.array(np.round(mean * count * np.exp(0.02 * normal(seed, 306, place, at)), 4)),
            "BucketCounts": pa.ListArray.from_arrays(offsets, pa.array(buckets.ravel().astype(np.uint64))),
            "ExplicitBounds": pa.ListArray.from_arrays(edges, pa.array(np.tile(BOUNDS, len(at)))),
            "Min": pa.array(np.round(median * np.exp(-3 * _SPREAD), 5)),
            "Max": pa.array(np.round(median * np.exp((2.6 + draw(seed, 307, place, at)) * _SPREAD), 5)),
            "AggregationTemporality": pa.array(np.full(len(at), _DELTA, np.int32)),
        }
        yield _batch(columns, HISTOGRAMS)


def drifted(service: str, moment: Ints, end: int) -> Floats:
    """Factor on how long one service takes, which grows over the days that the truth says."""
    said = planted("latency-drift")
    if service != said["service"]:
        return np.ones(len(moment))
    length = said["starts_days_before_end"] * DAY
    return np.asarray(1 + said["gain"] * np.clip((moment - (end - length)) / length, 0, 1))


def _points(service: Service, first: int, end: int) -> tuple[Ints, Ints]:
    times = np.arange(first, end, STEP)
    which, at = repeated(np.full(service.instances, len(times)))
    return times[at], first_of(service.name) + which


def _requests(seed: int, size: int, service: Service, at: Ints, place: Ints) -> Ints:
    expected = _REQUESTS[service.name] * size / service.instances * busy(at)
    return np.maximum(np.round(expected * np.exp(0.09 * normal(seed, 305, place, at))), 1).astype(np.int64)


def _gauge(series: Series, value: Floats) -> pa.RecordBatch:
    return _batch(_columns(series) | {"Value": pa.array(value)}, GAUGES)


def _columns(series: Series) -> dict[str, pa.Array]:
    rows = len(series.at)
    maps = Maps(rows)
    for name, values in series.attributes.items():
        maps.put(name, slice(None), values)
    texts = {"ScopeName": "thornwick.metrics", "ServiceName": series.service, "MetricName": series.name}
    texts |= {"MetricDescription": series.about, "MetricUnit": series.unit}
    return {
        "ResourceAttributes": resources().take(pa.array(series.place)),
        **{name: pa.repeat(text, rows) for name, text in texts.items()},
        "Attributes": maps.build(),
        "StartTimeUnix": pa.array((series.at - STEP).astype(np.uint32)),
        "TimeUnix": pa.array(series.at.astype(np.uint32)),
    }


def _batch(columns: Mapping[str, pa.Array], schema: pa.Schema) -> pa.RecordBatch:
    return pa.record_batch([columns[name] for name in schema.names], schema=schema)


__all__ = ["drifted", "gauges", "histograms", "sums"]
