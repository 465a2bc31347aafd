"""What people make in EXOS and what lets them in (ingest keys, later users, SOPs, dashboards): a small relational store.

SQLite in the home folder by default, PostgreSQL where several servers share it. Telemetry never comes here.
"""

from exos.metadata.database import Metadata
from exos.metadata.keys import IngestKey, IngestKeys

__all__ = ["IngestKey", "IngestKeys", "Metadata"]
