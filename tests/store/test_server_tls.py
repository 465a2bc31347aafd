"""A server behind TLS: its certificate is checked, against one's own authority where that is named."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pytest

from clickhouse_server import serve
from exos.errors import Unavailable
from exos.settings import Settings
from exos.store.database import Database

pytestmark = [
    pytest.mark.embedded("it starts a server of its own"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate, and is not installed"),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=clickhouse"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run([*command, *files], cwd=folder, check=True, capture_output=True, timeout=60)
    return folder / "certificate.pem"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("behind")) as found:
        yield found


@pytest.fixture(scope="module")
def dsn(certificate: Path, plain: str) -> Iterator[str]:
    """The address of the endpoint behind TLS."""
    behind = urlsplit(plain).port
    assert behind is not None
    with _terminating(certificate, behind) as port:
        yield plain.replace("clickhouse://", "clickhouses://").replace(f":{behind}/", f":{port}/")


def test_a_certificate_of_one_s_own_authority(dsn: str, certificate: Path) -> None:
    for options in (f"?ca_cert={certificate}", "?verify=false"):
        with Database.open(_settings(dsn + options)) as opened:
            opened.command("CREATE OR REPLACE TABLE kept (a Int64) ENGINE = MergeTree ORDER BY a")
            opened.append("kept", pa.table({"a": [1, 2]}).to_batches())
            assert opened.query("SELECT sum(a) FROM kept").rows == [[3]]


def test_an_unknown_certificate_is_refused(dsn: str) -> None:
    with pytest.raises(Unavailable, match=r"certificate is not trusted \(.*self-signed"):
        Database.open(_settings(dsn))


def test_tls_where_the_server_speaks_none(dsn: str, plain: str) -> None:
    with pytest.raises(Unavailable, match="does not speak TLS"):
        Database.open(_settings(plain.replace("clickhouse://", "clickhouses://")))
    with pytest.raises(Unavailable):
        Database.open(_settings(dsn.replace("clickhouses://", "clickhouse://")))


@pytest.mark.parametrize(
    ("place", "says"), [("127.0.0.1:1", "nothing listens"), ("nowhere.invalid", "no machine has that name")]
)
def test_a_server_that_is_not_there(place: str, says: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unavailable, match=says):
        Database.open(_settings(f"clickhouse://a:b@{place}/exos"))
    assert capfd.readouterr() == ("", "")


def _settings(dsn: str) -> Settings:
    return Settings.load({}, home="/nowhere", database=dsn, memory_limit=1024)


@contextmanager
def _terminating(certificate: Path, behind: int) -> Iterator[int]:
    """A proxy that ends TLS, as one in front of a server does; the port where it listens."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    listening: Future[tuple[int, Callable[[], object]]] = Future()

    async def proxy() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(partial(_passed, behind), "127.0.0.1", 0, ssl=context) as server:
            port = int(server.sockets[0].getsockname()[1])
            listening.set_result((port, partial(loop.call_soon_threadsafe, over.set)))
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(proxy()), name="tls", daemon=True)
    thread.start()
    port, stop = listening.result(10)
    try:
        yield port
    finally:
        stop()
        thread.join(10)


async def _passed(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(_pump(reader, to_server), _pump(from_server, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()
