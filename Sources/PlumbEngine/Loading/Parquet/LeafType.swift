/// An error in a Parquet file, as the end of a sentence that names the file or the column.
package struct ParquetFault: Error, Equatable, Sendable {
  package let reason: String
  /// Whether the file may be valid, but has something that Plumb does not support.
  package let isUnsupported: Bool

  package init(_ reason: String) {
    self.reason = reason
    isUnsupported = false
  }

  package init(unsupported reason: String) {
    self.reason = reason
    isUnsupported = true
  }
}

/// How one leaf column of a Parquet file stores its values, and what they become.
package struct LeafType: Hashable, Sendable {
  /// The physical type.
  package enum Storage: Hashable, Sendable {
    case boolean, int32, int64, int96, float, double, bytes
    /// Byte strings of one size.
    case fixed(Int)

    /// The size of a value if all have the same; nil for byte strings of any size, and for bits.
    package var width: Int? {
      switch self {
      case .boolean, .bytes: nil
      case .int32, .float: 4
      case .int64, .double: 8
      case .int96: 12
      case .fixed(let width): width
      }
    }
  }

  /// What the stored values mean.
  package enum Meaning: Hashable, Sendable {
    /// A bool, an int, a long or a real as it is.
    case value
    /// An unsigned integer: a long for 32 bits, a decimal for 64.
    case unsigned
    /// A count of time units.
    case ticks(TickScale)
    /// A number of tenths, hundredths and so on; big-endian if it is a byte string.
    case decimal(scale: Int)
    /// Nanoseconds of a day, then its Julian day number: INT96.
    case julian
    case text
    case json
    /// Arbitrary bytes, which become text with `\xHH` for what is not UTF-8.
    case binary
    case uuid
    /// A 16-bit real.
    case half
    /// Months, days and milliseconds, little-endian.
    case interval
    /// A column that is null in every row according to the writer.
    case nothing
  }

  package let storage: Storage
  package let meaning: Meaning
  /// The type of the resulting values.
  package let type: ScalarType

  package init(_ storage: Storage, _ meaning: Meaning, _ type: ScalarType) {
    self.storage = storage
    self.meaning = meaning
    self.type = type
  }

  /// Whether the values are texts of a dictionary, or can be.
  package var isText: Bool { type == .string }

  /// Returns the encoding of vectors of these values: 32-bit integers stay as they are.
  func form(isNarrow: Bool) -> Vector.Encoding {
    switch (storage, meaning) {
    case (.int32, .value): .narrow
    case (.int64, .value) where isNarrow: .narrow
    default: .plain
    }
  }
}

/// How counts of a time unit become ticks of 100 ns.
package struct TickScale: Hashable, Sendable {
  /// One of the two is 1.
  package let multiplier: Int64
  package let divisor: Int64
  /// Ticks from the epoch of KQL to that of the counts.
  package let offset: Int64
  /// The counts that have an equivalent in KQL; others are null.
  package let range: ClosedRange<Int64>

  /// - Parameters:
  ///   - nanoseconds: the length of a unit.
  ///   - isTime: whether the counts begin in 1970 and become datetimes; otherwise they are timespans.
  package init(nanoseconds: Int64, isTime: Bool) {
    multiplier = Swift.max(1, nanoseconds / 100)
    divisor = Swift.max(1, 100 / nanoseconds)
    offset = isTime ? DateTime.unixEpoch : 0
    let least = isTime ? -DateTime.unixEpoch : Int64.min
    let most = isTime ? DateTime.max - DateTime.unixEpoch : Int64.max
    let (low, lowOverflow) = least.multipliedReportingOverflow(by: divisor)
    let (high, highOverflow) = most.multipliedReportingOverflow(by: divisor)
    range =
      divisor > 1
      ? (lowOverflow ? Int64.min : low)...(highOverflow ? Int64.max : high)
      : (least / multiplier)...(most / multiplier)
  }

  /// Returns the ticks of a count in `range`.
  @inline(__always) package func ticks(_ count: Int64) -> Int64 {
    divisor > 1 ? count.floored(by: divisor) &+ offset : count &* multiplier &+ offset
  }
}

/// How the values of a page are encoded.
package enum ValueEncoding: Int32, Hashable, Sendable, CaseIterable {
  case plain = 0
  case plainDictionary = 2
  case runs = 3
  case packedLevels = 4
  case deltaPacked = 5
  case deltaLengths = 6
  case deltaBytes = 7
  case dictionary = 8
  case splitBytes = 9

  /// Whether the values are indices into the column's dictionary page.
  package var isDictionary: Bool { self == .dictionary || self == .plainDictionary }

  /// The name in the format's specification.
  package var name: String {
    switch self {
    case .plain: "PLAIN"
    case .plainDictionary: "PLAIN_DICTIONARY"
    case .runs: "RLE"
    case .packedLevels: "BIT_PACKED"
    case .deltaPacked: "DELTA_BINARY_PACKED"
    case .deltaLengths: "DELTA_LENGTH_BYTE_ARRAY"
    case .deltaBytes: "DELTA_BYTE_ARRAY"
    case .dictionary: "RLE_DICTIONARY"
    case .splitBytes: "BYTE_STREAM_SPLIT"
    }
  }
}

/// A decompressed data page or dictionary page.
package struct ParquetPage: Sendable {
  /// The number of bytes after the last one that can be loaded; their values do not matter.
  package static let slack = 16

  /// Holds the page's bytes and `slack` more.
  package let memory: Buffer
  /// The ranges of the levels and values in `memory`.
  package let repetition: Range<Int>
  package let definition: Range<Int>
  package let values: Range<Int>
  /// Whether levels are packed in the deprecated way, highest bit first and without run lengths.
  package let hasPackedLevels: Bool
  package let encoding: ValueEncoding
  /// The number of values, nulls and empty lists.
  package let count: Int

  package init(
    memory: Buffer, repetition: Range<Int>, definition: Range<Int>, values: Range<Int>, hasPackedLevels: Bool,
    encoding: ValueEncoding, count: Int
  ) {
    precondition(
      values.upperBound + Self.slack <= memory.byteCount && definition.upperBound <= values.lowerBound
        && repetition.upperBound <= definition.lowerBound && count >= 0, "readers of pages cut them right")
    self.memory = memory
    self.repetition = repetition
    self.definition = definition
    self.values = values
    self.hasPackedLevels = hasPackedLevels
    self.encoding = encoding
    self.count = count
  }

  func bytes(_ range: Range<Int>) -> Bytes {
    Bytes(start: UnsafePointer(memory.values(UInt8.self) + range.lowerBound), count: range.count)
  }
}
