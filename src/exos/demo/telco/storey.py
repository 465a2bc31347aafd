"""The storeys of the mobile network: its subscribers with what was offered to them, and its sites."""

from __future__ import annotations

from exos.demo.storeys import Plan, Writer
from exos.demo.telco import network, rows


def build_subscribers(plan: Plan, writer: Writer) -> None:
    """Writes `customers`, `touches` and `conversions`."""
    writer.insert("customers", rows.customers(plan))
    writer.tell(0.4)
    writer.insert("touches", rows.touches(plan))
    writer.tell(0.9)
    writer.insert("conversions", rows.conversions(plan))


def build_network(plan: Plan, writer: Writer) -> None:
    """Writes `otel_metrics_gauge`."""
    writer.insert("otel_metrics_gauge", network.points(plan))
