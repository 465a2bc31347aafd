-- Telemetry with every span, record, recorded event and point once. A receiver that dies between storing a request and
-- acknowledging it gets the request again, and so does a collector that loses an answer: ClickStack's tables have no id that could
-- tell, and are never altered. So these views tell rows apart by what they say: a span by its ids, all else by all of its columns.
-- Read by whoever counts what must not count twice. The columns after LIMIT 1 BY start with those of the table's order, because the
-- engine passes conditions on them on to the table; a condition on any other column is looked at after the rows have been told apart.
-- docs/decisions/0006-exactly-once.md has the measurements.
CREATE VIEW IF NOT EXISTS ${exos}.spans ${on_cluster} AS
SELECT * FROM ${telemetry}.otel_traces
LIMIT 1 BY ServiceName, SpanName, Timestamp, TraceId, SpanId;

CREATE VIEW IF NOT EXISTS ${exos}.log_records ${on_cluster} AS
SELECT * FROM ${telemetry}.otel_logs
LIMIT 1 BY Timestamp, ServiceName, SeverityText, TraceId, SpanId, cityHash64(Body, LogAttributes, ResourceAttributes, ScopeName, EventName);

CREATE VIEW IF NOT EXISTS ${exos}.recording_events ${on_cluster} AS
SELECT * FROM ${telemetry}.hyperdx_sessions
LIMIT 1 BY ServiceName, TimestampTime, Timestamp, cityHash64(Body, LogAttributes, ResourceAttributes);

CREATE VIEW IF NOT EXISTS ${exos}.gauge_points ${on_cluster} AS
SELECT * FROM ${telemetry}.otel_metrics_gauge
LIMIT 1 BY ServiceName, MetricName, TimeUnix, StartTimeUnix, Value, cityHash64(Attributes, ResourceAttributes, ScopeName, ScopeAttributes);

CREATE VIEW IF NOT EXISTS ${exos}.sum_points ${on_cluster} AS
SELECT * FROM ${telemetry}.otel_metrics_sum
LIMIT 1 BY ServiceName, MetricName, TimeUnix, StartTimeUnix, Value, cityHash64(Attributes, ResourceAttributes, ScopeName, ScopeAttributes);

CREATE VIEW IF NOT EXISTS ${exos}.histogram_points ${on_cluster} AS
SELECT * FROM ${telemetry}.otel_metrics_histogram
LIMIT 1 BY ServiceName, MetricName, TimeUnix, StartTimeUnix, Count, Sum,
    cityHash64(Attributes, ResourceAttributes, ScopeName, ScopeAttributes, BucketCounts);

CREATE VIEW IF NOT EXISTS ${exos}.exponential_histogram_points ${on_cluster} AS
SELECT * FROM ${telemetry}.otel_metrics_exponential_histogram
LIMIT 1 BY ServiceName, MetricName, TimeUnix, StartTimeUnix, Count, Sum,
    cityHash64(Attributes, ResourceAttributes, ScopeName, ScopeAttributes, PositiveBucketCounts, NegativeBucketCounts);

CREATE VIEW IF NOT EXISTS ${exos}.summary_points ${on_cluster} AS
SELECT * FROM ${telemetry}.otel_metrics_summary
LIMIT 1 BY ServiceName, MetricName, TimeUnix, StartTimeUnix, Count, Sum, cityHash64(Attributes, ResourceAttributes, ScopeName, ScopeAttributes);
