"""What the caller says about a log and how it is to be taken in."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass, fields
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from exos.errors import BadParameter


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a log. Only `process` is needed; what is left empty is found out from the file and reported.

    `case`, `activity`, `timestamp` (completion), `start`, `resource`, `lifecycle` and `cost` name columns, or XES keys.
    `day_first` decides dates such as 03/04/2024 where the file alone does not. `timezone` is where times without a zone were
    taken: a time that the autumn change gives twice is the earlier of the two, one that the spring change leaves out is moved
    to the end of the gap; both are counted and reported.
    """

    process: str
    format: str = ""
    case: str = ""
    activity: str = ""
    timestamp: str = ""
    start: str = ""
    resource: str = ""
    lifecycle: str = ""
    cost: str = ""
    fold_lifecycle: bool = False
    timezone: str = "UTC"
    day_first: bool | None = None
    object_type: str = ""
    delimiter: str = ""
    encoding: str = ""

    def __post_init__(self) -> None:
        """Raises BadParameter for a process without a name or with control characters in it, an unknown time zone, a
        delimiter or an encoding that cannot be one.
        """
        if not self.process.strip():
            raise BadParameter("The import has no process name.", "Give one: --process orders.")
        if odd := [letter for letter in self.process if unicodedata.category(letter) in ("Cc", "Cs")]:
            raise BadParameter(
                f"The name of the process has the control character {odd[0]!r}.", "Use letters, digits and spaces."
            )
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadParameter(
                f"There is no time zone {self.timezone!r}.", "Give an IANA name such as Europe/Berlin or UTC."
            ) from None
        if self.delimiter and (len(self.delimiter.encode()) != 1 or self.delimiter in '"\r\n'):
            raise BadParameter(
                f"The delimiter {self.delimiter!r} is not one character.", "Give one such as ';' or a tab."
            )
        if self.encoding:
            _known_encoding(self.encoding)

    def column(self, role: str) -> str:
        """The column that was named for a role; empty where none was."""
        return str(getattr(self, role, ""))

    def fingerprint(self) -> str:
        """All options that change what is stored, as JSON in a fixed order."""
        given = {name: value for name, value in asdict(self).items() if value != _DEFAULTS.get(name)}
        return orjson.dumps(given, option=orjson.OPT_SORT_KEYS).decode()


_DEFAULTS = {row.name: row.default for row in fields(Options)}


def _known_encoding(name: str) -> None:
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        raise BadParameter(
            f"There is no text encoding {name!r}.", "Give one such as utf-8, cp1252 or utf-16."
        ) from None
