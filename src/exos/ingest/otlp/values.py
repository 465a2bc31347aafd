"""Attribute values as strings, as OpenTelemetry's collector writes them (pdata's `Value.AsString`, 1.58 and later).

Strings stay, booleans are `true` and `false`, integers decimal, doubles shortest as in ES6, bytes base64, arrays and maps
compact JSON as Go's encoding/json prints it: keys sorted, U+2028 and U+2029 escaped, no bytes null.
"""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

_ESCAPED = {"\u2028": "\\u2028", "\u2029": "\\u2029"}
_TO_ESCAPE = re.compile("[\u2028\u2029]")


def as_string(value: AnyValue) -> str:
    """The text of one attribute value; empty where there is none."""
    kind = value.WhichOneof("value")
    if kind is None:
        return ""
    if kind == "string_value":
        return value.string_value
    if kind == "int_value":
        return str(value.int_value)
    if kind == "bool_value":
        return "true" if value.bool_value else "false"
    if kind == "double_value":
        return number(value.double_value)
    if kind == "bytes_value":
        return b64encode(value.bytes_value).decode()
    return compact_json(raw(value))


def raw(value: AnyValue) -> Any:
    """The value as plain Python: None, str, bool, int, float, bytes, list or dict. Of equal keys the last one counts."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [raw(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return {item.key: raw(item.value) for item in value.kvlist_value.values}
    return None if kind is None else getattr(value, kind, None)


def pairs(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    """Attributes as plain Python, for whoever has to change them before they are written."""
    return {one.key: raw(one.value) for one in attributes}


def text(value: Any) -> str:
    """`as_string` of a value that `raw` gave."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return compact_json(value)


def number(value: float) -> str:
    """A double as ES6 prints it, with `-0` kept."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    digits, _, exponent = repr(value).partition("e")
    if value == 0:
        return "-0" if digits.startswith("-") else "0"
    if 1e-6 <= abs(value) < 1e21:
        return _plain(digits, int(exponent or 0))
    return _scientific(digits, int(exponent or 0))


def _plain(digits: str, exponent: int) -> str:
    if not exponent:
        return digits.removesuffix(".0")
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    whole, _, part = digits.partition(".")
    part = "" if part == "0" else part
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - len(whole))}{whole}{part}"
    return f"{sign}{whole}{part}{'0' * (exponent - len(part))}"


def _scientific(digits: str, exponent: int) -> str:
    """Python writes these with an exponent too, save for the padding of it."""
    sign = "-" if exponent < 0 else "+"
    size = str(abs(exponent)) if exponent < 0 else f"{exponent:02}"
    return f"{digits.removesuffix('.0')}e{sign}{size}"


def compact_json(value: Any) -> str:
    """JSON as Go prints it; empty when a number in it is none, for Go refuses the whole value then."""
    try:
        return _json(value)
    except ValueError:
        return ""


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quoted(key)}:{_json(value[key])}" for key in sorted(value, key=_bytes)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("JSON has no such number")
        return number(value)
    if isinstance(value, bytes):
        return f'"{b64encode(value).decode()}"' if value else "null"
    if isinstance(value, str):
        return _quoted(value)
    return json.dumps(value)


def _quoted(value: str) -> str:
    return _TO_ESCAPE.sub(lambda found: _ESCAPED[found[0]], json.dumps(value, ensure_ascii=False))


def _bytes(key: str) -> bytes:
    """Go sorts keys by their bytes."""
    return key.encode()
