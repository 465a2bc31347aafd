"""A small writer of MaxMind databases (format 2.0, records of 24 bits), so that tests read a real file.

Source: the MaxMind DB file format specification 2.0.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

_SEPARATOR = 16


def write_mmdb(path: Path, records: Mapping[str, Mapping[str, Any]], *, version: int = 6) -> Path:
    """Write `records` (network → record) as a database of that IP version; IPv4 networks lie below ::/96."""
    data, offsets = b"", []
    for record in records.values():
        offsets.append(len(data))
        data += _encode(record)
    nodes: list[list[int | None]] = [[None, None]]
    for network, offset in zip(records, offsets, strict=True):
        _insert(nodes, _bits(ip_network(network), version), -offset - 1)
    tree = b"".join(_record(left, len(nodes)) + _record(right, len(nodes)) for left, right in nodes)
    about = {
        "node_count": len(nodes), "record_size": (5, 24), "ip_version": (5, version), "database_type": "Test",
        "languages": ["en"],
        "binary_format_major_version": (5, 2), "binary_format_minor_version": (5, 0), "build_epoch": (9, 1_700_000_000),
        "description": {"en": "made by a test"},
    }  # fmt: skip
    path.write_bytes(tree + bytes(_SEPARATOR) + data + b"\xab\xcd\xefMaxMind.com" + _encode(about))
    return path


def _bits(network: IPv4Network | IPv6Network, version: int) -> str:
    width = network.max_prefixlen
    bits = f"{int(network.network_address):0{width}b}"[: network.prefixlen]
    return "0" * 96 + bits if version == 6 and width == 32 else bits


def _insert(nodes: list[list[int | None]], bits: str, leaf: int) -> None:
    """Walk down, making nodes; a leaf is kept as a negative number until the count of nodes is known."""
    at = 0
    for bit in bits[:-1]:
        below = nodes[at][int(bit)]
        if below is None:
            nodes.append([None, None])
            below = nodes[at][int(bit)] = len(nodes) - 1
        at = below
    nodes[at][int(bits[-1])] = leaf


def _record(value: int | None, count: int) -> bytes:
    number = count if value is None else value if value >= 0 else count + _SEPARATOR + (-value - 1)
    return number.to_bytes(3, "big")


def _encode(value: Any) -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return _control(2, len(raw)) + raw
    if isinstance(value, float):
        return _control(3, 8) + struct.pack(">d", value)
    if isinstance(value, int):
        return _encode((6, value))
    if isinstance(value, tuple):
        kind, number = int(value[0]), int(value[1])
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return _control(kind, len(raw)) + raw
    if isinstance(value, Mapping):
        return _control(7, len(value)) + b"".join(_encode(key) + _encode(one) for key, one in value.items())
    return _control(11, len(value)) + b"".join(map(_encode, value))


def _control(kind: int, size: int) -> bytes:
    """Sizes up to 284, which is what tests need."""
    assert size < 285
    low, more = (size, b"") if size < 29 else (29, bytes([size - 29]))
    return bytes([(kind << 5 if kind <= 7 else 0) | low]) + (bytes([kind - 7]) if kind > 7 else b"") + more
