"""OTLP requests into rows of ClickStack's tables, in both encodings, value for value as its collector writes them."""

from __future__ import annotations

from exos.ingest.otlp.checks import DAYS
from exos.ingest.otlp.signals import LOGS, METRICS, SIGNALS, TRACES, Accepted, Signal, accept
from exos.ingest.otlp.spans_in_engine import framed, plain

__all__ = ["DAYS", "LOGS", "METRICS", "SIGNALS", "TRACES", "Accepted", "Signal", "accept", "framed", "plain"]
