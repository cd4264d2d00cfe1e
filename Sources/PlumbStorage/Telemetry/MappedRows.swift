import PlumbDiagnostics
import PlumbEngine

/// Rows that already have the columns of a telemetry table, such as those that a mapping produces.
///
/// Columns are found by name; missing ones are null. A run without a `run_id` gets the stable number
/// of its pipeline, its start, its end and its attempt.
struct MappedRows {
  private let name: String
  private let table: Table
  private let path: String
  private let schema: Schema
  /// For each column of the telemetry table the column of `table`.
  private let places: [Int?]

  /// - Throws: a diagnostic if a column is unknown or of another type.
  init(_ table: Table, as name: String, path: String) throws {
    guard name != "runs_seen", let schema = TelemetrySchema.schema(ofTable: name) else {
      throw Diagnostic(
        "bad-mapping", "`\(name)` is not a telemetry table",
        help: "the telemetry tables are \(TelemetrySchema.names.joined(separator: ", "))")
    }
    for column in table.schema {
      guard let target = schema.first(where: { $0.name == column.name }) else {
        throw Diagnostic(
          "bad-mapping", "`\(name)` has no column `\(column.name)`",
          help: Suggestion.nearest(to: column.name, in: schema.map(\.name)) ?? "remove it with `project-away` in the mapping")
      }
      let fits = target.type == column.type || target.type == .long && column.type == .int
      // A column of a file without any values counts as text, and fits everywhere.
      guard try fits || Self.isEmpty(column.name, in: table) else {
        throw Diagnostic(
          "bad-mapping",
          "the column `\(column.name)` of `\(name)` is of type \(target.type.name), but the mapping returns \(column.type.name)",
          help: "convert it, as in `\(column.name) = to\(target.type.name)(...)`")
      }
    }
    self.name = name
    self.table = table
    self.path = path
    self.schema = schema
    places = schema.map { column in
      let place = table.schema.firstIndex { $0.name == column.name }
      return place.flatMap { (table.schema[$0].type == .string) == (column.type == .string) ? $0 : nil }
    }
  }

  private static func isEmpty(_ name: String, in table: Table) throws -> Bool {
    guard let place = table.schema.firstIndex(where: { $0.name == name }), table.schema[place].type == .string
    else { return false }
    return try table.groups.allSatisfy { group in
      let column = try group.column(place)
      return (0..<group.count).allSatisfy { column.cellBytes(at: $0).isEmpty }
    }
  }

  /// Adds all rows; rejects those without a name, and counts the states of runs that are not among Plumb's.
  func add(to reading: FileReading) throws {
    reading.report.kind = "mapped to \(name)"
    reading.report.unit = "row"
    reading.report.foldsInto = "rows"
    var number = 0
    var states = StateTally()
    for group in table.groups {
      let columns = try group.columns
      for row in 0..<group.count {
        number += 1
        if number % 1024 == 1 { try reading.fold.checkpoint(reading.context) }
        do throws(TelemetryFault) {
          let isNew = try add(columns, row, to: reading.fold, &states)
          reading.report.read += 1
          if !isNew { reading.report.folded += 1 }
        } catch {
          try printed(columns, row).withBytes {
            try reading.reject("\(name) row \(number): \(error.reason)", line: nil, text: $0)
          }
        }
      }
    }
    if let note = states.note { reading.report.note(note) }
  }

  /// A row as an object of JSON, without its empty cells.
  private func printed(_ columns: [Vector], _ row: Int) -> ByteBuffer {
    var (out, text) = (ByteBuffer(), ByteBuffer())
    out.append(.openBrace)
    for (column, vector) in zip(table.schema, columns) where !vector.isEmptyCell(at: row) {
      if out.count > 1 { out.append(.comma) }
      column.name.withUTF8Bytes { JSONText.printString($0, to: &out) }
      out.append(.colon)
      text.removeAll()
      vector.printText(at: row, to: &text)
      text.withBytes { JSONText.printString($0, to: &out) }
    }
    out.append(.closeBrace)
    return out
  }

  private func add(_ columns: [Vector], _ row: Int, to fold: TelemetryMerge, _ states: inout StateTally) throws(TelemetryFault) -> Bool {
    let store: RowStore
    let place: Int
    let before: Int
    switch name {
    case "runs":
      (store, before) = (fold.runs, fold.runs.count)
      place = try run(columns, row, fold, &states)
    case "errors":
      (store, before) = (fold.errors, fold.errors.count)
      place = fold.errors.row(of: try errorKey(columns, row))
    case "edges":
      (store, before) = (fold.edges, fold.edges.count)
      place = fold.edges.row(of: try key(columns, row, [EdgeColumn.upstream, EdgeColumn.downstream], last: EdgeColumn.kind))
    case "datasets":
      (store, before) = (fold.datasets, fold.datasets.count)
      place = fold.datasets.row(
        of: try key(columns, row, [DatasetColumn.pipeline, DatasetColumn.dataset], last: DatasetColumn.role))
    case "manifests":
      (store, before) = (fold.manifests, fold.manifests.count)
      var key = NaturalKey()
      guard let project = text(columns, row, ManifestColumn.project) else { throw TelemetryFault("`project` is empty") }
      key.add(project)
      key.add(number(columns, row, ManifestColumn.written) ?? .min)
      place = fold.manifests.row(of: key.value)
    default:
      (store, before) = (fold.pipelines, fold.pipelines.count)
      place = fold.pipelines.row(of: try key(columns, row, [PipelineColumn.name], last: nil))
    }
    for column in schema.indices {
      guard let value = word(columns, row, column, fold.texts) else { continue }
      let isDuration = name == "runs" && column == RunColumn.duration
      if name == "runs" && column == RunColumn.status { continue }
      store.put(place, isDuration ? RunColumn.statedDuration : column, value, over: true)
    }
    return store.count > before
  }

  private func run(_ columns: [Vector], _ row: Int, _ fold: TelemetryMerge, _ states: inout StateTally) throws(TelemetryFault) -> Int {
    let pipeline = text(columns, row, RunColumn.pipeline)
    guard let pipeline else { throw TelemetryFault("`pipeline` is empty") }
    var state: RunState?
    let status = text(columns, row, RunColumn.status)
    state = status.flatMap { RunState(rawValue: String($0)) }
    let identity: Int64
    if let id = word(columns, row, RunColumn.runID, fold.texts) { identity = id } else {
      guard number(columns, row, RunColumn.started) != nil || number(columns, row, RunColumn.ended) != nil else {
        throw TelemetryFault("it has neither `run_id` nor `started`, so it cannot be identified")
      }
      var key = NaturalKey()
      key.add("mapped")
      key.add(pipeline)
      for column in [RunColumn.started, RunColumn.ended, RunColumn.attempt] {
        key.add(number(columns, row, column) ?? .min)
      }
      identity = key.value
    }
    if state == nil { states.add(status) }
    let moment = number(columns, row, RunColumn.ended) ?? number(columns, row, RunColumn.started) ?? TelemetryMerge.unknownMoment
    return fold.run(identity, pipeline: pipeline, state: state, moment: moment).row
  }

  /// As `TelemetryMerge.error` does for an error of a known run; other errors are distinguished by their time.
  private func errorKey(_ columns: [Vector], _ row: Int) throws(TelemetryFault) -> Int64 {
    guard let message = text(columns, row, ErrorColumn.message) else { throw TelemetryFault("`message` is empty") }
    var key = NaturalKey()
    if let run = number(columns, row, ErrorColumn.runID) {
      key.add(run)
    } else {
      guard let pipeline = text(columns, row, ErrorColumn.pipeline) else { throw TelemetryFault("`pipeline` is empty") }
      key.add(number(columns, row, ErrorColumn.at) ?? .min)
      key.add(pipeline)
    }
    key.add(message)
    return key.value
  }

  /// The natural key of a row from required texts, and one more that can be empty.
  private func key(_ columns: [Vector], _ row: Int, _ needed: [Int], last: Int?) throws(TelemetryFault) -> Int64 {
    var key = NaturalKey()
    for column in needed {
      guard let text = text(columns, row, column) else { throw TelemetryFault("`\(schema[column].name)` is empty") }
      key.add(text)
    }
    if let last { key.add(text(columns, row, last) ?? .empty) }
    return key.value
  }

  /// A text that is not empty.
  private func text(_ columns: [Vector], _ row: Int, _ column: Int) -> Bytes? {
    guard let place = places[column] else { return nil }
    let text = columns[place].cellBytes(at: row)
    return text.isEmpty ? nil : text
  }

  private func number(_ columns: [Vector], _ row: Int, _ column: Int) -> Int64? {
    guard let place = places[column] else { return nil }
    let vector = columns[place]
    return vector.isEmptyCell(at: row) ? nil : vector.word(at: vector.isConstant ? 0 : row)
  }

  /// A cell as a 64-bit value of a `RowStore`.
  private func word(_ columns: [Vector], _ row: Int, _ column: Int, _ texts: NumberedTexts) -> Int64? {
    guard let place = places[column] else { return nil }
    let vector = columns[place]
    if vector.isEmptyCell(at: row) { return nil }
    switch vector.type {
    case .string, .dynamic:
      let bytes = vector.cellBytes(at: row)
      return bytes.isEmpty ? nil : texts.number(of: bytes)
    case .real:
      guard case .real(let real) = vector.value(at: row) else { return nil }
      // The bits of -0 represent null.
      return Int64(bitPattern: (real == 0 ? 0 : real).bitPattern)
    case .bool, .int, .long, .datetime, .timespan, .guid, .decimal:
      return vector.word(at: vector.isConstant ? 0 : row)
    }
  }
}

/// The runs without a status that Plumb knows, by what the mapping says instead.
private struct StateTally {
  private var missing = 0
  private var unknown: [String: Int] = [:]
  private static let limit = 1000

  mutating func add(_ status: Bytes?) {
    guard let status else { return missing += 1 }
    let text = shown(status)
    if unknown[text] != nil || unknown.count < Self.limit { unknown[text, default: 0] += 1 } else { missing += 1 }
  }

  /// What to report; nil if every run has a status.
  var note: String? {
    let count = missing + unknown.values.reduce(0, +)
    if count == 0 { return nil }
    var text = "\(counted(count, "run")) \(count == 1 ? "has" : "have") no status"
    let ranked = unknown.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if !ranked.isEmpty {
      let listed = ranked.prefix(5).map { "`\($0.key)` (\($0.value))" }.joined(separator: ", ") + (ranked.count > 5 ? ", …" : "")
      text += ", since Plumb does not know the state \(listed); it knows \(RunState.allCases.map(\.rawValue).joined(separator: ", "))"
    }
    return text
  }
}

extension TelemetryImport {
  /// Adds rows that already have the columns of one of the telemetry tables.
  ///
  /// - Parameter path: their name in the report.
  /// - Throws: a diagnostic if the columns do not fit.
  package func add(_ table: Table, as name: String, path: String, context: ExecutionContext) throws {
    let rows = try MappedRows(table, as: name, path: path)
    let reading = FileReading(path: path, fold: fold, context: context, onReject: onReject)
    defer { reports.append(reading.report) }
    try rows.add(to: reading)
  }
}
