"""Values of any Arrow type as the text that attributes hold."""

from __future__ import annotations

from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from exos.ingest.eventlog.arrays import text, texts
from exos.ingest.eventlog.clock import LOCAL, UTC, rfc3339


def as_texts(column: pa.Array) -> pa.Array:
    """Booleans as true and false, numbers in their shortest exact form, nested values as JSON.

    Times are in RFC 3339, in UTC; without Z where they have no zone.
    """
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_dictionary(kind):
        return as_texts(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        written = rfc3339(column.cast(UTC if kind.tz else LOCAL, safe=False))
        return written if kind.tz else pc.utf8_rtrim(written, characters="Z")
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return texts(None if value is None else text_of(value) for value in column.to_pylist())
    if pa.types.is_floating(kind):
        return _whole_as_integers(column)
    return column.cast(pa.string())


def text_of(value: Any) -> str:
    """One Python value as text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _whole_as_integers(column: pa.Array) -> pa.Array:
    """Arrow writes 3.0 as "3" only when asked to: integers with gaps become floats in many tools, and ids must stay ids."""
    column = column.cast(pa.float64())
    written = pc.replace_substring_regex(column.cast(pa.string()), r"\.0$", "")
    return pc.if_else(pc.is_nan(column), text(None), written)
