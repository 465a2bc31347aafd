"""Ingest keys: what a sender of telemetry shows.

A key lets data in and nothing out. It stands in the pages of the applications that send, for everyone to read, so the
store keeps it as it is: the settings page can then show a snippet that works.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Index, String, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from exos.errors import BadParameter, Conflict, ExosError, NotFound
from exos.metadata.base import Base, UtcTime
from exos.metadata.database import Metadata
from exos.settings import Settings

PREFIX = "exos_ik_"
OPEN = "open"
FROM_SETTINGS = "settings"
LONGEST_NAME = 80
_REFRESH_SECONDS = 2.0
_LOG = logging.getLogger(__name__)


class KeyRow(Base):
    """Table `ingest_keys`. A revoked key stays, so that its rows in the data keep a name."""

    __tablename__ = "ingest_keys"
    __table_args__ = (
        Index(
            "ix_ingest_keys_live",
            "name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    key: Mapped[str] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


@dataclass(frozen=True, slots=True)
class IngestKey:
    """A key as people see it. `last_used_at` lags by a few seconds; times are in UTC."""

    id: int
    name: str
    key: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class IngestKeys:
    """The keys that telemetry may be sent with. `name_of` answers from memory and is safe on an event loop."""

    def __init__(self, metadata: Metadata, settings: Settings) -> None:
        self._metadata = metadata
        self.open = settings.ingest_open
        """Whether telemetry is taken in without a key."""
        further = [key.strip() for key in settings.ingest_keys.split(",")]
        self.from_settings = tuple(key for key in further if key)
        """The keys in EXOS_INGEST_KEYS."""
        self._known: dict[bytes, tuple[str, str]] = {}
        self._used: dict[str, datetime] = {}
        self._changing = threading.Lock()
        self.refresh()

    def name_of(self, key: str) -> str | None:
        """The name of a live key; None for a key that is unknown or revoked.

        Keys of EXOS_INGEST_KEYS are named "settings"; where ingest is open, anything else is "open".
        """
        name, known = self._known.get(_digest(key), ("", ""))
        # Found by its hash, which tells nothing about how much of a guess was right; compared as a whole, in constant time.
        if known and hmac.compare_digest(known.encode(), key.encode("utf-8", "replace")):
            self._used[key] = datetime.now(UTC)
            return name
        return OPEN if self.open else None

    def list(self) -> list[IngestKey]:
        """All keys, revoked ones too, oldest first."""
        with self._metadata.reading() as session:
            return [_shown(row) for row in session.scalars(select(KeyRow).order_by(KeyRow.id))]

    def create(self, name: str) -> IngestKey:
        """A new key, live at once in this process and within seconds in others.

        Raises BadParameter for a name that is empty, too long or not printable, Conflict when a live key bears it.
        """
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise BadParameter(
                "A key needs a name that people can read.",
                f"Give 1 to {LONGEST_NAME} characters that say who sends with it, for example 'order desk'.",
            )
        row = KeyRow(name=name, key=PREFIX + secrets.token_urlsafe(24), created_at=datetime.now(UTC))
        try:
            with self._metadata.writing() as session:
                if (
                    session.scalar(select(KeyRow.id).where(KeyRow.name == name, KeyRow.revoked_at.is_(None)))
                    is not None
                ):
                    raise _taken(name)
                session.add(row)
                session.flush()
        except ExosError as error:
            raise _taken(name) if isinstance(error.__cause__, IntegrityError) else error from None
        self.refresh()
        return _shown(row)

    def revoke(self, id: int) -> IngestKey:
        """Let nobody send with this key any more: at once in this process, within seconds in others.

        Revoking it again changes nothing. Raises NotFound when there is no such key.
        """
        with self._metadata.writing() as session:
            row = session.get(KeyRow, id)
            if row is None:
                raise NotFound(f"There is no ingest key {id}.", "`exos key list` shows all keys.")
            row.revoked_at = row.revoked_at or datetime.now(UTC)
        self.refresh()
        return _shown(row)

    def refresh(self) -> None:
        """Read the live keys anew, and note which have been used."""
        with self._changing:
            used, self._used = self._used, {}
            if used:
                self._note(used)
            with self._metadata.reading() as session:
                live = session.execute(select(KeyRow.name, KeyRow.key).where(KeyRow.revoked_at.is_(None))).all()
            known = {_digest(key): (FROM_SETTINGS, key) for key in self.from_settings}
            known.update((_digest(key), (name, key)) for name, key in live)
            self._known = known

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep up with what other processes create and revoke, for as long as the block runs."""
        stop = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(stop,), name="ingest-keys", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()

    def _watch(self, stop: threading.Event) -> None:
        answers = True
        while not stop.wait(_REFRESH_SECONDS):
            try:
                self.refresh()
                answers = True
            except ExosError as error:
                if answers:
                    _LOG.warning("Ingest keys stay as they were: %s", error.message)
                answers = False

    def _note(self, used: dict[str, datetime]) -> None:
        with self._metadata.writing() as session:
            for key, moment in list(used.items()):  # a caller may still be noting into it
                session.execute(update(KeyRow).where(KeyRow.key == key).values(last_used_at=moment))


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "replace")).digest()


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a live key named {name!r} already.", "Choose another name, or revoke that key first.")


def _shown(row: KeyRow) -> IngestKey:
    return IngestKey(row.id, row.name, row.key, row.created_at, row.last_used_at, row.revoked_at)
