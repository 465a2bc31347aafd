"""What the server does between requests: what follows from new rows is worked out soon after they arrive.

A job does a bounded piece of work and says how much there was to do. With work it is asked again soon, without less often,
after a failure later still; it never runs for more than half of the time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from exos.errors import ExosError
from exos.ingest import recordings
from exos.store import cases
from exos.store.database import Database

SOON, FAILED = 2.0, 60.0
"""Seconds until a job is asked again: after work, and at most after failures."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work on the database, which returns how much was done, and the seconds until it is asked when it is idle."""

    work: Callable[[Database], int]
    idle: float = 5.0


JOBS = (Job(cases.refresh), Job(recordings.search, idle=recordings.QUIET))
_log = logging.getLogger(__name__)


@asynccontextmanager
async def upkeep(database: Database, jobs: Sequence[Job] = JOBS, soon: float = SOON) -> AsyncIterator[None]:
    """Run the jobs while the context is open. Leaving it waits for the pieces of work that are under way."""
    stopped = asyncio.Event()
    tasks = [asyncio.create_task(_repeat(job, database, stopped, soon)) for job in jobs]
    try:
        yield
    finally:
        stopped.set()
        await asyncio.gather(*tasks)


async def _repeat(job: Job, database: Database, stopped: asyncio.Event, soon: float) -> None:
    pause = soon
    while not stopped.is_set():
        begun = time.monotonic()
        try:
            worked = await asyncio.to_thread(job.work, database)
            pause = soon if worked else min(pause * 1.5, max(job.idle, soon))
        except ExosError as error:
            pause = min(pause * 2, FAILED)
            _log.warning("%s: %s It is tried again.", job.work.__qualname__, error.message)
        except Exception:  # noqa: BLE001 - whatever went wrong, the job is asked again later
            pause = FAILED
            _log.exception("%s failed", job.work.__qualname__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), max(pause, time.monotonic() - begun))
