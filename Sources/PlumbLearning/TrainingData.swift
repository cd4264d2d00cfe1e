import PlumbDiagnostics
import PlumbEngine

/// Training rows: features, the class of each row, and optionally weights.
package struct TrainingData: Sendable {
  package let features: FeatureMatrix
  /// The class of each row, an index into `classes`.
  package let labels: [Int32]
  /// Two or more names; with two, predictions are about the second.
  package let classes: [String]
  /// Positive, one per row; nil for equal weights.
  package let weights: [Double]?

  /// Trees cannot number more rows than this.
  package static let rowLimit = 1 << 30
  package static let classLimit = 1 << 12

  /// - Throws: A diagnostic if lengths differ, a label is not a class, or a weight is not positive.
  package init(
    _ features: FeatureMatrix, labels: [Int32], classes: [String] = ["false", "true"], weights: [Double]? = nil
  ) throws {
    guard labels.count == features.rowCount, weights.map({ $0.count == labels.count }) ?? true else {
      throw Diagnostic("training-data", "features, labels and weights have different numbers of rows")
    }
    guard features.rowCount < TrainingData.rowLimit, (2..<TrainingData.classLimit).contains(classes.count) else {
      throw Diagnostic("training-data", "there are too many rows, or too few or too many classes")
    }
    guard labels.allSatisfy({ $0 >= 0 && Int($0) < classes.count }) else {
      throw Diagnostic("training-data", "a label is not one of the \(classes.count) classes")
    }
    guard weights?.allSatisfy({ $0 > 0 && $0.isFinite }) ?? true else {
      throw Diagnostic("training-data", "weights must be positive")
    }
    self.features = features
    self.labels = labels
    self.classes = classes
    self.weights = weights
  }

  /// Creates data with yes or no for each row.
  package init(_ features: FeatureMatrix, positives: [Bool], weights: [Double]? = nil) throws {
    try self.init(features, labels: positives.map { $0 ? 1 : 0 }, weights: weights)
  }

  /// Reads `label` and the other columns of numbers, or those called `names`.
  ///
  /// - Throws: A diagnostic if a column is missing or of the wrong type, or the label has nulls or too many values.
  package init(_ table: Table, label: String, features names: [String]? = nil, context: ExecutionContext) throws {
    let classes = try ClassLabels(table, column: label, context: context)
    try self.init(
      try FeatureMatrix(table, names: names, except: [label], context: context), labels: classes.labels,
      classes: classes.names)
  }

  package var rowCount: Int { labels.count }
  package var classCount: Int { classes.count }

  /// Returns the rows with these numbers, in this order.
  package func selecting(_ rows: [Int]) throws -> TrainingData {
    try TrainingData(
      features.selecting(rows), labels: rows.map { labels[$0] }, classes: classes,
      weights: weights.map { weights in rows.map { weights[$0] } })
  }

  /// Splits the rows at `fraction`: for rows in the order of time, into training and validation.
  package func split(at fraction: Double) throws -> (earlier: TrainingData, later: TrainingData) {
    let cut = fraction > 0 ? Int(Double(rowCount) * Swift.min(1, fraction)) : 0
    return (try selecting(Array(0..<cut)), try selecting(Array(cut..<rowCount)))
  }
}

/// A column read as classes: false and true, or its distinct values in order.
struct ClassLabels {
  private(set) var names: [String]
  private(set) var labels: [Int32] = []

  static let limit = 1000

  init(_ table: Table, column: String, context: ExecutionContext) throws {
    guard let index = table.schema.firstIndex(where: { $0.name == column }) else {
      throw Diagnostic(
        "unknown-column", "unknown column `\(column)`",
        help: Suggestion.nearest(to: column, in: table.schema.map(\.name)))
    }
    let vectors = try table.groups.map { try $0.columns[index] }
    for vector in vectors {
      try context.checkpoint()
      for row in 0..<vector.count where vector.isEmptyCell(at: row) {
        throw Diagnostic(
          "missing-label", "the column `\(column)` has nulls, but every row to train on needs a label",
          help: "exclude those rows with `where isnotnull(\(column))`")
      }
    }
    labels.reserveCapacity(table.rowCount)
    switch table.schema[index].type {
    case .bool:
      names = ["false", "true"]
      var reals = BufferView<Double>(count: RowGroup.capacity)
      for vector in vectors {
        if reals.count < vector.count { reals = BufferView(count: vector.count) }
        vector.copyReals(to: reals)
        for row in 0..<vector.count { labels.append(reals[row] != 0 ? 1 : 0) }
      }
    case .int, .long:
      var distinct: Set<Int64> = []
      for vector in vectors {
        try context.checkpoint()
        for row in 0..<vector.count { distinct.insert(vector.word(at: vector.isConstant ? 0 : row)) }
        if distinct.count > ClassLabels.limit { throw ClassLabels.tooMany(column) }
      }
      let sorted = distinct.sorted()
      names = sorted.map { String($0) }
      for vector in vectors {
        for row in 0..<vector.count {
          labels.append(ClassLabels.place(of: vector.word(at: vector.isConstant ? 0 : row), in: sorted))
        }
      }
    case .string:
      var codes: [String: Int32] = [:]
      for vector in vectors {
        try context.checkpoint()
        for row in 0..<vector.count {
          let text = String(vector.cellBytes(at: row))
          let code = codes[text] ?? Int32(truncatingIfNeeded: codes.count)
          if codes.count == Int(code) { codes[text] = code }
          if codes.count > ClassLabels.limit { throw ClassLabels.tooMany(column) }
          labels.append(code)
        }
      }
      names = codes.keys.sorted()
      var places = [Int32](repeating: 0, count: names.count)
      for (place, name) in names.enumerated() { if let code = codes[name] { places[Int(code)] = Int32(place) } }
      for row in labels.indices { labels[row] = places[Int(labels[row])] }
    case .real, .decimal, .datetime, .timespan, .guid, .dynamic:
      throw Diagnostic(
        "not-a-label", "the column `\(column)` is of type \(table.schema[index].type.name), which cannot be a label",
        help: "a label must be a bool, string, int or long; `extend \(column) = \(column) > 0` makes a bool")
    }
    if names.count == 1 { names.append("") }
  }

  private static func place(of value: Int64, in sorted: [Int64]) -> Int32 {
    var low = 0, high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return Int32(truncatingIfNeeded: low)
  }

  private static func tooMany(_ column: String) -> Diagnostic {
    Diagnostic("too-many-classes", "the column `\(column)` has more than \(limit) different values")
  }
}
