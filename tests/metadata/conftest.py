"""The metadata store on both of its engines. PostgreSQL runs where it is installed, in a folder of its own."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exos.metadata import IngestKeys, Metadata
from exos.settings import Settings

_DATABASES = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server without its database."""
    if shutil.which("initdb") is None or importlib.util.find_spec("pg8000") is None:
        pytest.skip("PostgreSQL or its driver pg8000 is not installed")
    # PostgreSQL refuses to run as root. Its folder lies directly under /tmp, which its user may enter.
    owner = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="exos-postgresql-"))
    if owner:
        shutil.chown(folder, owner)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, serving = str(folder / "data"), f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        for command in (
            ["initdb", "-D", data, "-U", "exos", "-A", "trust", "--no-sync"],
            ["pg_ctl", "-D", data, "-w", "-t", "20", "-l", str(folder / "log"), "-o", serving, "start"],
        ):
            subprocess.run(command, check=True, timeout=30, user=owner, cwd=folder, stdout=subprocess.DEVNULL)
        yield f"postgresql://exos@127.0.0.1:{port}"
    finally:
        stop = ["pg_ctl", "-D", data, "-m", "immediate", "stop"]
        subprocess.run(stop, check=False, timeout=30, user=owner, cwd=folder, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def metadata_url(request: pytest.FixtureRequest) -> str:
    """A new, empty store; "" is the one in the home folder."""
    if request.param == "sqlite":
        return ""
    server: str = request.getfixturevalue("postgresql")
    name = f"exos_{next(_DATABASES)}"
    subprocess.run(["psql", "-q", f"{server}/postgres", "-c", f"CREATE DATABASE {name}"], check=True, timeout=20)
    return f"{server}/{name}"


@pytest.fixture
def opened(metadata_url: str, tmp_path: Path) -> Iterator[Callable[..., IngestKeys]]:
    """`opened(**settings)` opens the store of this test as one more process would."""
    stores: list[Metadata] = []

    def open_keys(**given: object) -> IngestKeys:
        settings = Settings.load({}, home=str(tmp_path), metadata=metadata_url, **given)
        stores.append(Metadata.open(settings))
        return IngestKeys(stores[-1], settings)

    yield open_keys
    for store in stores:
        store.close()
