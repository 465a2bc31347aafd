"""The ways to send are right in themselves; tests/server/test_sending.py sends with them."""

from __future__ import annotations

import subprocess
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from opentelemetry import environment_variables as of_api
from opentelemetry.sdk import environment_variables as of_sdk

from exos.examples import EXAMPLES, KEY, ORIGIN, Example

BY_ID = {one.id: one for one in EXAMPLES}
YAML = [one for one in EXAMPLES if one.file.endswith(".yaml")]
SHELL = [one for one in EXAMPLES if one.file.endswith(".sh")]


def test_every_file_is_offered_once() -> None:
    assert len(BY_ID) == len(EXAMPLES) == len({one.file for one in EXAMPLES})
    assert all(one.note.endswith(".") for one in EXAMPLES)


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.id != "clickhouse"], ids=lambda one: one.id)
def test_address_and_key_can_be_filled_in(example: Example) -> None:
    assert example.text.count(ORIGIN) == 1
    assert example.text.count(KEY) == 1


@pytest.mark.parametrize("example", YAML, ids=lambda one: one.id)
def test_pipelines_of_collectors_lead_somewhere(example: Example) -> None:
    config: dict[str, Any] = yaml.safe_load(example.text)
    connectors = set(config.get("connectors", {}))
    pipelines = config["service"]["pipelines"]
    assert {name.split("/")[0] for name in pipelines} == {"traces", "logs", "metrics"}
    used: set[str] = set()
    for pipeline in pipelines.values():
        assert set(pipeline["receivers"]) <= set(config["receivers"]) | connectors
        assert set(pipeline["exporters"]) <= set(config["exporters"]) | connectors
        used.update(pipeline["receivers"], pipeline["exporters"])
    assert used == {*config["receivers"], *config["exporters"], *connectors}
    for connector in config.get("connectors", {}).values():
        routed = [name for row in connector["table"] for name in row["pipelines"]]
        assert {*connector["default_pipelines"], *routed} <= set(pipelines)


def test_recordings_and_other_logs_go_to_their_own_tables() -> None:
    exporters = yaml.safe_load(BY_ID["clickhouse"].text)["exporters"]
    assert exporters["clickhouse/recordings"]["logs_table_name"] == "hyperdx_sessions"
    assert "logs_table_name" not in exporters["clickhouse"]
    assert all(one["create_schema"] is False for one in exporters.values())


@pytest.mark.parametrize("example", SHELL, ids=lambda one: one.id)
def test_shell_can_read_it(example: Example) -> None:
    done = subprocess.run(["bash", "-n"], input=example.text, capture_output=True, text=True, timeout=10, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("id", ["env", "python", "node", "java"])
def test_variables_are_those_that_sdks_read(id: str) -> None:
    known = {name for module in (of_api, of_sdk) for name in vars(module) if name.startswith("OTEL_")}
    lines = [line.removeprefix("export ") for line in BY_ID[id].text.splitlines()]
    used = {line.partition("=")[0] for line in lines if line.startswith("OTEL_")}
    assert {"OTEL_SERVICE_NAME", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"} <= used <= known


def test_the_snippet_is_one_tag() -> None:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(BY_ID["snippet"].text)
    assert found == [("script", {"src": f"{ORIGIN}/sdk/exos.js", "data-key": KEY, "data-service": "my-app"})]
