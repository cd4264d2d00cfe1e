import PlumbEngine
import PlumbModel

/// The tables that every reader of telemetry fills: four of the model's, and those that imports keep for themselves.
package enum TelemetrySchema {
  package static let names = ["pipelines", "runs", "errors", "edges"]
  /// Tables that imports keep beside the four, for those that come after.
  package static let keptNames = ["datasets", "manifests", "runs_seen"]

  /// The columns of one of these tables.
  package static func schema(ofTable name: String) -> Schema? {
    switch name {
    case "pipelines", "runs", "errors", "edges": TelemetryModel.schema(ofTable: name)
    case "datasets": datasets
    case "manifests": manifests
    case "runs_seen": runsSeen
    default: nil
    }
  }

  /// Which pipelines write and read which datasets: `role` is output or input.
  static let datasets: Schema = [
    ColumnInfo("pipeline", .string), ColumnInfo("dataset", .string), ColumnInfo("role", .string),
  ]

  /// When each manifest of a project of dbt was written, from which follows when edges came and went.
  static let manifests: Schema = [ColumnInfo("project", .string), ColumnInfo("written", .datetime)]

  /// When a run was known of whose start nobody wrote down: its end, or when its result was written.
  static let runsSeen: Schema = [ColumnInfo("run_id", .long), ColumnInfo("seen", .datetime)]
}

/// Places of the columns of `pipelines`, and of what is remembered beside them.
enum PipelineColumn {
  static let name = 0, source = 1, kind = 2, owner = 3, tier = 4, vendor = 6, schedule = 8, sla = 9, status = 10
  static let lastRun = 11, lastSuccess = 12, lastError = 13, freshness = 14, successRate = 15, avgDuration = 16
  static let records24h = 17
  /// When the newest of the facts was known, and how new the data was found to be by looking at it.
  static let seen = 18, measured = 19
  static let extra = 2
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
  /// The first and the last manifest of its project that had it.
  static let first = 5, last = 6
  static let extra = 2
}

enum DatasetColumn {
  static let pipeline = 0, dataset = 1, role = 2
}

enum ManifestColumn {
  static let project = 0, written = 1
}

/// The words of `runs.status`.
enum RunState: String, Hashable, Sendable, CaseIterable {
  case succeeded, failed, running, skipped, cancelled

  var isFinal: Bool { self != .running }
}
