import PlumbEngine

/// The tables that every reader of telemetry fills, with the columns that the simulated world has.
///
/// - Note: `PlumbTelemetry` has the same columns; a test compares them.
public enum TelemetrySchema {
  public static let names = ["pipelines", "runs", "errors", "edges"]

  /// The columns of one of the four tables.
  public static func schema(ofTable name: String) -> Schema? {
    switch name {
    case "pipelines": pipelines
    case "runs": runs
    case "errors": errors
    case "edges": edges
    default: nil
    }
  }

  static let pipelines: Schema = [
    ColumnInfo("name", .string), ColumnInfo("source", .string), ColumnInfo("kind", .string),
    ColumnInfo("owner", .string), ColumnInfo("tier", .long), ColumnInfo("region", .string),
    ColumnInfo("vendor", .string), ColumnInfo("backup", .string), ColumnInfo("schedule", .string),
    ColumnInfo("sla", .timespan), ColumnInfo("status", .string), ColumnInfo("last_run", .datetime),
    ColumnInfo("last_success", .datetime), ColumnInfo("last_error", .string), ColumnInfo("freshness", .timespan),
    ColumnInfo("success_rate", .real), ColumnInfo("avg_duration", .timespan), ColumnInfo("records_24h", .long),
  ]

  static let runs: Schema = [
    ColumnInfo("run_id", .long), ColumnInfo("pipeline", .string), ColumnInfo("source", .string),
    ColumnInfo("started", .datetime), ColumnInfo("ended", .datetime), ColumnInfo("status", .string),
    ColumnInfo("attempt", .long), ColumnInfo("duration", .timespan), ColumnInfo("queue_delay", .timespan),
    ColumnInfo("upstream_delay", .timespan), ColumnInfo("records_in", .long), ColumnInfo("records_out", .long),
    ColumnInfo("malformed", .long), ColumnInfo("bytes", .long), ColumnInfo("cpu", .real),
    ColumnInfo("memory_mb", .long), ColumnInfo("io_wait", .real), ColumnInfo("backlog", .long),
    ColumnInfo("schema_version", .long), ColumnInfo("error_code", .string), ColumnInfo("error_category", .string),
    ColumnInfo("error", .string),
  ]

  static let errors: Schema = [
    ColumnInfo("at", .datetime), ColumnInfo("run_id", .long), ColumnInfo("pipeline", .string),
    ColumnInfo("code", .string), ColumnInfo("category", .string), ColumnInfo("message", .string),
    ColumnInfo("details", .dynamic),
  ]

  static let edges: Schema = [
    ColumnInfo("upstream", .string), ColumnInfo("downstream", .string), ColumnInfo("kind", .string),
    ColumnInfo("since", .datetime), ColumnInfo("until", .datetime),
  ]
}

/// Places of the columns of `pipelines`, and of what is remembered beside them.
enum PipelineColumn {
  static let name = 0, source = 1, kind = 2, owner = 3, tier = 4, vendor = 6, schedule = 8, sla = 9, status = 10
  static let lastRun = 11, lastSuccess = 12, lastError = 13, freshness = 14, successRate = 15, avgDuration = 16
  static let records24h = 17
  /// When the newest of the facts was known, how new the data was found to be by looking at it, and `last_run`
  /// in the tables of an earlier import.
  static let seen = 18, measured = 19, earlierLastRun = 20
  static let extra = 3
}

/// Places of the columns of `runs`, and of what is remembered beside them.
enum RunColumn {
  static let runID = 0, pipeline = 1, source = 2, started = 3, ended = 4, status = 5, attempt = 6, duration = 7
  static let queueDelay = 8, recordsIn = 10, recordsOut = 11, malformed = 12, bytes = 13
  static let errorCode = 19, errorCategory = 20, error = 21
  /// When the newest of the facts was known, when the status was, whether that is final, and the duration as
  /// it was stated rather than worked out.
  static let seen = 22, statusMoment = 23, isFinal = 24, statedDuration = 25
  static let extra = 4
}

enum ErrorColumn {
  static let at = 0, runID = 1, pipeline = 2, code = 3, category = 4, message = 5, details = 6
}

enum EdgeColumn {
  static let upstream = 0, downstream = 1, kind = 2, since = 3, until = 4
}

/// The words of `runs.status`.
enum RunState: String, Hashable, Sendable, CaseIterable {
  case succeeded, failed, running, skipped, cancelled

  var isFinal: Bool { self != .running }
}
