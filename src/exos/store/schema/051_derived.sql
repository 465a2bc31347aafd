-- What is derived from spans as they arrive, whoever wrote them: the receiver, or another collector into the same tables.
-- `exos backfill` runs these very SELECTs (it reads them from the views) over the spans of a slice of time, so that there is one
-- definition for both. Rows that were derived before collapse: their keys and hashes are the same.
-- Nothing in here may throw, whatever an attribute holds: an error would refuse the insert of somebody's spans.

-- Browser spans → what the visitor did or met. docs/telemetry.md has the rules as tables. Not taken: resource and HTTP spans, console
-- lines, visibility and replay markers (they stay in otel_traces), mousedown and mouseup (the halves of a click), and of the chained
-- spans of one interaction (the SDK makes one per listener) all but the first.
CREATE MATERIALIZED VIEW IF NOT EXISTS ${exos}.product_events_view ${on_cluster} TO ${exos}.product_events AS
WITH
    mapUpdate(ResourceAttributes, SpanAttributes) AS said,
    said['location.href'] != '' ? said['location.href'] : SpanAttributes['http.url'] AS href,
    cutQueryString(cutFragment(path(href))) AS whole_path,
    startsWith(fragment(href), '/') OR startsWith(fragment(href), '!/') AS routed_by_hash,
    multiIf(
        ScopeName = 'custom-action' AND SpanName IN ('rage_click', 'dead_click', 'error_click', 'thrashed_cursor'), 'frustration',
        ScopeName = 'custom-action', 'action',
        ScopeName IN ('errors', 'record-exception'), 'error',
        ScopeName = 'webvitals', 'vital',
        SpanName = 'longtask', 'long_task',
        SpanName IN ('documentLoad', 'routeChange'), 'page',
        'interaction') AS sort,
    arrayFirst(name -> mapContains(SpanAttributes, name), ['lcp', 'inp', 'cls', 'fcp', 'ttfb', 'fid']) AS vital_name,
    Events.Attributes[indexOf(Events.Name, 'exception')]['exception.message'] AS exception_message,
    said['enduser.id'] != '' ? said['enduser.id'] : said['userId'] AS user,
    said['rum.sessionId'] AS session
SELECT
    toDateTime64(Timestamp, 6, 'UTC') AS time,
    multiIf(
        SpanName = 'documentLoad', 'page_view',
        SpanName = 'routeChange', 'route_change',
        sort = 'error', 'error',
        sort = 'vital' AND vital_name != '', vital_name,
        sort = 'long_task', 'long_task',
        toString(SpanName)) AS event,
    sort AS kind,
    multiIf(said['exos.visitor.id'] != '', said['exos.visitor.id'], user != '', user, session) AS visitor_id,
    user AS user_id,
    session AS session_id,
    ServiceName AS service,
    concat(
        multiIf(href = '', '', endsWith(whole_path, '/') AND length(whole_path) > 1, trimRight(whole_path, '/'), whole_path = '', '/', whole_path),
        routed_by_hash ? concat('#', cutQueryString(fragment(href))) : '') AS page,
    href AS url,
    domain(said['document.referrer']) != domain(href) ? domain(said['document.referrer']) : '' AS referrer,
    multiIf(
        sort = 'frustration', said['exos.frustration.element'],
        said['exos.element.selector'] != '', said['exos.element.selector'],
        said['target_xpath'] != '', said['target_xpath'],
        said['target_element']) AS element,
    multiIf(
        sort = 'frustration', said['exos.frustration.text'],
        sort != 'error', said['exos.element.text'],
        said['error.message'] != '', said['error.message'],
        said['exception.message'] != '', said['exception.message'],
        exception_message != '', exception_message,
        toString(SpanName)) AS text,
    multiIf(
        sort = 'vital', toFloat64OrNull(said[vital_name]),
        sort = 'long_task' AND said['longtask.duration'] != '', toFloat64OrNull(said['longtask.duration']),
        sort = 'long_task' OR SpanName = 'documentLoad', Duration / 1e6,
        NULL) AS value,
    toValidUTF8(decodeURLFormComponent(extractURLParameter(href, 'utm_source'))) AS utm_source,
    toValidUTF8(decodeURLFormComponent(extractURLParameter(href, 'utm_medium'))) AS utm_medium,
    toValidUTF8(decodeURLFormComponent(extractURLParameter(href, 'utm_campaign'))) AS utm_campaign,
    said['geo.country.iso_code'] AS country,
    said['geo.region.name'] != '' ? said['geo.region.name'] : said['geo.region.iso_code'] AS region,
    said['geo.locality.name'] AS city,
    said['user_agent.name'] AS browser,
    substringIndex(said['user_agent.version'], '.', 1) AS browser_version,
    said['user_agent.os.name'] AS os,
    said['exos.device.type'] AS device,
    said['exos.network.class'] AS network,
    said['service.version'] AS release,
    said['exos.context.process'] != '' ? said['exos.context.process'] : said['exos.process'] AS process,
    said['exos.context.case_id'] != '' ? said['exos.context.case_id'] : said['exos.case.id'] AS case_id,
    mapUpdate(
        CAST(mapFilter((name, text) ->
            -- Said by columns, or by other rows of the same page load, or by the browser about itself.
            name NOT IN ('location.href', 'http.url', 'target_xpath', 'userId', 'enduser.id', 'exos.visitor.id', 'rum.sessionId',
                'exos.context.process', 'exos.context.case_id', 'exos.process', 'exos.case.id', 'error.message', 'exception.message',
                'exos.frustration.element', 'exos.frustration.text', 'exos.element.selector', 'exos.element.text', 'longtask.duration', 'component', 'event_type',
                'error', 'error.stack', 'exception.stacktrace', 'exception.tags', 'http.user_agent', 'screen.xy', 'webvitals.metric_id',
                'http.response_content_length', 'client.address', 'exos.device.type', 'exos.bot')
            AND (ScopeName != 'webvitals' OR name NOT IN ('lcp', 'inp', 'cls', 'fcp', 'ttfb', 'fid'))
            AND NOT startsWith(name, 'geo.') AND NOT startsWith(name, 'user_agent.') AND NOT startsWith(name, 'exos.network.')
            AND NOT startsWith(name, 'performance.') AND NOT startsWith(name, 'longtask.'), SpanAttributes), 'Map(String, String)'),
        CAST(sort = 'error' ? map('error.source', ScopeName = 'errors' ? toString(SpanName) : 'recordException') : map(), 'Map(String, String)')) AS properties,
    TraceId AS trace_id,
    SpanId AS span_id,
    ResourceAttributes['exos.demo'] != '' ? 'demo' : '' AS source
FROM ${telemetry}.otel_traces
WHERE (
        ScopeName IN ('custom-action', 'errors', 'record-exception', 'webvitals')
        OR SpanName IN ('documentLoad', 'routeChange', 'longtask')
        OR (ScopeName IN ('@opentelemetry/instrumentation-user-interaction', 'user-interaction') AND ParentSpanId = ''
            AND SpanName NOT IN ('mousedown', 'mouseup'))
    )
    AND ResourceAttributes['rum.sessionId'] != '';

-- Spans that carry exos.process and exos.case.id → process activities. exos.context.* does not count (decision 0007): it says what
-- somebody was working on, not that a step of the work was done.
CREATE MATERIALIZED VIEW IF NOT EXISTS ${exos}.case_events_view ${on_cluster} TO ${exos}.case_events AS
WITH
    mapUpdate(ResourceAttributes, SpanAttributes) AS said
SELECT
    SpanAttributes['exos.process'] AS process,
    SpanAttributes['exos.case.id'] AS case_id,
    said['exos.activity'] != '' ? said['exos.activity'] : toString(SpanName) AS activity,
    toDateTime64(Timestamp, 6, 'UTC') AS start_time,
    -- A duration of centuries is a broken clock; adding it would leave the range of times.
    fromUnixTimestamp64Micro(toUnixTimestamp64Micro(start_time) + toInt64(Duration < 3e18 ? intDiv(Duration, 1000) : 0), 'UTC') AS end_time,
    multiIf(said['exos.resource'] != '', said['exos.resource'], said['enduser.id'] != '', said['enduser.id'], said['userId']) AS resource,
    said['exos.lifecycle'] AS lifecycle,
    toFloat64OrNull(said['exos.cost']) AS cost,
    CAST(mapApply((name, text) -> (substring(name, 12), text),
        mapFilter((name, text) -> startsWith(name, 'exos.event.'), SpanAttributes)), 'Map(String, String)') AS attributes,
    CAST(mapApply((name, text) -> (substring(name, 11), text),
        mapFilter((name, text) -> startsWith(name, 'exos.case.') AND name != 'exos.case.id', SpanAttributes)), 'Map(String, String)') AS case_attributes,
    said['rum.sessionId'] != '' ? said['rum.sessionId'] : said['session.id'] AS session_id,
    TraceId AS trace_id,
    SpanId AS span_id,
    -- Times are kept to the microsecond: within it, the nanoseconds give the order.
    toUInt64(toUnixTimestamp64Nano(Timestamp) - toUnixTimestamp64Micro(start_time) * 1000) AS sequence
FROM ${telemetry}.otel_traces
WHERE SpanAttributes['exos.process'] != '' AND SpanAttributes['exos.case.id'] != '';
