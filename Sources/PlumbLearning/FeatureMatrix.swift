import PlumbDiagnostics
import PlumbEngine

/// The known values of each row as numbers: one column per feature, NaN for missing values.
package final class FeatureMatrix: @unchecked Sendable {
  package let names: [String]
  package let rowCount: Int
  /// `rowCount` doubles per feature, never changed after `init`.
  let columns: [Buffer]

  package init(names: [String], rowCount: Int, columns: [Buffer]) {
    precondition(names.count == columns.count, "a matrix must have one column for each name")
    self.names = names
    self.rowCount = rowCount
    self.columns = columns
  }

  /// Creates a matrix with a column of equal length for each name.
  package convenience init(names: [String], columns: [[Double]]) {
    let rowCount = columns.map(\.count).min() ?? 0
    let buffers = columns.map { column in
      let buffer = Buffer(of: Double.self, count: rowCount)
      for (row, value) in column.prefix(rowCount).enumerated() { buffer.view(Double.self)[row] = value }
      return buffer
    }
    self.init(names: names, rowCount: rowCount, columns: buffers)
  }

  /// Reads the columns of `table` called `names`; without names all columns of numbers, bools or times.
  ///
  /// - Throws: `unknown-column`, or `not-a-feature` if the values of a column are not numbers.
  package convenience init(
    _ table: Table, names: [String]? = nil, except: Set<String> = [], context: ExecutionContext
  ) throws {
    var chosen: [Int] = []
    if let names {
      chosen = try names.map { name in
        guard let index = table.schema.firstIndex(where: { $0.name == name }) else {
          throw Diagnostic(
            "unknown-column", "unknown column `\(name)`",
            help: Suggestion.nearest(to: name, in: table.schema.map(\.name)))
        }
        guard table.schema[index].type.hasReals else {
          throw Diagnostic(
            "not-a-feature", "the column `\(name)` is of type \(table.schema[index].type.name), but features must be numeric",
            help: "convert it to numbers first, for example `extend \(name) = iff(\(name) == \"...\", 1, 0)`")
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

  /// Returns the values of a row, in the order of `names`.
  package func row(_ row: Int) -> [Double] { (0..<featureCount).map { column($0)[row] } }

  /// Returns the rows with these numbers, in this order.
  package func selecting(_ rows: [Int]) -> FeatureMatrix {
    let buffers = columns.map { column in
      let buffer = Buffer(of: Double.self, count: rows.count)
      let from = column.view(Double.self), to = buffer.view(Double.self)
      for (place, row) in rows.enumerated() { to[place] = from[row] }
      return buffer
    }
    return FeatureMatrix(names: names, rowCount: rows.count, columns: buffers)
  }

  /// Returns the same rows with only these features, in this order.
  package func keeping(_ features: [Int]) -> FeatureMatrix {
    FeatureMatrix(names: features.map { names[$0] }, rowCount: rowCount, columns: features.map { columns[$0] })
  }

  /// Returns the standard deviation of each feature's finite values, the unit of changes; 0 for constants.
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
