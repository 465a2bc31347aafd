"""Reads a request: who asks, the statement, its parameters and settings, and the body behind it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from exos.server.clickhouse.encodings import Unpacker, chosen
from exos.server.clickhouse.failures import Failed

STATEMENT_BYTES = 1 << 20
FORM_BYTES = 16 << 20
_MOST_FIELDS = 2000
_NOT_SETTINGS = frozenset(
    (
        *("query", "database", "user", "password", "role", "quota_key", "query_id", "default_format", "stacktrace"),
        *("session_id", "session_timeout", "session_check", "close_session", "client_protocol_version"),
        *("compress", "decompress", "wait_end_of_query", "buffer_size"),
    )
)


_BOUNDARY = re.compile(r'boundary="?(?P<it>[^";]+)')
_FIELD = re.compile(rb'\bname="(?P<name>[^"]*)"')


class Gone(Exception):
    """The client closed the connection."""


class Body:
    """The unpacked body, a piece at a time."""

    def __init__(self, receive: Receive, encoding: str) -> None:
        self._receive = receive
        self._unpacker = Unpacker(encoding)
        self._more = True
        self._kept: list[bytes] = []

    async def piece(self) -> bytes:
        """The next bytes; none at the end. Raises Gone."""
        if self._kept:
            return self._kept.pop(0)
        while self._more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Gone
            self._more = message.get("more_body", False)
            got = self._unpacker.unpack(message.get("body", b""))
            if not self._more and message.get("body"):
                self._unpacker.check_end()
            if got:
                return got
        return b""

    async def upto(self, size: int) -> bytes:
        """The bytes up to at least `size`, or all there are."""
        read = bytearray()
        while len(read) < size and (got := await self.piece()):
            read += got
        return bytes(read)

    def put_back(self, piece: bytes) -> None:
        """Let `piece` be the next one again."""
        if piece:
            self._kept.insert(0, piece)

    async def gone(self) -> None:
        """Return when the client has closed the connection. For after the end of the body."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


@dataclass(frozen=True)
class Asked:
    """One request. `sql` is the statement with what was read behind it; `body` has the rest."""

    user: str
    password: str | None
    method: str
    sql: bytes
    body: Body
    database: str = ""
    format: str = "TabSeparated"
    query_id: str = ""
    encoding: str = ""
    wait: bool = False
    cancel_when_gone: bool = False
    timezone: str = ""
    protocol: int = 0
    params: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


async def read(scope: Scope, receive: Receive) -> Asked:
    """Read a request up to the end of its statement. Raises Failed and Gone."""
    headers = Headers(scope=scope)
    given = _query(scope["query_string"].decode("latin-1"))
    body = Body(receive, headers.get("content-encoding", "").lower())
    if headers.get("content-type", "").startswith("multipart/form-data"):
        given.update(await _form(headers["content-type"], body))
    _refuse_unknown(given)
    text = given.get("query", "").encode()
    head = await body.upto(STATEMENT_BYTES)
    settings = {name: value for name, value in given.items() if name not in _NOT_SETTINGS and name[:6] != "param_"}
    packed = given.get("enable_http_compression", "0") in ("1", "true")
    user, password = _credentials(headers, given)
    return Asked(
        user=user,
        password=password,
        method=scope["method"],
        sql=text + b"\n" + head if text and head else text or head,
        body=body,
        database=given.get("database", headers.get("x-clickhouse-database", "")),
        format=given.get("default_format", headers.get("x-clickhouse-format", "")) or "TabSeparated",
        query_id=given.get("query_id", ""),
        encoding=chosen(headers.get("accept-encoding", "")) if packed else "",
        wait=given.get("wait_end_of_query", "0") in ("1", "true"),
        cancel_when_gone=given.get("cancel_http_readonly_queries_on_client_close", "0") in ("1", "true"),
        timezone=given.get("session_timezone", ""),
        protocol=int(protocol) if (protocol := given.get("client_protocol_version", "")).isdecimal() else 0,
        params={name[6:]: value for name, value in given.items() if name[:6] == "param_"},
        settings=settings,
    )


def _query(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Failed(36, "BAD_ARGUMENTS", f"The URL has more than {_MOST_FIELDS} parameters") from None


def _refuse_unknown(given: Mapping[str, str]) -> None:
    for name in ("compress", "decompress"):
        if given.get(name, "0") not in ("0", "false", ""):
            raise Failed(
                48, "NOT_IMPLEMENTED", f"{name}=1 is not supported here; Content-Encoding and Accept-Encoding are"
            )
    if given.get("session_check", "0") not in ("0", "false", ""):
        raise Failed(372, "SESSION_NOT_FOUND", "Session not found: this server keeps none")
    if given.get("role"):
        raise Failed(511, "UNKNOWN_ROLE", "There are no roles here")


def _credentials(headers: Headers, given: Mapping[str, str]) -> tuple[str, str | None]:
    """User and password, in the order in which the server looks for them. No password at all is None."""
    if "x-clickhouse-user" in headers or "x-clickhouse-key" in headers:
        return headers.get("x-clickhouse-user", "default"), headers.get("x-clickhouse-key", "")
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Failed(516, "AUTHENTICATION_FAILED", "The Authorization header cannot be read") from None
        return user, password
    if scheme:
        raise Failed(516, "AUTHENTICATION_FAILED", f"Invalid authentication: '{scheme[:20]}' is not supported here")
    return given.get("user", "default"), given.get("password")


async def _form(content_type: str, body: Body) -> dict[str, str]:
    """The fields of a form. Files are tables sent along with a query, which there are none of here."""
    raw = await body.upto(FORM_BYTES + 1)
    if len(raw) > FORM_BYTES:
        raise Failed(229, "QUERY_IS_TOO_LARGE", f"The form has more than {FORM_BYTES} bytes")
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise Failed(36, "BAD_ARGUMENTS", "The form has no boundary")
    fields: dict[str, str] = {}
    for part in (b"\r\n" + raw).split(b"\r\n--" + boundary["it"].encode("latin-1"))[1:]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = _FIELD.search(head)
        if b"filename=" in head.lower():
            raise Failed(48, "NOT_IMPLEMENTED", "External data is not supported here")
        if name:
            fields[name["name"].decode(errors="replace")] = value.decode(errors="replace")
    return fields
