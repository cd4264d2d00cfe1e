import PlumbDiagnostics

/// The axis of `make-series`: the start and end of its bins and the distance between them.
package struct SeriesAxis: Sendable {
  package let name: String
  /// datetime, timespan, long or real; the bounds have the same type, and `step` is a span for a datetime.
  package let type: ScalarType
  /// The first bin; nil for the first that has data, in each series.
  package let start: Value?
  /// The end of the bins; nil for the last one that has data, in each series.
  package let end: Value?
  package let step: Value
  /// Whether a bin that begins at `end` belongs to the series.
  package let includesEnd: Bool

  package init(name: String, type: ScalarType, start: Value?, end: Value?, step: Value, includesEnd: Bool) {
    self.name = name
    self.type = type
    self.start = start
    self.end = end
    self.step = step
    self.includesEnd = includesEnd
  }
}

extension LogicalPlan {
  /// One row for each group, with an array for each aggregate and one of the axis' bins.
  ///
  /// - Input: the group columns, the bin, then one column for each aggregate: a row for each group and bin.
  /// - Parameter defaults: the values in bins without data, one for each aggregate.
  package static func makeSeries(
    _ input: LogicalPlan, groups: Int, axis: SeriesAxis, defaults: [Value], keepsEmpty: Bool
  ) -> LogicalPlan {
    let columns = input.schema
    let schema = Array(columns[..<groups])
      + columns[(groups + 1)...].map { ColumnInfo($0.name, .dynamic) } + [ColumnInfo(axis.name, .dynamic)]
    return .materialising(
      MaterialisingPlan(name: "make-series", input: input, schema: schema) { chunk, context in
        try seriesRows(
          chunk, context, groups: groups, axis: axis, defaults: defaults, keepsEmpty: keepsEmpty, schema: schema)
      })
  }
}

/// The maximum number of bins in one series.
private let longestSeries = 1 << 20

private func seriesRows(
  _ chunk: Chunk, _ context: ExecutionContext, groups: Int, axis: SeriesAxis, defaults: [Value],
  keepsEmpty: Bool, schema: Schema
) throws -> Chunk {
  let vectors = chunk.vectors()
  var order: [[Value]] = []
  var rows: [[Value]: [Int]] = [:]
  for row in 0..<chunk.count {
    if row & 1023 == 0 { try context.checkpoint() }
    if vectors[groups].value(at: row).isNull { continue }
    let key = vectors[..<groups].map { $0.value(at: row) }
    if rows[key] == nil { order.append(key) }
    rows[key, default: []].append(row)
  }
  if order.isEmpty, keepsEmpty, groups == 0 { order = [[]] }
  let builders = TableBuilder(schema, for: context)
  for key in order {
    try builders.beginRow()
    try context.checkpoint()
    let members = rows[key] ?? []
    let bins = members.map { vectors[groups].value(at: $0) }
    let (first, count) = try extent(of: bins, axis)
    var arrays = defaults.map { [Dynamic](repeating: Dynamic($0), count: count) }
    for (row, bin) in zip(members, bins) {
      guard let place = axis.place(of: bin, from: first), place >= 0, place < count else { continue }
      for index in arrays.indices {
        arrays[index][place] = Dynamic(vectors[groups + 1 + index].value(at: row))
      }
    }
    for (index, value) in key.enumerated() { builders[index].append(value) }
    for (index, array) in arrays.enumerated() { builders[groups + index].append(dynamic: .array(array)) }
    builders[groups + defaults.count].append(dynamic: .array((0..<count).map { Dynamic(axis.bin($0, from: first)) }))
  }
  return try builders.finish()
}

/// The first bin of a series and the number of bins.
private func extent(of bins: [Value], _ axis: SeriesAxis) throws -> (first: Value, count: Int) {
  let numbers = bins.compactMap(\.axisNumber)
  guard let low = axis.start?.axisNumber ?? numbers.min(),
    let first = axis.start ?? bins.min(by: { ($0.axisNumber ?? 0) < ($1.axisNumber ?? 0) }),
    let step = axis.step.axisNumber, step > 0
  else { return (axis.step, 0) }
  let span: Double
  if let end = axis.end?.axisNumber {
    span = ((end - low) / step + (axis.includesEnd ? 1e-9 : -1e-9)).rounded(.down)
  } else {
    span = (((numbers.max() ?? low) - low) / step).rounded()
  }
  guard span < Double(longestSeries) else {
    throw Diagnostic("series-too-long", "`make-series` would produce more than \(longestSeries) values in one series")
  }
  return (first, Swift.max(0, Int(span) + 1))
}

extension SeriesAxis {
  /// The index of the bin that begins at a value.
  fileprivate func place(of bin: Value, from first: Value) -> Int? {
    guard let value = bin.axisNumber, let start = first.axisNumber, let step = step.axisNumber else { return nil }
    let place = ((value - start) / step).rounded()
    return place.magnitude < 1e15 ? Int(place) : nil
  }

  /// The value at which a bin begins.
  fileprivate func bin(_ place: Int, from first: Value) -> Value {
    switch (first, step) {
    case (.datetime(let start), .timespan(let step)): .datetime(start &+ Int64(place) &* step)
    case (.timespan(let start), .timespan(let step)): .timespan(start &+ Int64(place) &* step)
    case (.long(let start), .long(let step)): .long(start &+ Int64(place) &* step)
    default: .real((first.axisNumber ?? 0) + Double(place) * (step.axisNumber ?? 0))
    }
  }
}

extension Value {
  /// The position of a value on an axis.
  fileprivate var axisNumber: Double? {
    switch self {
    case .int(let number): Double(number)
    case .long(let number), .datetime(let number), .timespan(let number): Double(number)
    case .real(let number): number
    case .decimal(let number): number.double
    case .null, .bool, .string, .guid, .dynamic: nil
    }
  }
}
