import PlumbDiagnostics
import PlumbEngine
import PlumbLearning

/// Snapshots of pipelines with their features and, if known, what happened next.
struct PredictionRows: Sendable {
  /// The number of each row's pipeline, an index into `names`.
  var pipelines: [Int32]
  var names: [String]
  /// How many steps each row precedes the last moment.
  var steps: [Int32]
  var features: FeatureMatrix
  /// Whether an attempt failed in the time after the moment; empty for a prediction.
  var failed: [Bool]
  /// The upstream that each row's sentences name; empty except for a prediction.
  var upstreams: [String]

  var count: Int { pipelines.count }

  /// - Throws: A diagnostic if the columns of the table do not fit.
  init(_ table: Table, context: ExecutionContext) throws {
    func column(_ name: String) throws -> Int {
      guard let index = table.schema.firstIndex(where: { $0.name == name }) else {
        throw Diagnostic("unknown-column", "the features lack the column `\(name)`")
      }
      return index
    }
    let n = table.rowCount
    let place = try column("pipeline")
    var index = NameIndex()
    var pipelines: [Int32] = []
    pipelines.reserveCapacity(n)
    for group in table.groups {
      try context.checkpoint()
      let column = try group.columns[place]
      for row in 0..<group.count { pipelines.append(index.insert(column.cellBytes(at: row))) }
    }
    self.pipelines = pipelines
    names = (0..<index.count).map { index.text(Int32(truncatingIfNeeded: $0)) }
    steps = try PredictionRows.reals(table, try column("k"), context).map { Int32(clamping: Int64($0.isFinite ? $0 : 0)) }
    let places = try Feature.names.map(column)
    // In single precision the order in which workers add makes no difference.
    let columns = try places.map { place in
      try PredictionRows.values(table, place, context) { $0.isFinite ? Double(Float($0)) : .nan }
    }
    features = FeatureMatrix(names: Feature.names, rowCount: n, columns: columns)
    failed = try table.schema.firstIndex { $0.name == "failed_attempts" }
      .map { try PredictionRows.reals(table, $0, context).map { $0 > 0 } } ?? []
    upstreams = try table.schema.firstIndex { $0.name == "worst_upstream" }.map { place in
      try table.groups.flatMap { group in
        let column = try group.columns[place]
        return (0..<group.count).map { String(column.cellBytes(at: $0)) }
      }
    } ?? []
  }

  /// A column as doubles, in memory that counts.
  private static func values(
    _ table: Table, _ column: Int, _ context: ExecutionContext, _ change: (Double) -> Double
  ) throws -> Buffer {
    let buffer = Buffer(of: Double.self, count: table.rowCount)
    let values = buffer.view(Double.self)
    var row = 0
    for group in table.groups {
      try context.checkpoint()
      try group.columns[column].copyReals(to: values + row)
      for place in row..<row + group.count { values[place] = change(values[place]) }
      row += group.count
    }
    return buffer
  }

  private static func reals(_ table: Table, _ column: Int, _ context: ExecutionContext) throws -> [Double] {
    let values = BufferView<Double>(repeating: .nan, count: table.rowCount)
    var row = 0
    for group in table.groups {
      try context.checkpoint()
      try group.columns[column].copyReals(to: values + row)
      row += group.count
    }
    return values.array(table.rowCount)
  }

  /// Returns the given rows, in their order.
  func selecting(_ rows: [Int]) -> PredictionRows {
    var kept = self
    kept.pipelines = rows.map { pipelines[$0] }
    kept.steps = rows.map { steps[$0] }
    kept.features = features.selecting(rows)
    kept.failed = failed.isEmpty ? [] : rows.map { failed[$0] }
    kept.upstreams = upstreams.isEmpty ? [] : rows.map { upstreams[$0] }
    return kept
  }

  /// Whether a row's pipeline had no failure within the horizon before its moment, which features know up to a day back.
  func isNew(_ row: Int, within: Int64) -> Bool {
    let hours = Double(Swift.min(within, PredictionQuestion.day)) / Double(PredictionQuestion.hour)
    return features.value(PredictionRows.sinceFailure, row: row) >= hours
  }

  private static let sinceFailure = Feature.names.firstIndex(of: "hours_since_failure") ?? 0

  func row(_ row: Int) -> FeatureRow {
    FeatureRow(values: features.row(row), upstreamName: upstreams.isEmpty ? "" : upstreams[row])
  }
}
