/// A column converted to unsigned numbers that sort as the column does, including direction and nulls.
struct SortCodes {
  /// One number per row.
  let codes: Buffer
  /// The number of low bits in use; 0 if all rows are equal.
  let bits: Int

  /// - Cost: one or two passes for numbers; texts cost a sort of their distinct values.
  init(_ vector: Vector, isDescending: Bool, nullsFirst: Bool, _ context: ExecutionContext) throws {
    let source = vector.isConstant ? vector.expanded() : vector
    let ranks: Ranks
    switch source.type.lane {
    case .word: ranks = try Self.wordRanks(source, context)
    case .byte: ranks = try Self.byteRanks(source, context)
    case .float: ranks = try Self.floatRanks(source, nanIsLowest: nullsFirst != isDescending, context)
    case .bytes: ranks = source.encoding.isCodes ? try Self.codeRanks(source, context) : try Self.textRanks(source, context)
    case .wide: ranks = try Self.wideRanks(source, context)
    }
    let made = ranks.codes
    let top = ranks.largest
    if isDescending || source.nulls != nil {
      let null = nullsFirst ? 0 : top &+ 1
      let step: UInt64 = nullsFirst ? 1 : 0
      try Self.fill(made, context) { codes, range in
        if isDescending { for i in range { codes[i] = top &- codes[i] } }
        if let nulls = source.nulls { for i in range { codes[i] = nulls[i] != 0 ? null : codes[i] &+ step } }
      }
    }
    codes = made
    bits = 64 - (source.nulls == nil ? top : top &+ 1).leadingZeroBitCount
  }

  /// Calls `body` for ranges of the codes, on all workers.
  @inline(__always)
  private static func fill(
    _ codes: Buffer, _ context: ExecutionContext, _ body: @Sendable (UnsafeMutablePointer<UInt64>, Range<Int>) -> Void
  ) throws {
    try WorkerPool.shared.ranges(codes.byteCount / 8, workers: context.threads) { _, range in
      try context.inBlocks(range) { body(codes.values(UInt64.self), $0) }
    }
  }

  private struct Ranks {
    let codes: Buffer
    let largest: UInt64
  }

  private static func wordRanks(_ vector: Vector, _ context: ExecutionContext) throws -> Ranks {
    let plain = vector.decoded()
    let values = plain.lanes(Int64.self)
    let n = plain.count
    let codes = Buffer(of: UInt64.self, count: n)
    guard let range = try plain.wordBounds(context) else {
      codes.values(UInt64.self).update(repeating: 0, count: n)
      return Ranks(codes: codes, largest: 0)
    }
    let low = range.lowerBound
    try fill(codes, context) { out, range in
      let values = plain.lanes(Int64.self)
      for i in range { out[i] = UInt64(bitPattern: values[i] &- low) }
    }
    if plain.nulls == nil || range.upperBound &- low >= 0 {
      let largest = UInt64(bitPattern: range.upperBound &- low)
      if largest < UInt64.max { return Ranks(codes: codes, largest: largest) }
    }
    return try ranked(n, context) { values[Int($0)] < values[Int($1)] }
  }

  private static func byteRanks(_ vector: Vector, _ context: ExecutionContext) throws -> Ranks {
    let codes = Buffer(of: UInt64.self, count: vector.count)
    try fill(codes, context) { out, range in
      let values = vector.lanes(UInt8.self)
      for i in range { out[i] = UInt64(values[i]) }
    }
    return Ranks(codes: codes, largest: 1)
  }

  /// NaN has no size: it sorts next to the nulls.
  private static func floatRanks(_ vector: Vector, nanIsLowest: Bool, _ context: ExecutionContext) throws -> Ranks {
    let codes = Buffer(of: UInt64.self, count: vector.count)
    let largest = UInt64.max - 1
    let nan = nanIsLowest ? 0 : largest
    try fill(codes, context) { out, range in
      let values = vector.lanes(Double.self)
      for i in range {
        let bits = values[i].bitPattern
        // Sign and magnitude to an order-preserving number; infinities leave room at both ends.
        let ordered = bits >> 63 == 0 ? bits | 1 << 63 : ~bits
        out[i] = values[i].isNaN ? nan : values[i] == 0 ? 1 << 63 : ordered
      }
    }
    return Ranks(codes: codes, largest: largest)
  }

  private static func codeRanks(_ vector: Vector, _ context: ExecutionContext) throws -> Ranks {
    guard let dictionary = vector.dictionary else { return try textRanks(vector.decoded(), context) }
    let n = vector.count
    if vector.type == .dynamic || dictionary.count > n &* 2 &+ 1024 { return try textRanks(vector.decoded(), context) }
    let ranks = dictionary.ranks
    let wide = vector.wideCodes()
    let codes = Buffer(of: UInt64.self, count: n)
    let tables = UncheckedBox((wide, ranks))
    try fill(codes, context) { out, range in
      let (wide, ranks) = tables.value
      for i in range { out[i] = UInt64(ranks[Int(wide[i])]) }
    }
    return Ranks(codes: codes, largest: UInt64(Swift.max(dictionary.count, 1) - 1))
  }

  private static func textRanks(_ vector: Vector, _ context: ExecutionContext) throws -> Ranks {
    let plain = vector.decoded()
    let values = plain.lanes(Bytes.self)
    if plain.type == .dynamic {
      return try ranked(plain.count, context) {
        DynamicBytes.compare(values[Int($0)], values[Int($1)]) < 0
      }
    }
    return try ranked(plain.count, context) { compareBytes(values[Int($0)], values[Int($1)]) < 0 }
  }

  private static func wideRanks(_ vector: Vector, _ context: ExecutionContext) throws -> Ranks {
    if vector.type == .guid {
      let values = vector.lanes(GUID.self)
      return try ranked(vector.count, context) { values[Int($0)] < values[Int($1)] }
    }
    let values = vector.lanes(Decimal128.self)
    return try ranked(vector.count, context) { values[Int($0)] < values[Int($1)] }
  }

  /// Dense ranks by comparing rows; equal rows get equal ranks.
  private static func ranked(
    _ n: Int, _ context: ExecutionContext, _ isBefore: @escaping (UInt32, UInt32) -> Bool
  ) throws -> Ranks {
    let order = try mergeSorted(n, context, isBefore)
    let codes = Buffer(of: UInt64.self, count: n)
    let out = codes.values(UInt64.self)
    let rows = order.values(UInt32.self)
    var rank: UInt64 = 0
    try context.inBlocks(0..<n) { block in
      for i in block {
        if i > 0, isBefore(rows[i - 1], rows[i]) { rank += 1 }
        out[Int(rows[i])] = rank
      }
    }
    return Ranks(codes: codes, largest: rank)
  }
}

extension Vector {
  /// The smallest and largest number that is not null, of 64-bit lanes.
  func wordBounds(_ context: ExecutionContext) throws -> ClosedRange<Int64>? {
    if isConstant { return zoneRange().words }
    let all = LockedValue<ClosedRange<Int64>?>(nil)
    try WorkerPool.shared.ranges(count, workers: context.threads) { _, range in
      try context.inBlocks(range) { block in
        guard let some = slice(block.lowerBound, block.count).zoneRange().words else { return }
        all.withLock { $0 = $0?.joined(with: some) ?? some }
      }
    }
    return all.withLock { $0 }
  }
}
