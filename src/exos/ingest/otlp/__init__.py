"""OTLP requests into rows of ClickStack's tables, in both encodings, value for value as its collector writes them."""

from __future__ import annotations

from exos.ingest.otlp.signals import LOGS, METRICS, SIGNALS, TRACES, Decoded, Signal, decode

__all__ = ["LOGS", "METRICS", "SIGNALS", "TRACES", "Decoded", "Signal", "decode"]
