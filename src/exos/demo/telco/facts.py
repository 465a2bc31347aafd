"""Reads telco.yaml: segments, cities, sites, channels and metrics, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from exos.demo.calendar import Floats, Ints


@dataclass(frozen=True, slots=True)
class Facts:
    """Names are in the order of their index everywhere else. What is said of segments, sites, channels has a row for each."""

    segments: tuple[str, ...]
    segment_share: Floats
    gigabytes: Floats
    minutes: Floats
    night: Floats
    fee: Floats
    prepaid: Floats
    churn: float
    ages: Floats
    age_bands: tuple[str, ...]
    cities: tuple[str, ...]
    sites: tuple[str, ...]
    city_of_site: Ints
    site_share: Floats
    dropped: tuple[float, float]
    channels: tuple[str, ...]
    touches: Floats
    lift: Floats
    cost: Floats
    kinds: tuple[str, ...]
    anonymous: Floats
    metrics: dict[str, tuple[float, float, float, str]]


@cache
def facts() -> Facts:
    """What telco.yaml says."""
    said: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "telco.yaml").read_text(encoding="utf-8"))
    segments, channels, cities = list(said["segments"].values()), list(said["channels"].values()), said["cities"]
    sites = [
        (f"{city} {number}", share / count) for city, (share, count) in cities.items() for number in range(1, count + 1)
    ]
    return Facts(
        segments=tuple(said["segments"]),
        segment_share=_column(segments, "share") / _column(segments, "share").sum(),
        gigabytes=_column(segments, "gigabytes"),
        minutes=_column(segments, "minutes"),
        night=_column(segments, "night"),
        fee=_column(segments, "fee"),
        prepaid=_column(segments, "prepaid"),
        churn=said["churn"],
        ages=np.stack([np.array(one["ages"], np.float64) / sum(one["ages"]) for one in segments]),
        age_bands=tuple(said["age_bands"]),
        cities=tuple(cities),
        sites=tuple(site for site, _ in sites),
        city_of_site=np.repeat(np.arange(len(cities)), [count for _, count in cities.values()]),
        site_share=np.array([share for _, share in sites]) / sum(share for _, share in sites),
        dropped=tuple(said["dropped"]),
        channels=tuple(said["channels"]),
        touches=_column(channels, "touches"),
        lift=_column(channels, "lift"),
        cost=_column(channels, "cost"),
        kinds=tuple(one["kind"] for one in channels),
        anonymous=_column(channels, "anonymous"),
        metrics={name: tuple(values) for name, values in said["metrics"].items()},
    )


def _column(rows: list[dict[str, Any]], name: str) -> Floats:
    return np.array([row[name] for row in rows], np.float64)
