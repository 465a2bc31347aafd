"""Which requests have been stored lately, so that one that comes again is acknowledged and not stored again."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import Future

REMEMBERED = 100_000
"""Requests whose content is remembered: minutes of a busy server. A sender that never saw the answer comes back sooner."""


def digest_of(kind: str, body: bytes) -> bytes:
    """What a request of a kind (signal and encoding) is, as 16 bytes: of the unpacked body, for a retry may be packed anew."""
    return hashlib.sha256(kind.encode() + b"\0" + body).digest()[:16]


class Memory:
    """Requests that are stored, wholly or in some of their tables, and those that are under way."""

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._stored: OrderedDict[bytes, frozenset[str] | None] = OrderedDict()
        self._under_way: dict[bytes, Future[None]] = {}

    def find(self, digest: bytes) -> Future[None] | None:
        """The outcome of the same request when it is stored or under way; None when it is new."""
        with self._lock:
            return self._find(digest)

    def begin(self, digest: bytes, outcome: Future[None]) -> tuple[Future[None] | None, frozenset[str]]:
        """The request is under way from now on, unless it was already: then its outcome. And the tables that have its rows
        from an attempt that failed halfway.
        """
        with self._lock:
            known = self._find(digest)
            if known is None:
                self._under_way[digest] = outcome
            return known, self._stored.get(digest) or frozenset()

    def note(self, digest: bytes, table: str) -> None:
        """The request's rows for this table are stored."""
        with self._lock:
            known = self._stored.get(digest, frozenset())
            if known is not None:
                self._keep(digest, known | {table})

    def end(self, digest: bytes, stored: bool) -> None:
        """The request is not under way any more."""
        with self._lock:
            self._under_way.pop(digest, None)
            if stored:
                self._keep(digest, None)

    def _find(self, digest: bytes) -> Future[None] | None:
        if digest in self._stored and self._stored[digest] is None:
            done: Future[None] = Future()
            done.set_result(None)
            return done
        return self._under_way.get(digest)

    def _keep(self, digest: bytes, tables: frozenset[str] | None) -> None:
        self._stored[digest] = tables
        self._stored.move_to_end(digest)
        while len(self._stored) > self._size:
            self._stored.popitem(last=False)
