"""`exos backfill`."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from exos.cli.commands import app, settings
from exos.cli.output import screen


@app.command()
def backfill(
    since: Annotated[str, typer.Option(help="Only what was collected from then on (RFC 3339 or a date).")] = "",
    until: Annotated[str, typer.Option(help="Only what was collected before then.")] = "",
    table: Annotated[
        list[str] | None,
        typer.Option(help="Only this table: product_events, case_events or recordings; may be given again."),
    ] = None,
) -> None:
    """Derive events from telemetry that was collected before EXOS was there. Running it again changes nothing."""
    from exos.cli.doors import open_door
    from exos.times import parse_time

    options = {
        "since": parse_time(since, "UTC", "since") if since else None,
        "until": parse_time(until, "UTC", "until") if until else None,
        "targets": table or [],
    }
    with open_door(settings()) as door:
        print_summary(_with_progress(door, options))


def _with_progress(door: Any, options: dict[str, Any]) -> dict[str, Any]:
    columns = (
        TextColumn("deriving"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} rows"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        summary: dict[str, Any] = door.backfill(
            options, lambda rows, total: bar.update(task, completed=rows, total=total)
        )
        return summary


def print_summary(summary: dict[str, Any]) -> None:
    """What was derived, and how much of it had been before."""
    console = screen()
    slices, unchanged = summary["slices"], summary["unchanged"]
    line = f"{summary['read']:,} rows of telemetry in {slices + unchanged:,} slices of time, {summary['seconds']:.1f} s"
    console.print(Text(line, style="bold"))
    if unchanged:
        console.print(Text(f"  {unchanged:,} slices had been derived before and have not changed", style="dim"))
    for table, rows in summary["rows"].items():
        console.print(Text(f"  {table:<15} {_told(rows, slices, unchanged)}"))


def _told(rows: int, slices: int, unchanged: int) -> str:
    """The rows of a table, and whether it was this run that derived them."""
    if not unchanged:
        return f"{rows:,} rows derived"
    return f"{rows:,} rows, derived now or before" if slices else f"0 rows derived, {rows:,} there already"
