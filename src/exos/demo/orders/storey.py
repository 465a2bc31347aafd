"""The storey of orders: a year of cases of five processes."""

from __future__ import annotations

from exos.demo.orders.rows import Rows
from exos.demo.orders.simulation import Simulation
from exos.demo.screens.shifts import LIVED, SHARE, Shifts, sampled
from exos.demo.storeys import Plan, Writer, told
from exos.store import cases
from exos.store.database import Database

WRITTEN = 0.85
"""Part of the storey's time after which the rows are written; the rest rebuilds their cases."""


def build(plan: Plan, writer: Writer) -> None:
    """Writes `case_events`. Leaves the simulation and the shifts at the screens for the storey of screens."""
    simulation = Simulation(plan.seed, plan.size, plan.end)
    shifts = Shifts(simulation, plan.seed, SHARE * sampled(plan.size))
    rows = Rows(simulation, plan.size, shifts)
    writer.insert("case_events", told(rows.batches(), lambda: writer.tell(simulation.share_done * WRITTEN)))
    plan.handed[LIVED] = (simulation, shifts)


def finish(database: Database) -> None:
    """Brings `cases` up to date with the events."""
    cases.refresh(database)
    cases.settle(database)
