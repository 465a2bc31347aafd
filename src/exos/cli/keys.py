"""`exos key`: the keys that telemetry is sent with. Works beside a running server, which knows within seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from exos.cli.commands import app, settings
from exos.cli.output import screen
from exos.errors import NotFound

if TYPE_CHECKING:
    from exos.metadata import IngestKey, IngestKeys

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(group, name="key", help="Ingest keys: what a sender of telemetry shows.")


@group.command("list")
def list_keys() -> None:
    """All ingest keys, revoked ones too."""
    table = Table("id", "name", "key", "created", "last used", "state", box=None, pad_edge=False, header_style="bold")
    with _keys() as keys:
        for one in keys.list():
            state = Text("revoked", style="dim") if one.revoked_at else Text("live", style="green")
            moments = (_moment(one.created_at), _moment(one.last_used_at))
            table.add_row(str(one.id), Text(one.name), one.key, *moments, state)
        screen().print(table)
        if keys.from_settings:
            screen().print(Text(f"{len(keys.from_settings)} further in EXOS_INGEST_KEYS", style="dim"))
        if keys.open:
            screen().print(Text("EXOS_INGEST_OPEN is on: telemetry is taken in without a key", style="yellow"))


@group.command()
def create(name: Annotated[str, typer.Argument(help="Who will send with it, for example 'order desk'.")]) -> None:
    """Make a key, and print it."""
    with _keys() as keys:
        typer.echo(keys.create(name).key)


@group.command()
def revoke(key: Annotated[str, typer.Argument(help="Its id or its name.")]) -> None:
    """Let nobody send with this key any more."""
    with _keys() as keys:
        revoked = keys.revoke(_found(keys.list(), key).id)
        typer.echo(f"Revoked {revoked.name} ({revoked.id}). A running server refuses it within seconds.")


@contextmanager
def _keys() -> Iterator[IngestKeys]:
    from exos.metadata import IngestKeys, Metadata

    chosen = settings()
    store = Metadata.open(chosen)
    try:
        yield IngestKeys(store, chosen)
    finally:
        store.close()


def _found(keys: list[IngestKey], wanted: str) -> IngestKey:
    """By id; else the live key of that name."""
    for one in keys:
        if wanted == str(one.id) or (wanted == one.name and not one.revoked_at):
            return one
    raise NotFound(f"There is no live ingest key {wanted!r}.", "`exos key list` shows all keys.")


def _moment(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"
