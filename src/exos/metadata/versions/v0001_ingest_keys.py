"""Ingest keys, and the first of them, so that telemetry can be sent from the first start on."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from exos.metadata.base import UtcTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Called by Alembic."""
    table = op.create_table(
        "ingest_keys",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("last_used_at", UtcTime, nullable=True),
        sa.Column("revoked_at", UtcTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_ingest_keys"),
        sa.UniqueConstraint("key", name="uq_ingest_keys_key"),
    )
    live = sa.text("revoked_at IS NULL")
    op.create_index(
        "ix_ingest_keys_live", "ingest_keys", ["name"], unique=True, sqlite_where=live, postgresql_where=live
    )
    first = {"name": "default", "key": f"exos_ik_{secrets.token_urlsafe(24)}", "created_at": datetime.now(UTC)}
    op.bulk_insert(table, [first])
