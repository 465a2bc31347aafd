"""Damaged telemetry is the sender's fault, never the server's: no 5xx, no hang, flat memory.

Real requests are cut, flipped, spliced, packed wrongly and labelled wrongly. `--mutations 100000` sends as many.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from exos.analysis import Playbook
from exos.ingest.otlp import LOGS, METRICS, TRACES
from exos.server.app import create_app
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database
from ingest.telemetry import START, as_otlp_json, attribute, traces

CAPTURE = Path(__file__).parents[3] / "shared" / "data" / "sdk_capture"
SENDERS = 64
SECONDS = 30
"""Longer is a hang. On a quiet machine the slowest takes a tenth of that."""
ALLOWED = {200, 400, 413, 415, 429}
GROWTH_BYTES = 50_000_000

Sent = tuple[str, bytes, dict[str, str]]


def seeds() -> list[tuple[str, bytes, str]]:
    """Signal, body and content type of sound requests; the recorded browser's are among them where they are at hand."""
    request = traces("mutant", count=4, text="words", number=7, ratio=0.25)
    span: Any = request.resource_spans[0].scope_spans[0].spans[0]
    span.events.add(name="exception", time_unix_nano=START).attributes.append(attribute("exception.message", "no"))
    span.links.add(trace_id=b"\x01" * 16, span_id=b"\x02" * 8)
    logs: Any = LOGS.request()
    record = logs.resource_logs.add().scope_logs.add().log_records.add(time_unix_nano=START, trace_id=b"\x03" * 16)
    record.body.string_value = '{"level":"warn","user":{"id":7,"tags":["a","b"]}}'
    metrics: Any = METRICS.request()
    scope = metrics.resource_metrics.add().scope_metrics.add()
    point = scope.metrics.add(name="m").histogram.data_points.add(time_unix_nano=START, count=3, sum=1.5)
    point.bucket_counts.extend([1, 2])
    point.explicit_bounds.append(0.5)
    made = []
    for signal, message in ((TRACES, request), (LOGS, logs), (METRICS, metrics)):
        made.append((signal.name, message.SerializeToString(), "application/x-protobuf"))
        made.append((signal.name, orjson.dumps(as_otlp_json(message)), "application/json"))
    if CAPTURE.is_dir():
        recorded = gzip.decompress((CAPTURE / "006_v1_logs.body").read_bytes())
        made.append(("traces", (CAPTURE / "004_v1_traces.body").read_bytes(), "application/json"))
        made.append(("logs", recorded, "application/x-protobuf"))
    return made


def _flip(body: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        if damaged:
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _remove(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    return body[:at] + body[at + chance.randint(1, 40) :]


def _repeat(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    piece = body[at : at + chance.randint(1, 200)]
    return body[:at] + piece * chance.randint(2, 50) + body[at:]


def _insert(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    strange = (b"\xff" * 12, b"\x00", b"null", b"[" * 500, b"{" * 500, b"1e999", b"-1", b'"\\ud800"', b"\xed\xa0\x80")
    return body[:at] + chance.choice(strange) + body[at:]


def _noise(body: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randint(0, len(body)))


def _keep(body: bytes, _: random.Random) -> bytes:
    return body


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _flip, _cut, _remove, _repeat, _insert, _noise, _keep, _keep, _keep,
)  # fmt: skip


def mutate(chance: random.Random, sound: list[tuple[str, bytes, str]]) -> Sent:
    """One damaged request: path, body and headers."""
    signal, body, kind = chance.choice(sound)
    for _ in range(chance.randint(1, 3)):
        body = chance.choice(MUTATIONS)(body, chance)
    if chance.random() < 0.1:
        other = chance.choice(sound)[1]
        body = body[: chance.randrange(len(body) + 1)] + other[chance.randrange(len(other) + 1) :]
    headers = {"Content-Type": kind, "Authorization": "k"}
    if chance.random() < 0.1:
        headers["Content-Type"] = chance.choice(["application/json", "application/x-protobuf", "text/plain", "", ";"])
    if chance.random() < 0.2:
        headers["Content-Encoding"] = chance.choice(["gzip", "gzip", "gzip", "deflate", "br", ""])
        if chance.random() < 0.8:
            packed = gzip.compress(body, 1)
            body = chance.choice((_keep, _flip, _cut))(packed, chance)
    if chance.random() < 0.1:
        signal = chance.choice(["traces", "logs", "metrics"])
    return f"/v1/{signal}", body, headers


async def _send_all(app: Any, count: int, seed: int) -> Counter[int]:
    """Send so many, some at once. Raises what the application raises, TimeoutError when an answer takes too long."""
    sound, statuses = seeds(), Counter[int]()
    numbers = iter(range(count))
    transport = httpx2.ASGITransport(app=app)

    async def sender(client: httpx2.AsyncClient) -> None:
        for number in numbers:
            path, body, headers = mutate(random.Random(f"{seed}-{number}"), sound)
            try:
                answer = await asyncio.wait_for(client.post(path, content=body, headers=headers), SECONDS)
            except TimeoutError:
                pytest.fail(f"mutation {seed}-{number} of {path} took more than {SECONDS} s")
            statuses[answer.status_code] += 1
            assert answer.status_code in ALLOWED, f"mutation {seed}-{number}: {answer.status_code} {answer.text[:300]}"

    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client:
        await asyncio.gather(*(sender(client) for _ in range(SENDERS)))
    return statuses


@pytest.mark.timeout(3600)
def test_damaged_telemetry_is_the_senders_fault(
    database: Database,
    settings: Settings,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    count = int(request.config.getoption("--mutations"))
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line per request, kept by pytest, is memory too
    world = World(replace(settings, ingest_keys="k"), database, Playbook.load())
    app = create_app(world)
    statuses = asyncio.run(_send_all(app, count // 5, seed=1))
    before = _resident_bytes()
    statuses += asyncio.run(_send_all(app, count - count // 5, seed=2))
    growth = _resident_bytes() - before
    assert world.ingest.close()
    assert statuses[200] > count / 50, "the mutations are too wild to reach the inside"
    assert statuses[400] > count / 10
    said = f"{count:,} damaged requests: {dict(statuses)}; resident memory grew by {growth / 1e6:.0f} MB"
    record_property("mutations", said)
    logging.getLogger(__name__).info(said)
    assert growth < GROWTH_BYTES or count < 10_000


def _resident_bytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))
