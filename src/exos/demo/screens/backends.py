"""The services behind the applications: their instances, and what their spans and logs say of where they come from."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from exos.demo.calendar import Ints
from exos.demo.columns import Maps, Words, hex_ids, mix
from exos.demo.screens.apps import Hop, services
from exos.demo.telemetry import MARK, MORTGAGE

_SCOPES = {
    "python": ("opentelemetry.instrumentation.asgi", "0.59b0"),
    "java": ("io.opentelemetry.tomcat-10.0", "2.21.0-alpha"),
    "go": ("go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", "0.63.0"),
}
_DATABASE = {
    "python": ("opentelemetry.instrumentation.psycopg", "0.59b0"),
    "java": ("io.opentelemetry.jdbc", "2.21.0-alpha"),
    "go": ("github.com/XSAM/otelsql", "0.40.0"),
}
_STATEMENTS = ("SELECT", "INSERT", "UPDATE")


def is_statement(hop: Hop) -> bool:
    """Whether it is a statement to a database."""
    return hop.name.startswith(_STATEMENTS)


def scope_of(hop: Hop) -> tuple[str, str]:
    """The instrumentation that writes such a span."""
    language = next(service.language for service in services() if service.name == hop.service)
    return (_DATABASE if is_statement(hop) else _SCOPES)[language]


@cache
def _first() -> dict[str, tuple[int, int]]:
    """Per service: where its instances begin, and how many there are."""
    places, at = {}, 0
    for service in services():
        places[service.name] = (at, service.instances)
        at += service.instances
    return places


def first_of(service: str) -> int:
    """Its first instance, as an index of `resources()`."""
    return _first()[service][0]


def place_of(service: str, keys: Words) -> Ints:
    """The instance that answers, as an index of `resources()`: the same for all spans of one key."""
    first, count = _first()[service]
    return first + (mix(keys, 15) % np.uint64(count)).astype(np.int64)


@cache
def resources() -> pa.MapArray:
    """Resource attributes of every instance of every service."""
    listed = [(service, number) for service in services() for number in range(service.instances)]
    maps = Maps(len(listed))
    names = np.arange(len(listed))
    pods = hex_ids(mix(np.full(len(listed), 71), names)).to_pylist()
    maps.put("service.name", slice(None), pa.array([service.name for service, _ in listed]))
    maps.put("service.version", slice(None), pa.array([service.version for service, _ in listed]))
    maps.put("service.instance.id", slice(None), pa.array([f"{service.name}-{number}" for service, number in listed]))
    maps.put("telemetry.sdk.language", slice(None), pa.array([service.language for service, _ in listed]))
    maps.put("telemetry.sdk.name", slice(None), "opentelemetry")
    maps.put("deployment.environment.name", slice(None), "production")
    maps.put("k8s.namespace.name", slice(None), "orders")
    maps.put("k8s.deployment.name", slice(None), pa.array([service.name for service, _ in listed]))
    pod = [f"{service.name}-{text[:9]}-{text[9:14]}" for (service, _), text in zip(listed, pods, strict=True)]
    maps.put("k8s.pod.name", slice(None), pa.array(pod))
    maps.put("k8s.node.name", slice(None), pa.array([f"node-{1 + number % 4}" for number in range(len(listed))]))
    maps.put(MARK, slice(None), MORTGAGE)
    return maps.build()
