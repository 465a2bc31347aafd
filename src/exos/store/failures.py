"""What the engine's error codes mean to a person."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

from exos.errors import (
    BadParameter,
    BadSQL,
    ExosError,
    LockedOut,
    QueryCancelled,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    Unavailable,
)

_CODE = re.compile(r"Code: (\d+)")
_NOISE = (
    (re.compile(r"^(?:Code: \d+\. DB::Exception: )+"), ""),
    (re.compile(r"Stack trace:.*$|\s*\((?:version |official build).*$", re.DOTALL), ""),
    (re.compile(r"\s*\([A-Z_]{4,}\)\W*$"), ""),
    # What follows is the SQL as it ran: relations put in front, names of the engine's own.
    (re.compile(r"[.:]? In (?:scope|query) .*?(?=\. Maybe you meant|$)", re.DOTALL), ""),
    (re.compile(r"\. Look at https://github\.com/google/re2/.*?(?=: while executing|$)", re.DOTALL), ""),
    (re.compile(r": while executing (?:function |'FUNCTION )(\w+).*$", re.DOTALL), r" (in \1)"),
    (re.compile(r"\b__table\d+\."), ""),
)
"""What the engine says beyond its message, and what takes its place."""
_TIMEOUT = {159, 160, 209}
_TOO_LARGE = {241, 158, 307, 396}
_CANCELLED = {394, 735}
_REFUSED = {164, 291, 452, 497}
_PARAMETER = {26, 27, 38, 41, 72, 130, 321, 376, 441, 456, 457}
_TOO_MANY_PARTS = 252
_UNAVAILABLE = {3, 74, 75, 76, 198, 202, 210, 242, 243, 279, 285, 286, 319, 999, 1001}
_LOCKED_OUT = {192, 193, 194, 516}


def translate(error: Exception) -> Exception:
    """The EXOS error for a driver's error; any other error comes back as it is."""
    if isinstance(error, ExosError):
        return error
    text = str(error)
    found = _CODE.search(text)
    if found is None:
        return _without_code(error, text)
    return _with_code(int(found.group(1)), clean(text))


def clean(text: str) -> str:
    """The engine's message without codes, versions, stack traces and the SQL that ran."""
    text = text[text.find("Code: ") :] if "Code: " in text else text
    for noise, instead in _NOISE:
        text = noise.sub(instead, text)
    text = " ".join(text.split())[:600]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _with_code(code: int, message: str) -> ExosError:
    if code == _TOO_MANY_PARTS and "Too many parts" in message:
        return Unavailable("The storage is behind with merging what was written.", "Try again in a moment.")
    if code in _TIMEOUT:
        return QueryTimeout(f"The query took too long: {message}", "Ask for a shorter time range or fewer rows.")
    if code in _TOO_LARGE:
        return QueryTooLarge(
            f"The query needs more than it may use: {message}", "Narrow the time range or the filters, or add a LIMIT."
        )
    if code in _CANCELLED:
        return QueryCancelled("The query was cancelled.", "Run it again.")
    if code in _REFUSED:
        return QueryRefused(f"Not allowed: {message}", "Only reading EXOS's own tables is allowed here.")
    if code in _PARAMETER:
        return BadParameter(f"A value cannot be read: {message}", "Check the parameter's type.")
    if code in _LOCKED_OUT:
        return LockedOut(f"ClickHouse does not let EXOS in: {message}", "Check user and password in EXOS_DATABASE.")
    if code in _UNAVAILABLE:
        return Unavailable(f"The engine failed: {message}", "Check disk space and `exos doctor`, then try again.")
    return BadSQL(message, "Check the names and types in the SQL.")


def _without_code(error: Exception, text: str) -> Exception:
    module = type(error).__module__
    if module.startswith(("clickhouse_connect", "urllib3")):
        why, hint = _unreached(error) or (clean(text), "Check EXOS_DATABASE and that the server runs.")
        return Unavailable(f"ClickHouse cannot be reached: {why}", hint)
    return error


def _unreached(error: BaseException) -> tuple[str, str] | None:
    """Why there is no connection and what helps, from what the driver met; None when it met something else."""
    for one in _met(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return (
                f"its certificate is not trusted ({one.verify_message}).",
                "Name the authority that signed it: ?ca_cert=/path/to/ca.pem at the end of EXOS_DATABASE.",
            )
        if isinstance(one, ssl.SSLError):
            return "it does not speak TLS there.", "Check the port: 8443 with clickhouses://, 8123 with clickhouse://."
        if isinstance(one, socket.gaierror):
            return "no machine has that name.", "Check the host in EXOS_DATABASE."
        if isinstance(one, ConnectionRefusedError):
            return "nothing listens there.", "Check host and port in EXOS_DATABASE, and that the server runs."
        if isinstance(one, TimeoutError):
            return "it does not answer.", "Check host and port in EXOS_DATABASE, and what lies between."
    return None


def _met(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that it was raised for."""
    while error is not None:
        yield error
        inside = next((one for one in error.args if isinstance(one, BaseException)), None)
        error = error.__cause__ or error.__context__ or inside
