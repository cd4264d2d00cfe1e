import Testing

@testable import PlumbTelemetry

/// Errors as tools write them are read as an engineer on call would read them.
struct ErrorReadingTests {
  /// The first suspect is one of those that an engineer would accept.
  @Test(arguments: ErrorReadingTests.texts.indices)
  func aTextNamesItsCause(_ place: Int) {
    let (accepted, message, code) = Self.texts[place]
    let first = ErrorReading(code: code, category: "", message: message).shares.first
    #expect(accepted.split(separator: " ").contains { $0 == first?.suspect.name ?? "" }, "\(code) \(message): \(first?.suspect.name ?? "")")
  }

  /// Words inside other words, numbers that are not statuses, and quoted names are ignored.
  @Test(arguments: [
    "Zoom recordings: boom", "Cheap flights", "room 12 not found", "Failed after 1500 rows", "500 rows were read before the end",
    "task 'timeout_memory_check' of 503 tasks", "reading s3://bucket/expired/token/part-403.json", "https://host/forbidden/401 is next",
  ])
  func whatOnlyLooksLikeACauseIsUnknown(_ message: String) {
    let reading = ErrorReading(code: "", category: "", message: message)
    #expect(reading.shares.first?.suspect == .unknown, "\(message): \(reading.shares)")
  }

  @Test func wordsAreSplitAsPeopleReadThem() {
    func words(_ text: String) -> String { ErrorWords(text).words.joined(separator: " ") }
    #expect(words("OOMKilled (exit code 137)") == "oom killed exit code 137")
    #expect(words("java.net.SocketTimeoutException: Read timed out") == "socket timeout exception read timed out")
    #expect(words("es_rejected_execution_exception") == "es rejected execution exception")
    #expect(words("Column 'risk' doesn't exist in `dbo.users`") == "column _ does not exist in _")
    #expect(words("cannot read s3://bucket/a/b.csv, can't go on") == "can not read _ can not go on")
    #expect(ErrorWords("a.b.MemoryError: x").identifiers.map(\.text) == ["memoryerror", "x"])
  }

  /// A code of Entra that no table lists is about an account or an application; other letters with digits are no codes.
  @Test func codesHavePrefixes() {
    let reading = ErrorReading(code: "AADSTS999001", category: "", message: "")
    #expect(reading.shares.first?.suspect == .credentials)
    #expect(reading.certainty < 0.75)
    #expect(ErrorReading(code: "AADS7", category: "", message: "").shares.first?.suspect == .unknown)
  }

  /// An error that no rule knows has its category to go by, which is less than a text.
  @Test func categoriesAreALastResort() {
    let reading = ErrorReading(code: "E1", category: "auth", message: "no luck")
    #expect(reading.shares.first?.suspect == .credentials && reading.shares.first?.share ?? 1 < 0.9)
    #expect(ErrorReading(code: "", category: "", message: "").shares.first?.suspect == .unknown)
  }

  /// The causes that an engineer would accept, the message, the code.
  static let texts: [(String, String, String)] = [
    ("expired-credentials", "FATAL:  password authentication failed for user \"etl\"", ""),
    ("expired-credentials", "snowflake.connector.errors.DatabaseError: 250001 (08001): Failed to connect to DB: xy123.snowflakecomputing.com:443. Incorrect username or password was specified.", ""),
    ("expired-credentials", "google.api_core.exceptions.Forbidden: 403 Access Denied: BigQuery BigQuery: Permission denied while getting Drive credentials.", ""),
    ("expired-credentials", "google.auth.exceptions.RefreshError: ('invalid_grant: Token has been expired or revoked.', {'error': 'invalid_grant'})", ""),
    ("expired-credentials", "requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://graph.microsoft.com/v1.0/auditLogs/signIns", ""),
    ("expired-credentials", "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"Access token has expired or is not yet valid.\"}}", ""),
    ("expired-credentials", "com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 4442587FB7D0A2F9)", ""),
    ("expired-credentials", "paramiko.ssh_exception.AuthenticationException: Authentication failed.", ""),
    ("expired-credentials", "org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed: Invalid username or password", ""),
    ("expired-credentials", "requests.exceptions.SSLError: HTTPSConnectionPool(host='feeds.vendor.io', port=443): Max retries exceeded with url: /taxii2/ (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1129)')))", ""),
    ("expired-credentials", "ORA-28001: the password has expired", ""),
    ("expired-credentials", "psycopg2.errors.InsufficientPrivilege: permission denied for schema analytics", ""),
    ("expired-credentials", "botocore.exceptions.NoCredentialsError: Unable to locate credentials", ""),
    ("expired-credentials", "azure.core.exceptions.ClientAuthenticationError: (AuthenticationFailed) Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.", ""),
    ("expired-credentials", "AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.", ""),
    ("expired-credentials", "remote: Invalid username or password. fatal: Authentication failed for 'https://github.com/x/y.git/'", ""),
    ("expired-credentials", "GSSException: No valid credentials provided (Mechanism level: Failed to find any Kerberos tgt)", ""),
    ("expired-credentials", "The SAS token provided has expired. Signed expiry time must be after signed start time", "AuthenticationFailed"),
    ("vendor-outage", "urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='api.github.com', port=443): Max retries exceeded with url: /orgs/x/audit-log (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused'))", ""),
    ("vendor-outage", "Microsoft.Graph.ServiceException: Code: UnknownError HTTP 503: Service Unavailable", ""),
    ("vendor-outage", "{\"error\":{\"code\":\"TooManyRequests\",\"innerError\":{\"code\":\"429\"},\"message\":\"Please retry after 300 seconds\"}}", ""),
    ("vendor-outage", "java.net.ConnectException: Connection refused (Connection refused)", ""),
    ("vendor-outage", "curl: (6) Could not resolve host: otx.alienvault.com", ""),
    ("vendor-outage", "HTTPError: HTTP Error 502: Bad Gateway", ""),
    ("vendor-outage", "requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))", ""),
    ("vendor-outage", "org.apache.kafka.common.errors.TimeoutException: Topic events not present in metadata after 60000 ms.", ""),
    ("vendor-outage", "NoBrokersAvailable", ""),
    ("vendor-outage slow-upstream", "504 Gateway Time-out", ""),
    ("vendor-outage", "psycopg2.OperationalError: could not connect to server: Connection refused. Is the server running on host \"10.0.0.4\" and accepting TCP/IP connections on port 5432?", ""),
    ("vendor-outage", "FATAL: the database system is starting up", ""),
    ("vendor-outage", "socket.gaierror: [Errno -3] Temporary failure in name resolution", ""),
    ("vendor-outage", "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure", ""),
    ("vendor-outage noise", "pymysql.err.OperationalError: (2006, 'MySQL server has gone away')", ""),
    ("vendor-outage", "slack_sdk.errors.SlackApiError: The request to the Slack API failed. (url: https://www.slack.com/api/chat.postMessage, status: 503)", ""),
    ("vendor-outage", "{\"error\":{\"code\":\"AF50000\",\"message\":\"An internal error occurred. Retry the request.\"}}", ""),
    ("vendor-outage", "ADAL Error: service_unavailable, The remote server returned an error: (503) Server Unavailable.", ""),
    ("vendor-outage downstream-backpressure", "google.api_core.exceptions.TooManyRequests: 429 Exceeded rate limits: too many table update operations for this table", ""),
    ("schema-drift", "psycopg2.errors.UndefinedColumn: column \"customer_tier\" does not exist\nLINE 3: select customer_tier", ""),
    ("schema-drift", "org.apache.spark.sql.AnalysisException: cannot resolve '`user_agent`' given input columns: [ts, id]", ""),
    ("schema-drift", "000904 (42000): SQL compilation error: error line 4 at position 2 invalid identifier 'LOYALTY_ID'", ""),
    ("schema-drift", "KeyError: \"['region'] not in index\"", ""),
    ("schema-drift", "Provided Schema does not match Table prj:ds.t. Field amount has changed type from INTEGER to FLOAT", ""),
    ("schema-drift", "This model has an enforced contract that failed. Please ensure the name, data_type, and number of columns in your contract match the columns in your model's definition.", ""),
    ("schema-drift", "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name `emial` cannot be resolved. Did you mean one of the following? [`email`]", ""),
    ("schema-drift", "org.apache.kafka.common.errors.SerializationException: Error registering Avro schema; Schema being registered is incompatible with an earlier schema for subject \"events-value\"; error code: 409", ""),
    ("schema-drift", "com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException: Unrecognized field \"riskDetailV2\" (class Event), not marked as ignorable", ""),
    ("schema-drift", "ValueError: Usecols do not match columns, columns expected but not found: ['state']", ""),
    ("schema-drift", "Error found when ingesting: UpdatePolicy_QuerySchemaDoesNotMatchTableSchema", ""),
    ("schema-drift malformed-records", "DelimitedTextMoreColumnsThanDefined: found more columns than expected column count: 12", ""),
    ("schema-drift bad-deployment", "Msg 207, Level 16, State 1, Line 2 Invalid column name 'Discount'.", ""),
    ("schema-drift bad-deployment late-upstream", "psycopg2.errors.UndefinedTable: relation \"staging.orders\" does not exist", ""),
    ("malformed-records", "psycopg2.errors.InvalidTextRepresentation: invalid input syntax for type uuid: \"n/a\"", ""),
    ("malformed-records", "psycopg2.errors.NotNullViolation: null value in column \"id\" of relation \"t\" violates not-null constraint", ""),
    ("malformed-records", "psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint \"orders_pkey\"", ""),
    ("malformed-records", "ValueError: could not convert string to float: '1,234'", ""),
    ("malformed-records", "xml.etree.ElementTree.ParseError: not well-formed (invalid token): line 1, column 10", ""),
    ("malformed-records", "java.time.format.DateTimeParseException: Text '2026-13-01' could not be parsed at index 5", ""),
    ("malformed-records", "org.apache.spark.SparkException: Malformed records are detected in record parsing. Parse Mode: FAILFAST.", ""),
    ("malformed-records", "pyarrow.lib.ArrowInvalid: CSV parse error: Expected 9 columns, got 8: 12,a,b", ""),
    ("malformed-records", "Stream_WrongNumberOfFields", "Stream_WrongNumberOfFields"),
    ("malformed-records", "gzip.BadGzipFile: Not a gzipped file (b'PK')", ""),
    ("malformed-records", "Failure in test not_null_orders_id (models/schema.yml)\n Got 17 results, configured to fail if != 0", ""),
    ("malformed-records", "Expectation expect_column_values_to_be_between failed: 131 unexpected values", ""),
    ("malformed-records", "mysql.connector.errors.DataError: 1406 (22001): Data too long for column 'name' at row 1", ""),
    ("malformed-records schema-drift", "String or binary data would be truncated in table 'dw.dbo.t', column 'c'.", ""),
    ("memory-exhaustion", "java.lang.OutOfMemoryError: GC overhead limit exceeded", ""),
    ("memory-exhaustion", "Task exited with return code Negsignal.SIGKILL", ""),
    ("memory-exhaustion", "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 12.0 GiB for an array with shape (40000, 40000)", ""),
    ("memory-exhaustion", "Process finished with exit code 137 (interrupted by signal 9: SIGKILL)", ""),
    ("memory-exhaustion", "ERROR: out of memory DETAIL: Failed on request of size 67108864 in memory context \"ExecutorState\".", ""),
    ("memory-exhaustion", "billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 3.", ""),
    ("memory-exhaustion", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", ""),
    ("memory-exhaustion", "Query exceeded per-node memory limit of 10GB [Allocated: 9.9GB]", "EXCEEDED_LOCAL_MEMORY_LIMIT"),
    ("memory-exhaustion cpu-exhaustion", "Resources exceeded during query execution: The query could not be executed in the allotted memory.", "resourcesExceeded"),
    ("io-exhaustion", "ERROR: could not write to file \"base/pgsql_tmp/pgsql_tmp214.3\": No space left on device", ""),
    ("io-exhaustion", "sqlite3.OperationalError: database or disk is full", ""),
    ("io-exhaustion", "OSError: [Errno 24] Too many open files: '/data/part-001.parquet'", ""),
    ("io-exhaustion", "ORA-01653: unable to extend table DW.FACTS by 128 in tablespace USERS", ""),
    ("io-exhaustion", "index [logs-2026] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];", "cluster_block_exception"),
    ("io-exhaustion", "The transaction log for database 'dw' is full due to 'LOG_BACKUP'.", ""),
    ("io-exhaustion", "OSError: [Errno 122] Disk quota exceeded", ""),
    ("bad-deployment", "ImportError: cannot import name 'parse_event' from 'ingest.parsers' (/app/ingest/parsers.py)", ""),
    ("bad-deployment", "TypeError: load_batch() got an unexpected keyword argument 'region'", ""),
    ("bad-deployment", "java.lang.NoSuchMethodError: 'void com.google.common.base.Preconditions.checkState(boolean, java.lang.String)'", ""),
    ("bad-deployment", "java.lang.ClassNotFoundException: org.postgresql.Driver", ""),
    ("bad-deployment", "Compilation Error in model orders (models/orders.sql) 'ref' is undefined", ""),
    ("bad-deployment", "airflow.exceptions.AirflowNotFoundException: The conn_id `snowflake_prod` isn't defined", ""),
    ("bad-deployment", "KeyError: 'Variable S3_BUCKET does not exist'", ""),
    ("bad-deployment", "Broken DAG: [/opt/airflow/dags/etl.py] Traceback (most recent call last): SyntaxError: invalid syntax", ""),
    ("bad-deployment", "ERROR: syntax error at or near \"FORM\" LINE 1: SELECT * FORM t", ""),
    ("bad-deployment", "org.apache.spark.SparkException: Task not serializable", ""),
    ("bad-deployment", "bash: dbt: command not found", ""),
    ("bad-deployment", "Back-off pulling image \"acr.io/etl:9.1\"", "ImagePullBackOff"),
    ("bad-deployment", "Env var required but not provided: 'DBT_PASSWORD'", ""),
    ("bad-deployment", "pydantic.errors.PydanticUserError: A non-annotated attribute was detected: `x = 1`", ""),
    ("bad-deployment malformed-records", "java.lang.NullPointerException: Cannot invoke \"String.length()\" because \"s\" is null", ""),
    ("bad-deployment", "Database Error in model x: function date_trunc(unknown, text) does not exist HINT: No function matches the given name and argument types.", ""),
    ("bad-deployment", "undefined symbol: _ZN3c104impl8GPUTrace13gpuTraceStateE", ""),
    ("downstream-backpressure", "sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00", ""),
    ("downstream-backpressure", "FATAL: remaining connection slots are reserved for non-replication superuser connections", ""),
    ("downstream-backpressure", "com.microsoft.azure.kusto.ingest.exceptions: Ingestion capacity throttled, rejected request", "General_ThrottledIngestion"),
    ("downstream-backpressure vendor-outage", "An error occurred (ProvisionedThroughputExceededException) when calling the BatchWriteItem operation", ""),
    ("downstream-backpressure", "BufferError: Local: Queue full", ""),
    ("downstream-backpressure", "(1040, 'Too many connections')", ""),
    ("downstream-backpressure", "Write timed out after 120 s; sink ingestion queue is full", ""),
    ("downstream-backpressure vendor-outage", "com.amazonaws.services.s3.model.AmazonS3Exception: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)", ""),
    ("slow-upstream vendor-outage", "java.net.SocketTimeoutException: Read timed out", ""),
    ("slow-upstream vendor-outage", "httpx.ReadTimeout: The read operation timed out", ""),
    ("slow-upstream cpu-exhaustion downstream-backpressure", "ERROR: canceling statement due to statement timeout", ""),
    ("slow-upstream vendor-outage", "DEADLINE_EXCEEDED: deadline exceeded after 59.99s", ""),
    ("late-upstream", "FileNotFoundError: [Errno 2] No such file or directory: '/landing/2026/03/30/orders.csv'", ""),
    ("late-upstream", "The specified blob does not exist.", "BlobNotFound"),
    ("late-upstream", "An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist.", ""),
    ("late-upstream", "airflow.exceptions.AirflowException: The external DAG extract_daily failed.", ""),
    ("late-upstream", "pyspark.sql.utils.AnalysisException: Path does not exist: s3://lake/raw/events/dt=2026-03-30", ""),
    ("late-upstream", "Task is in the 'upstream_failed' state", "upstream_failed"),
    ("late-upstream", "Source freshness check failed: raw.orders is 31 hours old", ""),
    ("noise", "deadlock detected DETAIL: Process 18 waits for ShareLock on transaction 44", ""),
    ("noise downstream-backpressure", "(1205, 'Lock wait timeout exceeded; try restarting transaction')", ""),
    ("noise", "Spot instance was reclaimed; container terminated with exit code 143", ""),
    ("noise", "Pod was evicted: node drain for host maintenance", ""),
    ("noise", "could not serialize access due to concurrent update", ""),
    ("cpu-exhaustion slow-upstream", "Job exceeded maximum runtime of 7200 seconds and was terminated", ""),
    ("cpu-exhaustion slow-upstream", "celery.exceptions.SoftTimeLimitExceeded: SoftTimeLimitExceeded()", ""),
    ("queueing cpu-exhaustion", "0/12 nodes are available: 12 Insufficient cpu.", "FailedScheduling"),
    ("unknown", "Boom Town monthly export did not finish", ""),
    ("unknown", "Processing of Heap Analytics dataset stopped unexpectedly", ""),
    ("unknown", "Job failed", ""),
    ("unknown", "Exit code 1", ""),
    ("unknown", "Failed after 500 rows", ""),
    ("unknown", "Task failed with exception", ""),
    ("unknown", "Step 429 of 503 ended without result", ""),
    ("unknown", "The tokenizer service for Portland orders stopped", ""),
    ("unknown", "Could not complete: see log 401b2f", ""),
    ("unknown", "Broom closet inventory sync aborted", ""),
    ("unknown bad-deployment malformed-records", "AssertionError", ""),
    ("unknown", "org.apache.spark.SparkException: Job aborted due to stage failure", ""),
    ("unknown", "Unexpected error, contact your administrator", ""),
    ("bad-deployment", "AADSTS50194: Application '6f2c'(etl) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'.", ""),
    ("expired-credentials", "AADSTS50089: Authentication failed due to flow token expired. Expected - auth codes, refresh tokens, and sessions expire over time or are revoked by the user or an admin.", ""),
    ("bad-deployment expired-credentials", "AADSTS700021: Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://docs.microsoft.com/azure/active-directory.", ""),
    ("expired-credentials", "Job failed due to reason: at Sink 'sink1': Operation failed: \"This request is not authorized to perform this operation using this permission.\", 403, PUT, https://lake.dfs.core.windows.net/curated", "DFExecutorUserError"),
    ("vendor-outage noise", "ErrorCode=HybridDeliveryException,'Type=System.Data.Odbc.OdbcException,Message=ERROR [08S01] [Microsoft][ODBC Driver] Communication link failure,Source=Microsoft.DataTransfer.ClientLibrary'", ""),
    ("vendor-outage bad-deployment", "The remote name could not be resolved: 'salesexport.blob.core.windows.net'", "UserErrorUnresolvedHostName"),
    ("memory-exhaustion bad-deployment", "Total size of serialized results of 1057 tasks (1024.5 MiB) is bigger than spark.driver.maxResultSize (1024.0 MiB)", ""),
    ("schema-drift bad-deployment", "org.apache.spark.sql.AnalysisException: [NUM_COLUMNS_MISMATCH] UNION can only be performed on inputs with the same number of columns, but the first input has 12 columns and the second input has 13 columns.", ""),
    ("malformed-records bad-deployment", "[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.", ""),
    ("late-upstream", "java.io.FileNotFoundException: Operation failed: \"The specified path does not exist.\", 404, HEAD, https://lake.dfs.core.windows.net/raw/events/2026/03/30?upn=false&action=getStatus", ""),
    ("vendor-outage", "java.util.concurrent.CompletionException: java.sql.SQLRecoverableException: IO Error: The Network Adapter could not establish the connection", ""),
    ("schema-drift", "polars.exceptions.ColumnNotFoundError: user_agent", ""),
    ("malformed-records", "pyarrow.lib.ArrowInvalid: Could not open Parquet input source '<Buffer>': Parquet magic bytes not found in footer. Either the file is corrupted or this is not a parquet file.", ""),
    ("bad-deployment", "zoneinfo._common.ZoneInfoNotFoundError: 'No time zone found with key Europe/Kyiv'", ""),
    ("memory-exhaustion noise unknown", "concurrent.futures.process.BrokenProcessPool: A process in the process pool was terminated abruptly while the future was running or pending.", ""),
    ("vendor-outage noise", "aiohttp.client_exceptions.ClientPayloadError: Response payload is not completed", ""),
    ("expired-credentials", "jwt.exceptions.ExpiredSignatureError: Signature has expired", ""),
    ("queueing bad-deployment", "airflow.providers.cncf.kubernetes.utils.pod_manager.PodLaunchFailedException: Pod took longer than 120 seconds to start. Check the pod events in kubernetes to determine why.", ""),
    ("noise memory-exhaustion queueing unknown", "Executor CeleryExecutor(parallelism=32) reported that the task instance <TaskInstance: load.orders [queued]> finished with state failed, but the task instance's state attribute is queued.", ""),
    ("malformed-records", "Database Error in snapshot orders_snapshot (snapshots/orders.sql): UPDATE/MERGE must match at most one source row for each target row", ""),
    ("bad-deployment", "Compilation Error in model fct_orders: Model 'model.shop.fct_orders' depends on a source named 'raw.orders_v2' which was not found", ""),
    ("malformed-records", "psycopg2.errors.CardinalityViolation: ON CONFLICT DO UPDATE command cannot affect row a second time", ""),
    ("vendor-outage bad-deployment", "ERROR: cannot execute INSERT in a read-only transaction", ""),
    ("expired-credentials bad-deployment", "FATAL: no pg_hba.conf entry for host \"10.2.0.7\", user \"etl\", database \"dw\", no encryption", ""),
    ("cpu-exhaustion slow-upstream downstream-backpressure", "KafkaError{code=_MAX_POLL_EXCEEDED,val=-147,str=\"Application maximum poll interval (300000ms) exceeded by 412ms\"}", ""),
    ("bad-deployment", "org.apache.kafka.common.errors.UnsupportedVersionException: The broker does not support DESCRIBE_CLUSTER", ""),
    ("vendor-outage noise", "org.apache.kafka.common.errors.DisconnectException: Cancelled in-flight FETCH request with correlation id 87 due to node 3 being disconnected", ""),
    ("expired-credentials", "390114 (08001): Authentication token has expired.  The user must authenticate again.", ""),
    ("cpu-exhaustion slow-upstream downstream-backpressure queueing", "000630 (57014): Statement reached its statement or warehouse timeout of 3,600 second(s) and was canceled.", ""),
    ("malformed-records schema-drift", "100078 (22000): String 'Gothenburg harbour, berth 12' is too long and would be truncated", ""),
    ("schema-drift bad-deployment expired-credentials late-upstream", "002003 (42S02): SQL compilation error: Object 'RAW.EVENTS.CLICKS' does not exist or not authorized.", ""),
    ("schema-drift bad-deployment", "google.api_core.exceptions.BadRequest: 400 Unrecognized name: loyalty_id at [4:9]", ""),
    ("bad-deployment late-upstream schema-drift", "google.api_core.exceptions.NotFound: 404 Not found: Dataset shop-prod:staging was not found in location EU", ""),
    ("vendor-outage downstream-backpressure", "An error occurred (ThrottlingException) when calling the StartJobRun operation (reached max retries: 4): Rate exceeded", ""),
    ("queueing noise downstream-backpressure", "An error occurred (ConcurrentRunsExceededException) when calling the StartJobRun operation: Concurrent runs exceeded for orders_etl", ""),
    ("expired-credentials", "An error occurred (ExpiredTokenException) when calling the AssumeRole operation: The security token included in the request is expired", ""),
    ("cpu-exhaustion slow-upstream", "2026-03-30T06:15:00Z 8f2e Task timed out after 900.10 seconds", ""),
    ("bad-deployment", "Unable to import module 'handler': No module named 'numpy'", ""),
    ("memory-exhaustion", "RequestId: 6e1f Error: Runtime exited with error: signal: killed", "Runtime.ExitError"),
    ("io-exhaustion", "The node was low on resource: ephemeral-storage. Container main was using 21Gi, which exceeds its request of 0.", ""),
    ("bad-deployment expired-credentials", "secret \"warehouse-creds\" not found", "CreateContainerConfigError"),
    ("bad-deployment unknown memory-exhaustion", "back-off 5m0s restarting failed container=main pod=etl-7f", "CrashLoopBackOff"),
    ("queueing bad-deployment", "0/5 nodes are available: 5 node(s) had untolerated taint {pool: batch}. preemption: 0/5 nodes are available", ""),
    ("vendor-outage", "Received unexpected response: 522 status code, body: error code: 522", ""),
    ("expired-credentials vendor-outage bad-deployment", "remote error: tls: handshake failure", ""),
    ("vendor-outage", "Get \"https://api.vendor.io/v2/feed\": dial tcp: lookup api.vendor.io on 10.96.0.10:53: server misbehaving", ""),
    ("vendor-outage slow-upstream", "dial tcp 10.0.0.5:5432: i/o timeout", ""),
    ("vendor-outage", "Error: getaddrinfo EAI_AGAIN warehouse.internal", ""),
    ("io-exhaustion", "cp: error writing '/data/out/part-7.parquet': Input/output error", ""),
    ("queueing cpu-exhaustion", "Quota 'CPUS' exceeded. Limit: 72.0 in region europe-west1.", ""),
    ("queueing cpu-exhaustion", "Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Location: westeurope, Current Limit: 100, Current Usage: 96", ""),
    ("vendor-outage", "googleapiclient.errors.HttpError: <HttpError 403 when requesting https://sheets.googleapis.com/v4/ returned \"User Rate Limit Exceeded\">", ""),
    ("unknown", "Nightly ledger export ended with status 3, see run log", ""),
    ("unknown", "Playlist sync for Access Point 9 stopped", ""),
    ("unknown", "Delivery of parcels to locker 404 was not confirmed", ""),
  ]
}
