import Glibc

/// What the plugins that find patterns share.
package struct PatternRequest: Sendable {
  /// What to find.
  package enum Kind: Sendable {
    /// Every pattern with at least this share of the rows, of which at most `depth` values are independent.
    case frequent(share: Double, depth: Int)
    /// A few patterns, large and with many values; `sizeWeight` says how much size counts.
    case typical(sizeWeight: Double)
    /// Patterns whose shares of the rows of two sides differ by at least this much.
    case different(share: Double, depth: Int)
  }

  package var kind: Kind
  /// Constants for columns that a pattern leaves open, by the column's type; null without one.
  package var wildcards: [ScalarType: Value]

  package init(_ kind: Kind, wildcards: [ScalarType: Value]) {
    self.kind = kind
    self.wildcards = wildcards
  }

  /// The columns before those of the input.
  fileprivate var leading: [ColumnInfo] {
    if case .different = kind {
      return [
        ColumnInfo("SegmentId", .long), ColumnInfo("CountA", .long), ColumnInfo("CountB", .long), ColumnInfo("PercentA", .real),
        ColumnInfo("PercentB", .real), ColumnInfo("PercentDiffAB", .real),
      ]
    }
    return [ColumnInfo("SegmentId", .long), ColumnInfo("Count", .long), ColumnInfo("Percent", .real)]
  }
}

extension LogicalPlan {
  /// Patterns of values that occur together: a row for each, with null or a wildcard in the columns that it leaves open.
  ///
  /// - Input: the weight of a row on side A, and on side B, as reals, then the columns.
  package static func patterns(_ input: LogicalPlan, _ request: PatternRequest) -> LogicalPlan {
    let columns = Array(input.schema.dropFirst(2))
    let schema = request.leading + columns
    return .materialising(
      MaterialisingPlan(name: "patterns", input: input, schema: schema) { chunk, context in
        let vectors = chunk.vectors().map { $0.decoded().expanded() }
        let a = vectors[0].lanes(Double.self), b = vectors[1].lanes(Double.self)
        let patterns = try found(
          request, Array(vectors.dropFirst(2)), count: chunk.count, context, weight: { SIMD2(a[$0], b[$0]) })
        let builders = schema.map { VectorBuilder($0.type) }
        for (number, pattern) in patterns.patterns.enumerated() {
          let figures = figures(of: pattern.weight, patterns.items.total, number, request.kind)
          for (place, figure) in figures.enumerated() { builders[place].append(figure) }
          for (place, column) in columns.enumerated() {
            let item = pattern.items.map { patterns.items.items[$0] }.first { $0.column == place }
            let open = request.wildcards[column.type] ?? (column.type == .string ? .string("") : .null(column.type))
            builders[figures.count + place].append(item.map { vectors[2 + place].value(at: $0.row) } ?? open)
          }
        }
        let count = patterns.patterns.count
        return Chunk(builders.map { $0.finish() }, count: count)
      })
  }

  private static func figures(
    of weight: SIMD2<Double>, _ total: SIMD2<Double>, _ number: Int, _ kind: PatternRequest.Kind
  ) -> [Value] {
    func percent(_ side: Int, digits: Double) -> Double {
      total[side] > 0 ? (weight[side] / total[side] * 100 * digits).rounded() / digits : 0
    }
    // Weights near the largest long add up to more than a long.
    func count(_ side: Int) -> Value { .long(Int64(exactly: weight[side].rounded()) ?? (weight[side] > 0 ? .max : .min)) }
    guard case .different = kind else {
      return [.long(Int64(number)), count(0), .real(percent(0, digits: 10))]
    }
    let a = percent(0, digits: 100), b = percent(1, digits: 100)
    return [
      .long(Int64(number)), count(0), count(1), .real(a), .real(b),
      .real(((a - b).magnitude * 100).rounded() / 100),
    ]
  }

  private static func found(
    _ request: PatternRequest, _ columns: [Vector], count: Int, _ context: ExecutionContext,
    weight: (Int) -> SIMD2<Double>
  ) throws -> (items: ItemPatterns, patterns: [ItemPatterns.Pattern]) {
    func share(_ weight: SIMD2<Double>, _ total: SIMD2<Double>, _ side: Int) -> Double {
      total[side] > 0 ? weight[side] / total[side] : 0
    }
    switch request.kind {
    case .frequent(let least, let depth):
      let isFrequent = { (weight: SIMD2<Double>, total: SIMD2<Double>) in share(weight, total, 0) >= least }
      let items = try ItemPatterns(columns, count: count, weight: weight, context, isFrequent: isFrequent)
      let patterns = try items.closed(depth: depth, context, isFrequent: isFrequent)
      return (items, sorted(patterns) { $0.weight[0] })
    case .typical(let sizeWeight):
      let isFrequent = { (weight: SIMD2<Double>, total: SIMD2<Double>) in share(weight, total, 0) >= 0.05 }
      let items = try ItemPatterns(columns, count: count, weight: weight, context, isFrequent: isFrequent)
      let patterns = try items.closed(depth: 5, context, isFrequent: isFrequent)
      let chosen = try items.selected(patterns, context) { pattern, free in
        let size = share(free, items.total, 0)
        guard size >= 0.05 else { return nil }
        // The weighted geometric mean of the pattern's share of the rows and of the columns.
        return pow(size, sizeWeight) * pow(Double(pattern.items.count) / Double(columns.count), 1 - sizeWeight)
      }
      return (items, chosen)
    case .different(let least, let depth):
      let isFrequent = { (weight: SIMD2<Double>, total: SIMD2<Double>) in
        Swift.max(share(weight, total, 0), share(weight, total, 1)) >= least
      }
      let items = try ItemPatterns(columns, count: count, weight: weight, context, isFrequent: isFrequent)
      let difference = { (weight: SIMD2<Double>) in (share(weight, items.total, 0) - share(weight, items.total, 1)).magnitude }
      let patterns = try items.closed(depth: depth, context, isFrequent: isFrequent)
      let chosen = try items.selected(patterns, context) { pattern, _ in
        let value = difference(pattern.weight)
        return value >= least ? value : nil
      }
      return (items, sorted(chosen) { difference($0.weight) })
    }
  }

  /// By falling measure; then fewer values first, and the order of the values.
  private static func sorted(
    _ patterns: [ItemPatterns.Pattern], by measure: (ItemPatterns.Pattern) -> Double
  ) -> [ItemPatterns.Pattern] {
    patterns.map { (pattern: $0, measure: measure($0)) }.sorted { a, b in
      if a.measure != b.measure { return a.measure > b.measure }
      if a.pattern.items.count != b.pattern.items.count { return a.pattern.items.count < b.pattern.items.count }
      return a.pattern.items.lexicographicallyPrecedes(b.pattern.items)
    }.map(\.pattern)
  }
}
