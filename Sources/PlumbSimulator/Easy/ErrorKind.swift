import PlumbModel

/// An error that a run can end with.
struct ErrorKind: Sendable {
  let code: String
  let category: String
  let message: String
  /// The share of the usual duration that passes before the run ends.
  let durationShare: Double
  /// The share of the records that the run had read by then.
  let readShare: Double

  init(_ code: String, _ category: String, _ message: String, _ durationShare: Double, _ readShare: Double) {
    self.code = code
    self.category = category
    self.message = message
    self.durationShare = durationShare
    self.readShare = readShare
  }

  /// All kinds, with distinct messages; the error of a run is an index in this list plus 1, or 0 without an error.
  static let all: [ErrorKind] = [
    // 0: expired credentials.
    ErrorKind("AUTH-401", "auth", "Token request refused: the client secret has expired", 0.12, 0),
    ErrorKind("AUTH-401", "auth", "Unauthorized: access token could not be refreshed", 0.15, 0),
    ErrorKind("AUTH-403", "auth", "Forbidden: the certificate of the service principal is no longer valid", 0.1, 0),
    // 3: vendor outage.
    ErrorKind("VENDOR-503", "vendor", "Service unavailable: the source answered 503 to every request", 0.6, 0.1),
    ErrorKind("VENDOR-500", "vendor", "The source's API failed with an internal error", 0.5, 0.15),
    ErrorKind("VENDOR-429", "vendor", "Too many requests: the source throttles this client", 0.9, 0.3),
    ErrorKind("TIMEOUT-SOURCE", "timeout", "No answer from the source before the deadline", 2.6, 0.1),
    // 7: schema drift.
    ErrorKind("SCHEMA-FIELD", "schema", "Required field is missing from the source's records", 0.4, 0.5),
    ErrorKind("SCHEMA-TYPE", "schema", "Field has another type than the contract says", 0.45, 0.5),
    ErrorKind("SCHEMA-VERSION", "schema", "Unknown schema version in the batch header", 0.2, 0.2),
    // 10: malformed records.
    ErrorKind("DATA-MALFORMED", "data", "Share of malformed records is above the limit", 0.8, 0.9),
    ErrorKind("DATA-ENCODING", "data", "Records are not valid UTF-8", 0.5, 0.5),
    ErrorKind("DATA-TRUNCATED", "data", "Batch ends in the middle of a record", 0.7, 0.8),
    // 13: processor.
    ErrorKind("RES-CPU", "resource", "Processor quota exhausted; the worker was stopped", 2.4, 0.7),
    ErrorKind("TIMEOUT-RUN", "timeout", "Run exceeded its time limit", 3.0, 0.8),
    // 15: memory.
    ErrorKind("RES-OOM", "resource", "Out of memory: the worker was killed", 0.7, 0.6),
    ErrorKind("RES-HEAP", "resource", "Heap limit reached while building the batch", 0.8, 0.7),
    // 17: input and output.
    ErrorKind("RES-IO", "resource", "Disk queue saturated; writes timed out", 2.2, 0.8),
    ErrorKind("RES-DISK", "resource", "No space left in the staging area", 1.2, 0.7),
    // 19: slow source.
    ErrorKind("TIMEOUT-READ", "timeout", "Reading from the source timed out", 2.8, 0.4),
    ErrorKind("TIMEOUT-PAGE", "timeout", "A page of results took longer than the limit", 2.2, 0.5),
    // 21: backpressure.
    ErrorKind("DEP-SINK-BUSY", "dependency", "Sink refused the batch: its queue is full", 1.4, 0.9),
    ErrorKind("TIMEOUT-WRITE", "timeout", "Writing to the sink timed out", 2.6, 0.9),
    ErrorKind("DEP-THROTTLED", "dependency", "Consumer asked to slow down for longer than the deadline", 1.8, 0.8),
    // 24: bad deployment.
    ErrorKind("RUN-EXCEPTION", "dependency", "Unhandled exception in a step of the new build", 0.3, 0.2),
    ErrorKind("RUN-CONFIG", "dependency", "Setting required by the new build is missing", 0.05, 0),
    ErrorKind("RUN-IMPORT", "dependency", "Library of the new build could not be loaded", 0.05, 0),
    // 27: an upstream pipeline.
    ErrorKind("DEP-UPSTREAM", "dependency", "Upstream pipeline has not delivered in time", 0.9, 0.1),
    ErrorKind("DEP-MISSING", "dependency", "Expected upstream partition does not exist", 0.2, 0),
    ErrorKind("DEP-STALE", "dependency", "Upstream data is older than allowed", 0.25, 0),
    // 30: no particular reason.
    ErrorKind("NET-RESET", "vendor", "Connection reset by the source", 0.4, 0.3),
    ErrorKind("TIMEOUT-RUN", "timeout", "Run made no progress until its time limit", 3.0, 0.8),
    ErrorKind("RES-PREEMPTED", "resource", "Worker was taken away by the scheduler", 0.5, 0.5),
    ErrorKind("DEP-LOCK", "dependency", "Lock on the target table was not granted", 1.2, 0.6),
    ErrorKind("DATA-EMPTY", "data", "Batch header announces records that did not come", 0.3, 0),
    ErrorKind("AUTH-CLOCK", "auth", "Token not yet valid: clocks differ", 0.1, 0),
  ]

  static let upstream = 27..<30
  static let noise = 30..<36

  /// Returns the indices of the kinds that a cause ends in.
  static func places(of cause: Cause) -> Range<Int> {
    switch cause {
    case .expiredCredentials: 0..<3
    case .vendorOutage: 3..<7
    case .schemaDrift: 7..<10
    case .malformedRecords: 10..<13
    case .cpuExhaustion: 13..<15
    case .memoryExhaustion: 15..<17
    case .ioExhaustion: 17..<19
    case .slowUpstream: 19..<21
    case .downstreamBackpressure: 21..<24
    case .badDeployment: 24..<27
    }
  }
}
