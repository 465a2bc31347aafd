"""Who owns an embedded database folder: one process, which says under which URL it can be asked instead."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import IO

from exos.errors import DatabaseBusy


class Ownership:
    """A lock on a folder, held as long as the process lives. The lock file says who holds it."""

    def __init__(self, handle: IO[str]) -> None:
        self._handle = handle

    @classmethod
    def take(cls, folder: Path) -> Ownership:
        """Lock the folder. Raises DatabaseBusy, naming the owner and its URL, when another process has it."""
        path = folder / "owner.json"
        handle = open(path, "a+", encoding="utf-8")  # noqa: SIM115 - kept open: closing it gives the lock up
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            raise _busy(folder, path) from None
        owned = cls(handle)
        owned.announce("")
        return owned

    def announce(self, url: str) -> None:
        """Write down who owns the folder and where it serves."""
        self._handle.seek(0)
        self._handle.truncate()
        json.dump({"pid": os.getpid(), "url": url}, self._handle)
        self._handle.flush()

    def release(self) -> None:
        """Give the folder up."""
        self._handle.close()


def _busy(folder: Path, path: Path) -> DatabaseBusy:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        owner = {}
    pid, url = int(owner.get("pid", 0)), str(owner.get("url", ""))
    way_in = f"Ask it at {url}." if url else "Wait for it to finish, or stop it."
    return DatabaseBusy(
        f"Process {pid or 'unknown'} owns the embedded database {folder}; only one process can open it.",
        f"{way_in} Another folder: --home DIR. Several processes: a ClickHouse server in EXOS_DATABASE.",
        pid=pid,
        url=url,
    )
