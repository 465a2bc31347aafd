"""Metrics of the network's sites, every half hour: days and weeks that repeat, an outage, and a stadium."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from exos.demo.batches import batch
from exos.demo.calendar import DAY, Floats, Ints, second
from exos.demo.columns import Maps
from exos.demo.storeys import TELEMETRY_DAYS, Plan
from exos.demo.telco.facts import facts
from exos.demo.telemetry import GAUGES, MARK, TELCO
from exos.demo.truths import planted

SERVICE = "telco-network"
_STEP = 1800
_BUSY = np.array(
    [
        0.1,
        0.05,
        0,
        0,
        0,
        0.05,
        0.15,
        0.3,
        0.4,
        0.4,
        0.42,
        0.45,
        0.5,
        0.5,
        0.48,
        0.5,
        0.6,
        0.75,
        0.9,
        1,
        1,
        0.9,
        0.6,
        0.3,
    ]
)
"""How busy the network is by hour of the day (UTC, which is local time in this country)."""
_THURSDAY = 3
"""The weekday of 1 January 1970, Monday being 0."""


def points(plan: Plan) -> Iterator[pa.RecordBatch]:
    """The rows of `otel_metrics_gauge`, metric by metric."""
    known, end = facts(), second(plan.end)
    at = np.arange(end - TELEMETRY_DAYS * DAY, end, _STEP)
    for metric, (usual, peak, spread, unit) in known.metrics.items():
        rng = plan.rng("network", metric)
        of_site = np.exp(rng.normal(0, 0.08, len(known.sites)))
        busy = 1 + (peak - 1) * _BUSY[at // 3600 % 24] * np.where(_weekday(at) >= 5, 0.85, 1.0)
        value = usual * of_site[:, None] * busy[None, :] * np.exp(rng.normal(0, spread, (len(known.sites), len(at))))
        if metric == planted("telco-site-outage")["metric"]:
            value *= _trouble(end, at)
        yield _rows(metric, unit, at, value)


def _trouble(end: int, at: Ints) -> Floats:
    """The outage of one site, and what Saturdays do to another. Shape (sites, times)."""
    known, truth = facts(), planted("telco-site-outage")
    factors = np.ones((len(known.sites), len(at)))
    first = end - truth["starts_days_before_end"] * DAY
    factors[known.sites.index(truth["site"]), (at >= first) & (at < first + truth["days"] * DAY)] = truth["factor"]
    hour, (begins, ends) = at // 3600 % 24, truth["hours"]
    match = (_weekday(at) == truth["weekday"]) & (hour >= begins) & (hour < ends)
    factors[known.sites.index(truth["stadium"]), match] = truth["stadium_factor"]
    return factors


def _weekday(at: Ints) -> Ints:
    weekday: Ints = (at // DAY + _THURSDAY) % 7
    return weekday


def _rows(metric: str, unit: str, at: Ints, value: Floats) -> pa.RecordBatch:
    known, rows = facts(), value.size
    site = np.repeat(np.arange(len(known.sites)), len(at))
    maps = Maps(rows)
    maps.put("site", slice(None), pa.array(known.sites), site)
    maps.put("city", slice(None), pa.array(known.cities), known.city_of_site[site])
    resource = Maps(1)
    resource.put_all(slice(None), {"service.name": SERVICE, MARK: TELCO})
    time = pa.array(np.tile(at, len(known.sites)).astype(np.uint32))
    return batch(
        GAUGES,
        {
            "ResourceAttributes": resource.build().take(pa.array(np.zeros(rows, np.int64))),
            "ScopeName": "network.probe",
            "ServiceName": SERVICE,
            "MetricName": metric,
            "MetricUnit": unit,
            "Attributes": maps.build(),
            "StartTimeUnix": time,
            "TimeUnix": time,
            "Value": pa.array(np.round(value.ravel(), 3)),
        },
    )
