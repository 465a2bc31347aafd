/* One case a line: what it is, then the statement. ⏎ stands for a line break; ~ before the reason: its answer changes from run to run. */
/* a number */ SELECT 1
/* with a semicolon */ SELECT 1;
/* a harmless function by its bare name */ SELECT arrayMap(upper, activities) FROM cases ORDER BY case_id
/* the highest of a column of arrays */ SELECT arrayMax(gaps) AS m, arraySum(cases.gaps) FROM cases ORDER BY case_id
/* with semicolons and space */ SELECT 1 ; ;⏎
/* in small letters */ select 1 as one
/* behind a comment */ -- how many cases?⏎SELECT count() FROM cases
/* behind a block comment */ /* how many⏎cases? */ SELECT count() FROM cases
/* with a trailing comment */ SELECT count() FROM cases -- all of them
/* with a hash comment */ SELECT count() # all of them⏎FROM cases
/* in brackets */ (SELECT 1)
/* FROM first */ FROM cases SELECT process, count() GROUP BY process
/* words of SQL as texts */ SELECT 'DROP TABLE x; SELECT file(1)' AS text, '-- no comment' AS more
/* words of SQL as names */ SELECT 1 AS `select`, 2 AS "from", 3 AS `file`, 4 AS settings, 5 AS format
/* columns named like functions */ SELECT file, version FROM (SELECT 'a' AS file, 2 AS version)
/* a WITH named like a function */ WITH url AS (SELECT 1 AS x) SELECT x FROM url
/* a heredoc */ SELECT $$it's "quoted"$$ AS text
/* escapes */ SELECT 'a\tb\nc\\d', 'it''s', 'quo\'te', '\x41'
/* Unicode */ SELECT 'Ü→漢字🙂' AS text, lengthUTF8('漢字') AS letters
/* a look-alike as a value */ SELECT 'fіle' AS text
/* numbers of every form */ SELECT 1, -1, 1.5, 1e3, 0xff, 0b11, 1_000_000, inf, nan, NULL, true
/* big numbers */ SELECT 18446744073709551615, -9223372036854775808, toUInt128('340282366920938463463374607431768211455')
/* all cases */ SELECT * FROM cases
/* with the database */ SELECT count() FROM exos.cases
/* in backquotes */ SELECT count() FROM `exos`.`cases`
/* an empty table of telemetry */ SELECT Timestamp, ServiceName, SpanName, Duration FROM otel_traces LIMIT 10
/* with FINAL */ SELECT count() FROM cases FINAL
/* with PREWHERE */ SELECT case_id FROM cases PREWHERE process = 'p' WHERE events > 1 ORDER BY case_id
/* cases a process */ SELECT process, count() AS cases, sum(events) AS events FROM cases GROUP BY process ORDER BY cases DESC
/* events an activity */ SELECT activity, count() AS n FROM case_events GROUP BY activity ORDER BY n DESC, activity
/* a share */ SELECT activity, count() AS n, n / sum(n) OVER () AS share FROM case_events GROUP BY activity ORDER BY share DESC, activity
/* quantiles */ SELECT quantiles(0.5, 0.9, 0.99)(dateDiff('second', start_time, end_time)) FROM cases
/* one quantile, exact */ SELECT quantileExact(0.5)(events) AS median, quantileTDigest(0.9)(events), medianIf(events, events > 1) FROM cases
/* throughput a day */ SELECT toDate(end_time) AS day, count() AS done FROM cases GROUP BY day ORDER BY day
/* throughput a day in a zone */ SELECT toDate(end_time, 'Europe/Berlin') AS day, count() FROM cases GROUP BY day ORDER BY day
/* start of the day in a zone */ SELECT toStartOfDay(start_time, 'America/New_York') AS day, uniqExact(case_id) FROM case_events GROUP BY day ORDER BY day
/* an hour of the week */ SELECT toDayOfWeek(start_time) AS weekday, toHour(start_time, 'Asia/Tokyo') AS hour, count() FROM case_events GROUP BY weekday, hour ORDER BY weekday, hour
/* an interval of any length */ SELECT toStartOfInterval(start_time, INTERVAL 15 MINUTE) AS slot, count() FROM case_events GROUP BY slot ORDER BY slot
/* since a time */ SELECT count() FROM cases WHERE start_time >= toDateTime64('2026-01-01 00:00:00', 6, 'UTC') AND start_time < '2026-02-01'
/* dates and times as literals */ SELECT DATE '2026-01-31', TIMESTAMP '2026-01-31 10:00:00', INTERVAL 1 DAY, DATE '2026-01-31' + INTERVAL 1 MONTH
/* parts of a time */ SELECT EXTRACT(YEAR FROM start_time) AS year, EXTRACT(MONTH FROM start_time) AS month, count() FROM cases GROUP BY year, month ORDER BY year, month
/* SQL's dates */ SELECT DATE_ADD(DAY, 1, toDate('2026-01-01')), DATE_SUB(toDate('2026-01-31'), INTERVAL 1 WEEK), DATE_DIFF('day', toDate('2026-01-01'), toDate('2026-02-01')), DATE_TRUNC('month', toDate('2026-01-20'))
/* a time as text */ SELECT formatDateTime(start_time, '%Y-%m-%d %H:%i', 'Europe/London') AS text FROM cases ORDER BY case_id LIMIT 3
/* a text as time */ SELECT parseDateTimeBestEffort('24 Nov 2026 10:00 +0200'), parseDateTime('2026-11-24', '%Y-%m-%d', 'UTC'), toDateTimeOrNull('no')
/* a time in Joda's form */ SELECT formatDateTimeInJodaSyntax(toDateTime('2026-11-24 10:00:00', 'UTC'), 'yyyy-MM-dd HH:mm')
/* microseconds */ SELECT toUnixTimestamp64Micro(start_time), fromUnixTimestamp64Milli(1700000000000, 'UTC'), addMicroseconds(start_time, 5) FROM cases ORDER BY case_id LIMIT 1
/* ages */ SELECT age('hour', start_time, end_time), timeDiff(start_time, end_time), formatReadableTimeDelta(dateDiff('second', start_time, end_time)) FROM cases ORDER BY case_id LIMIT 2
/* ~now */ SELECT count() FROM cases WHERE start_time < now() - INTERVAL 1 DAY AND start_time < now64(6) AND toDate(start_time) < today() - 1
/* ~an id */ SELECT generateUUIDv4(), generateUUIDv7(), rand(), randNormal(0, 1)
/* the zone of the session */ SELECT timezone(), timezoneOf(start_time), timezoneOffset(start_time) FROM cases LIMIT 1
/* the database */ SELECT currentDatabase() = 'exos'
/* sorted with nulls */ SELECT nullIf(case_id, '1') AS id FROM cases ORDER BY id DESC NULLS FIRST, case_id LIMIT 5
/* sorted in a language */ SELECT DISTINCT activity FROM case_events ORDER BY activity COLLATE 'de'
/* distinct */ SELECT DISTINCT activity, resource FROM case_events ORDER BY ALL
/* distinct on */ SELECT DISTINCT ON (process) process, case_id FROM cases ORDER BY process, case_id
/* a limit by group */ SELECT process, case_id FROM cases ORDER BY process, case_id LIMIT 2 BY process LIMIT 10
/* a limit with offset by group */ SELECT process, case_id FROM cases ORDER BY process, case_id LIMIT 2 OFFSET 1 BY process
/* a limit with ties */ SELECT case_id, events FROM cases ORDER BY events LIMIT 1 WITH TIES
/* OFFSET … FETCH */ SELECT case_id FROM cases ORDER BY case_id OFFSET 1 ROWS FETCH FIRST 2 ROWS ONLY
/* a limit as a share */ SELECT case_id FROM cases ORDER BY case_id LIMIT 0.5
/* TOP */ SELECT TOP 2 case_id FROM cases ORDER BY case_id
/* having */ SELECT activity, count() AS n FROM case_events GROUP BY activity HAVING n > 1 ORDER BY activity
/* group by all */ SELECT process, activity, count() FROM case_events GROUP BY ALL ORDER BY ALL
/* rollup */ SELECT process, activity, count() FROM case_events GROUP BY ROLLUP(process, activity) ORDER BY ALL
/* cube */ SELECT process, activity, count() FROM case_events GROUP BY CUBE(process, activity) ORDER BY ALL
/* grouping sets */ SELECT process, activity, count(), grouping(process) FROM case_events GROUP BY GROUPING SETS ((process), (activity), ()) ORDER BY ALL
/* a running total */ SELECT case_id, events, sum(events) OVER (ORDER BY start_time, case_id) AS total FROM cases ORDER BY start_time, case_id
/* the event before */ SELECT case_id, activity, lagInFrame(activity, 1, '') OVER w AS previous FROM case_events WINDOW w AS (PARTITION BY case_id ORDER BY start_time, sequence) ORDER BY case_id, start_time, sequence
/* lag and lead */ SELECT case_id, lag(activity) OVER w AS before, lead(activity, 1, 'end') OVER w AS after FROM case_events WINDOW w AS (PARTITION BY process, case_id ORDER BY start_time, sequence) ORDER BY ALL
/* ranks */ SELECT case_id, rank() OVER w, dense_rank() OVER w, row_number() OVER w, percent_rank() OVER w, ntile(2) OVER (ORDER BY events, case_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM cases WINDOW w AS (ORDER BY events, case_id) ORDER BY case_id
/* a moving average */ SELECT case_id, avg(events) OVER (ORDER BY start_time, case_id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving FROM cases ORDER BY case_id
/* a range of time */ SELECT case_id, count() OVER (ORDER BY toDateTime(start_time) RANGE BETWEEN 3600 PRECEDING AND CURRENT ROW) AS busy FROM cases ORDER BY case_id
/* a window built on a window */ SELECT case_id, count() OVER (w ORDER BY start_time ROWS UNBOUNDED PRECEDING) FROM case_events WINDOW w AS (PARTITION BY case_id) ORDER BY ALL
/* first and last */ SELECT DISTINCT case_id, first_value(activity) OVER w AS first, last_value(activity) OVER w AS last, nth_value(activity, 2) OVER w AS second FROM case_events WINDOW w AS (PARTITION BY case_id ORDER BY start_time, sequence ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY case_id
/* ignoring nulls */ SELECT case_id, first_value(nullIf(resource, '')) IGNORE NULLS OVER (PARTITION BY case_id ORDER BY start_time, sequence) AS who FROM case_events ORDER BY ALL
/* respecting nulls */ SELECT any(nullIf(resource, 'x')) RESPECT NULLS IS NOT NULL FROM case_events
/* qualify */ SELECT case_id, events FROM cases QUALIFY row_number() OVER (PARTITION BY process ORDER BY events DESC, case_id) <= 2 ORDER BY case_id
/* a filter of an aggregate */ SELECT count() FILTER (WHERE events > 2) AS long, countIf(events <= 2) AS short FROM cases
/* combinators */ SELECT sumIf(events, events > 1), uniqExactIf(case_id, process = 'p'), avgOrNull(events), countDistinct(process), groupArrayDistinct(process) FROM cases
/* states and merges */ SELECT uniqMerge(state) FROM (SELECT uniqState(case_id) AS state FROM cases GROUP BY process)
/* a simple state */ SELECT max(CAST(events AS SimpleAggregateFunction(max, UInt64))) FROM cases
/* arrays as aggregates */ SELECT sumForEach(gaps), maxArray(gaps), groupArrayArray(activities) FROM (SELECT * FROM cases ORDER BY case_id)
/* maps as aggregates */ SELECT sumMap(map(activity, 1)) FROM case_events
/* the row of a maximum */ SELECT argMax(case_id, (events, case_id)), argMin(case_id, (events, case_id)), maxIf(events, 1) FROM cases
/* frequent values */ SELECT topK(3)(activity), topKWeighted(3)(activity, 2), approx_top_k(3)(activity) FROM case_events
/* approximate and exact numbers of values */ SELECT uniq(case_id), uniqCombined(case_id), uniqHLL12(case_id), uniqExact(case_id), uniqTheta_or_less FROM (SELECT *, 1 AS uniqTheta_or_less FROM cases) GROUP BY uniqTheta_or_less
/* statistics */ SELECT stddevSamp(events), varPop(events), skewPop(events), corr(events, length(gaps)), covarSamp(events, events + 1) FROM cases
/* a regression */ SELECT simpleLinearRegression(events, length(activities)) FROM cases
/* a test of difference */ SELECT isNotNull(studentTTest(events, events > 2)), mannWhitneyUTest('two-sided')(toFloat64(events), events > 2) IS NOT NULL FROM cases
/* a histogram */ SELECT arrayJoin(histogram(3)(events)) AS bin FROM cases ORDER BY bin
/* a bar */ SELECT activity, bar(count(), 0, 100, 20) FROM case_events GROUP BY activity ORDER BY activity
/* a sparkline */ SELECT length(sparkbar(5)(toUnixTimestamp(start_time), 1)) > 0 FROM cases
/* a bitmap */ SELECT bitmapCardinality(groupBitmapState(toUInt32(events))) FROM cases
/* texts as one */ SELECT groupConcat(', ')(activity) FROM (SELECT DISTINCT activity FROM case_events ORDER BY activity)
/* a funnel */ SELECT level, count() FROM (SELECT case_id, windowFunnel(86400)(toDateTime(start_time), activity = 'register', activity = 'check', activity = 'pay') AS level FROM case_events GROUP BY case_id) GROUP BY level ORDER BY level
/* a strict funnel */ SELECT max(windowFunnel(86400, 'strict_order')(toUnixTimestamp(start_time), activity = 'register', activity = 'check')) OVER () FROM case_events GROUP BY case_id LIMIT 1
/* a sequence */ SELECT case_id, sequenceMatch('(?1).*(?2)')(toDateTime(start_time), activity = 'register', activity = 'pay') AS paid FROM case_events GROUP BY case_id ORDER BY case_id
/* a sequence with a time */ SELECT sequenceCount('(?1)(?t<=7200)(?2)')(toDateTime(start_time), activity = 'register', activity = 'check') FROM case_events
/* retention */ SELECT retention(toDate(start_time) = '2026-01-01', toDate(start_time) = '2026-01-02') FROM case_events
/* length of intervals */ SELECT intervalLengthSum(toUnixTimestamp(start_time), toUnixTimestamp(end_time)), maxIntersections(toUnixTimestamp(start_time), toUnixTimestamp(end_time)) FROM case_events
/* steps with their times */ SELECT arrayZip(activities, start_times) FROM cases ORDER BY case_id LIMIT 1
/* a lambda */ SELECT arrayMap(x -> upper(x), activities) FROM cases ORDER BY case_id
/* a lambda of two */ SELECT arrayMap((a, b) -> a || '→' || b, arrayPopBack(activities), arrayPopFront(activities)) FROM cases ORDER BY case_id
/* lambdas in lambdas */ SELECT arrayMap(x -> arrayFilter(y -> y != x, activities), activities) FROM cases ORDER BY case_id
/* a lambda with a name */ WITH seconds -> seconds / 3600 AS hours SELECT hours(7200), hours(dateDiff('second', min(start_time), max(end_time))) FROM cases
/* a lambda with a name in a subquery */ SELECT m + 1 FROM (WITH x -> 2 * x AS twice SELECT twice(number) AS m FROM numbers(3)) ORDER BY m
/* a named lambda used twice */ WITH (a, b) -> if(b = 0, 0, a / b) AS ratio SELECT ratio(1, 2), ratio(events, 0) FROM cases LIMIT 1
/* filters and folds over arrays */ SELECT arrayFilter(x -> x > 0, gaps), arraySum(gaps), arrayAvg(gaps), arrayExists(x -> x = 'pay', activities), arrayFirst(x -> x != 'register', activities), arrayFold((a, x) -> a + x, gaps, toUInt64(0)) FROM cases ORDER BY case_id
/* sorted arrays */ SELECT arraySort(x -> -x, gaps), arrayReverseSort(activities), arrayDistinct(activities), arrayEnumerateUniq(activities), arrayCompact(activities) FROM cases ORDER BY case_id
/* members of arrays */ SELECT activities[1], activities[-1], has(activities, 'pay'), hasAll(activities, ['pay']), hasSubstr(activities, ['register', 'check']), indexOf(activities, 'check'), countEqual(activities, 'check') FROM cases ORDER BY case_id
/* parts of arrays */ SELECT arraySlice(activities, 1, 2), arrayConcat(activities, ['end']), arrayStringConcat(activities, ' > '), length(activities), empty(activities), arrayZip(activities, resources) FROM cases ORDER BY case_id
/* an aggregate over an array */ SELECT arrayReduce('quantileExact(0.5)', gaps), arrayReduce('uniqExact', activities), arrayReduce('sumIf', [1, 2], [1, 0]) FROM cases ORDER BY case_id
/* differences in arrays */ SELECT arrayDifference([1, 4, 9]), arrayCumSum([1, 2, 3]), arrayIntersect([1, 2], [2, 3]), range(5), arrayEnumerate([7, 8])
/* ARRAY JOIN */ SELECT case_id, step FROM cases ARRAY JOIN activities AS step ORDER BY case_id, step
/* LEFT ARRAY JOIN of several */ SELECT case_id, step, place FROM cases LEFT ARRAY JOIN activities AS step, arrayEnumerate(activities) AS place ORDER BY case_id, place
/* arrayJoin */ SELECT arrayJoin(activities) AS step, count() FROM cases GROUP BY step ORDER BY step
/* variants */ SELECT activities, count() AS n FROM cases GROUP BY activities ORDER BY n DESC, activities
/* directly-follows */ SELECT edge.1 AS source, edge.2 AS target, count() AS n FROM cases ARRAY JOIN arrayZip(arrayPopBack(activities), arrayPopFront(activities)) AS edge GROUP BY source, target ORDER BY ALL
/* a map's value */ SELECT attributes['amount'], mapKeys(attributes), mapContains(attributes, 'amount'), length(attributes) FROM cases ORDER BY case_id
/* maps made and changed */ SELECT map('a', 1, 'b', 2) AS m, mapFilter((k, v) -> v > 1, m), mapApply((k, v) -> (upper(k), v * 2), m), mapUpdate(m, map('a', 9)), mapFromArrays(['x'], [1]), mapAdd(m, m)
/* a number out of a map */ SELECT avg(toFloat64OrNull(attributes['amount'])) FROM cases
/* a map's keys as rows */ SELECT key, count() FROM cases ARRAY JOIN mapKeys(attributes) AS key GROUP BY key ORDER BY key
/* tuples */ SELECT (1, 'a') AS t, t.1, t.2, tuple(1, 2), tupleElement(t, 1), untuple((3, 4)), (1, 2) + (3, 4)
/* named tuples */ SELECT CAST((1, 'x'), 'Tuple(n Int8, s String)') AS t, t.n, t.s, (t).n
/* nested access */ SELECT ((1, (2, 3)) AS t).2.1, [[1, 2], [3]][1][2], map('a', [1, 2])['a'][1]
/* casts */ SELECT CAST('1' AS UInt8), '2'::Int32, CAST(1, 'String'), [1, 2]::Array(Float64), toDecimal64('1.23', 2), '2026-01-01'::Date, CAST(1.9 AS Nullable(Int8)), accurateCastOrNull(300, 'UInt8')
/* conditions */ SELECT if(events > 2, 'long', 'short') AS kind, multiIf(events = 1, 'one', events = 2, 'two', 'more'), CASE WHEN events > 2 THEN 'long' ELSE 'short' END, CASE events WHEN 1 THEN 'one' ELSE 'many' END, events > 2 ? 'l' : 's' FROM cases ORDER BY case_id
/* nulls */ SELECT coalesce(NULL, 1), ifNull(NULL, 'x'), nullIf(1, 1), NULL IS NULL, 1 IS NOT NULL, isNull(NULL), assumeNotNull(toNullable(1)), NULL <=> NULL, 1 IS DISTINCT FROM 2
/* operators */ SELECT 7 % 3, 7 DIV 3, -(-1), 'a' || 'b', 1 = 1, 1 == 1, 1 <> 2, 1 != 2, NOT 1, 1 AND 0 OR 1, 1 BETWEEN 0 AND 2, 1 NOT BETWEEN 2 AND 3, xor(1, 0)
/* patterns */ SELECT activity FROM case_events WHERE activity LIKE 'r%' OR activity ILIKE '%AY' OR activity NOT LIKE '%_' OR match(activity, '^(check|pay)$') OR activity REGEXP 'c.+k' ORDER BY activity LIMIT 3
/* regular expressions */ SELECT extract('order 4711', '(\\d+)'), extractAll('a1b22', '\\d+'), replaceRegexpAll('a1b2', '\\d', '#'), extractGroups('k=v', '(\\w)=(\\w)'), countMatches('aaa', 'a'), splitByRegexp('\\s+', 'a  b')
/* texts */ SELECT upper('a'), substring('abcdef', 2, 3), SUBSTRING('abc' FROM 2), replaceAll('aXa', 'X', '-'), splitByChar(',', 'a,b'), trim(BOTH 'x' FROM 'xax'), concat('a', 1), lengthUTF8('é'), position('abc', 'c'), position('b' IN 'abc'), leftPad('7', 3, '0'), format('{} of {}', 1, 2), reverse('abc'), startsWith('abc', 'a'), repeat('ab', 3), lower('ABC'), initcap('hello world')
/* likeness of texts */ SELECT editDistance('register', 'regster'), ngramDistance('abcd', 'abce'), jaroWinklerSimilarity('abc', 'abd'), soundex('Robert'), hasToken('a b c', 'b'), multiSearchAny('abc', ['x', 'b'])
/* JSON */ SELECT JSONExtractString('{"a": {"b": "x"}}', 'a', 'b'), JSONExtractInt('{"n": 5}', 'n'), JSONExtract('{"l": [1, 2]}', 'l', 'Array(UInt8)'), JSONExtractKeys('{"a": 1, "b": 2}'), JSONHas('{"a": 1}', 'a'), JSON_VALUE('{"a": "x"}', '$.a'), simpleJSONExtractInt('{"n": 5}', 'n'), isValidJSON('{}')
/* the JSON type */ SELECT CAST('{"a": {"b": 42}, "l": [1, 2]}', 'JSON') AS j, j.a.b, j.a.b.:Int64, JSONAllPaths(j)
/* a row as JSON */ SELECT toJSONString(map('a', 1)), toJSONString((1, 'x')), prettyPrintJSON('{"a":1}')
/* URLs as texts */ SELECT domain('https://a.example.com/x?y=1#z'), path('https://a.example.com/x/y'), extractURLParameter('https://a/?y=1', 'y'), cutQueryString('https://a/?y=1'), topLevelDomain('https://a.de'), protocol('https://a'), port('http://a:8123/'), decodeURLComponent('a%20b')
/* addresses of the network as values */ SELECT IPv4NumToString(toUInt32(3232235777)), toIPv4('192.168.1.1'), isIPAddressInRange('10.0.0.1', '10.0.0.0/8'), IPv4CIDRToRange(toIPv4('192.168.5.2'), 16)
/* hashes */ SELECT cityHash64('a', 'b'), hex(MD5('a')), hex(SHA256('a')), xxHash64('a'), sipHash64('a'), halfMD5('a'), intHash64(5), farmHash64('x')
/* bytes */ SELECT hex('abc'), unhex('616263'), base64Encode('abc'), base64Decode('YWJj'), bin(5), char(65, 66), reinterpretAsUInt32('abcd'), bitAnd(6, 3), bitShiftLeft(1, 4)
/* rounding */ SELECT round(1.256, 2), floor(1.7), ceil(1.2), trunc(-1.7), roundBankers(2.5), roundDown(7, [0, 5, 10]), sqrt(2) > 1.4, exp(0), log10(1000), pow(2, 10), least(1, 2), greatest(1, 2), abs(-3), sign(-2)
/* distances on the globe */ SELECT round(greatCircleDistance(13.4, 52.5, 2.35, 48.85)), geohashEncode(13.4, 52.5, 5), pointInPolygon((1, 1), [(0, 0), (0, 2), (2, 2), (2, 0)])
/* money */ SELECT round(financialNetPresentValue(0.1, [-100., 60., 60.]), 2)
/* sizes for people */ SELECT formatReadableSize(123456789), formatReadableQuantity(1234567), formatReadableTimeDelta(93784)
/* types */ SELECT toTypeName(start_time), toTypeName([1, NULL]), defaultValueOfTypeName('String'), toColumnTypeName(1) != '' FROM cases LIMIT 1
/* SQL as data: statements in spans */ SELECT normalizeQuery('SELECT * FROM t WHERE id = 42'), normalizedQueryHash('SELECT 1') = normalizedQueryHash('SELECT 2'), formatQuerySingleLine('select 1')
/* logs that mention files */ SELECT countIf(Body LIKE '%/etc/passwd%'), countIf(position(Body, 'file(') > 0) FROM otel_logs
/* an inner join */ SELECT count() FROM case_events AS e INNER JOIN cases AS c ON e.process = c.process AND e.case_id = c.case_id
/* a join by columns */ SELECT count() FROM case_events LEFT JOIN cases USING (process, case_id)
/* a right and a full join */ SELECT count() FROM (SELECT 1 AS k) AS a RIGHT JOIN (SELECT 2 AS k) AS b ON a.k = b.k FULL JOIN (SELECT 3 AS k) AS c ON b.k = c.k
/* a semi and an anti join */ SELECT count() FROM cases SEMI LEFT JOIN case_events USING (case_id), (SELECT 1 AS one) AS x
/* an anti join */ SELECT case_id FROM cases AS c ANTI LEFT JOIN (SELECT case_id FROM case_events WHERE activity = 'pay') AS p ON c.case_id = p.case_id ORDER BY case_id
/* an any join */ SELECT e.case_id, c.events FROM case_events AS e ANY INNER JOIN cases AS c ON c.case_id = e.case_id ORDER BY ALL LIMIT 2
/* a cross join */ SELECT count() FROM cases AS a CROSS JOIN cases AS b
/* a join by commas */ SELECT count() FROM cases AS a, cases AS b WHERE a.case_id = b.case_id
/* a join on inequality */ SELECT count() FROM cases AS a INNER JOIN cases AS b ON a.process = b.process AND a.start_time < b.start_time
/* an ASOF join */ SELECT e.case_id, e.activity, p.start_time FROM case_events AS e ASOF LEFT JOIN (SELECT case_id, start_time FROM case_events WHERE activity = 'pay') AS p ON e.case_id = p.case_id AND e.start_time <= p.start_time ORDER BY ALL
/* an ASOF join by columns */ SELECT count() FROM case_events ASOF INNER JOIN (SELECT case_id, start_time FROM cases) AS c USING (case_id, start_time)
/* a global join */ SELECT count() FROM cases GLOBAL ANY LEFT JOIN (SELECT DISTINCT case_id FROM case_events) AS e USING (case_id)
/* three tables */ SELECT count() FROM cases AS c INNER JOIN case_events AS e ON e.case_id = c.case_id LEFT JOIN otel_traces AS t ON t.TraceId = e.trace_id
/* a paste join */ SELECT * FROM (SELECT number AS a FROM numbers(2)) AS x PASTE JOIN (SELECT number + 10 AS b FROM numbers(2)) AS y
/* a subquery */ SELECT avg(n) FROM (SELECT case_id, count() AS n FROM case_events GROUP BY case_id)
/* subqueries in subqueries */ SELECT max(m) FROM (SELECT max(n) AS m FROM (SELECT count() AS n FROM case_events GROUP BY case_id))
/* a scalar subquery */ SELECT count() / (SELECT count() FROM cases) FROM cases WHERE events > 1
/* a correlated subquery */ SELECT case_id FROM cases AS c WHERE EXISTS (SELECT 1 FROM case_events AS e WHERE e.case_id = c.case_id AND e.activity = 'pay') ORDER BY case_id
/* IN with a subquery */ SELECT count() FROM cases WHERE case_id IN (SELECT case_id FROM case_events WHERE activity = 'pay')
/* IN with a subquery of tuples */ SELECT count() FROM cases WHERE (process, case_id) NOT IN (SELECT process, case_id FROM case_events WHERE activity = 'pay')
/* IN with lists */ SELECT count() FROM case_events WHERE activity IN ('register', 'pay') AND sequence NOT IN (99, 100) AND resource IN ['ann', 'bob', '']
/* IN with a table of our own */ SELECT 1 WHERE 'x' NOT IN (SELECT process FROM cases)
/* IN with a name from WITH */ WITH paid AS (SELECT DISTINCT case_id FROM case_events WHERE activity = 'pay') SELECT count() FROM cases WHERE case_id IN paid
/* IN with an array of the row */ SELECT count() FROM cases WHERE has(activities, 'pay')
/* = ANY and <> ALL */ SELECT 1 = ANY(SELECT 1), 1 <> ALL(SELECT 2)
/* a union */ SELECT * FROM (SELECT 'cases' AS what, count() AS n FROM cases UNION ALL SELECT 'events', count() FROM case_events) ORDER BY what
/* unions of brackets */ (SELECT 1 AS x ORDER BY x LIMIT 1) UNION DISTINCT (SELECT 2) UNION DISTINCT (SELECT 1)
/* except and intersect */ SELECT number FROM numbers(5) EXCEPT SELECT number FROM numbers(3) INTERSECT SELECT 1
/* a WITH that is used twice */ WITH long AS (SELECT * FROM cases WHERE events > 1) SELECT (SELECT count() FROM long), (SELECT max(events) FROM long)
/* WITH as expressions */ WITH 60 AS minute, toDateTime('2026-01-01 00:00:00', 'UTC') AS start SELECT start + 5 * minute
/* WITH of a WITH */ WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b
/* WITH and names of columns */ WITH t(a, b) AS (SELECT 1, 2) SELECT a + b FROM t
/* WITH once */ WITH t AS MATERIALIZED (SELECT count() AS n FROM cases) SELECT n, n * 2 FROM t
/* WITH RECURSIVE */ WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT sum(n) FROM r
/* a WITH that shadows a table */ WITH cases AS (SELECT 1 AS x) SELECT x FROM cases
/* numbers */ SELECT number, number * number AS square FROM numbers(5)
/* numbers from and step */ SELECT * FROM numbers(10, 5) AS n, (SELECT 1 AS one) AS o
/* a series */ SELECT * FROM generateSeries(0, 10, 5)
/* a series by SQL's name */ SELECT * FROM generate_series(1, 3)
/* values */ SELECT * FROM values('activity String, minutes Float64', ('check', 5), ('pay', 7.5))
/* values of many types */ SELECT * FROM values('a Array(UInt8), e Enum8(\'x\' = 1), d DateTime64(3, \'UTC\'), t Tuple(a Int8, b String), m Map(String, Nullable(Int8)), c Decimal(10, 2)', ([1], 'x', '2026-01-01 00:00:00', (1, 'b'), map('k', NULL), 1.5))
/* values without types */ SELECT * FROM values((1, 'a'), (2, 'b'))
/* VALUES of the standard */ SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, s)
/* a calendar joined */ SELECT day, countIf(c.case_id != '') AS n FROM (SELECT toDate('2026-01-01') + number AS day FROM numbers(3)) AS d LEFT JOIN cases AS c ON toDate(c.start_time) = d.day GROUP BY day ORDER BY day
/* gaps filled */ SELECT toDate(start_time) AS day, count() AS n FROM cases GROUP BY day ORDER BY day WITH FILL FROM toDate('2025-12-31') TO toDate('2026-01-05') STEP INTERVAL 1 DAY
/* gaps filled and carried on */ SELECT number AS n, 'x' AS label FROM numbers(2) ORDER BY n WITH FILL FROM 0 TO 5 INTERPOLATE (label AS concat(label, '+'))
/* gaps filled with staleness */ SELECT number * 5 AS n FROM numbers(3) ORDER BY n WITH FILL STALENESS 3
/* all columns but some */ SELECT * EXCEPT (edges, gaps, variant) FROM cases ORDER BY case_id
/* all columns, one changed */ SELECT * REPLACE (upper(case_id) AS case_id) FROM cases ORDER BY case_id
/* all columns through a function */ SELECT * APPLY (toString) FROM (SELECT 1 AS a, 2 AS b)
/* all columns through a lambda */ SELECT * APPLY (x -> x * 2) FROM (SELECT 1 AS a, 2 AS b)
/* all columns through an aggregate */ SELECT * APPLY (quantile(0.5)) APPLY (round) FROM (SELECT number AS a, number * 2 AS b FROM numbers(9))
/* columns that match */ SELECT COLUMNS('_time$') APPLY (max) FROM (SELECT start_time, end_time FROM cases)
/* columns of a table */ SELECT c.*, e.activity FROM cases AS c INNER JOIN case_events AS e USING (case_id) ORDER BY ALL LIMIT 1
/* columns listed */ SELECT COLUMNS(process, case_id) APPLY (length) FROM cases ORDER BY case_id
/* columns of a table that match, but some */ SELECT c.COLUMNS('e') EXCEPT (events) FROM (SELECT case_id, events, end_time, 1 AS one FROM cases) AS c ORDER BY ALL
/* two columns of one name */ SELECT a.case_id, b.case_id FROM cases AS a INNER JOIN cases AS b ON a.case_id = b.case_id ORDER BY ALL
/* the same column twice */ SELECT events, events FROM cases ORDER BY case_id
/* columns without names */ SELECT 1, 1 + 1, 'a', count() FROM cases
/* an alias used beside */ SELECT events AS e, e * 2 AS d, d + e FROM cases ORDER BY case_id
/* an alias inside */ SELECT (events AS e) + e FROM cases WHERE e > 0 ORDER BY case_id
/* a value as parameter */ SELECT count() FROM cases WHERE process = {process:String}
/* values as parameters */ SELECT {n:UInt8} + 1, {names:Array(String)}, {since:DateTime64(3, 'UTC')}, {nothing:Nullable(String)}
/* a parameter that is hostile */ SELECT {hostile:String} AS text
/* a limit as parameter */ SELECT case_id FROM cases ORDER BY case_id LIMIT {n:UInt8}
/* a column as parameter */ SELECT {column:Identifier} FROM cases ORDER BY {column:Identifier}
/* a column of a table as parameter */ SELECT c.{column:Identifier} FROM cases AS c ORDER BY 1
/* braces in a text */ SELECT '{missing:String}' AS text
/* a percent in a text */ SELECT '100 %s %(x)s' AS text, 10 % 3
/* sampled */ SELECT sum(n) >= 0 FROM (SELECT count() AS n FROM otel_logs)
/* SpanAttributes */ SELECT SpanAttributes['http.status_code'] AS status, count(), quantile(0.95)(Duration / 1e6) FROM otel_traces WHERE Timestamp > '2026-01-01' GROUP BY status
/* nested columns */ SELECT `Events.Name`, arrayCount(x -> x = 'exception', `Events.Name`) FROM otel_traces
/* nested columns as rows */ SELECT e.Name, e.Timestamp FROM otel_traces ARRAY JOIN Events AS e
/* errors a service */ SELECT ServiceName, countIf(StatusCode = 'Error') / count() AS rate FROM otel_traces GROUP BY ServiceName ORDER BY rate DESC
/* sessions */ SELECT session_id, min(start_time), max(end_time), groupUniqArray(activity) FROM case_events WHERE session_id != '' GROUP BY session_id
/* a row of nothing */ SELECT * FROM system.one
/* numbers of the engine */ SELECT number FROM system.numbers LIMIT 3
/* zones */ SELECT time_zone FROM system.time_zones WHERE time_zone LIKE 'Europe/B%' ORDER BY time_zone
/* waiting times */ SELECT source, target, count() AS n, quantileExact(0.5)(gap) / 1e6 AS median_seconds FROM (SELECT arrayJoin(arrayZip(arrayPopBack(activities), arrayPopFront(activities), gaps)) AS e, e.1 AS source, e.2 AS target, e.3 AS gap FROM cases) GROUP BY source, target ORDER BY ALL
/* rework */ SELECT activity, countIf(times > 1) AS rework_cases, count() AS cases FROM (SELECT case_id, activity, count() AS times FROM case_events GROUP BY case_id, activity) GROUP BY activity ORDER BY activity
/* open cases over time */ SELECT time, sum(change) OVER (ORDER BY time) AS open FROM (SELECT time, sum(change) AS change FROM (SELECT start_time AS time, 1 AS change FROM cases UNION ALL SELECT end_time, -1 FROM cases) GROUP BY time) ORDER BY time
/* hand-overs */ SELECT from_who, to_who, count() FROM (SELECT lagInFrame(resource) OVER (PARTITION BY case_id ORDER BY start_time, sequence) AS from_who, resource AS to_who FROM case_events) WHERE from_who != '' AND from_who != to_who GROUP BY ALL ORDER BY ALL
/* this week and the week before */ SELECT countIf(start_time >= d - 7) AS this, countIf(start_time < d - 7 AND start_time >= d - 14) AS before FROM cases, (SELECT toDate('2026-01-08') AS d) AS t
/* outliers */ SELECT case_id, (seconds - avg(seconds) OVER ()) / nullIf(stddevPop(seconds) OVER (), 0) AS z FROM (SELECT case_id, toFloat64(dateDiff('second', start_time, end_time)) AS seconds FROM cases) ORDER BY case_id
/* an error that is meant */ SELECT throwIf(count() < 0, 'no rows') FROM cases
/* a seasonal split */ SELECT length(seriesDecomposeSTL(arrayMap(x -> toFloat64(x % 3), range(12)), 3)) > 0
/* ~a sample of an array */ SELECT length(arrayRandomSample([1, 2, 3], 2)), length(arrayShuffle([1, 2]))
/* bits of tuples */ SELECT tupleToNameValuePairs(CAST((1, 2), 'Tuple(a Int8, b Int8)')), L2Distance([1, 2], [3, 4]), cosineDistance([1, 0], [0, 1]), dotProduct([1, 2], [3, 4])
