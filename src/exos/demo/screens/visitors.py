"""Who sits before the screens of a piece of the world: browser sessions with all that their spans and recordings say
of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from exos.demo.calendar import Flags, Ints
from exos.demo.columns import Maps, Words, hex_ids, mix
from exos.demo.people.networks import CLASSES
from exos.demo.screens.apps import HERE, App, browsers
from exos.demo.screens.shifts import session_ids
from exos.demo.telemetry import MARK, MORTGAGE

SDK = {
    "telemetry.sdk.name": "@hyperdx/otel-web",
    "telemetry.sdk.language": "webjs",
    "telemetry.sdk.version": "0.20.0",
    "process.runtime.name": "browser",
    "rum.version": "0.20.0",
    "browser.language": "en-US",
    "deployment.environment.name": "production",
    "exos.bot": "false",
    "geo.country.iso_code": "US",
    "geo.continent.code": "NA",
}


@dataclass(frozen=True, slots=True)
class Sessions:
    """Browser sessions of one application. ids: as text; browser, place, network: indices of `apps.browsers()`,
    `places()` and `networks()`; version: the release of the application.

    visitor, user and name are texts, empty where unknown; who it is is said from `known_from` (milliseconds) on; of
    those that are `recorded` there is a recording; `resource` is what the browser says with everything it sends.
    """

    app: App
    key: Words
    ids: pa.Array
    browser: Ints
    version: pa.Array
    place: Ints
    network: Ints
    visitor: pa.Array
    user: pa.Array
    name: pa.Array
    known_from: Ints
    recorded: Flags
    resource: pa.MapArray

    def __len__(self) -> int:
        return len(self.key)

    @property
    def mobile(self) -> Flags:
        """Which of them are on a phone."""
        phones = np.array([device == "mobile" for device in browsers().column(5)])
        return phones[self.browser]


@dataclass(frozen=True, slots=True)
class Places:
    """Cities, one element each: what enrichment says of a visitor from there. `of_state` holds the cities of each
    state.
    """

    columns: Mapping[str, list[str]]
    of_state: Mapping[str, Ints]


@dataclass(frozen=True, slots=True)
class Networks:
    """Networks, one element each: names, numbers of their autonomous systems, classes. The first is the company's
    own.
    """

    names: list[str]
    numbers: list[str]
    classes: list[str]

    def of(self, classes: Ints, number: Ints) -> Ints:
        """A network of each class (an index of `people.networks.CLASSES`), the same one for the same number."""
        known = [np.flatnonzero(np.array(self.classes[1:]) == name) + 1 for name in CLASSES]
        table = np.stack([np.resize(each, 2) for each in known])
        return np.asarray(table[classes, number % 2])


@cache
def places() -> Places:
    """The cities of places.yaml."""
    said = _said()["states"]
    listed = [(state, code, *city) for state, (code, cities) in said.items() for city in cities]
    fields = {
        "geo.region.name": [each[0] for each in listed],
        "geo.region.iso_code": [f"US-{each[1]}" for each in listed],
        "geo.locality.name": [each[2] for each in listed],
        "geo.postal_code": [each[3] for each in listed],
        "geo.location.lat": [f"{each[4]:g}" for each in listed],
        "geo.location.lon": [f"{each[5]:g}" for each in listed],
        "geo.timezone": [each[6] for each in listed],
    }
    states = fields["geo.region.name"]
    return Places(fields, {state: np.flatnonzero(np.array(states) == state) for state in said})


@cache
def networks() -> Networks:
    """The networks of places.yaml."""
    said = _said()["networks"]
    rows = list(said.values())
    return Networks(list(said), [row[0] for row in rows], [row[1] for row in rows])


def sessions(
    app: App, key: Words, browser: Ints, version: pa.Array, place: Ints, network: Ints, address: pa.Array,
    visitor: pa.Array, user: pa.Array, name: pa.Array, known_from: Ints, recorded: Flags,
) -> Sessions:  # fmt: skip
    """Sessions with their resource attributes. place, network: indices of `places()` and `networks()`; address:
    truncated, as the default policy does.
    """
    maps = Maps(len(key))
    everywhere = slice(None)
    maps.put("service.name", everywhere, app.name)
    maps.put("service.version", everywhere, version)
    maps.put("rum.sessionId", everywhere, ids := session_ids(key))
    maps.put("rum.scriptInstance", everywhere, hex_ids(mix(key, 3)))
    maps.put_all(everywhere, SDK)
    # The signals of frustration are told as spans, so the recordings are not searched for them: as the snippet says it.
    maps.put_all(everywhere, {"exos.frustration": "on", MARK: MORTGAGE})
    for column, values in places().columns.items():
        maps.put(column, everywhere, pa.array(values), place)
    maps.put("hyperdx.browser.timezone", everywhere, pa.array(places().columns["geo.timezone"]), place)
    known, near = browsers(), networks()
    for column, field in _AGENT.items():
        maps.put(column, everywhere, pa.array(known.column(field)), browser)
    for column, names in _NETWORK.items():
        maps.put(column, everywhere, pa.array(getattr(near, names)), network)
    maps.put("client.address", everywhere, address)
    return Sessions(
        app, key, ids, browser, version, place, network, visitor, user, name, known_from, recorded, maps.build()
    )


_AGENT = {
    "user_agent.original": 0,
    "user_agent.name": 1,
    "user_agent.version": 2,
    "user_agent.os.name": 3,
    "user_agent.os.version": 4,
    "exos.device.type": 5,
}
_NETWORK = {"exos.network.organization": "names", "exos.network.asn": "numbers", "exos.network.class": "classes"}


@cache
def _said() -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((HERE / "places.yaml").read_text(encoding="utf-8"))
    return said
