"""Ways to send telemetry, as files that work: the settings page shows them with this server's address and a key filled in,
and whoever has the package can copy them as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

ORIGIN = "http://127.0.0.1:8600"
KEY = "YOUR_INGEST_KEY"


@dataclass(frozen=True, slots=True)
class Example:
    """A file of this folder. ORIGIN and KEY stand in it for a server's address and an ingest key."""

    id: str
    group: str
    label: str
    file: str
    note: str

    @property
    def text(self) -> str:
        """The file as it is."""
        return (files("exos.examples") / self.file).read_text(encoding="utf-8")


EXAMPLES = (
    Example(
        "snippet",
        "Browser",
        "Browser snippet",
        "snippet.html",
        "One tag in the head of every page: page views, clicks, errors, web vitals, frustration and session recordings.",
    ),
    Example(
        "python",
        "OpenTelemetry SDK",
        "Python",
        "sdk-python.sh",
        "Traces, logs and metrics of a Python program, without changing it.",
    ),
    Example(
        "node",
        "OpenTelemetry SDK",
        "Node.js",
        "sdk-node.sh",
        "Traces, logs and metrics of a Node.js program, without changing it.",
    ),
    Example(
        "java",
        "OpenTelemetry SDK",
        "Java",
        "sdk-java.sh",
        "Traces, logs and metrics of a Java program, without changing it.",
    ),
    Example(
        "env",
        "OpenTelemetry SDK",
        "Any language",
        "sdk.env",
        "The variables that every OpenTelemetry SDK reads; for containers and services.",
    ),
    Example(
        "collector",
        "Collector",
        "Collector to EXOS",
        "collector-to-exos.yaml",
        "An OpenTelemetry Collector that you run already sends a copy to EXOS.",
    ),
    Example(
        "clickhouse",
        "Collector",
        "Collector to ClickHouse",
        "collector-to-clickhouse.yaml",
        "At scale: the collector writes into ClickHouse, and EXOS reads the same ClickHouse. No key is needed.",
    ),
    Example(
        "curl",
        "Test",
        "curl",
        "curl.sh",
        "One span by hand: it shows under Backend traces within seconds.",
    ),
)
