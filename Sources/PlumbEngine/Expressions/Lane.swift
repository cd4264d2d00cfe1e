/// A Swift type that a scalar function's closure can take or return, tied to one KQL type.
///
/// `Bytes` borrows the memory of the arguments: a function may return a part of its argument as
/// `Bytes` without a copy. `String`, `ByteBuffer` and `Dynamic` results are copied.
protocol Lane: SendableMetatype {
  associatedtype Stored: BitwiseCopyable
  static var scalarType: ScalarType { get }
  /// Reads a stored value.
  init(stored: Stored)
  /// The form to store; what it points to is in `arena` or in the arguments.
  func stored(in arena: ByteArena) -> Stored
}

/// A point in time as a function's argument or result: ticks of 100 ns since 0001-01-01 UTC.
struct Timestamp: Lane {
  var ticks: Int64
  init(_ ticks: Int64) { self.ticks = ticks }
  static var scalarType: ScalarType { .datetime }
  @inline(__always) init(stored: Int64) { ticks = stored }
  @inline(__always) func stored(in _: ByteArena) -> Int64 { ticks }
}

/// A span of time as a function's argument or result: ticks of 100 ns.
struct Interval: Lane {
  var ticks: Int64
  init(_ ticks: Int64) { self.ticks = ticks }
  static var scalarType: ScalarType { .timespan }
  @inline(__always) init(stored: Int64) { ticks = stored }
  @inline(__always) func stored(in _: ByteArena) -> Int64 { ticks }
}

/// A dynamic value in its compact form, not decoded; see `DynamicCursor` for reading it.
struct CompactDynamic: Lane {
  var bytes: Bytes
  init(_ bytes: Bytes) { self.bytes = bytes }
  static var scalarType: ScalarType { .dynamic }
  @inline(__always) init(stored: Bytes) { bytes = stored }
  @inline(__always) func stored(in _: ByteArena) -> Bytes { bytes }
}

extension Bool: Lane {
  static var scalarType: ScalarType { .bool }
  @inline(__always) init(stored: UInt8) { self = stored != 0 }
  @inline(__always) func stored(in _: ByteArena) -> UInt8 { self ? 1 : 0 }
}

extension Int32: Lane {
  static var scalarType: ScalarType { .int }
  @inline(__always) init(stored: Int64) { self = Int32(truncatingIfNeeded: stored) }
  @inline(__always) func stored(in _: ByteArena) -> Int64 { Int64(self) }
}

extension Int64: Lane {
  static var scalarType: ScalarType { .long }
  @inline(__always) init(stored: Int64) { self = stored }
  @inline(__always) func stored(in _: ByteArena) -> Int64 { self }
}

extension Double: Lane {
  static var scalarType: ScalarType { .real }
  @inline(__always) init(stored: Double) { self = stored }
  @inline(__always) func stored(in _: ByteArena) -> Double { self }
}

extension Decimal128: Lane {
  static var scalarType: ScalarType { .decimal }
  @inline(__always) init(stored: Decimal128) { self = stored }
  @inline(__always) func stored(in _: ByteArena) -> Decimal128 { self }
}

extension GUID: Lane {
  static var scalarType: ScalarType { .guid }
  @inline(__always) init(stored: GUID) { self = stored }
  @inline(__always) func stored(in _: ByteArena) -> GUID { self }
}

extension Bytes: Lane {
  static var scalarType: ScalarType { .string }
  @inline(__always) init(stored: Bytes) { self = stored }
  @inline(__always) func stored(in _: ByteArena) -> Bytes { self }
}

extension String: Lane {
  static var scalarType: ScalarType { .string }
  init(stored: Bytes) { self = String(decoding: stored, as: UTF8.self) }
  func stored(in arena: ByteArena) -> Bytes {
    var text = self
    return text.withUTF8 { arena.copying($0) }
  }
}

extension ByteBuffer: Lane {
  static var scalarType: ScalarType { .string }
  init(stored: Bytes) {
    self.init()
    append(stored)
  }
  func stored(in arena: ByteArena) -> Bytes { withBytes { arena.copying($0) } }
}

extension Dynamic: Lane {
  static var scalarType: ScalarType { .dynamic }
  init(stored: Bytes) { self = DynamicBytes.decode(stored) }
  func stored(in arena: ByteArena) -> Bytes { arena.encoding(self) }
}

extension ByteArena {
  /// The compact form of a dynamic value, in the arena's memory.
  func encoding(_ tree: Dynamic) -> Bytes {
    var buffer = ByteBuffer()
    DynamicBytes.encode(tree, to: &buffer)
    return buffer.withBytes { copying($0) }
  }
}
