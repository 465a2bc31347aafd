"""The worlds there are, as lists of storeys in the order in which they are built."""

from __future__ import annotations

from dataclasses import dataclass

from exos.demo.assistant import storey as assistant
from exos.demo.marketing import storey as marketing
from exos.demo.orders import storey as orders
from exos.demo.screens import storey as screens
from exos.demo.storeys import Plan, Storey, Writer
from exos.demo.telco import storey as telco
from exos.demo.telemetry import MORTGAGE, TELCO
from exos.errors import BadParameter

SCALES = {"small": 1, "medium": 20, "large": 200, "huge": 2000}
"""Size of the company: small has 50,000 orders a year, and each other one so many times the orders and the people."""
SEED = 20_260
DEFAULT = MORTGAGE


@dataclass(frozen=True, slots=True)
class World:
    """One company. `about` says in a few words what it is, `door` where a visitor of the portal enters."""

    name: str
    about: str
    door: str
    storeys: tuple[Storey, ...]

    def build(self, plan: Plan, writer: Writer) -> None:
        """Write the rows of every storey, without a database to finish them in."""
        for storey in self.storeys:
            storey.build(plan, writer)


WORLDS = {
    world.name: world
    for world in (
        World(
            DEFAULT,
            "a mortgage-services company",
            "/",
            (
                Storey("orders", 4.0, orders.build, orders.finish),
                Storey("screens", 6.0, screens.build),
                Storey("marketing", 1.0, marketing.build),
                Storey("assistant", 0.5, assistant.build),
            ),
        ),
        World(
            TELCO,
            "a mobile network",
            "/",
            (
                Storey("subscribers", 1.0, telco.build_subscribers),
                Storey("network", 0.5, telco.build_network),
            ),
        ),
    )
}


def world_named(name: str) -> World:
    """Raises BadParameter for an unknown world."""
    if name not in WORLDS:
        raise BadParameter(f"There is no world {name!r}.", f"Choose one of {', '.join(WORLDS)}.")
    return WORLDS[name]


def size_of(scale: str) -> int:
    """Raises BadParameter for an unknown scale."""
    if scale not in SCALES:
        raise BadParameter(f"There is no scale {scale!r}.", f"Choose one of {', '.join(SCALES)}.")
    return SCALES[scale]
