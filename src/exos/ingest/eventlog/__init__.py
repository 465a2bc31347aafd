"""Event logs from files into `case_events`: XES, CSV, Parquet, JSON Lines, OCEL 2.0 (SQLite and JSON), each also as .gz.

    from exos.ingest.eventlog import Options, import_log

    summary = import_log(database, "orders.csv", Options(process="orders"))
    summary.events, summary.cases, summary.rejections.rows, summary.roles, summary.notes

A further format is one further module with a constant FORMAT (see format.py): its reader yields bounded pieces; everything else
(recognising it, staging, publishing, reporting, doing nothing the second time) is done for it.
"""

from __future__ import annotations

from exos.ingest.eventlog.forgetting import Forgotten, forget_import, forget_process
from exos.ingest.eventlog.format import Role
from exos.ingest.eventlog.importer import import_log
from exos.ingest.eventlog.ledger import listed
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.rejections import Rejected, Rejections
from exos.ingest.eventlog.source import Unpacking
from exos.ingest.eventlog.summary import Summary

__all__ = [
    "Forgotten", "Options", "Rejected", "Rejections", "Role", "Summary", "Unpacking", "forget_import", "forget_process",
    "import_log", "listed",
]  # fmt: skip
