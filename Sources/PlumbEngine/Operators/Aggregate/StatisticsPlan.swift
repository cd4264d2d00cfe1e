/// How an aggregation over a scan is answered from the statistics of row groups in place of their rows.
///
/// The statistics have one row for each text of one column, in the order of their first rows, and in a last column the number
/// of rows that have it; or two rows with the bounds of numbers. The scan's filters, the keys and the aggregates run over them as over any
/// chunk, and counting adds the weights. They replace groups of which all rows meet the filters on other columns.
final class StatisticsPlan: Sendable {
  private enum Shape {
    /// Counts rows by the texts of a column; if nil, counts them all.
    case counts(of: Int?)
    /// Takes the smallest and the largest of these columns.
    case bounds(of: [Int])
  }

  private let scan: ScanPlan
  private let shape: Shape
  /// For each filter the columns that it reads.
  private let filterColumns: [Set<Int>]

  /// The maximum number of groups combined in one chunk; more would leave workers without work while counts are made.
  private static let mostGroups = 64

  /// Nil if the aggregation needs more than statistics.
  init?(_ plan: AggregatePlan) {
    guard let scan = plan.input.as(ScanPlan.self), !scan.columns.isEmpty else { return nil }
    let aggregates = plan.aggregates.map(\.aggregate)
    let read = plan.keys.map(\.expression) + aggregates.flatMap(\.arguments)
    guard !(read + scan.filters).contains(where: \.isVolatile) else { return nil }
    let columns = read.reduce(into: Set<Int>()) { $0.formUnion($1.columns) }
    let types = scan.columns.map { scan.table.schema[$0].type }
    if columns.count <= 1, columns.allSatisfy({ types[$0] == .string }),
      aggregates.allSatisfy({ !$0.traits.isDisjoint(with: [.countsRows, .ignoresRepeats]) })
    {
      shape = .counts(of: columns.first)
    } else if plan.keys.isEmpty,
      aggregates.allSatisfy({ $0.traits.contains(.countsRows) && $0.arguments.isEmpty || Self.isExtremum($0, types) })
    {
      shape = .bounds(of: columns.sorted())
    } else {
      return nil
    }
    self.scan = scan
    filterColumns = scan.filters.map(\.columns)
  }

  private static func isExtremum(_ aggregate: BoundAggregate, _ types: [ScalarType]) -> Bool {
    guard aggregate.traits.contains(.readsExtremes), aggregate.arguments.count == 1,
      case .column(let index, _, _) = aggregate.arguments[0]
    else { return false }
    return types[index].lane == .word || types[index].lane == .float
  }

  /// The parts of a group from which its statistics are made.
  private enum Material: Equatable {
    case count
    case texts(column: Int, ObjectIdentifier)
    case bounds
  }

  private func material(_ group: RowGroup, _ satisfied: UInt64) -> Material? {
    // An empty group has no row that could define a key.
    if group.count == 0 { return nil }
    var open = Set<Int>()
    for (place, columns) in filterColumns.enumerated() where place >= 64 || satisfied &>> UInt64(place) & 1 == 0 {
      open.formUnion(columns)
      // A filter that reads no columns is left to the rows.
      if columns.isEmpty { return nil }
    }
    switch shape {
    case .counts(let column):
      if let column { open.insert(column) }
      guard let column = open.first else { return .count }
      guard open.count == 1, let dictionary = try? group.dictionary(scan.columns[column]),
        dictionary.count <= CodeCounts.mostTexts, scan.table.schema[scan.columns[column]].type == .string
      else { return nil }
      return .texts(column: column, ObjectIdentifier(dictionary))
    case .bounds(let columns):
      let areKnown = columns.allSatisfy {
        let zone = group.zones[scan.columns[$0]]
        return zone.words != nil || zone.floats != nil
      }
      return open.isEmpty && areKnown ? .bounds : nil
    }
  }

  /// How many groups from `first` on can be combined; 0 if the group's rows must be read.
  func run(from first: Int, _ groups: [RowGroup], _ satisfied: [UInt64]) -> Int {
    guard let material = material(groups[first], satisfied[first]) else { return 0 }
    var length = 1
    while length < Self.mostGroups, first + length < groups.count, satisfied[first + length] == satisfied[first],
      self.material(groups[first + length], satisfied[first]) == material
    {
      length += 1
    }
    return length
  }

  /// The statistics of a run of groups; nil if their rows turn out to be needed.
  func summary(of groups: ArraySlice<RowGroup>, satisfied: UInt64) throws -> Chunk? {
    guard let first = groups.first else { return nil }
    switch material(first, satisfied) {
    case nil: return nil
    case .count:
      return chunk([:], weights: [groups.reduce(0) { $0 &+ Int64($1.count) }])
    case .texts(let column, _):
      guard let (values, weights) = try textCounts(scan.columns[column], groups) else { return nil }
      return chunk([column: values], weights: weights)
    case .bounds:
      guard case .bounds(let columns) = shape else { return nil }
      var vectors: [Int: Vector] = [:]
      for column in columns {
        guard let bounds = bounds(of: scan.columns[column], groups) else { return nil }
        vectors[column] = bounds
      }
      return chunk(vectors, weights: [groups.reduce(0) { $0 &+ Int64($1.count) }, 0])
    }
  }

  /// The texts of a column in the order of their first rows, and the number of rows with each.
  private func textCounts(_ column: Int, _ groups: ArraySlice<RowGroup>) throws -> (Vector, [Int64])? {
    var codes: [UInt32] = []
    var counts: [Int64] = []
    var places = [Int](repeating: -1, count: CodeCounts.mostTexts)
    var dictionary: StringDictionary?
    for group in groups {
      guard let found = try group.codeCounts(column), dictionary == nil || dictionary === found.dictionary else { return nil }
      dictionary = found.dictionary
      for (code, count) in zip(found.codes, found.counts) {
        if places[Int(code)] < 0 {
          places[Int(code)] = codes.count
          codes.append(code)
          counts.append(0)
        }
        counts[places[Int(code)]] &+= count
      }
    }
    let buffer = Buffer(of: UInt32.self, count: codes.count)
    for (place, code) in codes.enumerated() { buffer.view(UInt32.self)[place] = code }
    let values = Vector(
      .string, count: codes.count, data: buffer.base, owner: buffer, encoding: .codes32, dictionary: dictionary)
    return (values, counts)
  }

  /// The smallest and the largest number of a column.
  private func bounds(of column: Int, _ groups: ArraySlice<RowGroup>) -> Vector? {
    let type = scan.table.schema[column].type
    let zones = groups.map { $0.zones[column] }
    if type.lane == .float {
      let ranges = zones.compactMap(\.floats)
      guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else { return nil }
      return .making(type, count: 2) { $0 == 0 ? low : high }
    }
    let ranges = zones.compactMap(\.words)
    guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else { return nil }
    return .making(type, count: 2) { $0 == 0 ? low : high }
  }

  /// The scan's columns, of which only `values` are read, and the weights.
  private func chunk(_ values: [Int: Vector], weights: [Int64]) -> Chunk {
    let count = weights.count
    let columns = scan.columns.enumerated().map { place, column in
      values[place] ?? .constant(.null(scan.table.schema[column].type), count: count)
    }
    let chunk = Chunk(columns + [.making(.long, count: count) { weights[$0] }], count: count)
    chunk.weightColumn = columns.count
    return chunk
  }
}

extension Chunk {
  /// All rows of some groups.
  static func wholeGroups(_ groups: ArraySlice<RowGroup>, columns: [Int]) throws -> Chunk {
    let vectors = try columns.map { column in
      Vector.concatenating(try groups.map { try $0.column(column) }, type: try groups[groups.startIndex].column(column).type)
    }
    return Chunk(vectors, count: groups.reduce(0) { $0 &+ $1.count })
  }

  /// The number of a table's rows that the chunk's rows represent.
  var rowsStoodFor: Int {
    guard let weightColumn else { return count }
    let weights = column(weightColumn).view(Int64.self)
    return (0..<count).reduce(0) { $0 &+ Int(weights[$1]) }
  }
}
