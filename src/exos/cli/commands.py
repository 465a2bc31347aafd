"""The commands. Each reads its arguments, asks a door, and prints."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from exos import __version__
from exos.errors import BadParameter, NotFound
from exos.settings import Settings, env_name

if TYPE_CHECKING:
    from exos.cli.doors import Door


class Program(TyperGroup):
    """The commands, with the options of all of them in front."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command and what is for it. An option of all commands among that is told where it goes."""
        name, command, rest = super().resolve_command(ctx, args)
        known = {option for parameter in self.params for option in parameter.opts}
        own = {option for parameter in command.params for option in parameter.opts} if command else set()
        for word in itertools.takewhile(lambda word: word != "--", rest):
            option = word.partition("=")[0]
            if option in known - own:
                ctx.fail(f"{option} is an option of all commands: put it before `{name}`.")
        return name, command, rest


app = typer.Typer(
    name="exos",
    cls=Program,
    help="EXOS Analytics: operational intelligence on the telemetry a ClickStack already collects.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
_given: dict[str, Any] = {}
FORMATS = ("table", "json", "csv", "parquet")


def settings(**overrides: Any) -> Settings:
    """The settings with what the command line gave."""
    return Settings.load(**{**_given, **overrides})


def placed() -> bool:
    """Whether the command line or the environment says where the data is."""
    return any(_given.get(name) or os.environ.get(env_name(name)) for name in ("database", "home"))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"exos {__version__}")
        raise typer.Exit


@app.callback()
def globally(
    database: Annotated[str | None, typer.Option(help="chdb:///path or clickhouse://…  [env: EXOS_DATABASE]")] = None,
    home: Annotated[Path | None, typer.Option(help="Folder for everything EXOS keeps.  [env: EXOS_HOME]")] = None,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of all commands."""
    _given.clear()
    _given.update(database=database, home=str(home) if home else None)


@app.command("list")
def list_analyses(area: Annotated[str, typer.Argument(help="Only this area, for example process.")] = "") -> None:
    """The Playbook: every analysis and the question it answers."""
    from exos.analysis import Playbook
    from exos.cli.output import screen

    table = Table("slug", "title", "question", box=None, pad_edge=False, header_style="bold")
    shown = [one for one in Playbook.load(settings().playbook_dir) if area in ("", one.area)]
    if not shown:
        raise BadParameter(f"There is no area {area!r}.", "`exos list` shows all analyses.")
    for one in shown:
        table.add_row(Text(one.slug), Text(one.document.title), Text(one.document.question))
    screen().print(table)


@app.command()
def run(
    slug: Annotated[str, typer.Argument(help="The analysis, for example process/dfg.")],
    param: Annotated[
        list[str] | None, typer.Option("-p", "--param", help="name=value; values that start with [ or { are JSON.")
    ] = None,
    format: Annotated[
        str, typer.Option("--format", help="table, json, csv, parquet, or sql: the statement instead of its result.")
    ] = "table",
) -> None:
    """Run one analysis."""
    from exos.cli import output
    from exos.cli.doors import open_door

    params = _params(param or [])
    _check_format(format, (*FORMATS, "sql"))
    with open_door(settings()) as door, _known_slug(door, slug):
        if format == "sql":
            made = door.statement(slug, params)
            typer.echo(made.sql)
            typer.echo(f"-- parameters: {orjson.dumps(dict(made.values)).decode()}")
            return
        result = door.run(slug, params)
        output.write(result, format)
        output.note_limit(result, _limit(door, slug, params))


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help="One SELECT.")],
    param: Annotated[
        list[str] | None, typer.Option("-p", "--param", help="name=value for {name:Type} in the SQL.")
    ] = None,
    format: Annotated[str, typer.Option("--format", help="table, json, csv or parquet.")] = "table",
) -> None:
    """Free read-only SQL, through the guard."""
    from exos.cli import output
    from exos.cli.doors import open_door

    params = _params(param or [])
    _check_format(format, FORMATS)
    with open_door(settings()) as door:
        result = door.sql(statement, params)
    output.write(result, format)
    output.note_cut(result)


@contextmanager
def _known_slug(door: Door, slug: str) -> Iterator[None]:
    """An analysis that there is none of was mistyped; a process or a case that is not there may yet come."""
    try:
        yield
    except NotFound as missing:
        if any(one["slug"] == slug for one in door.catalogue()):
            raise
        raise BadParameter(f"There is no analysis {slug!r}.", missing.hint) from None


def _limit(door: Door, slug: str, params: dict[str, Any]) -> int:
    """The rows that were asked for at most."""
    analysis = next(one for one in door.catalogue() if one["slug"] == slug)
    default = next(one["default"] for one in analysis["parameters"] if one["name"] == "limit")
    return int(params.get("limit", default))


def _params(given: list[str]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{one!r} is not name=value", param_hint="-p")
        if value[:1] in "[{" and value:
            try:
                params[name] = orjson.loads(value)
            except orjson.JSONDecodeError as error:
                raise typer.BadParameter(f"{name} starts like JSON but is not: {error}", param_hint="-p") from None
        else:
            params[name] = value
    return params


def _check_format(format: str, known: tuple[str, ...]) -> None:
    if format not in known:
        raise typer.BadParameter(f"{format!r} is not one of {', '.join(known)}", param_hint="--format")
    if format == "parquet" and sys.stdout.isatty():
        raise typer.BadParameter("Parquet is binary: send it to a file with > result.parquet", param_hint="--format")


from exos.cli import (  # noqa: E402,F401 - they add their commands to `app`
    backfilling,
    importing,
    imports,
    keys,
    operations,
    serving,
)
