"""`exos import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from exos.cli.commands import app, settings
from exos.cli.output import screen

Name = Annotated[str, typer.Option(metavar="COL")]


@app.command("import")
def import_logs(
    files: Annotated[list[Path], typer.Argument(help="Event logs: XES, CSV, Parquet, JSONL, OCEL 2.0; also .gz.")],
    process: Annotated[str, typer.Option(help="Name of the process the log belongs to.")],
    format: Annotated[
        str, typer.Option(help="xes, csv, parquet, jsonl or ocel; found out from the file when left out.")
    ] = "",
    case: Annotated[str, typer.Option(metavar="COL", help="Column of the case.")] = "",
    activity: Annotated[str, typer.Option(metavar="COL", help="Column of the activity.")] = "",
    timestamp: Annotated[str, typer.Option(metavar="COL", help="Column of the completion time.")] = "",
    start: Annotated[str, typer.Option(metavar="COL", help="Column of the start time, where there is one.")] = "",
    resource: Annotated[str, typer.Option(metavar="COL", help="Column of the resource.")] = "",
    lifecycle: Annotated[str, typer.Option(metavar="COL", help="Column of the lifecycle transition.")] = "",
    cost: Annotated[str, typer.Option(metavar="COL", help="Column of the cost.")] = "",
    fold_lifecycle: Annotated[
        bool, typer.Option("--fold-lifecycle", help="Join start and complete into one activity (docs/importing.md).")
    ] = False,
    timezone: Annotated[str, typer.Option(help="IANA zone of times that bear none.")] = "UTC",
    day_first: Annotated[
        bool | None,
        typer.Option("--day-first/--month-first", help="How to read 03/04/2026, where the file does not tell."),
    ] = None,
    object_type: Annotated[str, typer.Option(help="OCEL: the object type that is the case.")] = "",
    delimiter: Annotated[str, typer.Option(help="CSV: the delimiter.")] = "",
    encoding: Annotated[str, typer.Option(help="CSV and JSONL: the text encoding.")] = "",
) -> None:
    """Import event logs. Importing a file again changes nothing."""
    from exos.cli.doors import open_door

    options: dict[str, Any] = {
        "process": process,
        "format": format,
        "case": case,
        "activity": activity,
        "timestamp": timestamp,
        "start": start,
        "resource": resource,
        "lifecycle": lifecycle,
        "cost": cost,
        "fold_lifecycle": fold_lifecycle,
        "timezone": timezone,
        "day_first": day_first,
        "object_type": object_type,
        "delimiter": delimiter,
        "encoding": encoding,
    }
    with open_door(settings()) as door:
        for path in files:
            summary = _with_progress(door, path, options)
            print_summary(path, summary)


def _with_progress(door: Any, path: Path, options: dict[str, Any]) -> dict[str, Any]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[events]:,} events"),
        TextColumn("{task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    # Where nobody sees it move, the bar would leave an empty line behind.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(path.name, total=None, events=0, rate=0.0)

        def show(events: int, read: int, total: int) -> None:
            seconds = bar.tasks[task].elapsed or 1e-9
            bar.update(task, completed=read, total=total or None, events=events, rate=events / seconds)

        summary: dict[str, Any] = door.import_log(path, options, show)
        return summary


def print_summary(path: Path, summary: dict[str, Any]) -> None:
    """What was imported, how columns were understood, and every kind of rejected row."""
    console = screen()
    if summary.get("unchanged"):
        console.print(Text(f"{path.name}: already imported, nothing changed ({summary['events']:,} events)"))
        return
    rate = summary["events"] / max(summary["seconds"], 1e-9)
    line = (
        f"{path.name}: {summary['events']:,} events, {summary['cases']:,} cases, {summary['activities']:,} activities"
        f" in {summary['seconds']:.2f} s ({rate:,.0f} events/s)"
    )
    console.print(Text(line, style="bold"))
    for role, how in summary.get("roles", {}).items():
        console.print(Text(f"  {role:<10} {how}", style="dim"))
    for note in summary.get("notes", ()):
        console.print(Text(f"  note: {note}"))
    if summary.get("rejected"):
        console.print(Text(f"  {summary['rejected']:,} rows rejected:", style="yellow"))
        for sample in summary.get("rejections", ()):
            console.print(Text(f"    {sample}", style="yellow"))
