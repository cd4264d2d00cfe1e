import PlumbModel

/// A family of error messages as a real system writes them, with places for ids, hosts and numbers.
///
/// A template's places are in braces: `{guid}`, `{hex:16}`, `{time}`, `{host}`, `{field}`, `{table}`, `{path}`, `{stream}`,
/// `{n:1-90}`, and `{vendor}` for the source's host.
struct MessageFamily: Sendable {
  /// Where it is written.
  enum Place: UInt8, Sendable {
    case anywhere
    /// Pipelines that read Microsoft's services.
    case microsoft
    case office, github, feeds
    /// Layers above ingestion.
    case inner
    case ingest
  }

  let code: String
  let category: String
  let template: String
  let place: Place
  /// The causes that write it; several share a family.
  let causes: [Suspect]
  /// The share of the usual duration that passes before the run ends.
  let durationShare: Double
  /// Whether the records that were read are set aside, and not read again.
  let setsAside: Bool

  /// Who may write a message.
  enum Suspect: Hashable, Sendable {
    case cause(Cause), upstream, transient
  }

  init(
    _ code: String, _ category: String, _ template: String, _ place: Place, _ causes: [Suspect], lasts durationShare: Double,
    setsAside: Bool = false
  ) {
    self.code = code
    self.category = category
    self.template = template
    self.place = place
    self.causes = causes
    self.durationShare = durationShare
    self.setsAside = setsAside
  }

  var isShared: Bool { causes.count > 1 }

  func fits(_ pipeline: PipelineModel) -> Bool {
    let source = SourceCatalogue.sources[pipeline.source]
    let isIngest = pipeline.layer == .ingest
    switch place {
    case .anywhere: return true
    case .microsoft: return isIngest && source.vendor == "Microsoft"
    case .office: return isIngest && source.prefix == "office"
    case .github: return isIngest && source.prefix == "github"
    case .feeds: return isIngest && pipeline.source >= 6
    case .inner: return !isIngest
    case .ingest: return isIngest
    }
  }

  /// All families; a run's error is the index here plus 1, or 0 without an error.
  static let all: [MessageFamily] =
    credentials + vendor + schema + records + resources + slow + sink + builds + upstream + transient + [mute]

  /// A failure that says nothing.
  static let mute = MessageFamily("", "", "Task exited with return code 1", .anywhere, [], lasts: 0.5)

  // https://learn.microsoft.com/entra/identity-platform/reference-error-codes, https://learn.microsoft.com/graph/errors,
  // https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api, TAXII 2.1 section 3.6.1.
  private static let credentials: [MessageFamily] = [
    MessageFamily(
      "AADSTS7000222", "auth",
      "AADSTS7000222: The provided client secret keys for app '{guid}' are expired. Visit the Azure portal to create new keys for your app. Trace ID: {guid} Correlation ID: {guid} Timestamp: {time}",
      .microsoft, [.cause(.expiredCredentials)], lasts: 0.08),
    MessageFamily(
      "AADSTS700027", "auth",
      "AADSTS700027: The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key used is expired., Thumbprint of key used by client: '{hex:40}'] Trace ID: {guid} Correlation ID: {guid} Timestamp: {time}",
      .microsoft, [.cause(.expiredCredentials)], lasts: 0.08),
    MessageFamily(
      "InvalidAuthenticationToken", "auth",
      #"{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed, the token is expired.","innerError":{"date":"{time}","request-id":"{guid}","client-request-id":"{guid}"}}}"#,
      .microsoft, [.cause(.expiredCredentials)], lasts: 0.1),
    MessageFamily(
      "401", "auth", #"HTTP 401 for {stream}: {"message":"Bad credentials","status":"401"} x-github-request-id {hex:16}"#,
      .github, [.cause(.expiredCredentials)], lasts: 0.1),
    MessageFamily(
      "401", "auth",
      #"GET https://{vendor}/taxii2/collections/{guid}/objects/ returned 401: {"title":"Unauthorized","description":"API key is not valid or was revoked","error_id":"{hex:12}"}"#,
      .feeds, [.cause(.expiredCredentials)], lasts: 0.1),
    MessageFamily(
      "Forbidden", "auth",
      "Forbidden (403-Forbidden): Principal 'aadapp={guid}' is not authorized to write table '{table}'. Client activity id: {guid}; {time}",
      .inner, [.cause(.expiredCredentials)], lasts: 0.15),
    MessageFamily(
      "CERTIFICATE_VERIFY_FAILED", "auth",
      "ssl.SSLCertVerificationError: certificate verify failed: certificate has expired ({host}:443)", .anywhere,
      [.cause(.expiredCredentials)], lasts: 0.1),
  ]

  private static let vendor: [MessageFamily] = [
    MessageFamily(
      "serviceNotAvailable", "vendor",
      #"{"error":{"code":"serviceNotAvailable","message":"The service is temporarily unavailable. Please retry after {n:5-300} seconds.","innerError":{"date":"{time}","request-id":"{guid}"}}}"#,
      .microsoft, [.cause(.vendorOutage)], lasts: 0.5),
    MessageFamily(
      "AF50000", "vendor", #"{"error":{"code":"AF50000","message":"An internal error occurred. Retry the request."}} request {guid}"#,
      .office, [.cause(.vendorOutage)], lasts: 0.4),
    MessageFamily(
      "502", "vendor", #"HTTP 502 for {stream}: {"message":"Server Error"} x-github-request-id {hex:16}"#, .github,
      [.cause(.vendorOutage), .transient], lasts: 0.5),
    MessageFamily(
      "503", "vendor",
      #"GET https://{vendor}/taxii2/collections/{guid}/objects/?added_after={time} returned 503: {"title":"Service Unavailable","http_status":"503","error_id":"{hex:12}"}"#,
      .feeds, [.cause(.vendorOutage)], lasts: 0.6),
    MessageFamily(
      "TooManyRequests", "vendor",
      #"{"error":{"code":"TooManyRequests","message":"Too many requests, Retry-After: {n:10-300}","innerError":{"date":"{time}","request-id":"{guid}"}}}"#,
      .microsoft, [.cause(.vendorOutage), .transient], lasts: 0.8),
    MessageFamily(
      "503", "vendor", "503 Service Unavailable: upstream connect error or disconnect/reset before headers, x-request-id {guid}", .ingest,
      [.cause(.vendorOutage), .transient], lasts: 0.5),
    MessageFamily(
      "", "vendor",
      "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='{vendor}', port=443): Max retries exceeded (Caused by NewConnectionError: [Errno 111] Connection refused)",
      .ingest, [.cause(.vendorOutage)], lasts: 1.4),
  ]

  // https://learn.microsoft.com/kusto/management/data-ingestion/ingestion-errors, https://spark.apache.org/docs/latest/sql-error-conditions.html
  private static let schema: [MessageFamily] = [
    MessageFamily(
      "UpdatePolicy_QuerySchemaDoesNotMatchTableSchema", "schema",
      "Update policy of table '{table}' failed: query schema does not match table schema, column '{field}'. Activity {guid}", .inner,
      [.cause(.schemaDrift)], lasts: 0.6, setsAside: true),
    MessageFamily(
      "BadRequest_InvalidMapping", "schema", "Entity {table}_mapping is not valid: column '{field}' of the mapping does not exist. Source {path}",
      .anywhere, [.cause(.schemaDrift)], lasts: 0.4, setsAside: true),
    MessageFamily(
      "UNRESOLVED_COLUMN", "schema",
      "org.apache.spark.sql.AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name `{field}` cannot be resolved. SQLSTATE: 42703",
      .inner, [.cause(.schemaDrift)], lasts: 0.3, setsAside: true),
    MessageFamily(
      "", "schema", "jsonschema.exceptions.ValidationError: '{field}' is a required property (record {n:1-900} of {path})", .ingest,
      [.cause(.schemaDrift)], lasts: 0.5, setsAside: true),
    MessageFamily(
      "KeyError", "data", "KeyError: '{field}' at normalise.py:{n:40-400}, batch {guid}", .anywhere,
      [.cause(.schemaDrift), .cause(.badDeployment)], lasts: 0.3, setsAside: true),
  ]

  private static let records: [MessageFamily] = [
    MessageFamily(
      "Stream_ClosingQuoteMissing", "data", "Stream_ClosingQuoteMissing: closing quote is missing in record {n:1-9000} of {path}. Activity {guid}",
      .anywhere, [.cause(.malformedRecords)], lasts: 0.7, setsAside: true),
    MessageFamily(
      "JSONDecodeError", "data", "json.decoder.JSONDecodeError: Expecting ',' delimiter: line {n:1-9000} column {n:2-400} (char {n:100-90000}) in {path}",
      .anywhere, [.cause(.malformedRecords)], lasts: 0.5, setsAside: true),
    MessageFamily(
      "", "data", "UnicodeDecodeError: 'utf-8' codec can't decode byte 0x{hex:2} in position {n:10-90000}: invalid continuation byte ({path})",
      .anywhere, [.cause(.malformedRecords)], lasts: 0.5, setsAside: true),
    MessageFamily(
      "BadRequest_NoRecordsOrWrongFormat", "data", "No records or wrong format in {path}. Activity {guid}", .anywhere, [.cause(.malformedRecords)],
      lasts: 0.4, setsAside: true),
    MessageFamily(
      "", "data", "invalid STIX: indicator--{guid}: 'pattern' is not well-formed at character {n:3-200}", .feeds, [.cause(.malformedRecords)],
      lasts: 0.6, setsAside: true),
  ]

  // https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/, what Airflow, Spark and Linux write.
  private static let resources: [MessageFamily] = [
    MessageFamily("", "resource", "Container throttled: cpu usage {n:96-100}% of limit; liveness probe failed on {host}", .anywhere, [.cause(.cpuExhaustion)], lasts: 2.4),
    MessageFamily("", "timeout", "Run exceeded its time limit of {n:900-7200} seconds on {host}, load average {n:14-60}", .anywhere, [.cause(.cpuExhaustion)], lasts: 3),
    MessageFamily(
      "AirflowTaskTimeout", "timeout", "airflow.exceptions.AirflowTaskTimeout: Timeout, PID: {n:1000-32000}", .anywhere,
      [.cause(.cpuExhaustion), .cause(.slowUpstream)], lasts: 3),
    MessageFamily("OOMKilled", "resource", "Pod {host} terminated: OOMKilled, exit code 137", .anywhere, [.cause(.memoryExhaustion)], lasts: 0.7),
    MessageFamily("", "resource", "java.lang.OutOfMemoryError: Java heap space at {host} (executor {n:1-40})", .inner, [.cause(.memoryExhaustion)], lasts: 0.8),
    MessageFamily(
      "", "resource", "numpy.core._exceptions._ArrayMemoryError: Unable to allocate {n:2-24} GiB for an array with shape ({n:100000-900000000},)",
      .anywhere, [.cause(.memoryExhaustion)], lasts: 0.6),
    MessageFamily("", "resource", "Task on {host} received SIGKILL (signal 9)", .anywhere, [.cause(.memoryExhaustion), .transient], lasts: 0.6),
    MessageFamily("ENOSPC", "resource", "OSError: [Errno 28] No space left on device: '/mnt/staging/{hex:12}'", .anywhere, [.cause(.ioExhaustion)], lasts: 1.2),
    MessageFamily("", "resource", "Disk I/O saturated on {host}: write latency {n:900-9000} ms, queue {n:64-512}", .anywhere, [.cause(.ioExhaustion)], lasts: 2.4),
    MessageFamily("", "resource", "java.io.IOException: No space left on device (spill to /tmp/spark-{guid})", .inner, [.cause(.ioExhaustion)], lasts: 1.3),
  ]

  private static let slow: [MessageFamily] = [
    MessageFamily(
      "", "timeout", "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='{vendor}', port=443): Read timed out. (read timeout={n:30-120})",
      .ingest, [.cause(.slowUpstream), .cause(.vendorOutage)], lasts: 2.6),
    MessageFamily("", "timeout", "A page of {stream} took {n:121-600} s, longer than 120 s; request-id {guid}", .ingest, [.cause(.slowUpstream)], lasts: 2.3),
    MessageFamily("504", "timeout", "504 Gateway Timeout from {vendor}, request {guid}", .ingest, [.cause(.slowUpstream), .cause(.vendorOutage), .transient], lasts: 2),
    MessageFamily("", "timeout", "java.net.SocketTimeoutException: Read timed out after {n:60-300} s ({host})", .anywhere, [.cause(.slowUpstream)], lasts: 2.5),
  ]

  private static let sink: [MessageFamily] = [
    MessageFamily("General_ThrottledIngestion", "dependency", "Ingestion capacity exceeded for {table}: request rejected, retry after {n:30-600} s. Activity {guid}", .anywhere, [.cause(.downstreamBackpressure)], lasts: 1.4),
    MessageFamily(
      "", "dependency",
      "org.apache.kafka.common.errors.TimeoutException: Expiring {n:2-900} record(s) for {table}-{n:0-47}: {n:120000-130000} ms has passed since batch creation",
      .inner, [.cause(.downstreamBackpressure)], lasts: 1.8),
    MessageFamily("", "timeout", "Write to {table} timed out after {n:120-600} s; {n:20-900} batches are queued", .anywhere, [.cause(.downstreamBackpressure)], lasts: 2.6),
    MessageFamily("ServerBusyException", "dependency", "com.microsoft.azure.eventhubs.ServerBusyException: the sink {table} is busy, slow down. TrackingId:{guid}", .anywhere, [.cause(.downstreamBackpressure)], lasts: 1.5),
  ]

  private static let builds: [MessageFamily] = [
    MessageFamily("ModuleNotFoundError", "dependency", "ModuleNotFoundError: No module named 'plumbline.{stream}_v{n:2-9}'", .anywhere, [.cause(.badDeployment)], lasts: 0.04),
    MessageFamily("TypeError", "dependency", "TypeError: transform() got an unexpected keyword argument '{field}' (build {hex:8})", .anywhere, [.cause(.badDeployment)], lasts: 0.2),
    MessageFamily("", "dependency", "Required setting {table}_ENDPOINT is not set (build {hex:8}, {host})", .anywhere, [.cause(.badDeployment)], lasts: 0.04),
    MessageFamily("", "dependency", "AttributeError: 'NoneType' object has no attribute '{field}' in step {n:2-14}, build {hex:8}", .anywhere, [.cause(.badDeployment)], lasts: 0.3),
    MessageFamily("ImagePullBackOff", "dependency", "Failed to pull image \"registry/{stream}:{hex:8}\": manifest unknown", .anywhere, [.cause(.badDeployment)], lasts: 0.05),
    MessageFamily("", "dependency", "java.lang.NoSuchMethodError: com.acme.pipelines.Batch.merge (build {hex:8})", .inner, [.cause(.badDeployment)], lasts: 0.1),
  ]

  private static let upstream: [MessageFamily] = [
    MessageFamily("", "dependency", "AirflowSensorTimeout: Sensor has timed out; run duration of {n:1800-7200} seconds exceeds the specified timeout", .inner, [.upstream], lasts: 1.6),
    MessageFamily("BlobNotFound", "dependency", "The specified blob does not exist: {path}. RequestId:{guid} Time:{time}", .inner, [.upstream], lasts: 0.2),
    MessageFamily("", "dependency", "Expected partition {path} of the upstream has not arrived", .inner, [.upstream], lasts: 0.3),
    MessageFamily("", "dependency", "Upstream data is older than allowed: {path}, age {n:40-900} min", .inner, [.upstream], lasts: 0.25),
  ]

  private static let transient: [MessageFamily] = [
    MessageFamily("ECONNRESET", "vendor", "ConnectionResetError: [Errno 104] Connection reset by peer ({vendor}:443)", .ingest, [.transient], lasts: 0.4),
    MessageFamily("AADSTS90033", "auth", "AADSTS90033: A transient error has occurred. Please try again. Trace ID: {guid} Timestamp: {time}", .microsoft, [.transient], lasts: 0.1),
    MessageFamily("40P01", "dependency", "deadlock detected: process {n:100-9000} waits for ShareLock on transaction {n:10000-900000} on {table}", .inner, [.transient], lasts: 1.1),
    MessageFamily("Evicted", "resource", "Pod {host} was evicted: node drained for host maintenance", .anywhere, [.transient], lasts: 0.5),
    MessageFamily("", "resource", "Spot instance {host} was reclaimed; container terminated with exit code 143", .inner, [.transient], lasts: 0.6),
    MessageFamily("", "dependency", "Lock on {table} was not granted within {n:30-90} s", .inner, [.transient], lasts: 1.2),
    MessageFamily("EAI_AGAIN", "vendor", "socket.gaierror: [Errno -3] Temporary failure in name resolution ({vendor})", .ingest, [.transient], lasts: 0.2),
    MessageFamily("", "timeout", "Run made no progress for {n:600-1800} s and was stopped", .anywhere, [.transient], lasts: 2.6),
  ]

  /// The positions of the families that `suspect` writes in a pipeline; never empty.
  static func positions(of suspect: Suspect, in pipeline: PipelineModel, shared: Bool?) -> [Int] {
    let own = all.indices.filter { all[$0].causes.contains(suspect) && all[$0].fits(pipeline) }
    let wanted = shared.map { isShared in own.filter { all[$0].isShared == isShared } } ?? own
    return wanted.isEmpty ? own.isEmpty ? [all.count - 1] : own : wanted
  }
}
