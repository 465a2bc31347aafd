"""OTLP/JSON into the protobuf messages, so that both encodings share one mapping to rows.

OTLP/JSON is protobuf's JSON with peculiarities: trace and span ids are hexadecimal, enums are numbers (names are taken
too), 64-bit integers are strings (numbers are taken too), unknown fields are passed over. Protobuf's own reader wants
base64 ids and is three times slower, so this one builds a table of readers from the message descriptors once.
"""

from __future__ import annotations

import binascii
import math
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import orjson
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from exos.errors import BadTelemetry

Read = Callable[[Any, int], Any]
Kind = TypeVar("Kind", bound=Message)
DEPTH = 100
"""How deep messages may nest: what protobuf itself allows."""

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""Anything that JSON escapes; `half` is one half of a character that UTF-16 writes in two."""
_HEX = {"trace_id", "span_id", "parent_span_id"}
_RANGES = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_FIELDS: dict[str, dict[str, tuple[str, Read]]] = {}


def read_json(body: bytes, kind: type[Kind]) -> Kind:
    """The message that an OTLP/JSON body holds. Raises BadTelemetry."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        given = _with_whole_characters(body, error)
    descriptor: Any = kind.DESCRIPTOR
    message: Kind = _message(descriptor, given, 0)
    return message


def _with_whole_characters(body: bytes, error: orjson.JSONDecodeError) -> Any:
    """What a body holds that failed by halves of characters, which come of texts cut in the middle of one: each is U+FFFD, as
    in the collector. Raises BadTelemetry where something else is wrong.
    """
    if b"\\ud" in body or b"\\uD" in body:
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(_ESCAPE.sub(lambda found: rb"\ufffd" if found["half"] else found[0], body))
    raise BadTelemetry(f"The body is not JSON: {error}", "Send OTLP/JSON in UTF-8.") from None


def _message(descriptor: Descriptor, given: Any, depth: int) -> Any:
    if not isinstance(given, dict):
        raise _wrong(descriptor.name, "an object", given)
    if depth > DEPTH:
        raise BadTelemetry(f"The body nests deeper than {DEPTH} levels.", "Send flatter attributes.")
    fields = _FIELDS.get(descriptor.full_name) or _table(descriptor)
    values = {}
    for key, value in given.items():
        field = fields.get(key)
        if field is not None and value is not None:
            values[field[0]] = field[1](value, depth + 1)
    return GetMessageClass(descriptor)(**values)


def _table(descriptor: Descriptor) -> dict[str, tuple[str, Read]]:
    """How each field is read, under both of its names."""
    table = {}
    for field in descriptor.fields:
        read = _repeated(_reader(field), field.name) if field.is_repeated else _reader(field)
        table[field.name] = table[field.json_name] = (field.name, read)
    _FIELDS[descriptor.full_name] = table
    return table


def _repeated(read: Read, name: str) -> Read:
    def read_all(given: Any, depth: int) -> list[Any]:
        if not isinstance(given, list):
            raise _wrong(name, "an array", given)
        return [read(item, depth) for item in given]

    return read_all


def _reader(field: FieldDescriptor) -> Read:
    kind, name = field.cpp_type, field.name
    if kind == FieldDescriptor.CPPTYPE_MESSAGE:
        inner = field.message_type
        assert inner is not None
        return lambda given, depth: _message(inner, given, depth)
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        assert field.enum_type is not None
        return _enum(field.enum_type, name)
    if kind in _RANGES:
        low, high = _RANGES[kind]
        return lambda given, _: _integer(given, low, high, name)
    if kind == FieldDescriptor.CPPTYPE_STRING:
        if field.type != FieldDescriptor.TYPE_BYTES:
            return lambda given, _: _checked(given, str, name, "a string")
        return _hex(name) if name in _HEX else _base64(name)
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return lambda given, _: _checked(given, bool, name, "true or false")
    return lambda given, _: _double(given, name)


def _checked(given: Any, kind: type, name: str, wanted: str) -> Any:
    if not isinstance(given, kind):
        raise _wrong(name, wanted, given)
    return given


def _integer(given: Any, low: int, high: int, name: str) -> int:
    value = given
    if isinstance(given, str) and given.removeprefix("-").isascii() and given.removeprefix("-").isdigit():
        value = int(given) if len(given) < 24 else high + 1
    elif isinstance(given, float) and given.is_integer():
        value = int(given)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _wrong(name, f"a whole number from {low} to {high}", given)
    return value


def _double(given: Any, name: str) -> float:
    if isinstance(given, str):
        try:
            return _WORDS[given] if given in _WORDS else float(given)
        except ValueError:
            raise _wrong(name, "a number", given) from None
    if not isinstance(given, int | float) or isinstance(given, bool):
        raise _wrong(name, "a number", given)
    return float(given)


def _enum(kind: EnumDescriptor, name: str) -> Read:
    numbers: Mapping[str, int] = {value.name: value.number for value in kind.values}

    def read(given: Any, _: int) -> int:
        if isinstance(given, str) and given in numbers:
            return numbers[given]
        return _integer(given, *_RANGES[FieldDescriptor.CPPTYPE_INT32], name)

    return read


def _hex(name: str) -> Read:
    def read(given: Any, _: int) -> bytes:
        try:
            return bytes.fromhex(_checked(given, str, name, "a string"))
        except ValueError:
            raise _wrong(name, "hexadecimal", given) from None

    return read


def _base64(name: str) -> Read:
    def read(given: Any, _: int) -> bytes:
        try:
            return b64decode(_checked(given, str, name, "a string"), validate=True)
        except (binascii.Error, ValueError):
            raise _wrong(name, "base64", given) from None

    return read


def _wrong(name: str, wanted: str, given: Any) -> BadTelemetry:
    shown = repr(given)[:60]
    return BadTelemetry(f"{name} is {shown}, which is not {wanted}.", "The encoding is OTLP/JSON, version 1.")
