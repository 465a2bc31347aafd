"""`python -m exos.server.clickhouse`: the embedded database, offered as a ClickHouse server on this machine."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
from typing import Annotated

import typer
import uvicorn

from exos.errors import BadSettings, ExosError
from exos.server.clickhouse.endpoint import Endpoint
from exos.server.clickhouse.work import Account
from exos.settings import Settings
from exos.store.database import Database

WRITER, READER = "EXOS_CLICKHOUSE_PASSWORD", "EXOS_CLICKHOUSE_READER_PASSWORD"
_LOCAL = ("127.0.0.1", "::1", "localhost")
_LONGEST_URL = 1 << 20


def main(
    home: Annotated[str, typer.Option(help="Folder of EXOS.  [env: EXOS_HOME]")] = "",
    host: Annotated[str, typer.Option(help="Address of this machine to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any.")] = 8123,
    memory_limit: Annotated[float | None, typer.Option(help="As the setting of that name.")] = None,
) -> None:
    """Passwords of the users `exos` and `exos_reader` come from the environment; without one, `exos` gets a new one."""
    if host not in _LOCAL:
        raise BadSettings(f"{host} is not an address of this machine alone.", "Put a proxy with TLS in front of it.")
    password = os.environ.get(WRITER) or secrets.token_urlsafe(18)
    accounts = [Account("exos", password)]
    if reader := os.environ.get(READER):
        accounts.append(Account("exos_reader", reader, limited=True))
    # Where EXOS finds its data, which may be this very endpoint, says nothing of what is offered here.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("EXOS_DATABASE")}
    settings = Settings.load(environ, home=home or None, memory_limit=memory_limit)
    with Database.open(settings) as database:
        config = uvicorn.Config(
            Endpoint(database, accounts),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=_LONGEST_URL,
        )
        server = _Announcing(config, "" if os.environ.get(WRITER) else password)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        server.run()


class _Announcing(uvicorn.Server):
    """Prints one line when it is ready: where it listens, and the password that nobody knows yet."""

    def __init__(self, config: uvicorn.Config, password: str) -> None:
        super().__init__(config)
        self._password = password

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.servers:
            port = self.servers[0].sockets[0].getsockname()[1]
            shown = f":{self._password}" if self._password else ""
            typer.echo(f"clickhouse://exos{shown}@{self.config.host}:{port}/exos")
            sys.stdout.flush()


if __name__ == "__main__":
    try:
        typer.run(main)
    except ExosError as error:
        typer.echo(f"{error.message} {error.hint}", err=True)
        raise SystemExit(1) from None
