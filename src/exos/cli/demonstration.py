"""Makes a demo world ready for `exos demo`, in a place of its own, and says what is planted in it."""

from __future__ import annotations

import textwrap
from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from exos.cli.commands import placed, settings
from exos.cli.output import screen, size
from exos.errors import Conflict, ExosError
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate

if TYPE_CHECKING:
    from exos.demo import Summary, Truth
    from exos.demo.marks import Held

STALE_DAYS = 14
"""Days after which a world has lost half of its telemetry, which ClickStack's tables keep for 30."""
_LINE = 110
_ENDS = (
    "SELECT toString(ends) AS ends FROM demo_worlds FINAL WHERE status = 'complete' ORDER BY updated_at DESC LIMIT 1"
)


def place(world: str, port: int | None) -> Settings:
    """Where a demo world lives: what the command line or the environment names, or else a folder of its own within the home.

    So the demo is never among a person's own data unless they ask for it. Raises BadParameter for an unknown world.
    """
    from exos.demo.worlds import DEFAULT, world_named

    chosen, name = settings(port=port), world_named(world).name
    if placed():
        return chosen
    folder = "demo" if name == DEFAULT else f"demo-{name}"
    return settings(port=port, home=str(chosen.home / folder), telemetry_database="")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The world that is asked for; a scale or seed of None is that of the world that is there, or else the usual one."""

    world: str
    scale: str | None = None
    seed: int | None = None


def prepare(chosen: Settings, wanted: Wanted, fresh: bool) -> None:
    """Generate the world unless it is there. Raises Conflict where another one is."""
    from exos import demo
    from exos.demo import marks
    from exos.demo.worlds import SEED

    today = datetime.now(UTC).date()
    with Database.open(chosen) as database:
        migrate(database, chosen)
        found = demo.present(database)
        if found and not fresh:
            _check_found(found, wanted)
            _say_found((today - found.end).days)
            return
        if marks.others(database):
            screen().print(
                "This database has data that is not the demo's, too; `exos demo --remove` takes only the demo out."
            )
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:.0f} %"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(f"Making {demo.WORLDS[wanted.world].about}", total=1.0)
            summary = demo.generate(
                database,
                world=wanted.world,
                scale=wanted.scale or "small",
                seed=SEED if wanted.seed is None else wanted.seed,
                end=today,
                progress=lambda done: bar.update(task, completed=done),
            )
        _say_made(summary, marks.held(database))


def remove(chosen: Settings) -> None:
    """Take the demo's rows out of the database."""
    from exos import demo

    with Database.open(chosen) as database:
        migrate(database, chosen)
        found = demo.present(database)
        demo.clear(database)
    screen().print(
        "The demo data is gone." if found else "There was no complete demo world; what there was of one is gone."
    )


def print_truths(chosen: Settings, world: str) -> None:
    """What is planted in a world, which analysis must find it, and what looks like it and is not."""
    from exos import demo
    from exos.analysis import Playbook

    known = {one.slug for one in Playbook.load(chosen.playbook_dir)}
    program = "exos" if placed() else f"exos --home {chosen.home}"
    console, end = screen(), _end(chosen)
    for truth in demo.truths(world):
        for line in _lines(truth, end, program, known):
            # Commands stay in one piece, to be copied.
            console.print(line, highlight=False, soft_wrap=True, markup=False)
        console.print()


def ask_it(chosen: Settings) -> str:
    """How to ask the demo from another terminal; empty where every command asks it anyway."""
    return "" if placed() else f"Ask it from another terminal with `exos --home {chosen.home} run …`."


def _lines(truth: Truth, end: date, program: str, known: Set[str]) -> list[str]:
    """What is printed of a truth. Where an analysis is still to come, the plain SQL that proves the truth stands in for it."""
    told = [f"{truth.id}: {truth.title}", *_paragraph("planted", truth.told(end))]
    for finding in truth.findings:
        # A comment, so that the line can be copied whole.
        missing = "" if finding.analysis in known else "  # (not in the Playbook yet)"
        told.append(f"  {'find it':<9}{finding.command(end, program)}{missing}")
        told += [f"  {'':<9}found when {each.text()}" for each in finding.expect]
    if not {finding.analysis for finding in truth.findings} <= known:
        told.append(f"  {'or ask':<9}{truth.evidence.command(truth.params(end), program)}")
        told += [f"  {'':<9}found when {each.text()}" for each in truth.evidence.expect]
    if truth.herring:
        told += _paragraph("beware", truth.herring_told)
    return told


def _paragraph(label: str, text: str) -> list[str]:
    return textwrap.wrap(text, _LINE, initial_indent=f"  {label:<9}", subsequent_indent=" " * 11)


def _check_found(found: Summary, wanted: Wanted) -> None:
    other = (
        found.world != wanted.world or wanted.scale not in (None, found.scale) or wanted.seed not in (None, found.seed)
    )
    if other:
        raise Conflict(
            f"The {found.world} world at {found.scale} scale of seed {found.seed} is there; nothing was made.",
            f"--fresh makes the one that you name in its place; `exos demo --world {found.world}` serves the one that is there.",
        )


def _say_found(age: int) -> None:
    if age > STALE_DAYS:
        screen().print(f"The demo data is there but ends {age} days ago; --fresh makes it up to today.")
    else:
        screen().print("The demo data is there; --fresh makes it again.")


def _say_made(summary: Summary, held: list[Held]) -> None:
    table = Table("table", box=None, pad_edge=False, header_style="bold")
    for heading in ("rows", "on disk"):
        table.add_column(heading, justify="right")
    for one in held:
        table.add_row(one.table, f"{one.rows:,}", size(one.bytes))
    table.add_row("in all", f"{sum(one.rows for one in held):,}", size(sum(one.bytes for one in held)), style="bold")
    screen().print(table)
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in summary.storeys.items())
    screen().print(f"Made in {summary.seconds:.1f} s ({parts}).", highlight=False)


def _end(chosen: Settings) -> date:
    """When the world that is there ends; that of today's where there is none."""
    from exos.cli.doors import open_door

    today = datetime.now(UTC).date()
    if chosen.embedded and not Path(urlsplit(chosen.database).path).is_dir():
        return today
    try:
        with open_door(chosen) as door:
            found = door.sql(_ENDS, {})
        return date.fromisoformat(found.rows[0][0]) if found.rows else today
    except ExosError:
        return today
