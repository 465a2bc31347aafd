"""What the demo gives of ClickStack's tables: it tells no trace state, links, exemplars or schema addresses."""

from __future__ import annotations

from exos.store.clickstack import LOGS as ALL_LOGS
from exos.store.clickstack import METRICS, part
from exos.store.clickstack import RECORDINGS as ALL_RECORDINGS
from exos.store.clickstack import TRACES as ALL_TRACES

SOURCE = "demo"
"""What EXOS's own tables say in `source` of rows that are the demo's, derived from its telemetry or written at once."""
MARK = "exos.demo"
"""Resource attribute of all that the demo sends: the name of its world. By it, and by nothing else, telemetry is the demo's."""
MORTGAGE, TELCO = "mortgage", "telco"

_UNTOLD = ("ResourceSchemaUrl", "ScopeSchemaUrl", "ScopeAttributes")
_OF_METRICS = (*_UNTOLD, "ScopeVersion", "ScopeDroppedAttrCount", "Flags", "Exemplars.")
_OF_RECORDINGS = (*_UNTOLD, "TraceId", "SpanId", "TraceFlags", "SeverityText", "SeverityNumber")

TRACES = part(ALL_TRACES, "TraceState", "Links.")
LOGS = part(ALL_LOGS, *_UNTOLD, "ScopeVersion", "EventName")
RECORDINGS = part(ALL_RECORDINGS, *_OF_RECORDINGS)
GAUGES, SUMS, HISTOGRAMS = (part(METRICS[kind], *_OF_METRICS) for kind in ("gauge", "sum", "histogram"))
