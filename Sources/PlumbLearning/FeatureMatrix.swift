import PlumbDiagnostics
import PlumbEngine

/// What is known of each row, as numbers: a column a feature, NaN where a value is missing.
package final class FeatureMatrix: @unchecked Sendable {
  package let names: [String]
  package let rowCount: Int
  /// `rowCount` doubles a feature, never changed after `init`.
  let columns: [Buffer]

  init(names: [String], rowCount: Int, columns: [Buffer]) {
    precondition(names.count == columns.count, "whoever fills a matrix gives a column for each name")
    self.names = names
    self.rowCount = rowCount
    self.columns = columns
  }

  /// A column of equal length for each name.
  package convenience init(names: [String], columns: [[Double]]) {
    let rowCount = columns.map(\.count).min() ?? 0
    let buffers = columns.map { column in
      let buffer = Buffer(of: Double.self, count: rowCount)
      for (row, value) in column.prefix(rowCount).enumerated() { buffer.view(Double.self)[row] = value }
      return buffer
    }
    self.init(names: names, rowCount: rowCount, columns: buffers)
  }

  /// The columns of `table` that are called `names`; without names all that hold numbers, bools or times.
  ///
  /// - Throws: `unknown-column`, or `not-a-feature` when a column's values are not numbers.
  package convenience init(
    _ table: Table, names: [String]? = nil, except: Set<String> = [], context: ExecutionContext
  ) throws {
    var chosen: [Int] = []
    if let names {
      chosen = try names.map { name in
        guard let index = table.schema.firstIndex(where: { $0.name == name }) else {
          throw Diagnostic(
            "unknown-column", "there is no column `\(name)` to learn from",
            help: Suggestion.nearest(to: name, in: table.schema.map(\.name)))
        }
        guard table.schema[index].type.hasReals else {
          throw Diagnostic(
            "not-a-feature", "the column `\(name)` is of type \(table.schema[index].type.name), not a number",
            help: "turn it into numbers first, as with `extend \(name) = iff(\(name) == \"...\", 1, 0)`")
        }
        return index
      }
    } else {
      chosen = table.schema.indices.filter {
        table.schema[$0].type.hasReals && !except.contains(table.schema[$0].name)
      }
    }
    let buffers = try chosen.map { index in
      let buffer = Buffer(of: Double.self, count: table.rowCount)
      var row = 0
      for group in table.groups {
        try context.checkpoint()
        try group.columns[index].copyReals(to: buffer.view(Double.self) + row)
        row += group.count
      }
      return buffer
    }
    self.init(names: chosen.map { table.schema[$0].name }, rowCount: table.rowCount, columns: buffers)
  }

  package var featureCount: Int { names.count }

  package func value(_ feature: Int, row: Int) -> Double { column(feature)[row] }

  @inline(__always) package func column(_ feature: Int) -> BufferView<Double> {
    columns[feature].view(Double.self)
  }

  /// The values of a row, in the order of `names`.
  package func row(_ row: Int) -> [Double] { (0..<featureCount).map { column($0)[row] } }

  /// The rows with these numbers, in this order.
  package func selecting(_ rows: [Int]) -> FeatureMatrix {
    let buffers = columns.map { column in
      let buffer = Buffer(of: Double.self, count: rows.count)
      let from = column.view(Double.self), to = buffer.view(Double.self)
      for (place, row) in rows.enumerated() { to[place] = from[row] }
      return buffer
    }
    return FeatureMatrix(names: names, rowCount: rows.count, columns: buffers)
  }

  /// The same rows with only these features, in this order.
  package func keeping(_ features: [Int]) -> FeatureMatrix {
    FeatureMatrix(names: features.map { names[$0] }, rowCount: rowCount, columns: features.map { columns[$0] })
  }

  /// The standard deviation of each feature's finite values, the unit in which changes are measured; 0 for constants.
  package func spreads() -> [Double] {
    (0..<featureCount).map { feature in
      let values = column(feature)
      var count = 0.0, mean = 0.0, squares = 0.0
      // Welford (1962), as in Knuth 4.2.2.
      for row in 0..<rowCount where values[row].isFinite {
        count += 1
        let step = values[row] - mean
        mean += step / count
        squares += step * (values[row] - mean)
      }
      return count > 1 ? (squares / (count - 1)).squareRoot() : 0
    }
  }
}
