import PlumbDiagnostics
import PlumbEngine

/// The tables and columns that describe the past of pipelines, and KQL that reads them as if they were complete.
///
/// Imported data may be incomplete. A missing column is derived from others or is null, and results that depend on it
/// are left out.
package struct AnomalyTables: Sendable {
  private let runs: Schema
  private let schemas: [String: Schema]
  /// The column of the rows before the pipe that selects the pipelines.
  private let inputColumn: String?
  /// The only pipeline to judge; nil for all.
  private var onlyPipeline: String?

  /// - Parameters:
  ///   - input: the columns of the rows before the pipe, which select the pipelines.
  ///   - schema: returns the columns of a table by its name; nil if it does not exist.
  /// - Throws: `no-runs` without a table `runs` of pipelines and starts, `no-pipelines` if `input` names none.
  package init(input: Schema? = nil, schema: (String) -> Schema?) throws {
    guard let runs = schema("runs") else {
      throw Diagnostic(
        "no-runs", "the table `runs` is missing; this function reads the pipelines' runs from it",
        help: "load one with the columns pipeline and started")
    }
    guard runs.contains(ColumnInfo("pipeline", .string)), runs.contains(ColumnInfo("started", .datetime)) else {
      throw Diagnostic(
        "no-runs", "the table `runs` needs the columns pipeline: string and started: datetime",
        help: "`runs | getschema` shows its columns")
    }
    self.runs = runs
    var schemas: [String: Schema] = [:]
    for name in ["pipelines", "edges", "schema_changes", "alerts", "runs_seen"] { schemas[name] = schema(name) }
    self.schemas = schemas
    inputColumn = try input.map { columns in
      for name in ["name", "pipeline"] where columns.contains(ColumnInfo(name, .string)) { return name }
      throw Diagnostic(
        "no-pipelines", "the rows before the pipe do not name pipelines",
        help: "the rows must have a string column `name` or `pipeline`")
    }
  }

  /// Returns the same view restricted to one pipeline.
  func only(_ pipeline: String) -> AnomalyTables {
    var one = self
    one.onlyPipeline = pipeline
    return one
  }

  /// Returns whether a table has the columns with these types.
  func has(_ table: String, _ columns: [(name: String, type: ScalarType)]) -> Bool {
    guard let schema = table == "runs" ? runs : schemas[table] else { return false }
    return columns.allSatisfy { schema.contains(ColumnInfo($0.name, $0.type)) }
  }

  func columns(_ table: String) -> Schema { table == "runs" ? runs : schemas[table] ?? [] }

  /// Whether some runs are only known by the time they were seen.
  var hasRunsSeen: Bool { DatedRuns(runs: runs, seen: schemas["runs_seen"] ?? []).isNeeded }

  /// Returns whether `runs` itself has a column.
  func shows(_ name: String) -> Bool { runs.contains { $0.name == name } }

  // MARK: Runs

  /// Returns `runs` with those columns of `names` that it has, for the selected pipelines.
  func runs(with names: [String]) -> String {
    var text = DatedRuns(runs: self.runs, seen: schemas["runs_seen"] ?? []).text
    if let onlyPipeline { text += "\n| where pipeline == \(KQLText.string(onlyPipeline))" }
    if let inputColumn { text += "\n| where pipeline in ((input | distinct \(inputColumn)))" }
    let missing = names.compactMap { name in substitute(name).map { "\(name) = \($0)" } }
    return missing.isEmpty ? text : text + "\n| extend " + missing.joined(separator: ", ")
  }

  /// Returns whether runs provide `name`, directly or through other columns.
  func tells(_ name: String) -> Bool { substitute(name).map { !$0.hasSuffix("(null)") } ?? true }

  private static let types: [String: [ScalarType]] = [
    "ended": [.datetime], "status": [.string], "duration": [.timespan], "queue_delay": [.timespan],
    "upstream_delay": [.timespan], "error_code": [.string], "error_category": [.string], "error": [.string],
    "source": [.string],
  ]
  private static let numbers: [ScalarType] = [.long, .int, .real]

  private func has(_ name: String) -> Bool {
    let types = Self.types[name] ?? Self.numbers
    return runs.contains { $0.name == name && types.contains($0.type) }
  }

  /// Returns an expression for a column that `runs` lacks; nil if it has the column.
  private func substitute(_ name: String) -> String? {
    if has(name) { return nil }
    switch name {
    case "ended": return has("duration") ? "started + duration" : "started"
    case "duration": return has("ended") ? "ended - started" : "timespan(null)"
    case "status":
      let signs = ["error_code", "error_category", "error"].filter(has)
      if signs.isEmpty { return #""succeeded""# }
      return "iff(strlen(strcat(\(signs.joined(separator: ", ")))) > 0, \"failed\", \"succeeded\")"
    case "records_in": return has("records_out") ? "records_out" : "long(null)"
    case "queue_delay", "upstream_delay": return "timespan(null)"
    case "error_code", "error_category", "error", "source": return #""""#
    default: return "real(null)"
    }
  }

  // MARK: Pipelines

  /// Returns a line that adds the columns `names` of `pipelines` to rows that have a pipeline; empty if it has none.
  func facts(_ names: [String]) -> String {
    let known = knownFacts(names)
    guard !known.isEmpty else { return "" }
    let columns = ["pipeline = name"] + known
    return "\n| lookup kind=leftouter (pipelines | summarize take_any(\(known.joined(separator: ", "))) by name"
      + " | project \(columns.joined(separator: ", "))) on pipeline"
  }

  /// Returns those of `names` that `pipelines` has, if it has names.
  func knownFacts(_ names: [String]) -> [String] {
    guard has("pipelines", [("name", .string)]) else { return [] }
    let types: [String: [ScalarType]] = [
      "tier": Self.numbers, "sla": [.timespan], "owner": [.string], "region": [.string], "vendor": [.string], "schedule": [.string],
    ]
    return names.filter { name in
      columns("pipelines").contains { $0.name == name && types[name]?.contains($0.type) ?? ($0.type != .dynamic) }
    }
  }

  /// `, tier, owner`, as far as they are known, for the end of a projection.
  var factColumns: String { knownFacts(["tier", "owner"]).map { ", \($0)" }.joined() }
}
