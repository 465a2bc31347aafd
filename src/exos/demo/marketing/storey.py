"""The storey of marketing: customers, what reached them, and what came of it."""

from __future__ import annotations

from exos.demo.marketing import touches
from exos.demo.marketing.customers import conversions, customers
from exos.demo.storeys import Plan, Writer


def build(plan: Plan, writer: Writer) -> None:
    """Writes `customers`, `touches` and `conversions`."""
    writer.insert("customers", customers(plan))
    writer.tell(0.3)
    writer.insert("touches", touches.rows(plan))
    writer.tell(0.85)
    writer.insert("conversions", conversions(plan))
