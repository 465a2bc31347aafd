"""The formats there are: every module of this package that has a FORMAT."""

from __future__ import annotations

import pkgutil
import re
from functools import cache
from importlib import import_module

from exos.errors import BadFile, BadParameter
from exos.ingest import eventlog
from exos.ingest.eventlog.format import Format
from exos.ingest.eventlog.source import Head

_KNOWN_BINARY = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Unpack it, or save the sheet as CSV."),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "Unpack it, or pack it with gzip."),
    (b"BZh", "packed with bzip2", "Unpack it, or pack it with gzip."),
    (b"\xfd7zXZ", "packed with xz", "Unpack it, or pack it with gzip."),
    (b"\x1f\x8b", "packed with gzip twice", "Unpack it once."),
    (b"%PDF", "a PDF document", "Export the log itself, as CSV or XES."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV."),
)
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)


@cache
def formats() -> tuple[Format, ...]:
    """All formats, in the order in which they are asked whether a file is theirs."""
    modules = [import_module(f"{eventlog.__name__}.{entry.name}") for entry in pkgutil.iter_modules(eventlog.__path__)]
    found = [module.FORMAT for module in modules if isinstance(getattr(module, "FORMAT", None), Format)]
    return tuple(sorted(found, key=lambda known: known.rank))


def names() -> list[str]:
    """What `--format` accepts."""
    return sorted({known.name for known in formats()})


def recognise(head: Head, wanted: str, source: str) -> Format:
    """The format of a file, by its content; `wanted` is what the caller says it is.

    Raises BadParameter for an unknown `wanted`, BadFile for a file that is no event log or not what it is said to be.
    """
    if wanted and wanted not in names():
        raise BadParameter(f"There is no format {wanted!r}.", f"Formats: {', '.join(names())}.")
    _refuse_foreign(head, source)
    fitting = [known for known in formats() if known.matches(head)]
    if wanted:
        fitting = [known for known in fitting if known.name == wanted] or _as_wanted(head, wanted, source, fitting)
    if not fitting:
        raise BadFile(
            f"{source} is no event log that can be read: it begins with {_beginning(head)}.",
            f"Formats that can be read: {', '.join(names())}; each also as .gz.",
        )
    return fitting[0]


def _as_wanted(head: Head, wanted: str, source: str, fitting: list[Format]) -> list[Format]:
    seems = f"; it looks like {fitting[0].title}" if fitting else ""
    raise BadFile(
        f"{source} is not {wanted}: it begins with {_beginning(head)}{seems}.",
        "Leave --format out, or give the right file.",
    )


def _refuse_foreign(head: Head, source: str) -> None:
    for magic, what, hint in _KNOWN_BINARY:
        if head.data.startswith(magic):
            raise BadFile(f"{source} is {what}.", hint)
    if head.text.startswith("<") and _HTML.search(head.text[:2000]):
        raise BadFile(
            f"{source} is a web page (HTML), no event log: line 1 begins with {_beginning(head)}.",
            "It was probably saved from a login or error page: download the log again.",
        )
    if head.text.startswith("["):
        raise BadFile(
            f"{source} is a JSON array.", "Write one object per line (JSON Lines), for example with: jq -c '.[]'."
        )
    if head.text.startswith("<") and re.search(r"<ocel|<object-types>", head.text):
        raise BadFile(f"{source} is OCEL in XML.", "Export it as OCEL 2.0 JSON or SQLite.")


def _beginning(head: Head) -> str:
    if head.binary:
        return f"the bytes {head.data[:8].hex(' ')}"
    return repr(head.text[:40])
