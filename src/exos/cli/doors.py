"""Two ways to the same answers: the database itself, or the server that owns it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import httpx2
import orjson

from exos import errors
from exos.analysis import Playbook, Statement
from exos.errors import DatabaseBusy, ExosError, Unavailable
from exos.freesql import run_free_sql
from exos.ingest.journal import unfinished
from exos.settings import Settings
from exos.store import cases
from exos.store.database import Database
from exos.store.migrate import migrate
from exos.types import Result

Progress = Callable[[int, int, int], None]
"""Called with events, bytes read and bytes in all."""


class Door(Protocol):
    """What commands ask for."""

    def catalogue(self) -> list[dict[str, Any]]: ...
    def run(self, slug: str, params: Mapping[str, Any]) -> Result: ...
    def statement(self, slug: str, params: Mapping[str, Any]) -> Statement: ...
    def sql(self, sql: str, params: Mapping[str, Any]) -> Result: ...
    def import_log(self, path: Path, options: Mapping[str, Any], progress: Progress) -> dict[str, Any]: ...
    def backfill(self, options: Mapping[str, Any], progress: Callable[[int, int], None]) -> dict[str, Any]: ...
    def imports(self, process: str) -> list[dict[str, Any]]: ...
    def forget(self, identity: str, process: str) -> dict[str, Any]: ...


class LocalDoor:
    """The database, opened by this process."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
        self._playbook = Playbook.load(settings.playbook_dir)

    def catalogue(self) -> list[dict[str, Any]]:
        return [one.summary() for one in self._playbook]

    def run(self, slug: str, params: Mapping[str, Any]) -> Result:
        return self._playbook.run(self._database, slug, params)

    def statement(self, slug: str, params: Mapping[str, Any]) -> Statement:
        return self._playbook.statement(self._database, slug, params)

    def sql(self, sql: str, params: Mapping[str, Any]) -> Result:
        return run_free_sql(self._database, sql, params)

    def import_log(self, path: Path, options: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        from exos.ingest.eventlog import Options, import_log

        return import_log(self._database, path, Options(**options), progress).as_dict()

    def backfill(self, options: Mapping[str, Any], progress: Callable[[int, int], None]) -> dict[str, Any]:
        from exos.ingest.backfill import backfill

        return backfill(self._database, **options, progress=progress).as_dict()

    def imports(self, process: str) -> list[dict[str, Any]]:
        from exos.ingest.eventlog import listed

        return listed(self._database, process)

    def forget(self, identity: str, process: str) -> dict[str, Any]:
        from exos.ingest.eventlog import forget_import, forget_process

        done = forget_import(self._database, identity) if identity else forget_process(self._database, process)
        return done.as_dict()


class RemoteDoor:
    """The server that owns the embedded database, over HTTP."""

    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(base_url=url, timeout=httpx2.Timeout(10, read=600), trust_env=False)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def catalogue(self) -> list[dict[str, Any]]:
        analyses: list[dict[str, Any]] = orjson.loads(self._ask("GET", "/api/playbook"))["analyses"]
        return analyses

    def run(self, slug: str, params: Mapping[str, Any]) -> Result:
        return Result.from_json(self._ask("POST", f"/api/playbook/{slug}/run", {"params": dict(params)}))

    def statement(self, slug: str, params: Mapping[str, Any]) -> Statement:
        made = orjson.loads(self._ask("POST", f"/api/playbook/{slug}/sql", {"params": dict(params)}))
        return Statement(made["sql"], made["params"])

    def sql(self, sql: str, params: Mapping[str, Any]) -> Result:
        return Result.from_json(self._ask("POST", "/api/query", {"sql": sql, "params": dict(params)}))

    def import_log(self, path: Path, options: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        if not path.is_file():
            raise errors.BadFile(f"There is no file {path}.", "Check the path.")
        given = {name: str(value) for name, value in options.items() if value not in (None, "")}
        given["name"] = path.name
        with (
            open(path, "rb") as body,
            self._reached(),
            self._client.stream("POST", "/api/imports", params=given, content=body) as answer,
        ):
            if answer.status_code >= 400:
                raise _known(answer.read())
            return _follow(answer.iter_lines(), lambda said: progress(said["events"], said["bytes"], said["total"]))

    def backfill(self, options: Mapping[str, Any], progress: Callable[[int, int], None]) -> dict[str, Any]:
        body = orjson.dumps({name: value for name, value in options.items() if value})
        headers = {"Content-Type": "application/json"}
        with (
            self._reached(),
            self._client.stream("POST", "/api/backfill", content=body, headers=headers) as answer,
        ):
            if answer.status_code >= 400:
                raise _known(answer.read())
            return _follow(answer.iter_lines(), lambda said: progress(said["rows"], said["total"]))

    def imports(self, process: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = orjson.loads(self._ask("GET", f"/api/imports?{urlencode({'process': process})}"))[
            "imports"
        ]
        return found

    def forget(self, identity: str, process: str) -> dict[str, Any]:
        place = f"/{quote(identity, safe='')}" if identity else f"?{urlencode({'process': process})}"
        done: dict[str, Any] = orjson.loads(self._ask("DELETE", f"/api/imports{place}"))
        return done

    def _ask(self, method: str, path: str, body: Any = None) -> bytes:
        content = None if body is None else orjson.dumps(body)
        with self._reached():
            answer = self._client.request(method, path, content=content, headers={"Content-Type": "application/json"})
        if answer.status_code >= 400:
            raise _known(answer.content)
        return answer.content

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except httpx2.HTTPError as error:
            raise Unavailable(
                f"The server at {self._client.base_url} does not answer: {error}",
                "Stop it, or start it again with `exos serve`.",
            ) from None


@contextmanager
def open_door(settings: Settings) -> Iterator[Door]:
    """The database, or, where a server of this machine owns it, that server."""
    try:
        database = Database.open(settings)
    except DatabaseBusy as busy:
        if not busy.url:
            raise
        with closing(RemoteDoor(busy.url)) as door:
            yield door
        return
    with database:
        migrate(database, settings)
        # What an import, a stream or a server that was killed left undone.
        if unfinished(settings):
            from exos.ingest.writer import recover

            recover(database, settings)
        cases.refresh(database)
        yield LocalDoor(settings, database)


def _follow(lines: Iterator[str], show: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Read the progress lines of an import or a backfill until its summary."""
    for line in lines:
        said = orjson.loads(line) if line else {}
        if "error" in said:
            raise _known(line.encode())
        if "summary" in said:
            summary: dict[str, Any] = said["summary"]
            return summary
        if said:
            show(said)
    raise Unavailable("The server stopped before it was done.", "Run it again: nothing is counted twice.")


def _known(body: bytes) -> ExosError:
    """The error that the server reported, as an exception of this process."""
    try:
        said = orjson.loads(body)["error"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return Unavailable(
            "The server's answer cannot be read.", "Check that it is an EXOS server of the same version."
        )
    error = ExosError(said.get("message", ""), said.get("hint", ""))
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, ExosError) and kind.code == said.get("code"):
            error = kind(error.message, error.hint)
    return error
