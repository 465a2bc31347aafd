"""Who the company is: states, clients, suppliers, teams. Read from company.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from exos.demo.calendar import ZONES, Floats, Ints

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Team:
    """A function of the company, done at one or more sites. `rate` is dollars an hour, `load` the planned utilisation."""

    name: str
    rate: float
    load: float
    sites: Mapping[str, str]
    commercial: str = ""
    specialists: bool = False

    def site(self, region: str) -> str:
        """The site that serves a region."""
        return self.sites.get(region, self.sites["default"])


@dataclass(frozen=True, slots=True)
class Company:
    """Names are in the order of their index everywhere else. Shares sum to one."""

    states: tuple[str, ...]
    regions: tuple[str, ...]
    region_of_state: Ints
    zone_of_state: Ints
    state_share: Floats
    clients: tuple[str, ...]
    vendors: tuple[str, ...]
    vendor_speed: Floats
    vendors_of: Mapping[str, tuple[int, ...]]
    properties: tuple[str, ...]
    property_share: Floats
    complexity: Floats
    priorities: tuple[str, ...]
    priority_share: Floats
    channels: tuple[str, ...]
    channel_share: Floats
    sites: Mapping[str, int]
    teams: Mapping[str, Team]

    @property
    def commercial(self) -> int:
        """Index of the property kind that has desks of its own."""
        return self.properties.index("Commercial")

    @property
    def rush(self) -> int:
        """Index of the urgent priority."""
        return self.priorities.index("Rush")


@cache
def company() -> Company:
    """The company of company.yaml. Complexity is scaled to a mean of one."""
    said: dict[str, Any] = yaml.safe_load((HERE / "company.yaml").read_text(encoding="utf-8"))
    states, properties = said["states"], said["properties"]
    regions = tuple(sorted({region for region, _, _ in states.values()}))
    vendors = [(kind, name, speed) for kind, known in said["vendors"].items() for name, speed in known.items()]
    property_share = _shares([share for share, _ in properties.values()])
    complexity = np.array([value for _, value in properties.values()])
    return Company(
        states=tuple(states),
        regions=regions,
        region_of_state=np.array([regions.index(region) for region, _, _ in states.values()], np.int64),
        zone_of_state=np.array([ZONES.index(zone) for _, zone, _ in states.values()], np.int64),
        state_share=_shares([share for _, _, share in states.values()]),
        clients=tuple(said["clients"]),
        vendors=tuple(name for _, name, _ in vendors),
        vendor_speed=np.array([speed for _, _, speed in vendors]),
        vendors_of={k: tuple(n for n, (kind, _, _) in enumerate(vendors) if kind == k) for k in said["vendors"]},
        properties=tuple(properties),
        property_share=property_share,
        complexity=complexity / float(complexity @ property_share),
        priorities=tuple(said["priorities"]),
        priority_share=_shares(list(said["priorities"].values())),
        channels=tuple(said["channels"]),
        channel_share=_shares(list(said["channels"].values())),
        sites={site: ZONES.index(zone) for site, zone in said["sites"].items()},
        teams={name: Team(name, **kind) for name, kind in said["teams"].items()},
    )


def _shares(weights: list[float]) -> Floats:
    array = np.array(weights, np.float64)
    shares: Floats = array / array.sum()
    return shares


def client_shares(clients: int, lines: int) -> Floats:
    """Few clients order much, many little; who leads differs from line to line."""
    rank = (np.arange(clients)[None, :] + 5 * np.arange(lines)[:, None]) % clients
    share = 1 / (rank + 4) ** 0.9
    return np.asarray(share / share.sum(axis=1, keepdims=True))
