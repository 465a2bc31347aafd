"""Errors as a ClickHouse server says them: a code, a name, a sentence, and the HTTP status that goes with the code."""

from __future__ import annotations

import re

from exos.errors import Unavailable

_SAID = re.compile(r"^(?:Code: (?P<code>\d+)\. DB::Exception: )+(?P<message>.*)$", re.DOTALL)
_NAME = re.compile(r"(?P<dot>\.?)[.\s]*\((?P<name>[A-Z][A-Z0-9_]{3,})\)[.\s]*$")
_VERSION = re.compile(r"\s*\((?:version |official build)[^)]*\)+\.?\s*")
# The server's own table, by its names of the codes; every other failure is a 500.
_STATUS = {
    **dict.fromkeys((194,), 401),  # REQUIRED_PASSWORD
    **dict.fromkeys((192, 193, 516, 512, 497), 403),  # users, passwords, roles, ACCESS_DENIED
    **dict.fromkeys((36, 427, 6, 25, 26, 38, 41, 72, 441, 675, 676, 27, 376), 400),  # arguments and values
    **dict.fromkeys((15, 44, 37, 123, 8, 167, 168, 223, 62, 117, 53, 321), 400),  # columns, syntax, types
    **dict.fromkeys((60, 46, 47, 50, 56, 81, 115, 152, 63, 73, 336, 78, 511), 404),  # whatever is unknown
    **dict.fromkeys((159,), 408),
    **dict.fromkeys((381,), 411),
    **dict.fromkeys((229,), 413),
    **dict.fromkeys((48,), 501),
    **dict.fromkeys((209, 76, 439), 503),
}


class Failed(Exception):
    """A request that failed, as a server would say it."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.name = name
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status of the code."""
        return _STATUS.get(self.code, 500)

    def text(self, version: str) -> str:
        """The body of the answer."""
        return f"Code: {self.code}. DB::Exception: {self.message} ({self.name}) (version {version} (official build))\n"


def failure(error: BaseException) -> Failed:
    """What the engine's error says; whatever is none of its errors is LOGICAL_ERROR without its inside."""
    if isinstance(error, Failed):
        return error
    if isinstance(error, Unavailable):
        return Failed(319, "UNKNOWN_STATUS_OF_INSERT", error.message)
    text = str(error)
    said = _SAID.match(text[text.find("Code: ") :]) if "Code: " in text else None
    if said is None:
        return Failed(49, "LOGICAL_ERROR", f"The request failed inside ({type(error).__name__})")
    message, name = _VERSION.sub(" ", said["message"]).strip(), ""
    while found := _NAME.search(message):
        name = name or found["name"]
        message = message[: found.start()] + found["dot"]
    return Failed(int(said["code"]), name or "UNKNOWN_EXCEPTION", message)
