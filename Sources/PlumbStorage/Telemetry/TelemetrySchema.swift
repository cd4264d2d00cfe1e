import PlumbEngine
import PlumbModel

/// The tables that every reader of telemetry fills: the model's four, and those that imports store for themselves.
package enum TelemetrySchema {
  package static let names = ["pipelines", "runs", "errors", "edges"]

  /// Tables that imports store for later imports.
  package static let keptNames = kept.map(\.name)

  static let kept: [(name: String, schema: Schema)] = [
    // Which pipelines write and read which datasets: `role` is output or input.
    ("datasets", [ColumnInfo("pipeline", .string), ColumnInfo("dataset", .string), ColumnInfo("role", .string)]),
    // When each manifest of a dbt project was written, which determines when edges appeared and disappeared.
    ("manifests", [ColumnInfo("project", .string), ColumnInfo("written", .datetime)]),
    // When a run was known whose start was not recorded: its end, or when its result was written.
    ("runs_seen", [ColumnInfo("run_id", .long), ColumnInfo("seen", .datetime)]),
  ]

  /// The columns of one of these tables; of `runs` also `details`, which it has if a mapping fills it.
  package static func schema(ofTable name: String) -> Schema? {
    if name == "runs" { return TelemetryModel.runs + [ColumnInfo("details", .dynamic)] }
    if names.contains(name) { return TelemetryModel.schema(ofTable: name) }
    return kept.first { $0.name == name }?.schema
  }
}

/// The columns of a table while it is assembled: those that it shows, and those that are only remembered.
struct TelemetryLayout: Sendable {
  let table: String
  let schema: Schema
  private let places: [String: Int]

  /// - Parameter remembered: names of the columns that are not shown; they must differ from those shown.
  init(_ table: String, remembering remembered: [String] = []) {
    self.table = table
    schema = TelemetrySchema.schema(ofTable: table) ?? []
    places = Dictionary(
      uniqueKeysWithValues: (schema.map(\.name) + remembered).enumerated().map { ($0.element, $0.offset) })
  }

  var columnCount: Int { places.count }

  /// The index of a column.
  subscript(_ name: String) -> Int {
    let place = places[name]
    precondition(place != nil, "`\(table)` has the column `\(name)`")
    return place ?? 0
  }
}

/// The columns of `pipelines`.
enum PipelineColumn {
  static let layout = TelemetryLayout("pipelines", remembering: ["seen", "measured"])
  static let name = layout["name"], source = layout["source"], kind = layout["kind"], owner = layout["owner"]
  static let tier = layout["tier"], vendor = layout["vendor"], schedule = layout["schedule"], sla = layout["sla"]
  static let status = layout["status"], lastRun = layout["last_run"], lastSuccess = layout["last_success"]
  static let lastError = layout["last_error"], freshness = layout["freshness"], successRate = layout["success_rate"]
  static let avgDuration = layout["avg_duration"], records24h = layout["records_24h"]
  /// When the newest of the facts was known.
  static let seen = layout["seen"]
  /// How new the data was when it was measured.
  static let measured = layout["measured"]
}

/// The columns of `runs`.
enum RunColumn {
  static let layout = TelemetryLayout("runs", remembering: ["seen", "status_moment", "is_final", "stated_duration"])
  static let runID = layout["run_id"], pipeline = layout["pipeline"], source = layout["source"]
  static let started = layout["started"], ended = layout["ended"], status = layout["status"]
  static let attempt = layout["attempt"], duration = layout["duration"], queueDelay = layout["queue_delay"]
  static let recordsIn = layout["records_in"], recordsOut = layout["records_out"], malformed = layout["malformed"]
  static let bytes = layout["bytes"], errorCode = layout["error_code"], errorCategory = layout["error_category"]
  static let error = layout["error"], details = layout["details"]
  /// When the newest of the facts was known, when the status was, and whether that is final.
  static let seen = layout["seen"], statusMoment = layout["status_moment"], isFinal = layout["is_final"]
  /// The duration as stated rather than computed.
  static let statedDuration = layout["stated_duration"]
}

/// The columns of `errors`.
enum ErrorColumn {
  static let layout = TelemetryLayout("errors")
  static let at = layout["at"], runID = layout["run_id"], pipeline = layout["pipeline"], code = layout["code"]
  static let category = layout["category"], message = layout["message"], details = layout["details"]
}

/// The columns of `edges`.
enum EdgeColumn {
  static let layout = TelemetryLayout("edges", remembering: ["first", "last"])
  static let upstream = layout["upstream"], downstream = layout["downstream"], kind = layout["kind"]
  static let since = layout["since"], until = layout["until"]
  /// The first and the last manifest of its project that contained it.
  static let first = layout["first"], last = layout["last"]
}

/// The columns of `datasets`.
enum DatasetColumn {
  static let layout = TelemetryLayout("datasets")
  static let pipeline = layout["pipeline"], dataset = layout["dataset"], role = layout["role"]
}

/// The columns of `manifests`.
enum ManifestColumn {
  static let layout = TelemetryLayout("manifests")
  static let project = layout["project"], written = layout["written"]
}

/// The values of `runs.status`.
enum RunState: String, Hashable, Sendable, CaseIterable {
  case succeeded, failed, running, skipped, cancelled

  var isFinal: Bool { self != .running }
}
