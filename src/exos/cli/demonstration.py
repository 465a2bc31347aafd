"""Makes the demo world ready for `exos demo`."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from exos.cli.output import screen
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate

START = "/process"


def home_of(given: Settings) -> Settings:
    """The demo lives beside the real data, in HOME/demo, unless a database was named."""
    import os

    if os.environ.get("EXOS_DATABASE") or not given.database.endswith(str(given.home / "db")):
        return given
    home = given.home / "demo"
    return Settings.load(home=str(home), port=given.port, host=given.host)


def prepare(chosen: Settings, scale: str, fresh: bool, end: datetime) -> None:
    """Generate the demo data unless it is there."""
    from exos import demo

    if fresh and chosen.embedded:
        shutil.rmtree(Path(urlsplit(chosen.database).path), ignore_errors=True)
    with Database.open(chosen) as database:
        migrate(database, chosen)
        if demo.present(database):
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
