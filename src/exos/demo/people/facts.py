"""Reads people.yaml: segments, plans, devices and channels, as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from exos.demo.calendar import Floats, Ints
from exos.demo.orders.company import Company, company


@dataclass(frozen=True, slots=True)
class Facts:
    """Names are in the order of their index everywhere else. What is said of segments has one row for each.

    `kits` are the combinations of device, browser and operating system; `kit_share` has one row per device.
    """

    company: Company
    segments: tuple[str, ...]
    segment_share: Floats
    age: Floats
    interest: Floats
    orders: Floats
    per_order: Floats
    churn: Floats
    plan_share: Floats
    device_share: Floats
    second: Floats
    office: Floats
    plans: tuple[str, ...]
    fees: Floats
    products: tuple[str, ...]
    product_share: Floats
    product_value: Floats
    age_bands: tuple[str, ...]
    age_starts: Ints
    devices: tuple[str, ...]
    kits: tuple[tuple[str, str, str], ...]
    kit_share: Floats
    late: Floats
    channels: tuple[str, ...]
    touches: Floats
    lift: Floats
    when: Floats
    anonymous: Floats

    def channel(self, name: str) -> int:
        """Index of a channel."""
        return self.channels.index(name)


@cache
def facts() -> Facts:
    """What people.yaml says."""
    said: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "people.yaml").read_text(encoding="utf-8"))
    segments, channels = said["segments"].values(), said["channels"].values()
    devices, late, known = tuple(said["devices"]), said["late"], company()
    kits = [
        (device, browser, system, kind["share"] * share)
        for device, browsers in said["devices"].items()
        for browser, kind in browsers.items()
        for system, share in kind["os"].items()
    ]
    return Facts(
        company=known,
        segments=tuple(said["segments"]),
        segment_share=_shares([one["share"] for one in segments]),
        age=np.array([one["age"] for one in segments], np.float64),
        interest=np.array([one["interest"] for one in segments]),
        orders=np.array([one["orders"] for one in segments]),
        per_order=np.array([one["leaves"] for one in segments]),
        churn=np.array([one["churn"] for one in segments]),
        plan_share=np.stack([_shares(one["plans"]) for one in segments]),
        device_share=np.stack([_shares(one["devices"]) for one in segments]),
        second=np.array([one["second"] for one in segments]),
        office=np.array([one["office"] for one in segments]),
        plans=tuple(said["plans"]),
        fees=np.array(list(said["plans"].values()), np.float64),
        products=tuple(said["products"]),
        product_share=_shares([share for share, _ in said["products"].values()]),
        product_value=np.array([value for _, value in said["products"].values()]),
        age_bands=tuple(said["age_bands"]),
        age_starts=np.array(list(said["age_bands"].values()), np.int64),
        devices=devices,
        kits=tuple((device, browser, system) for device, browser, system, _ in kits),
        kit_share=np.stack([_shares([share * (kit == device) for kit, _, _, share in kits]) for device in devices]),
        late=np.array([late.get(region, late["default"]) for region in known.regions])[known.region_of_state],
        channels=tuple(said["channels"]),
        touches=np.array([one["touches"] for one in channels]),
        lift=np.array([one["lift"] for one in channels]),
        when=np.array([one["when"] for one in channels]),
        anonymous=np.array([one["anonymous"] for one in channels]),
    )


def pick(shares: Floats, draw: Floats) -> Ints:
    """Indices with these shares, from draws between zero and one. `shares`: one row for all, or one for each draw."""
    if shares.ndim == 1:
        chosen: Ints = np.searchsorted(np.cumsum(shares)[:-1], draw, side="right")
        return chosen
    counted: Ints = (draw[:, None] >= np.cumsum(shares, axis=1)[:, :-1]).sum(axis=1)
    return counted


def _shares(weights: Iterable[float]) -> Floats:
    array = np.array(list(weights), np.float64)
    shares: Floats = array / array.sum()
    return shares
