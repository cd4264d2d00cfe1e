import PlumbDiagnostics

/// Adds columns that depend on neighbouring rows to all rows, which are in order.
func addingWindows(_ columns: [WindowColumn], to whole: Chunk, _ context: ExecutionContext) throws -> Chunk {
  var chunk = whole
  var shifts = ShiftedSelections()
  for column in columns {
    try context.checkpoint()
    if let neighbour = try shifts.neighbour(column, in: chunk, context) {
      chunk = chunk.appending(neighbour)
      continue
    }
    for index in column.arguments.reduce(into: Set<Int>(), { $0.formUnion($1.columns) }) {
      try chunk.gather(index, context)
    }
    let arguments = try column.arguments.map { try $0.evaluate(chunk, context) }
    chunk = chunk.appending([try windowVector(column, arguments, chunk.count, context)])
  }
  return chunk
}

/// Neighbours' values read in place: rows that a sort has ordered, but not yet gathered, are read
/// through the order shifted up or down.
private struct ShiftedSelections {
  private var known: [(of: Selection, by: Int, shifted: Selection)] = []

  /// The column of `prev` or `next` if nothing needs to be copied for it.
  mutating func neighbour(
    _ column: WindowColumn, in chunk: Chunk, _ context: ExecutionContext
  ) throws -> LazyColumn? {
    guard column.function == .prev || column.function == .next, column.arguments.count <= 2,
      case .column(let index, _, _) = column.arguments[0]
    else { return nil }
    let argument = chunk.lazyColumn(index)
    guard let order = argument.selection, !argument.canMiss, let base = argument.base.withPlaceForMissing else { return nil }
    var distance = 1
    if column.arguments.count == 2 {
      guard case .literal(let value, _) = column.arguments[1], case .long(let number) = value.asLong,
        number.magnitude < UInt64(chunk.count)
      else { return nil }
      distance = Int(number)
    }
    if column.function == .prev { distance = 0 &- distance }
    if let same = known.first(where: { $0.of === order && $0.by == distance }) {
      return LazyColumn(base: base, selection: same.shifted, canMiss: true)
    }
    let shifted = try order.shifted(by: distance, context)
    known.append((order, distance, shifted))
    return LazyColumn(base: base, selection: shifted, canMiss: true)
  }
}

extension Selection {
  /// For each position the row `distance` positions later; `missingRow` beyond the ends.
  fileprivate func shifted(by distance: Int, _ context: ExecutionContext) throws -> Selection {
    let buffer = Buffer(of: UInt32.self, count: count)
    let out = buffer.view(UInt32.self)
    let missing = Swift.min(Int(distance.magnitude), count)
    let kept = distance > 0 ? 0..<count - missing : missing..<count
    let gap = distance > 0 ? count - missing..<count : 0..<missing
    out.fill(gap.lowerBound, count: gap.count, with: missingRow)
    try WorkerPool.shared.ranges(kept.count, workers: context.threads) { _, range in
      try context.inBlocks(range) { block in
        let start = kept.lowerBound + block.lowerBound
        out.copy(rows + start + distance, count: block.count, to: start)
      }
    }
    return Selection(buffer: buffer, count: count)
  }
}

extension Vector {
  /// The same values in a form with which a gather can miss cheaply: codes need one for the empty text.
  fileprivate var withPlaceForMissing: Vector? {
    if isConstant { return nil }
    guard type == .string, encoding.isCodes else { return self }
    guard let extended = dictionary?.includingEmpty.dictionary else { return nil }
    return replacingDictionary(extended)
  }
}

private func windowVector(
  _ column: WindowColumn, _ arguments: [Vector], _ n: Int, _ context: ExecutionContext
) throws -> Vector {
  /// The constant whole number at an index, or the default if it is missing.
  func number(_ index: Int, _ missing: Int64) throws -> Int64 {
    guard index < arguments.count else { return missing }
    guard arguments[index].isConstant, case .long(let value) = arguments[index].value(at: 0).asLong else {
      throw Diagnostic(
        "not-a-constant", "`\(column.function.rawValue)` needs a constant whole number here",
        at: column.arguments[index].span)
    }
    return value
  }
  func restarts(_ index: Int) -> Vector? { index < arguments.count ? arguments[index].expanded() : nil }
  switch column.function {
  case .prev, .next:
    let distance = try number(1, 1)
    let signed = column.function == .prev ? 0 &- distance : distance
    return try shifted(arguments[0], by: signed, default: arguments.count > 2 ? arguments[2] : nil, n, context)
  case .rowNumber:
    return try rowNumbers(from: try number(0, 1), restarts(1), n, context)
  case .rowCumsum:
    return try cumulated(arguments[0].decoded().expanded(), restarts(1), n, context)
  case .rowRankDense, .rowRankMin:
    return try ranked(arguments[0], restarts(1), dense: column.function == .rowRankDense, n, context)
  case .rowWindowSession:
    guard case .timespan(let fromFirst) = arguments[1].value(at: 0),
      case .timespan(let between) = arguments[2].value(at: 0)
    else {
      throw Diagnostic(
        "not-a-constant", "`row_window_session` needs constant timespans for its distances", at: column.span)
    }
    return try sessions(arguments[0].decoded().expanded(), fromFirst, between, restarts(3), n, context)
  }
}

extension Value {
  fileprivate var asLong: Value {
    if case .int(let number) = self { return .long(Int64(number)) }
    return self
  }
}

/// Each row's value from the row `distance` later; beyond the ends null, or the default.
private func shifted(
  _ values: Vector, by distance: Int64, default fallback: Vector?, _ n: Int, _ context: ExecutionContext
) throws -> Vector {
  let source = values.expanded()
  let missing = Int(Swift.min(distance.magnitude, UInt64(n)))
  let isForward = distance > 0
  let kept = isForward ? missing..<n : 0..<n - missing
  let gap = isForward ? n - missing..<n : 0..<missing
  if fallback == nil, source.type == .string, source.encoding.isCodes {
    return try shiftedCodes(source, kept, emptyFirst: isForward ? 0 : missing, n, context)
  }
  let filler =
    fallback.map { $0.expanded().slice(gap.lowerBound, gap.count) }
    ?? .constant(.null(source.type), count: gap.count)
  let pieces = stride(from: kept.lowerBound, to: kept.upperBound, by: 1_048_576).map {
    source.slice($0, Swift.min(1_048_576, kept.upperBound - $0))
  }
  return try Vector.concatenating(isForward ? pieces + [filler] : [filler] + pieces, type: source.type) {
    try context.checkpoint()
  }
}

/// The same for codes, which stay codes: a dictionary with an empty text represents the missing rows.
private func shiftedCodes(
  _ source: Vector, _ kept: Range<Int>, emptyFirst: Int, _ n: Int, _ context: ExecutionContext
) throws -> Vector {
  guard let dictionary = source.dictionary else { return source }
  let extended = dictionary.includingEmpty
  let codes = source.wideCodes()
  let result = Buffer(of: UInt32.self, count: n)
  let out = result.view(UInt32.self)
  out.fill(0, count: n, with: UInt32(truncatingIfNeeded: extended.emptyCode))
  try context.inBlocks(kept) { block in
    out.copy(codes + block.lowerBound, count: block.count, to: emptyFirst + block.lowerBound - kept.lowerBound)
  }
  return Vector(
    .string, count: n, data: result.base, owner: result, encoding: .codes32, dictionary: extended.dictionary)
}

private func rowNumbers(
  from first: Int64, _ restarts: Vector?, _ n: Int, _ context: ExecutionContext
) throws -> Vector {
  let result = Buffer(of: Int64.self, count: n)
  let out = result.view(Int64.self)
  guard let restarts else {
    try WorkerPool.shared.ranges(n, workers: context.threads) { _, range in
      let out = result.view(Int64.self)
      try context.inBlocks(range) { for i in $0 { out[i] = first &+ Int64(i) } }
    }
    return Vector(.long, count: n, buffer: result)
  }
  let flags = restarts.view(UInt8.self)
  var next = first
  try context.inBlocks(0..<n) { block in
    for i in block {
      if flags[i] != 0 && !restarts.isNull(i) { next = first }
      out[i] = next
      next &+= 1
    }
  }
  return Vector(.long, count: n, buffer: result)
}

/// Running sums; null terms add nothing.
private func cumulated(
  _ terms: Vector, _ restarts: Vector?, _ n: Int, _ context: ExecutionContext
) throws -> Vector {
  let flags = restarts?.view(UInt8.self)
  func isRestart(_ row: Int) -> Bool { flags.map { $0[row] != 0 } ?? false }
  switch terms.type.lane {
  case .float:
    let result = Buffer(of: Double.self, count: n)
    let values = terms.view(Double.self)
    var sum = 0.0
    try context.inBlocks(0..<n) { block in
      for i in block {
        if isRestart(i) { sum = 0 }
        if !terms.isNull(i) { sum += values[i] }
        result.view(Double.self)[i] = sum
      }
    }
    return Vector(terms.type, count: n, buffer: result)
  case .wide where terms.type == .decimal:
    let result = Buffer(of: Decimal128.self, count: n)
    let values = terms.view(Decimal128.self)
    var sum = Decimal128.zero
    try context.inBlocks(0..<n) { block in
      for i in block {
        if isRestart(i) { sum = .zero }
        if !terms.isNull(i) { sum = sum.adding(values[i]) ?? sum }
        result.view(Decimal128.self)[i] = sum
      }
    }
    return Vector(terms.type, count: n, buffer: result)
  case .word, .byte, .bytes, .wide:
    let result = Buffer(of: Int64.self, count: n)
    let values = terms.view(Int64.self)
    var sum: Int64 = 0
    try context.inBlocks(0..<n) { block in
      for i in block {
        if isRestart(i) { sum = 0 }
        if !terms.isNull(i) { sum &+= values[i] }
        result.view(Int64.self)[i] = sum
      }
    }
    return Vector(terms.type == .int ? .long : terms.type, count: n, buffer: result)
  }
}

/// 1 for the first row; one more (dense), or the row's number, whenever the term changes.
private func ranked(
  _ terms: Vector, _ restarts: Vector?, dense: Bool, _ n: Int, _ context: ExecutionContext
) throws -> Vector {
  let layout = KeyLayout([terms.type], bounds: [.unknown])
  let words = layout.words(of: [terms], count: n)
  let keys = words.view(UInt64.self)
  let width = layout.wordCount
  let flags = restarts?.view(UInt8.self)
  let result = Buffer(of: Int64.self, count: n)
  let out = result.view(Int64.self)
  var rank: Int64 = 0
  var inPart: Int64 = 0
  try context.inBlocks(0..<n) { block in
    for i in block {
      var changed = i == 0
      if i > 0 { for w in 0..<width where keys[i &* width + w] != keys[(i - 1) &* width + w] { changed = true } }
      if flags.map({ $0[i] != 0 }) ?? false {
        rank = 0
        inPart = 0
        changed = true
      }
      inPart += 1
      if changed { rank = dense ? rank + 1 : inPart }
      out[i] = rank
    }
  }
  return Vector(.long, count: n, buffer: result)
}

/// The start of each row's session: a new one begins if a row is too far from the session's first row or from the last.
private func sessions(
  _ times: Vector, _ fromFirst: Int64, _ between: Int64, _ restarts: Vector?, _ n: Int, _ context: ExecutionContext
) throws -> Vector {
  let values = times.view(Int64.self)
  let flags = restarts?.view(UInt8.self)
  let result = Buffer.zeros(byteCount: n &* 8)
  let mask = Buffer.zeros(byteCount: n)
  let out = result.view(Int64.self)
  var start: Int64?
  var last: Int64 = 0
  try context.inBlocks(0..<n) { block in
    for i in block {
      if times.isNull(i) {
        // The next time does not belong to a session.
        start = nil
        mask.view(UInt8.self)[i] = 1
        continue
      }
      let time = values[i]
      let isNew =
        start.map { time &- $0 >= fromFirst || time &- last >= between } ?? true
        || (flags.map { $0[i] != 0 } ?? false)
      if isNew { start = time }
      last = time
      out[i] = start ?? time
    }
  }
  return Vector(.datetime, count: n, buffer: result, nulls: mask)
}
