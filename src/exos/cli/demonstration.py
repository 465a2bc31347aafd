"""Makes the demo world ready for `exos demo`."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from exos.cli.output import screen
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate

START = "/process?process=title"


def prepare(chosen: Settings, scale: str, fresh: bool, end: datetime) -> None:
    """Generate the demo data unless it is there."""
    from exos import demo

    with Database.open(chosen) as database:
        migrate(database, chosen)
        if demo.present(database) and not fresh:
            screen().print("The demo data is there; --fresh makes it again.")
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:.0f} %"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Making a mortgage-services company", total=1.0)
            summary = demo.generate(
                database, scale=scale, end=end.date(), progress=lambda done: bar.update(task, completed=done)
            )
        screen().print(
            f"Made {summary.events:,} events in {summary.cases:,} cases in {summary.seconds:.1f} s.", highlight=False
        )


def print_truths() -> None:
    """What is planted in the demo data, and which analysis must find it."""
    from exos import demo

    console = screen()
    for truth in demo.truths():
        console.print(truth.text(), highlight=False)
