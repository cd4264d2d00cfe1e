import PlumbDiagnostics

/// Adds columns that depend on neighbouring rows to all rows, which are in order.
func addingWindows(_ columns: [WindowColumn], to whole: Chunk, _ context: ExecutionContext) throws -> Chunk {
  var chunk = whole
  for column in columns {
    try context.checkpoint()
    let arguments = try column.arguments.map { try $0.evaluate(chunk, context) }
    chunk = chunk.appending([try windowVector(column, arguments, chunk.count)])
  }
  return chunk
}

private func windowVector(_ column: WindowColumn, _ arguments: [Vector], _ n: Int) throws -> Vector {
  /// The constant whole number at a place, or what it is when left out.
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
    return shifted(arguments[0], by: signed, default: arguments.count > 2 ? arguments[2] : nil, n)
  case .rowNumber:
    return rowNumbers(from: try number(0, 1), restarts(1), n)
  case .rowCumsum:
    return cumulated(arguments[0].decoded().expanded(), restarts(1), n)
  case .rowRankDense, .rowRankMin:
    return ranked(arguments[0], restarts(1), dense: column.function == .rowRankDense, n)
  case .rowWindowSession:
    guard case .timespan(let fromFirst) = arguments[1].value(at: 0),
      case .timespan(let between) = arguments[2].value(at: 0)
    else {
      throw Diagnostic(
        "not-a-constant", "`row_window_session` needs constant timespans for its distances", at: column.span)
    }
    return sessions(arguments[0].decoded().expanded(), fromFirst, between, restarts(3), n)
  }
}

extension Value {
  fileprivate var asLong: Value {
    if case .int(let number) = self { return .long(Int64(number)) }
    return self
  }
}

/// Each row's value from the row `distance` later; beyond the ends null, or the default.
private func shifted(_ values: Vector, by distance: Int64, default fallback: Vector?, _ n: Int) -> Vector {
  let source = values.expanded()
  let selection = Selection(buffer: Buffer(of: UInt32.self, count: n), count: n)
  let rows = selection.rows
  var misses = 0
  for i in 0..<n {
    let (from, overflow) = Int64(i).addingReportingOverflow(distance)
    if !overflow && from >= 0 && from < n {
      rows[i] = UInt32(truncatingIfNeeded: from)
    } else {
      rows[i] = missingRow
      misses += 1
    }
  }
  if misses == 0 { return source.gathering(selection) }
  guard let fallback else {
    if source.type == .string, source.encoding.isCodes { return shiftedCodes(source, rows, n) }
    return source.gathering(selection, canMiss: true)
  }
  let other = fallback.decoded().expanded()
  let both = Vector.concatenating([source.decoded(), other], type: source.type)
  for i in 0..<n where rows[i] == missingRow { rows[i] = UInt32(truncatingIfNeeded: n + i) }
  return both.gathering(selection)
}

/// The same for codes, which stay codes: a dictionary with an empty text stands for the missing rows.
private func shiftedCodes(_ source: Vector, _ rows: UnsafeMutablePointer<UInt32>, _ n: Int) -> Vector {
  guard let dictionary = source.dictionary else { return source }
  let extended = dictionary.includingEmpty
  let (buffer, codes) = source.wideCodes()
  defer { withExtendedLifetime(buffer) {} }
  let result = Buffer(of: UInt32.self, count: n)
  let out = result.values(UInt32.self)
  let empty = UInt32(truncatingIfNeeded: extended.emptyCode)
  for i in 0..<n { out[i] = rows[i] == missingRow ? empty : codes[Int(rows[i])] }
  return Vector(
    .string, count: n, data: result.base, owner: result, encoding: .codes32, dictionary: extended.dictionary)
}

private func rowNumbers(from first: Int64, _ restarts: Vector?, _ n: Int) -> Vector {
  let result = Buffer(of: Int64.self, count: n)
  let out = result.values(Int64.self)
  guard let restarts else {
    for i in 0..<n { out[i] = first &+ Int64(i) }
    return Vector(.long, count: n, buffer: result)
  }
  let flags = restarts.lanes(UInt8.self)
  var next = first
  for i in 0..<n {
    if flags[i] != 0 && !restarts.isNull(i) { next = first }
    out[i] = next
    next &+= 1
  }
  return Vector(.long, count: n, buffer: result)
}

/// Running sums; null terms add nothing.
private func cumulated(_ terms: Vector, _ restarts: Vector?, _ n: Int) -> Vector {
  let flags = restarts?.lanes(UInt8.self)
  func isRestart(_ row: Int) -> Bool { flags.map { $0[row] != 0 } ?? false }
  switch terms.type.lane {
  case .float:
    let result = Buffer(of: Double.self, count: n)
    let values = terms.lanes(Double.self)
    var sum = 0.0
    for i in 0..<n {
      if isRestart(i) { sum = 0 }
      if !terms.isNull(i) { sum += values[i] }
      result.values(Double.self)[i] = sum
    }
    return Vector(terms.type, count: n, buffer: result)
  case .wide where terms.type == .decimal:
    let result = Buffer(of: Decimal128.self, count: n)
    let values = terms.lanes(Decimal128.self)
    var sum = Decimal128.zero
    for i in 0..<n {
      if isRestart(i) { sum = .zero }
      if !terms.isNull(i) { sum = sum.adding(values[i]) ?? sum }
      result.values(Decimal128.self)[i] = sum
    }
    return Vector(terms.type, count: n, buffer: result)
  case .word, .byte, .bytes, .wide:
    let result = Buffer(of: Int64.self, count: n)
    let values = terms.lanes(Int64.self)
    var sum: Int64 = 0
    for i in 0..<n {
      if isRestart(i) { sum = 0 }
      if !terms.isNull(i) { sum &+= values[i] }
      result.values(Int64.self)[i] = sum
    }
    return Vector(terms.type == .int ? .long : terms.type, count: n, buffer: result)
  }
}

/// 1 for the first row; one more (dense), or the row's number, whenever the term changes.
private func ranked(_ terms: Vector, _ restarts: Vector?, dense: Bool, _ n: Int) -> Vector {
  let layout = KeyLayout([terms.type], bounds: [.unknown])
  let words = layout.words(of: [terms], count: n)
  let keys = words.values(UInt64.self)
  let width = layout.wordCount
  let flags = restarts?.lanes(UInt8.self)
  let result = Buffer(of: Int64.self, count: n)
  let out = result.values(Int64.self)
  var rank: Int64 = 0
  var inPart: Int64 = 0
  for i in 0..<n {
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
  return Vector(.long, count: n, buffer: result)
}

/// The start of each row's session: a new one begins too far from the session's first row or from the last.
private func sessions(
  _ times: Vector, _ fromFirst: Int64, _ between: Int64, _ restarts: Vector?, _ n: Int
) -> Vector {
  let values = times.lanes(Int64.self)
  let flags = restarts?.lanes(UInt8.self)
  let result = Buffer.zeros(byteCount: n &* 8)
  let mask = Buffer.zeros(byteCount: n)
  let out = result.values(Int64.self)
  var start: Int64?
  var last: Int64 = 0
  for i in 0..<n {
    if times.isNull(i) {
      mask.values(UInt8.self)[i] = 1
      continue
    }
    let time = values[i]
    let isNew =
      start.map { time &- $0 > fromFirst || time &- last > between } ?? true
      || (flags.map { $0[i] != 0 } ?? false)
    if isNew { start = time }
    last = time
    out[i] = start ?? time
  }
  return Vector(.datetime, count: n, buffer: result, nulls: mask)
}
