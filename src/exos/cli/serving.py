"""`exos serve` and `exos demo`."""

from __future__ import annotations

import signal
import socket
from typing import Annotated

import typer

from exos.cli.commands import app, settings
from exos.cli.output import screen
from exos.errors import Unavailable
from exos.settings import Settings


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [env: EXOS_HOST]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.  [env: EXOS_PORT]")] = None,
) -> None:
    """Portal and API on one port."""
    chosen = settings(host=host, port=port)
    _serve(chosen, path="/")


@app.command()
def demo(
    port: Annotated[int | None, typer.Option(help="Port to listen on.  [env: EXOS_PORT]")] = None,
    world: Annotated[str, typer.Option(help="mortgage (mortgage services) or telco (a mobile network).")] = "mortgage",
    scale: Annotated[
        str | None,
        typer.Option(help="small, medium, large or huge.  [default: that of the world that is there, or small]"),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=2**63 - 1,
            help="Another number makes another year of the same company.  [default: that of the world that is there, or 20260]",
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw the demo data away and make it again.")] = False,
    truths: Annotated[bool, typer.Option("--truths", help="Print what is planted in the data, and stop.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the demo data, and stop.")] = False,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the portal when the data is there.")] = True,
) -> None:
    """A company to explore: generates the demo data if absent, then serves it.

    The data gets a folder of its own, HOME/demo, unless --home, --database or their environment variables name a place.
    """
    from exos.cli import demonstration
    from exos.demo.worlds import size_of, world_named

    chosen = demonstration.place(world, port)
    if truths:
        demonstration.print_truths(chosen, world)
        return
    if remove:
        demonstration.remove(chosen)
        return
    if scale is not None:
        size_of(scale)
    if serve:
        _free(chosen)
    demonstration.prepare(chosen, demonstration.Wanted(world, scale, seed), fresh)
    if asking := demonstration.ask_it(chosen):
        screen().print(asking, highlight=False, soft_wrap=True)
    if serve:
        _serve(chosen, path=world_named(world).door)


def _serve(chosen: Settings, path: str) -> None:
    from exos.analysis import Playbook
    from exos.server.app import create_app
    from exos.server.serving import Server
    from exos.server.world import World
    from exos.store import cases
    from exos.store.database import Database
    from exos.store.migrate import migrate

    _free(chosen)
    with Database.open(chosen) as database:
        migrate(database, chosen)
        # What an import or a stream that was killed left undone.
        cases.refresh(database)
        analyses = Playbook.load(chosen.playbook_dir)
        analyses.validate(database)
        url = f"http://{_shown(chosen.host)}:{chosen.port}"
        database.announce(url)
        server = Server(create_app(World(chosen, database, analyses)), chosen.host, chosen.port)
        screen().print(f"EXOS is ready: [bold]{url}{path}[/bold]   (Ctrl-C stops it)", highlight=False)
        # uvicorn raises the signal that stopped it once more; the database is still to be closed.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        server.run()


def _free(chosen: Settings) -> None:
    """Raises Unavailable, before anything is opened, when the port is taken."""
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as error:
            raise Unavailable(
                f"Port {chosen.port} on {chosen.host} cannot be used: {error.strerror}.", "Choose another with --port."
            ) from None


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
