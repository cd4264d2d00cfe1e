/// Rows as sets of frequent values, from which patterns such as `status = failed, region = eu` are found.
///
/// Closed frequent sets by prefix-preserving extension (Uno, Asai, Uchida and Arimura, "LCM: An Efficient Algorithm for
/// Enumerating Frequent Closed Item Sets", 2003): each set of values that no further value is common to is visited once.
/// Equal rows are merged before.
struct ItemPatterns {
  /// A value of a column.
  struct Item {
    let column: Int
    /// A row with the value.
    let row: Int
  }

  /// Values that occur together.
  struct Pattern {
    let items: [Int]
    let weight: SIMD2<Double>
  }

  let items: [Item]
  /// The weight of all rows, on both sides.
  let total: SIMD2<Double>
  private let width: Int
  /// The item of each row in each column, or `none`.
  private let cells: [UInt32]
  private let weights: [SIMD2<Double>]

  private static let none = UInt32.max

  /// - Parameters:
  ///   - weight: a row's weight on the two sides that are compared; one side is 0 where there is only one.
  ///   - isFrequent: whether a pattern of this weight counts, given the weight of all rows.
  init(
    _ columns: [Vector], count: Int, weight: (Int) -> SIMD2<Double>, _ context: ExecutionContext,
    isFrequent: (SIMD2<Double>, _ total: SIMD2<Double>) -> Bool
  ) throws {
    var total = SIMD2<Double>.zero
    for row in 0..<count { total += weight(row) }
    var items: [Item] = []
    var coded: [Buffer] = []
    for (column, vector) in columns.enumerated() {
      try context.checkpoint()
      let groups = try groupNumbers([vector], count: count, context)
      let numbers = groups.numbers.values(UInt32.self)
      var found = [SIMD2<Double>](repeating: .zero, count: groups.count)
      var first = [Int](repeating: -1, count: groups.count)
      for row in 0..<count {
        try context.checkpoint(at: row)
        let number = Int(numbers[row])
        found[number] += weight(row)
        if first[number] < 0 { first[number] = row }
      }
      var codes = [UInt32](repeating: Self.none, count: groups.count)
      for (number, row) in first.enumerated() where row >= 0 && !vector.isMissing(row) && isFrequent(found[number], total) {
        codes[number] = UInt32(items.count)
        items.append(Item(column: column, row: row))
      }
      try context.checkRoom(count &* MemoryLayout<Int64>.stride)
      let buffer = Buffer(of: Int64.self, count: count)
      let out = buffer.values(Int64.self)
      for row in 0..<count { out[row] = Int64(codes[Int(numbers[row])]) }
      coded.append(buffer)
    }
    // Equal rows become one.
    let keys = coded.map { Vector(.long, count: count, buffer: $0) }
    let groups = keys.isEmpty ? nil : try groupNumbers(keys, count: count, context)
    let distinct = groups?.count ?? 0
    try context.checkRoom(distinct * (columns.count * MemoryLayout<UInt32>.stride + MemoryLayout<SIMD2<Double>>.stride))
    var cells = [UInt32](repeating: Self.none, count: distinct * columns.count)
    var weights = [SIMD2<Double>](repeating: .zero, count: distinct)
    if let groups {
      let numbers = groups.numbers.values(UInt32.self)
      for row in 0..<count {
        try context.checkpoint(at: row)
        let place = Int(numbers[row])
        weights[place] += weight(row)
        for column in columns.indices {
          cells[place * columns.count + column] = UInt32(truncatingIfNeeded: coded[column].values(Int64.self)[row])
        }
      }
    }
    self.items = items
    self.total = total
    self.cells = cells
    self.weights = weights
    width = columns.count
  }

  /// The closed patterns that count; at most `depth` values of each are independent.
  func closed(
    depth: Int, _ context: ExecutionContext, isFrequent: (SIMD2<Double>, _ total: SIMD2<Double>) -> Bool
  ) throws -> [Pattern] {
    var found: [Pattern] = []
    try extend(Array(weights.indices), core: -1, closed: [], depth: depth, &found, context, isFrequent)
    return found.filter { !$0.items.isEmpty }
  }

  /// The maximum number of patterns that are looked at.
  private static let limit = 100_000

  private func extend(
    _ rows: [Int], core: Int, closed: Set<Int>, depth: Int, _ found: inout [Pattern], _ context: ExecutionContext,
    _ isFrequent: (SIMD2<Double>, SIMD2<Double>) -> Bool
  ) throws {
    try context.checkpoint()
    guard found.count < Self.limit else { return }
    var met = [SIMD2<Double>](repeating: .zero, count: items.count)
    var occurrences = [Int](repeating: 0, count: items.count)
    var weight = SIMD2<Double>.zero
    for row in rows {
      weight += weights[row]
      for cell in cells[row * width..<(row + 1) * width] where cell != Self.none {
        met[Int(cell)] += weights[row]
        occurrences[Int(cell)] += 1
      }
    }
    let common = Set(occurrences.indices.filter { occurrences[$0] == rows.count && !rows.isEmpty })
    // A value before the core that is new here was a core itself, and led to this pattern.
    if common.contains(where: { $0 < core && !closed.contains($0) }) { return }
    found.append(Pattern(items: common.sorted(), weight: weight))
    guard depth > 0 else { return }
    for item in Swift.max(core + 1, 0)..<Swift.max(core + 1, items.count) where !common.contains(item) && isFrequent(met[item], total) {
      let column = items[item].column
      let part = rows.filter { Int(cells[$0 * width + column]) == item }
      try extend(part, core: item, closed: common, depth: depth - 1, &found, context, isFrequent)
    }
  }

  /// The best patterns first; those of which most rows are in better ones are left out.
  ///
  /// - Parameter score: how good a pattern is, by the weight that no better pattern has; nil if it is not worth showing.
  func selected(
    _ patterns: [Pattern], _ context: ExecutionContext, score: (_ pattern: Pattern, _ free: SIMD2<Double>) -> Double?
  ) throws -> [Pattern] {
    var open = patterns.compactMap { pattern in score(pattern, pattern.weight).map { (pattern: pattern, score: $0) } }
    open.sort { $0.score > $1.score }
    // Choosing compares each pattern with each row.
    open = Array(open.prefix(500))
    var isCovered = [Bool](repeating: false, count: weights.count)
    var chosen: [Pattern] = []
    while !open.isEmpty && chosen.count < 100 {
      try context.checkpoint()
      var best: (place: Int, score: Double)?
      for (place, candidate) in open.enumerated() {
        // The weight that is free only shrinks, so a score only falls.
        if let best, candidate.score <= best.score { continue }
        var free = SIMD2<Double>.zero
        for row in weights.indices where !isCovered[row] && matches(row, candidate.pattern) { free += weights[row] }
        let isMostlyFree = free.sum() * 2 >= candidate.pattern.weight.sum()
        guard isMostlyFree, let score = score(candidate.pattern, free) else { continue }
        open[place].score = score
        if score > best?.score ?? -1 { best = (place, score) }
      }
      guard let best else { break }
      let pattern = open.remove(at: best.place).pattern
      chosen.append(pattern)
      for row in weights.indices where matches(row, pattern) { isCovered[row] = true }
    }
    return chosen
  }

  private func matches(_ row: Int, _ pattern: Pattern) -> Bool {
    pattern.items.allSatisfy { Int(cells[row * width + items[$0].column]) == $0 }
  }
}

extension Vector {
  /// Whether the cell is null or an empty text, which results show like a column that a pattern leaves open.
  fileprivate func isMissing(_ row: Int) -> Bool { isNull(row) || type == .string && bytes(at: row).isEmpty }
}
