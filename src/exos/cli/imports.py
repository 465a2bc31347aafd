"""`exos imports` and `exos forget`."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from exos.cli.commands import app, settings
from exos.cli.output import moment, screen
from exos.errors import BadParameter


@app.command("imports")
def list_imports(process: Annotated[str, typer.Option(help="Only those into this process.")] = "") -> None:
    """The event logs that were imported, the latest first."""
    from exos.cli.doors import open_door

    with open_door(settings()) as door:
        found = door.imports(process)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("id", "process", "file", "state", "events", "cases", "rejected", "started"):
        table.add_column(name, justify="right" if name in ("events", "cases", "rejected") else "left", overflow="fold")
    for one in found:
        numbers = ("–" if one[name] is None else f"{one[name]:,}" for name in ("events", "cases", "rejected"))
        started = moment(one["started_at"])
        table.add_row(*map(Text, (one["id"], one["process"], one["file"], one["state"], *numbers, started)))
    screen().print(table if found else Text("Nothing was imported."))
    for one in found:
        if one["hint"]:
            screen().print(Text(f"{one['id']}: {one['hint']}", style="yellow"))


@app.command()
def forget(
    identity: Annotated[
        str, typer.Argument(metavar="[IMPORT_ID]", help="The import, as `exos imports` names it.")
    ] = "",
    process: Annotated[str, typer.Option(help="Instead of one import: a whole process, with all its events.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove what an import brought, or a whole process, and rebuild its cases."""
    from exos.cli.doors import open_door

    if bool(identity) == bool(process):
        raise BadParameter(
            "Either an import or a process is to be forgotten.", "exos forget IMPORT_ID, or --process NAME."
        )
    what = f"the events of import {identity}" if identity else f"every event of the process {process!r}"
    if not yes:
        typer.confirm(f"Remove {what}?", abort=True, err=True)
    with open_door(settings()) as door:
        print_forgotten(door.forget(identity, process))


def print_forgotten(done: dict[str, Any]) -> None:
    """What was removed, and what is to be imported again."""
    console = screen()
    console.print(Text(f"Removed {done['events']:,} events and {done['cases']:,} cases from {done['process']!r}."))
    for one in done["incomplete"]:
        text = (
            f"  {one['missing']:,} of these events had come with {one['file']} ({one['id']}) too:"
            " import that file again to have them back."
        )
        console.print(Text(text, style="yellow"))
