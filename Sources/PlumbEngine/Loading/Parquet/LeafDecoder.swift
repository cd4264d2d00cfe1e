import Glibc

/// Decodes the pages of a leaf column into vectors.
///
/// - Shape: one row for each value of the page.
/// - Nulls: rows whose definition level is below the maximum; empty texts for strings.
package struct LeafDecoder: Sendable {
  package let leaf: LeafType
  /// The level of a value that exists: 0 if every row has one.
  package let definitionLevel: Int
  /// The level of a value that continues the list of the previous one.
  package let repetitionLevel: Int
  /// Whether 64-bit integers are known to fit into 32 bits.
  package let isNarrow: Bool

  package init(_ leaf: LeafType, definitionLevel: Int, repetitionLevel: Int, isNarrow: Bool) {
    self.leaf = leaf
    self.definitionLevel = definitionLevel
    self.repetitionLevel = repetitionLevel
    self.isNarrow = isNarrow
  }

  /// Returns the values of a page of a column without lists, whose definition levels are 0 or 1.
  ///
  /// - Throws: A fault, or `memory-limit`.
  package func vector(
    of page: ParquetPage, _ dictionary: LeafDictionary?, _ context: ExecutionContext
  ) throws -> Vector {
    let (nulls, present) = try readNulls(page, context)
    guard page.encoding.isDictionary else {
      return try plainVector(of: page, count: page.count, present: present, nulls, context)
    }
    guard let dictionary else { throw Self.missingDictionary }
    switch dictionary.content {
    case .codes(let codes): return try codeVector(of: page, codes, present: present, nulls, context)
    case .values(let values):
      return try gathered(of: page, values, count: page.count, present: present, nulls, context)
    }
  }

  /// Returns the non-null values of a page of any column.
  func presentValues(
    of page: ParquetPage, _ dictionary: LeafDictionary?, present: Int, _ context: ExecutionContext
  ) throws -> Vector {
    guard page.encoding.isDictionary else {
      return try plainVector(of: page, count: present, present: present, nil, context)
    }
    guard let dictionary, case .values(let values) = dictionary.content else { throw Self.missingDictionary }
    return try gathered(of: page, values, count: present, present: present, nil, context)
  }

  private static let missingDictionary = ParquetFault("its values refer to a missing dictionary")

  private func readNulls(_ page: ParquetPage, _ context: ExecutionContext) throws -> (mask: Buffer?, present: Int) {
    if definitionLevel == 0 || page.count == 0 { return (nil, page.count) }
    let bytes = page.bytes(page.definition)
    if !page.hasPackedLevels {
      var reader = HybridReader(bytes, width: 1)
      if let run = try reader.peekRun(), run.count >= page.count, run.value == 1 { return (nil, page.count) }
    }
    let mask = try context.buffer(byteCount: page.count)
    let flags = mask.values(UInt8.self)
    if page.hasPackedLevels {
      try readPackedLevels(bytes, width: 1, count: page.count, into: flags)
    } else {
      var reader = HybridReader(bytes, width: 1)
      try reader.read(page.count, into: flags)
    }
    var present = 0
    for i in 0..<page.count {
      // The number of a run has more bits than a level.
      let isPresent = flags[i] & 1
      present &+= Int(isPresent)
      flags[i] = isPresent ^ 1
    }
    return (present == page.count ? nil : mask, present)
  }

  // MARK: - Values that are stored themselves

  private func plainVector(
    of page: ParquetPage, count: Int, present: Int, _ nulls: Buffer?, _ context: ExecutionContext
  ) throws -> Vector {
    let source = try LeafSource(page, leaf.storage, count: present, context)
    let made = try leaf.lanes(source, count: present, room: count, isNarrow: isNarrow, context)
    let owners = leaf.type.lane == .bytes ? [page.memory] + made.owners : []
    return finish(made.lanes, made.form, count: count, present: present, nulls, made.invalid, owners)
  }

  /// Moves the values to their rows and combines both kinds of nulls.
  private func finish(
    _ lanes: Buffer, _ form: Vector.Encoding, count: Int, present: Int, _ nulls: Buffer?, _ invalid: Buffer?,
    _ owners: [AnyObject]
  ) -> Vector {
    var mask = nulls ?? invalid
    if let nulls {
      let flags = nulls.values(UInt8.self)
      switch form == .narrow ? 4 : leaf.type.lane.stride {
      case 1: spread(lanes.values(UInt8.self), count, present, flags, filler: 0)
      case 4: spread(lanes.values(UInt32.self), count, present, flags, filler: 0)
      case 8: spread(lanes.values(UInt64.self), count, present, flags, filler: 0)
      default: spread(lanes.values(Bytes.self), count, present, flags, filler: Bytes(start: nil, count: 0))
      }
      if let invalid {
        let both = Buffer(byteCount: count)
        let out = both.values(UInt8.self), marks = invalid.values(UInt8.self)
        var next = 0
        for i in 0..<count {
          if flags[i] == 0 {
            out[i] = marks[next]
            next &+= 1
          } else {
            out[i] = 1
          }
        }
        mask = both
      }
    }
    // Strings have no nulls.
    if leaf.type == .string { mask = nil }
    return Vector(
      leaf.type, count: count, data: lanes.base, owner: owners.isEmpty ? lanes : Owners([lanes] + owners),
      nulls: mask.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: mask, encoding: form)
  }

  /// Moves `present` values to the rows that are not null, from the last one on.
  @inline(__always)
  private func spread<T: BitwiseCopyable>(
    _ lanes: UnsafeMutablePointer<T>, _ count: Int, _ present: Int, _ nulls: UnsafePointer<UInt8>, filler: T
  ) {
    var next = present
    var i = count
    while i > 0 {
      i &-= 1
      if nulls[i] == 0 {
        next &-= 1
        lanes[i] = lanes[next]
      } else {
        lanes[i] = filler
      }
    }
  }

  // MARK: - Numbers of a dictionary's entries

  /// How many numbers are read at a time.
  private static let batch = 2_048

  /// Calls `body` with batches of indices, all of them below `entries`.
  @inline(__always)
  private func forEachBatch(
    of page: ParquetPage, _ present: Int, entries: Int, _ body: (_ start: Int, UnsafeBufferPointer<UInt32>) -> Void
  ) throws {
    if present == 0 { return }
    let bytes = page.bytes(page.values)
    guard let width = bytes.first, width <= 32 else { throw ParquetFault("the width of its dictionary indices is invalid") }
    guard entries > 0 else { throw ParquetFault("its dictionary is empty") }
    var reader = HybridReader(bytes.rest(from: 1), width: Int(width))
    try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.batch) { room in
      let numbers = room.baseAddress.unsafelyUnwrapped
      var start = 0
      while start < present {
        let n = Swift.min(Self.batch, present &- start)
        try reader.read(n, into: numbers)
        var most: UInt32 = 0
        for i in 0..<n { most = Swift.max(most, numbers[i]) }
        guard Int(most) < entries else {
          throw ParquetFault("it refers to entry \(most) of a dictionary of \(entries)")
        }
        body(start, UnsafeBufferPointer(start: numbers, count: n))
        start &+= n
      }
    }
  }

  private func codeVector(
    of page: ParquetPage, _ codes: LeafCodes, present: Int, _ nulls: Buffer?, _ context: ExecutionContext
  ) throws -> Vector {
    let encoding = StringDictionary.encoding(forCount: codes.dictionary.count)
    let lanes = try context.buffer(byteCount: page.count &* Vector.stride(of: encoding))
    switch encoding {
    case .codes8: try fillCodes(lanes.values(UInt8.self), page, codes, present, nulls)
    case .codes16: try fillCodes(lanes.values(UInt16.self), page, codes, present, nulls)
    case .codes32, .plain, .narrow: try fillCodes(lanes.values(UInt32.self), page, codes, present, nulls)
    }
    return .filledCodes(codes.dictionary, encoding, type: leaf.type, count: page.count, lanes)
  }

  @inline(__always)
  private func fillCodes<Code: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ out: UnsafeMutablePointer<Code>, _ page: ParquetPage, _ codes: LeafCodes, _ present: Int,
    _ nulls: Buffer?
  ) throws {
    let map = codes.map.values(UInt32.self)
    try forEachBatch(of: page, present, entries: codes.count) { start, numbers in
      let target = out + start
      for i in 0..<numbers.count { target[i] = Code(truncatingIfNeeded: map[Int(numbers[i])]) }
    }
    if let nulls {
      spread(out, page.count, present, nulls.values(), filler: Code(truncatingIfNeeded: codes.emptyCode))
    }
  }

  private func gathered(
    of page: ParquetPage, _ values: Vector, count: Int, present: Int, _ nulls: Buffer?, _ context: ExecutionContext
  ) throws -> Vector {
    let width = values.stride
    let lanes = try context.buffer(byteCount: count &* width)
    var invalid: Buffer?
    if let marks = values.nulls {
      let mask = try context.buffer(byteCount: Swift.max(present, 1))
      let out = mask.values(UInt8.self)
      try forEachBatch(of: page, present, entries: values.count) { start, numbers in
        for i in 0..<numbers.count { out[start &+ i] = marks[Int(numbers[i])] }
      }
      invalid = mask
    }
    switch width {
    case 1: try gather(values.view(UInt8.self), into: lanes.values(), page, values.count, present)
    case 4: try gather(values.view(UInt32.self), into: lanes.values(), page, values.count, present)
    case 8: try gather(values.view(UInt64.self), into: lanes.values(), page, values.count, present)
    default: try gather(values.view(Bytes.self), into: lanes.values(), page, values.count, present)
    }
    let owners: [AnyObject] = leaf.type.lane == .bytes ? values.owner.map { [$0] } ?? [] : []
    return finish(lanes, values.encoding, count: count, present: present, nulls, invalid, owners)
  }

  @inline(__always)
  private func gather<T: BitwiseCopyable>(
    _ values: BufferView<T>, into out: UnsafeMutablePointer<T>, _ page: ParquetPage, _ entries: Int, _ present: Int
  ) throws {
    try forEachBatch(of: page, present, entries: entries) { start, numbers in
      let target = out + start
      for i in 0..<numbers.count { target[i] = values[Int(numbers[i])] }
    }
  }
}

extension Vector {
  /// Returns whether all integers that are not null are in `bounds`; true for other columns.
  package func isWithin(_ bounds: ClosedRange<Int64>) -> Bool {
    guard let words = zoneRange().words else { return true }
    return bounds.contains(words.lowerBound) && bounds.contains(words.upperBound)
  }
}

extension Vector {
  /// Whether no row has a value.
  package var isAllNull: Bool {
    guard let nulls else { return count == 0 }
    return UnsafeBufferPointer(start: nulls, count: isConstant ? 1 : count).allSatisfy { $0 != 0 }
  }
}
