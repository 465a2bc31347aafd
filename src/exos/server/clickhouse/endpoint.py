"""The ASGI application: authentication, dispatch, and answers with the headers of a ClickHouse server."""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from typing import TypeVar

import anyio
import orjson
from anyio import CapacityLimiter, to_thread
from starlette.types import Receive, Scope, Send

from exos.server.clickhouse.encodings import packer
from exos.server.clickhouse.failures import Failed, failure
from exos.server.clickhouse.request import Asked, Body, Gone, read
from exos.server.clickhouse.running import Running
from exos.server.clickhouse.work import Account, Work
from exos.store.database import Database
from exos.store.session import Answer, Session

T = TypeVar("T")
AT_ONCE = 32
_WRONG_SECONDS = 0.5
_DRAIN_SECONDS = 30
_PIECE = 1 << 20
_TYPES = {
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "TSV": "text/tab-separated-values; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
}
_PATHS = {"/ping": b"Ok.\n", "/replicas_status": b"Ok.\n"}


class Endpoint:
    """A ClickHouse server's HTTP interface over an embedded database. Nobody gets in without a password."""

    def __init__(self, database: Database, accounts: Iterable[Account], at_once: int = AT_ONCE) -> None:
        self._database = database
        self._accounts = {account.name: account for account in accounts}
        self._running = Running(at_once)
        # More threads than queries: KILL QUERY must get through when all places are taken.
        self._limiter = CapacityLimiter(at_once + 16)
        version, timezone = database.query("SELECT version() AS v, timezone() AS z").rows[0]
        self._version, self._timezone = str(version), str(timezone)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path in _PATHS:
            await _send(send, 200, {}, _PATHS[path])
        elif path != "/":
            await _send(
                send, 404, {}, b"There is no handle for this path. Use / for queries and /ping for health checks.\n"
            )
        elif scope["method"] not in ("GET", "POST", "HEAD"):
            await _send(send, 501, {}, b"Only GET, HEAD and POST are supported.\n")
        else:
            await self._handle(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"x-clickhouse-server-display-name": "exos"}
        try:
            asked = await read(scope, receive)
            account = await self._account(asked)
            if not asked.sql.strip():
                await _send(send, 200, headers, b"Ok.\n")
                return
            query_id = asked.query_id or str(uuid.uuid4())
            headers["x-clickhouse-query-id"] = query_id
            headers["x-clickhouse-timezone"] = asked.timezone or self._timezone
            work = Work(self._database, self._running, account, asked, query_id)
            await self._run(work, asked, headers, send)
        except Gone:
            return
        except Exception as error:  # noqa: BLE001 - everything is told as a server tells it
            await self._tell(failure(error), headers, send)

    async def _account(self, asked: Asked) -> Account:
        account = self._accounts.get(asked.user)
        given = (asked.password or "").encode()
        right = hmac.compare_digest((account.password if account else secrets.token_hex()).encode(), given)
        if account is not None and right:
            return account
        if asked.password is None:
            raise Failed(194, "REQUIRED_PASSWORD", "A user and a password are required")
        await anyio.sleep(_WRONG_SECONDS)
        message = f"{asked.user}: Authentication failed: password is incorrect, or there is no user with such name."
        raise Failed(516, "AUTHENTICATION_FAILED", message)

    async def _run(self, work: Work, asked: Asked, headers: dict[str, str], send: Send) -> None:
        with ExitStack() as stack:
            session = await self._thread(partial(stack.enter_context, work.session()))
            try:
                if work.insert:
                    try:
                        answer = await self._insert(work, session, asked.body)
                    except Exception:
                        await _drain(asked.body)
                        raise
                    await _send(send, 200, {**headers, **_summary(answer)}, b"")
                elif work.streams:
                    await self._stream(work, session, asked, headers, send)
                else:
                    answer = await self._watched(partial(work.run, session), work, asked)
                    await self._whole(work, answer, asked, headers, send)
            finally:
                with anyio.CancelScope(shield=True):
                    await self._thread(stack.pop_all().close)

    async def _insert(self, work: Work, session: Session, body: Body) -> Answer:
        """Feeds the engine as fast as it takes the data: one piece is in memory at a time."""
        gathered = bytearray(await self._thread(partial(work.begin_insert, session)))
        while got := await body.piece():
            gathered += got
            if len(gathered) >= _PIECE:
                await self._thread(partial(session.insert, bytes(gathered)))
                gathered.clear()
        if gathered:
            await self._thread(partial(session.insert, bytes(gathered)))
        return await self._thread(session.end_insert)

    async def _whole(self, work: Work, answer: Answer, asked: Asked, headers: dict[str, str], send: Send) -> None:
        headers = {**headers, **_summary(answer)}
        body = answer.body
        if work.answers or body:
            headers.update(_described(work.format))
        if asked.encoding and body:
            made = packer(asked.encoding)
            body = await self._thread(lambda: made.pack(body) + made.end())
            headers["content-encoding"] = asked.encoding
        await _send(send, 200, headers, b"" if asked.method == "HEAD" else body)

    async def _stream(self, work: Work, session: Session, asked: Asked, headers: dict[str, str], send: Send) -> None:
        """Most failures come before the first piece, and with a status; the others behind the data, under a tag."""
        pieces = work.stream(session)
        first = await self._watched(lambda: next(pieces, b""), work, asked)
        tag = secrets.token_hex(8)
        headers = {**headers, **_described(work.format), "x-clickhouse-exception-tag": tag}
        made = packer(asked.encoding) if asked.encoding and first else None
        if made:
            headers["content-encoding"] = asked.encoding
        await send({"type": "http.response.start", "status": 200, "headers": _raw(headers)})
        async with anyio.create_task_group() as group:
            gone = anyio.Event()
            group.start_soon(_note_gone, asked.body, gone)
            piece = first
            while piece and not gone.is_set():
                packed = await self._thread(partial(made.pack, piece)) if made else piece
                await send({"type": "http.response.body", "body": packed, "more_body": True})
                piece = await self._thread(partial(self._next, pieces, tag))
            await send({"type": "http.response.body", "body": made.end() if made else b""})
            group.cancel_scope.cancel()

    def _next(self, pieces: Iterator[bytes], tag: str) -> bytes:
        try:
            return next(pieces, b"")
        except Exception as error:  # noqa: BLE001 - told behind the data
            text = failure(error).text(self._version)
            return f"\r\n__exception__\r\n{tag}\r\n{text}{len(text.encode())} {tag}\r\n__exception__\r\n".encode()

    async def _watched(self, do: Callable[[], T], work: Work, asked: Asked) -> T:
        """Do it in a thread; stop the query when the client that wanted that has gone."""
        done: list[T] = []
        failed: list[Exception] = []
        async with anyio.create_task_group() as group:
            if asked.cancel_when_gone:
                group.start_soon(self._cancel_when_gone, work, asked.body)
            try:
                done.append(await self._thread(do))
            except Exception as error:  # noqa: BLE001 - raised again outside of the group, which would wrap it
                failed.append(error)
            group.cancel_scope.cancel()
        if failed:
            raise failed[0]
        return done[0]

    async def _cancel_when_gone(self, work: Work, body: Body) -> None:
        await body.gone()
        await self._thread(work.cancel)

    async def _thread(self, do: Callable[[], T]) -> T:
        return await to_thread.run_sync(do, limiter=self._limiter)

    async def _tell(self, failed: Failed, headers: dict[str, str], send: Send) -> None:
        more = {"x-clickhouse-exception-code": str(failed.code), "content-type": "text/plain; charset=UTF-8"}
        if failed.status == 401:
            more["www-authenticate"] = 'Basic realm="ClickHouse server HTTP API"'
        await _send(send, failed.status, {**headers, **more}, failed.text(self._version).encode())


async def _note_gone(body: Body, gone: anyio.Event) -> None:
    """Whoever has closed the connection is not sent anything more: writing to it would not fail."""
    await body.gone()
    gone.set()


async def _drain(body: Body) -> None:
    """Read to the end: a client hears of a failure only when it has sent everything."""
    with anyio.move_on_after(_DRAIN_SECONDS), suppress(Gone, Failed):
        while await body.piece():
            pass


def _described(format: str) -> dict[str, str]:
    return {"x-clickhouse-format": format, "content-type": _TYPES.get(format, "application/octet-stream")}


def _summary(answer: Answer) -> dict[str, str]:
    counts = {
        "read_rows": answer.read_rows,
        "read_bytes": answer.read_bytes,
        "written_rows": answer.written_rows,
        "written_bytes": answer.written_bytes,
        "total_rows_to_read": 0,
        "result_rows": answer.result_rows or answer.written_rows,
        "result_bytes": len(answer.body) or answer.written_bytes,
        "elapsed_ns": int(answer.seconds * 1e9),
    }
    return {"x-clickhouse-summary": orjson.dumps({name: str(count) for name, count in counts.items()}).decode()}


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), _plain(value)) for name, value in headers.items()]


def _plain(value: str) -> bytes:
    """A header's value without line breaks: ids and time zones come from the client."""
    return "".join(sign if sign.isprintable() else "?" for sign in value).encode("latin-1", errors="replace")


async def _send(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    whole = {"content-type": "text/plain; charset=UTF-8", **headers, "content-length": str(len(body))}
    await send({"type": "http.response.start", "status": status, "headers": _raw(whole)})
    await send({"type": "http.response.body", "body": body})
