"""How much may wait to be stored. Beyond that senders are told to come again, so that memory stays bounded."""

from __future__ import annotations

import threading

from exos.errors import Busy, Unavailable

SOFT = 0.75
"""Share of the bytes that may wait from which on new requests are turned away; the rest is for those that grow."""


class Reservation:
    """The bytes that one request holds, from its first one until it is answered."""

    __slots__ = ("_pressure", "held")

    def __init__(self, pressure: Pressure) -> None:
        self._pressure = pressure
        self.held = 0

    def grow(self, size: int) -> None:
        """Hold `size` bytes, if that is more than are held now. Raises Busy when there is no room left beside others."""
        if size > self.held:
            self._pressure.take(size - self.held, self.held)
            self.held = size

    def passed_on(self) -> Reservation:
        """What is held, for somebody else to release; this one holds nothing any more."""
        other = Reservation(self._pressure)
        other.held, self.held = self.held, 0
        return other

    def release(self) -> None:
        """Hold nothing any more."""
        self._pressure.give(self.held)
        self.held = 0


class Pressure:
    """The bytes of all requests under way."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._held = 0
        self._closed = False

    @property
    def held(self) -> int:
        """Bytes under way."""
        return self._held

    @property
    def crowded(self) -> bool:
        """Whether a third of the room is taken: time to store something."""
        return self._held > self._limit / 3

    def admit(self, size: int) -> Reservation:
        """Room for a new request of `size` bytes. Raises Busy when too much waits, Unavailable when the server is stopping."""
        if self._closed:
            raise Unavailable("The server is stopping.", "Send it again.")
        if self._held + size > SOFT * self._limit and self._held:
            raise Busy(
                f"{self._held / 1024**2:,.1f} MiB of telemetry wait to be stored.",
                "Send it again in a moment; raise EXOS_INGEST_PENDING_BYTES if memory allows.",
            )
        reservation = Reservation(self)
        reservation.grow(size)
        return reservation

    def insist(self, size: int) -> Reservation:
        """Room for what is here already, however much that is."""
        reservation = Reservation(self)
        with self._lock:
            self._held += size
        reservation.held = size
        return reservation

    def take(self, size: int, own: int) -> None:
        """Hold more for a request that holds `own` already. One alone may always be held, however large it becomes."""
        with self._lock:
            if self._held > own and self._held + size > self._limit:
                raise Busy("No room is left for requests that wait to be stored.", "Send it again in a moment.")
            self._held += size

    def give(self, size: int) -> None:
        """Hold less."""
        with self._lock:
            self._held -= size

    def close(self) -> None:
        """Admit nothing new."""
        self._closed = True
