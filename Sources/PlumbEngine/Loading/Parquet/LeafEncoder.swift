import PlumbDiagnostics

/// How values of a KQL type are stored in a Parquet leaf column.
package enum LeafTarget: Hashable, Sendable {
  case bool, int32, int64, double
  /// Counts since 1970 or, for timespans, the length, in units of ten ticks.
  case microseconds
  /// The same in hundredths of a tick.
  case nanoseconds
  /// Big-endian 16-byte integers, in units of 10 to the power of minus `scale`.
  case decimal(scale: Int)
  case text
  /// Dynamic values as JSON.
  case json
  case guid
}

/// A leaf column of a row group, encoded but not yet compressed.
package struct EncodedLeaf: Sendable {
  package struct Page: Sendable {
    /// The levels, prefixed with their size, then the values.
    package let bytes: ByteBuffer
    /// The number of values and nulls.
    package let count: Int
  }

  /// The distinct values if pages contain indices.
  package internal(set) var dictionary: (values: ByteBuffer, count: Int)?
  package internal(set) var pages: [Page] = [] {
    didSet { pageCount = Swift.max(pageCount, pages.count) }
  }
  /// The number of pages, including forgotten ones.
  package private(set) var pageCount = 0
  package internal(set) var nullCount = 0
  /// The minimum and maximum as they are stored; nil if there are none, or they are not stored.
  package internal(set) var bounds: (low: ByteBuffer, high: ByteBuffer)?

  /// Drops the values once they are written, but keeps what the footer needs.
  package mutating func forgetPages() {
    pages = []
    dictionary = nil
  }
}

/// Encodes the columns of row groups for a Parquet file: repeated texts as indices into a dictionary, everything else
/// plain.
///
/// - Nulls: as definition levels. Strings have none.
package struct LeafEncoder: Sendable {
  private let target: LeafTarget

  package init(_ target: LeafTarget) { self.target = target }

  /// Rows per page: those of a table's row group, so that reading one decompresses no page of another.
  private static let pageRows = RowGroup.capacity
  /// The size of texts at which a page ends.
  private static let pageBytes = 1 << 20
  /// Limits of a dictionary.
  private static let mostTexts = 32_768
  private static let mostTextBytes = 1 << 20

  /// - Throws: `value-too-large` for a decimal of more than 38 digits at its scale, or `memory-limit`.
  package func encode(_ vector: Vector, _ context: ExecutionContext) throws -> EncodedLeaf {
    var leaf = EncodedLeaf()
    if target == .text, vector.count > 0, encodeCodes(vector, &leaf) { return leaf }
    var plain = vector.decoded().expanded()
    if target == .json { plain = plain.maskingNulls() }
    leaf.bounds = bounds(of: plain)
    var start = 0
    while start < plain.count {
      try context.checkpoint()
      let rows = plain.slice(start, pageLength(plain, from: start))
      var bytes = ByteBuffer()
      leaf.nullCount += appendLevels(rows, to: &bytes)
      try appendValues(rows, to: &bytes)
      leaf.pages.append(EncodedLeaf.Page(bytes: bytes, count: rows.count))
      start &+= rows.count
    }
    return leaf
  }

  private func pageLength(_ vector: Vector, from start: Int) -> Int {
    let most = Swift.min(Self.pageRows, vector.count &- start)
    guard vector.type.lane == .bytes else { return most }
    let texts = vector.lanes(Bytes.self)
    var size = 0
    for row in 0..<most {
      size &+= texts[start &+ row].count
      if size > Self.pageBytes { return row &+ 1 }
    }
    return most
  }

  /// Appends the definition levels of a page and returns the number of null rows.
  private func appendLevels(_ rows: Vector, to out: inout ByteBuffer) -> Int {
    let sizeAt = out.count
    out.append(littleEndian: 0 as UInt32)
    var nullCount = 0
    if let nulls = rows.nulls { for row in 0..<rows.count { nullCount &+= Int(nulls[row]) } }
    if let nulls = rows.nulls, nullCount > 0 {
      let groups = (rows.count &+ 7) / 8
      out.append(varint: UInt64(groups) &<< 1 | 1)
      BitPacking.pack(groups &* 8, 1, to: &out) { $0 < rows.count ? UInt64(nulls[$0] ^ 1) : 0 }
    } else {
      out.append(varint: UInt64(rows.count) &<< 1)
      out.append(1)
    }
    out.patch(UInt32(truncatingIfNeeded: out.count &- sizeAt &- 4), at: sizeAt)
    return nullCount
  }

  // MARK: - Numbers of a dictionary's entries

  private func encodeCodes(_ vector: Vector, _ leaf: inout EncodedLeaf) -> Bool {
    let pool = TextPool(nil)
    let codes = Buffer(of: UInt32.self, count: vector.count)
    guard pool.takeCodes(of: vector.isConstant ? vector.expanded() : vector, into: codes.values()),
      pool.count <= Self.mostTexts
    else { return false }
    var values = ByteBuffer()
    var low: Bytes?, high: Bytes?
    pool.forEachText { text in
      values.append(littleEndian: UInt32(truncatingIfNeeded: text.count))
      values.append(text)
      if low.map({ compareBytes(text, $0) < 0 }) ?? true { low = text }
      if high.map({ compareBytes(text, $0) > 0 }) ?? true { high = text }
    }
    guard values.count <= Self.mostTextBytes else { return false }
    if let low, let high { leaf.bounds = Self.textBounds(low, high) }
    leaf.dictionary = (values, pool.count)
    let width = Swift.max(1, Int.bitWidth - (pool.count - 1).leadingZeroBitCount)
    var start = 0
    while start < vector.count {
      let rows = vector.slice(start, Swift.min(Self.pageRows, vector.count &- start))
      var bytes = ByteBuffer()
      _ = appendLevels(rows.replacingNulls(nil), to: &bytes)
      bytes.append(UInt8(width))
      let groups = (rows.count &+ 7) / 8
      bytes.append(varint: UInt64(groups) &<< 1 | 1)
      let source = codes.values(UInt32.self) + start
      BitPacking.pack(groups &* 8, width, to: &bytes) { $0 < rows.count ? UInt64(source[$0]) : 0 }
      leaf.pages.append(EncodedLeaf.Page(bytes: bytes, count: rows.count))
      start &+= rows.count
    }
    return true
  }

  // MARK: - Plain values

  private func appendValues(_ rows: Vector, to out: inout ByteBuffer) throws {
    switch target {
    case .bool:
      let values = rows.lanes(UInt8.self)
      var bits = ByteBuffer()
      forEachRow(rows) { bits.append(values[$0]) }
      bits.withBytes { bits in BitPacking.pack(bits.count, 1, to: &out) { UInt64(bits[$0]) } }
    case .int32: append(rows, to: &out) { (value: Int64) in Int32(truncatingIfNeeded: value) }
    case .int64: append(rows, to: &out) { (value: Int64) in value }
    case .double: append(rows, to: &out) { (value: Double) in value.bitPattern }
    case .microseconds:
      let offset = rows.type == .datetime ? DateTime.unixEpoch : 0
      append(rows, to: &out) { (ticks: Int64) in (ticks &- offset).floored(by: 10) }
    case .nanoseconds:
      let offset = rows.type == .datetime ? DateTime.unixEpoch : 0
      append(rows, to: &out) { (ticks: Int64) in (ticks &- offset) &* 100 }
    case .guid:
      append(rows, to: &out) { (guid: GUID) in
        UInt128(truncatingIfNeeded: guid.low.bigEndian) &<< 64 | UInt128(truncatingIfNeeded: guid.high.bigEndian)
      }
    case .decimal(let scale):
      let values = rows.lanes(Decimal128.self)
      for row in 0..<rows.count where !rows.isNull(row) {
        guard let number = values[row].units(scale: scale) else { throw Self.tooLarge(values[row], scale) }
        out.append(littleEndian: UInt64(truncatingIfNeeded: number &>> 64).byteSwapped)
        out.append(littleEndian: UInt64(truncatingIfNeeded: number).byteSwapped)
      }
    case .text:
      let texts = rows.lanes(Bytes.self)
      forEachRow(rows) { row in
        out.append(littleEndian: UInt32(truncatingIfNeeded: texts[row].count))
        out.append(texts[row])
      }
    case .json:
      let values = rows.lanes(Bytes.self)
      var text = ByteBuffer()
      forEachRow(rows) { row in
        text.removeAll()
        JSONText.print(values[row], to: &text)
        text.withBytes {
          out.append(littleEndian: UInt32(truncatingIfNeeded: $0.count))
          out.append($0)
        }
      }
    }
  }

  private static func tooLarge(_ value: Decimal128, _ scale: Int) -> Diagnostic {
    Diagnostic(
      "value-too-large",
      "the decimal \(value.text) cannot be in one Parquet column with numbers of \(scale) decimal places, as both need more than 38 digits",
      help: "round the column, such as `round(d, 6)`, or write it as text with `tostring(d)`")
  }

  @inline(__always) private func forEachRow(_ rows: Vector, _ body: (Int) -> Void) {
    guard let nulls = rows.nulls else {
      for row in 0..<rows.count { body(row) }
      return
    }
    for row in 0..<rows.count where nulls[row] == 0 { body(row) }
  }

  @inline(__always)
  private func append<T: BitwiseCopyable, Stored: BitwiseCopyable>(
    _ rows: Vector, to out: inout ByteBuffer, _ stored: (T) -> Stored
  ) {
    let values = rows.lanes(T.self)
    out.append(atMost: rows.count &* MemoryLayout<Stored>.size) { target in
      let raw = UnsafeMutableRawPointer(target)
      var at = 0
      forEachRow(rows) { row in
        raw.storeBytes(of: stored(values[row]), toByteOffset: at, as: Stored.self)
        at &+= MemoryLayout<Stored>.size
      }
      return at
    }
  }

  // MARK: - Bounds

  private func bounds(of vector: Vector) -> (low: ByteBuffer, high: ByteBuffer)? {
    switch target {
    case .int32, .int64, .microseconds, .nanoseconds, .double:
      let zone = vector.zoneRange()
      let least = VectorBuilder(vector.type, capacity: 1), most = VectorBuilder(vector.type, capacity: 1)
      if let words = zone.words {
        least.append(word: words.lowerBound)
        most.append(word: words.upperBound)
      } else if let floats = zone.floats {
        // A zero may have been either of the two.
        least.append(real: floats.lowerBound == 0 ? -0.0 : floats.lowerBound)
        most.append(real: floats.upperBound == 0 ? 0.0 : floats.upperBound)
      } else {
        return nil
      }
      var low = ByteBuffer(), high = ByteBuffer()
      do {
        try appendValues(least.finish(), to: &low)
        try appendValues(most.finish(), to: &high)
      } catch { return nil }
      return (low, high)
    case .text:
      guard vector.count > 0 else { return nil }
      let texts = vector.lanes(Bytes.self)
      var low = texts[0], high = texts[0]
      for row in 1..<vector.count {
        if compareBytes(texts[row], low) < 0 { low = texts[row] }
        if compareBytes(texts[row], high) > 0 { high = texts[row] }
      }
      return Self.textBounds(low, high)
    case .bool, .decimal, .json, .guid: return nil
    }
  }

  /// Omits long texts: bounds should be quick to read.
  private static func textBounds(_ low: Bytes, _ high: Bytes) -> (low: ByteBuffer, high: ByteBuffer)? {
    guard low.count <= 64, high.count <= 64 else { return nil }
    var bounds = (low: ByteBuffer(), high: ByteBuffer())
    bounds.low.append(low)
    bounds.high.append(high)
    return bounds
  }
}

extension Decimal128 {
  /// Returns the number in units of 10 to the power of minus `scale`; nil if it is not an integer or has more than 38 digits.
  func units(scale: Int) -> Int128? {
    if isZero { return 0 }
    let places = exponent &+ scale
    guard places >= 0, places <= 38 else { return nil }
    let (product, overflow) = coefficient.multipliedReportingOverflow(by: WideInteger.powersOfTen[places])
    guard !overflow, product < WideInteger.powersOfTen[38] else { return nil }
    return isNegative ? -Int128(product) : Int128(product)
  }
}

extension Vector {
  /// The maximum number of decimal places in the column; 0 if all are integers.
  package var decimalPlaces: Int {
    guard type == .decimal else { return 0 }
    let plain = decoded()
    let values = plain.lanes(Decimal128.self)
    var most = 0
    for row in 0..<(plain.isConstant ? Swift.min(count, 1) : count) where !plain.isNull(row) {
      most = Swift.max(most, -values[row].exponent)
    }
    return most
  }

  /// Whether a time or timespan has a part below a microsecond.
  package var hasTicksBelowMicroseconds: Bool {
    let plain = decoded()
    let values = plain.lanes(Int64.self)
    for row in 0..<(plain.isConstant ? Swift.min(count, 1) : count) where !plain.isNull(row) && values[row] % 10 != 0 { return true }
    return false
  }

  /// Returns a dynamic column whose mask marks every null.
  fileprivate func maskingNulls() -> Vector {
    let mask = Buffer(byteCount: Swift.max(count, 1))
    let values = lanes(Bytes.self)
    for row in 0..<count { mask.values(UInt8.self)[row] = isNull(row) || DynamicCursor(values[row]).isNull ? 1 : 0 }
    return replacingNulls(mask)
  }

  /// The bounds of the integers that are not null.
  package var wordBounds: ClosedRange<Int64>? { zoneRange().words }
}

extension ByteBuffer {
  /// Appends a number in groups of seven bits, least significant first.
  package mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}
