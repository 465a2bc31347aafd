"""One embedded engine per test process: chDB opens one folder in a process. Tests keep apart by process names of
their own.

With `--server` the engine is in a process of its own and is reached as a ClickHouse server, over HTTP.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from clickhouse_server import READER, serve
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate
from exos.types import Result

# How fast examples are made and run tells about the machine and what else it does, not about the product.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")

# Servers that tests start in other processes do not fill the tables with spans of their own.
os.environ.setdefault("EXOS_SELF_TELEMETRY", "0")
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this test process."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def settings(home: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of this test process: little memory, so that several can run at once."""
    common: dict[str, Any] = {
        "home": str(home), "memory_limit": 1024, "readers": 2, "self_telemetry": False, "telemetry_days": 3650,
    }  # fmt: skip
    if not request.config.getoption("--server"):
        yield Settings.load({}, **common)
        return
    with serve(home) as dsn:
        yield Settings.load({}, **common, database=dsn, database_reader=READER)


class Settled(Database):
    """Tests ask right after they sent: their reads wait for what is on its way, as free SQL does."""

    def query(self, *given: Any, **named: Any) -> Result:
        self.settle()
        return super().query(*given, **named)


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[Database]:
    """The migrated database of this test process."""
    with Settled.open(settings) as opened:
        migrate(opened, settings)
        yield opened


@pytest.fixture
def process() -> str:
    """A process name that no other test uses."""
    return f"process-{next(_NUMBERS)}"


@pytest.fixture(scope="session")
def real_logs() -> Path:
    """The folder of real event logs beside the checkout; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "data" / "process"
    if not folder.is_dir():
        pytest.skip("../shared/data/process is not here: the real event logs are not part of the project")
    return folder


@pytest.fixture(scope="session")
def sdk_capture() -> Path:
    """The folder with recorded requests of the browser SDK; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "data" / "sdk_capture"
    if not folder.is_dir():
        pytest.skip("../shared/data/sdk_capture is not here: the recorded requests are not part of the project")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the rows in tests/golden again")
    parser.addoption("--trials", default=3, type=int, help="how often a receiving server is killed")
    parser.addoption("--mutations", default=2000, type=int, help="how many damaged telemetry requests are sent")
    parser.addoption("--slow", action="store_true", help="open pages as on a machine that has other things to do")
    parser.addoption("--server", action="store_true", help="reach the engine as a ClickHouse server, over HTTP")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that look at whole tables come first, before others have put millions of rows into them."""
    items.sort(key=lambda item: "alone" not in item.keywords)
    if config.getoption("--server"):
        _keep_those_with_an_engine(config, items)
        for item in items:
            for mark in item.iter_markers("embedded"):
                item.add_marker(pytest.mark.skip(reason=f"not for a server: {mark.args[0]}"))


def _keep_those_with_an_engine(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All others do the same with and without `--server`."""
    kept = [item for item in items if "settings" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
