import PlumbDiagnostics
import Synchronization

/// One side of a join in memory, indexed by key.
///
/// - Nulls: a row with a null key is kept but never found.
final class JoinTable: Sendable {
  let chunk: Chunk
  let layout: KeyLayout
  private let table: UncheckedBox<GroupTable>
  /// The start of each key's rows in `rows`; one more entry at the end.
  private let starts: Buffer
  private let rows: Selection
  /// Whether each key has one row: then a key's number is its row.
  private let isUnique: Bool
  /// The number of each code's key, for the dictionaries of text keys that were looked up; `missingRow` for none.
  private let codeNumbers = LockedValue<[(dictionary: StringDictionary, numbers: BufferView<UInt32>)]>([])
  /// One byte per row, 1 once a probe has matched it.
  let matched: Buffer

  /// - `firstOnly`: keep only the first row of each key, as the left side of `innerunique`.
  init(
    _ chunk: Chunk, keys: [Vector], layout: KeyLayout, firstOnly: Bool, _ context: ExecutionContext
  ) throws {
    self.chunk = chunk
    self.layout = layout
    let n = chunk.count
    let (numbers, table) = try numberedKeys(keys, layout, nulls: unitedNulls(keys, count: n), count: n, context)
    let out = numbers.view(UInt32.self)
    let count = table.count
    starts = Buffer.zeros(byteCount: (count + 2) &* 4)
    let begin = starts.view(UInt32.self)
    var used = 0
    if firstOnly {
      // The first row of each key: keys are numbered in order of first occurrence.
      let first = Buffer(of: UInt32.self, count: count)
      var next: UInt32 = 0
      var row = 0
      while next < count {
        if out[row] == next {
          first.view(UInt32.self)[Int(next)] = UInt32(truncatingIfNeeded: row)
          next += 1
        }
        row += 1
      }
      rows = Selection(buffer: first, count: count)
      for i in 0...count { begin[i] = UInt32(truncatingIfNeeded: i) }
      used = count
    } else {
      try context.inBlocks(0..<n) { for i in $0 where out[i] != missingRow { begin[Int(out[i]) + 1] &+= 1 } }
      for i in 0..<count { begin[i + 1] &+= begin[i] }
      let sorted = Buffer(of: UInt32.self, count: n)
      let places = BufferView<UInt32>(count: count + 1), ordered = sorted.view(UInt32.self)
      places.copy(begin, count: count + 1)
      try context.inBlocks(0..<n) { block in
        for i in block where out[i] != missingRow {
          let key = Int(out[i])
          ordered[Int(places[key])] = UInt32(truncatingIfNeeded: i)
          places[key] &+= 1
          used += 1
        }
      }
      rows = Selection(buffer: sorted, count: used)
    }
    isUnique = used == count
    self.table = UncheckedBox(table)
    matched = Buffer.zeros(byteCount: n)
  }

  /// Passes the matching pairs of probe row and build row for each key to `emit` in batches.
  ///
  /// - `outer`: a probe row without a match is paired with `missingRow`.
  func pairs(
    keys: [Vector], count n: Int, outer: Bool, _ context: ExecutionContext,
    emit: (_ probe: Selection, _ build: Selection) throws -> Void
  ) throws {
    let number = found(keys, n)
    let begin = starts.view(UInt32.self)
    let sorted = rows.rows
    if isUnique {
      let probe = Buffer(of: UInt32.self, count: n), build = Buffer(of: UInt32.self, count: n)
      let left = probe.view(UInt32.self), right = build.view(UInt32.self)
      var made = 0
      for i in 0..<n {
        let key = number[i]
        if key == missingRow && !outer { continue }
        left[made] = UInt32(truncatingIfNeeded: i)
        right[made] = key == missingRow ? missingRow : sorted[Int(key)]
        made &+= 1
      }
      if made > 0 {
        try emit(Selection(buffer: probe, count: made), Selection(buffer: build, count: made))
      }
      return
    }
    var probe = Growing<UInt32>(capacity: n), build = Growing<UInt32>(capacity: n)
    func send() throws {
      guard probe.count > 0 else { return }
      try context.checkpoint()
      try emit(
        Selection(buffer: probe.buffer, count: probe.count), Selection(buffer: build.buffer, count: build.count))
      probe = Growing(capacity: n)
      build = Growing(capacity: n)
    }
    for i in 0..<n {
      let key = number[i]
      if key == missingRow {
        if outer {
          probe.append(UInt32(truncatingIfNeeded: i))
          build.append(missingRow)
        }
        continue
      }
      for place in Int(begin[Int(key)])..<Int(begin[Int(key) + 1]) {
        probe.append(UInt32(truncatingIfNeeded: i))
        build.append(sorted[place])
        if probe.count >= 65_536 { try send() }
      }
    }
    try send()
  }

  /// The probe rows that have a match, or those that have none.
  func rows(matching keys: [Vector], count n: Int, wanted: Bool) -> Selection {
    let number = found(keys, n)
    let result = Buffer(of: UInt32.self, count: n)
    let out = result.view(UInt32.self)
    var made = 0
    for i in 0..<n where (number[i] != missingRow) == wanted {
      out[made] = UInt32(truncatingIfNeeded: i)
      made &+= 1
    }
    return Selection(buffer: result, count: made)
  }

  private func found(_ keys: [Vector], _ n: Int) -> BufferView<UInt32> {
    if keys.count == 1, let known = numbersOfCodes(of: keys[0], n) {
      let codes = keys[0].wideCodes(), out = BufferView<UInt32>(count: n)
      for i in 0..<n { out[i] = known[Int(codes[i])] }
      return out
    }
    return foundByKey(keys, n)
  }

  /// The number of each code of a text key; nil if the key is not coded, or the dictionary is long beside the rows.
  private func numbersOfCodes(of key: Vector, _ n: Int) -> BufferView<UInt32>? {
    guard key.type == .string, key.encoding.isCodes, !key.isConstant, key.nulls == nil, let dictionary = key.dictionary else {
      return nil
    }
    return codeNumbers.withLock { known in
      if let hit = known.first(where: { $0.dictionary === dictionary }) { return hit.numbers }
      guard dictionary.count <= 4 &* n, known.count < Self.dictionaryLimit else { return nil }
      let entries = Vector(.string, count: dictionary.count, data: dictionary.entries, owner: dictionary)
      let numbers = foundByKey([entries], dictionary.count)
      known.append((dictionary, numbers))
      return numbers
    }
  }

  /// The maximum number of dictionaries whose codes are remembered.
  private static let dictionaryLimit = 8

  private func foundByKey(_ keys: [Vector], _ n: Int) -> BufferView<UInt32> {
    let words = layout.words(of: keys, count: n).view(UInt64.self)
    let out = BufferView<UInt32>(count: n)
    words.withPointer { words in out.withPointer { table.value.find(words, rows: n, into: $0) } }
    if let nullKeys = unitedNulls(keys, count: n) {
      let isNull = nullKeys.view(UInt8.self)
      for i in 0..<n where isNull[i] != 0 { out[i] = missingRow }
    }
    return out
  }

  /// The build rows that no probe has matched.
  func unmatchedRows() -> Selection {
    let flags = matched.view(UInt8.self)
    let result = Buffer(of: UInt32.self, count: chunk.count)
    var made = 0
    for i in 0..<chunk.count where flags[i] == 0 {
      result.view(UInt32.self)[made] = UInt32(truncatingIfNeeded: i)
      made &+= 1
    }
    return Selection(buffer: result, count: made)
  }
}
