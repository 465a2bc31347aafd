"""What all rows of one resource and one scope share, kept once however many rows there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from exos.errors import TooLarge
from exos.ingest.otlp.columns import Maps, strings

REQUEST_ROWS = 100_000
"""Rows one request may make: what one insert keeps in one block, so that it is stored whole or not at all."""

EXPANDED_BYTES = 128 * 1024**2
"""Bytes by which a request may grow when every row gets its copy of what its resource says."""

_SESSION = "rum.sessionId"


class Shared:
    """Resources and scopes of a request, and which row belongs to which."""

    def __init__(self, enrichment: Mapping[str, str]) -> None:
        self._enrichment = enrichment
        self._resources, self._scopes = Maps(), Maps()
        self._services: list[str] = []
        self._resource_urls: list[str] = []
        self._names: list[str] = []
        self._versions: list[str] = []
        self._scope_urls: list[str] = []
        self._dropped: list[int] = []
        self._of_scope: list[int] = []
        self._resource_of: list[int] = []
        self._scope_of: list[int] = []
        self._weight = 0
        self._expanded = 0

    def resource(self, resource: Resource, schema_url: str) -> None:
        """Rows that come now are of this resource. What the receiver knows about a browser is added to browsers only."""
        browser = self._enrichment and any(one.key == _SESSION for one in resource.attributes)
        self._resources.add(resource.attributes, self._enrichment if browser else None)
        self._services.append(self._resources.value("service.name"))
        self._resource_urls.append(schema_url)
        self._weight = self._resources.last_bytes() + len(schema_url)

    def scope(self, scope: InstrumentationScope, schema_url: str) -> None:
        """Rows that come now are of this scope of the last resource."""
        self._scopes.add(scope.attributes)
        self._names.append(scope.name)
        self._versions.append(scope.version)
        self._scope_urls.append(schema_url)
        self._dropped.append(scope.dropped_attributes_count)
        self._of_scope.append(self._resources.count - 1)

    def rows(self, count: int) -> None:
        """So many rows of the last scope. Raises TooLarge."""
        check_count(len(self._scope_of) + count)
        self.spend(count * (self._weight + self._scopes.last_bytes() + len(self._names[-1])))
        self._scope_of += [len(self._names) - 1] * count
        self._resource_of += [self._of_scope[-1]] * count

    def spend(self, count: int) -> None:
        """So many bytes more than the request's own will be stored. Raises TooLarge."""
        self._expanded += count
        check_growth(self._expanded)

    def columns(self, chosen: list[int] | None = None) -> dict[str, Any]:
        """One column per shared thing, a value per row; of the chosen rows, or of all."""
        scope_of = self._scope_of if chosen is None else [self._scope_of[row] for row in chosen]
        resource_of = self._resource_of if chosen is None else [self._resource_of[row] for row in chosen]
        scopes, resources = pa.array(scope_of, pa.int32()), pa.array(resource_of, pa.int32())
        return {
            "ServiceName": strings(self._services).take(resources),
            "ResourceAttributes": self._resources.array().take(resources),
            "ResourceSchemaUrl": strings(self._resource_urls).take(resources),
            "ScopeName": strings(self._names).take(scopes),
            "ScopeVersion": strings(self._versions).take(scopes),
            "ScopeSchemaUrl": strings(self._scope_urls).take(scopes),
            "ScopeAttributes": self._scopes.array().take(scopes),
            "ScopeDroppedAttrCount": pa.array(self._dropped, pa.uint32()).take(scopes),
        }


def check_count(rows: int) -> None:
    """Raises TooLarge for more rows than one request may make."""
    if rows > REQUEST_ROWS:
        raise TooLarge(f"One request holds more than {REQUEST_ROWS:,} rows.", "Send smaller batches.")


def check_growth(expanded: int) -> None:
    """Raises TooLarge when rows grow by more than a request may grow."""
    if expanded > EXPANDED_BYTES:
        raise TooLarge(
            f"The request grows by more than {EXPANDED_BYTES // 1024**2} MiB once each row has its attributes.",
            "Send smaller batches, or shorter resource attributes.",
        )
