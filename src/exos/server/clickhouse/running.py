"""What runs at the moment, by the ids that clients gave.

The embedded engine numbers queries itself; the client's id travels as `log_comment`, and KILL QUERY is put in terms of
that.
"""

from __future__ import annotations

import threading

from exos.server.clickhouse.failures import Failed
from exos.server.clickhouse.statements import Token, tokens
from exos.store.quoting import quote_text

_ENDS = ("SYNC", "ASYNC", "TEST", "FORMAT")
_COMMENT = b"Settings['log_comment']"


class Running:
    """Ids of running queries, each with its user."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._users: dict[str, str] = {}
        self._lock = threading.Lock()

    def begin(self, query_id: str, user: str, spare: bool = False) -> None:
        """Raises Failed when a query of that id runs already, or too many do; `spare` ones are always let through."""
        with self._lock:
            if len(self._users) >= self._most and not spare:
                message = f"Too many simultaneous queries. Maximum: {self._most}"
                raise Failed(202, "TOO_MANY_SIMULTANEOUS_QUERIES", message)
            if query_id in self._users:
                message = f"Query with id = {query_id} is already running"
                raise Failed(216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", message)
            self._users[query_id] = user

    def end(self, query_id: str) -> None:
        """The query has ended."""
        with self._lock:
            self._users.pop(query_id, None)

    def of(self, user: str) -> list[str]:
        """The ids of a user's queries."""
        with self._lock:
            return [query_id for query_id, who in self._users.items() if who == user]


def kill_by_comment(sql: bytes, own: list[str] | None) -> bytes:
    """A KILL QUERY that finds queries by their comment. `own`: only these may be stopped; None for all."""
    where: Token | None = None
    end = len(sql)
    changed: list[tuple[int, int]] = []
    read = list(tokens(sql))
    if own is not None and (len(read) < 2 or read[1].word != "QUERY"):
        raise Failed(497, "ACCESS_DENIED", "Not enough privileges to stop anything but queries of one's own")
    for token in read:
        if token.word == "WHERE" and where is None:
            where = token
        elif where is not None and token.word in _ENDS:
            end = min(end, token.start)
        elif token.kind == "name" and token.name in ("query_id", "initial_query_id"):
            changed.append((token.start, token.end))
    if where is None:
        return sql
    condition = _replaced(sql, changed, where.end, end)
    if own is not None:
        ids = ", ".join(quote_text(query_id) for query_id in own) or "''"
        condition = b" (" + condition + b") AND " + _COMMENT + f" IN ({ids}) ".encode()
    return sql[: where.end] + condition + b" " + sql[end:]


def _replaced(sql: bytes, places: list[tuple[int, int]], start: int, end: int) -> bytes:
    made, place = b"", start
    for begin, stop in places:
        if start <= begin < end:
            made += sql[place:begin] + _COMMENT
            place = stop
    return made + sql[place:end]
