"""How the engine itself makes rows of bytes in one of its input formats: much faster than Python, where its SQL can say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Loading:
    """The way from records in a format to rows with `columns`, by way of a table in memory that holds the records.

    `held` declares that table's columns; `schema` is the format's, whose `message` a record is, and `settings` are what
    else it needs. `select` and `doubtful` are SQL with
    `{held}` where that table's name goes: the rows, and the numbers of the records (from 0) that it cannot make rows of.
    """

    columns: tuple[str, ...]
    held: str
    format: str
    schema: str
    message: str
    settings: Mapping[str, str]
    select: str
    doubtful: str
