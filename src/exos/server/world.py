"""What routes work on, and how long it lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property

from fastapi import Request

from exos.analysis import Playbook
from exos.ingest.enrich import Enricher
from exos.ingest.journal import Journal
from exos.ingest.writer import Writer
from exos.metadata import IngestKeys, Metadata
from exos.server.upkeep import upkeep
from exos.server.watching import OwnTelemetry
from exos.settings import Settings
from exos.store.arrivals import Arrivals
from exos.store.database import Database


@dataclass(frozen=True)
class World:
    """What routes work on. There is one per application, at `request.app.state.world`."""

    settings: Settings
    database: Database
    analyses: Playbook

    @cached_property
    def metadata(self) -> Metadata:
        """What people make in EXOS. Opened and migrated on first use, which is at start."""
        return Metadata.open(self.settings)

    @cached_property
    def keys(self) -> IngestKeys:
        """The keys that telemetry may be sent with."""
        return IngestKeys(self.metadata, self.settings)

    @cached_property
    def ingest(self) -> Writer:
        """Where telemetry goes."""
        return Writer(self.database, self.settings, Journal.of(self.settings))

    @cached_property
    def own_telemetry(self) -> OwnTelemetry:
        """What EXOS tells about itself."""
        return OwnTelemetry(self.ingest, self.database)

    @cached_property
    def arrivals(self) -> Arrivals:
        """What data came in lately."""
        return Arrivals(self.database)

    @cached_property
    def enricher(self) -> Enricher:
        """What tells about senders. Raises BadSettings on first use, which is at start."""
        return Enricher(self.settings)


def world(request: Request) -> World:
    """The application's world."""
    found: World = request.app.state.world
    return found


@asynccontextmanager
async def living(world: World) -> AsyncIterator[None]:
    """What goes on beside requests. Leaving it stores what waits, then closes all but the database."""
    await asyncio.to_thread(lambda: world.ingest)
    async with upkeep(world.database):
        with world.keys.watching():
            yield
        if world.settings.self_telemetry:
            await asyncio.to_thread(world.own_telemetry.close)
        await asyncio.to_thread(world.ingest.close)
    world.metadata.close()
    world.enricher.close()
