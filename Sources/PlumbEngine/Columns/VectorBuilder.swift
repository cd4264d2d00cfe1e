/// Makes a vector one value at a time, for loaders and for functions whose result has its own memory.
///
/// - Note: the typed `append…` calls must match the type's lane; `append(_ value:)` converts nothing.
package final class VectorBuilder {
  package let type: ScalarType
  package private(set) var count = 0
  private var lanes: Buffer
  private var capacity: Int
  private var mask: Buffer?
  private var arena: ByteArena?
  private let width: Int

  /// The query for which the values are made; its limits apply to them.
  private let context: ExecutionContext?

  package convenience init(_ type: ScalarType, capacity: Int = 64) {
    self.init(type, capacity: capacity, for: nil)
  }

  init(_ type: ScalarType, capacity: Int = 64, for context: ExecutionContext?) {
    self.context = context
    self.type = type
    self.capacity = Swift.max(capacity, 4)
    width = type.lane.stride
    lanes = Buffer(byteCount: self.capacity &* width)
  }

  @inline(__always) private func place<T: BitwiseCopyable>(_: T.Type) -> UnsafeMutablePointer<T> {
    if count == capacity { grow() }
    return lanes.values(T.self) + count
  }

  private func grow() {
    let larger = Buffer(byteCount: capacity &* 2 &* width)
    larger.base.copyMemory(from: lanes.base, byteCount: count &* width)
    lanes = larger
    if let old = mask {
      let next = Buffer.zeros(byteCount: capacity &* 2)
      next.base.copyMemory(from: old.base, byteCount: count)
      mask = next
    }
    capacity &*= 2
  }

  @inline(__always) package func append(bool value: Bool) {
    place(UInt8.self).pointee = value ? 1 : 0
    count &+= 1
  }

  /// An int, long, datetime or timespan.
  @inline(__always) package func append(word value: Int64) {
    place(Int64.self).pointee = value
    count &+= 1
  }

  @inline(__always) package func append(real value: Double) {
    place(Double.self).pointee = value
    count &+= 1
  }

  @inline(__always) package func append(decimal value: Decimal128) {
    place(Decimal128.self).pointee = value
    count &+= 1
  }

  @inline(__always) package func append(guid value: GUID) {
    place(GUID.self).pointee = value
    count &+= 1
  }

  /// A string or compact dynamic value; the bytes are copied.
  @inline(__always) package func append(bytes value: Bytes) {
    place(Bytes.self).pointee = store.copying(value)
    count &+= 1
  }

  /// A string or compact dynamic value whose memory the caller keeps alive with `finish(holding:)`.
  @inline(__always) package func append(borrowed value: Bytes) {
    place(Bytes.self).pointee = value
    count &+= 1
  }

  package func append(string value: String) {
    var value = value
    value.withUTF8 { append(bytes: $0) }
  }

  package func append(dynamic value: Dynamic) {
    if case .null = value { return appendNull() }
    let bytes = store.encoding(value)
    append(borrowed: bytes)
  }

  package func appendNull() {
    switch type.lane {
    case .byte: append(bool: false)
    case .word: append(word: 0)
    case .float: append(real: 0)
    case .bytes: append(borrowed: Bytes(start: nil, count: 0))
    case .wide: append(guid: GUID(high: 0, low: 0))
    }
    guard type != .string else { return }
    if mask == nil { mask = Buffer.zeros(byteCount: capacity) }
    mask?.values(UInt8.self)[count &- 1] = 1
  }

  /// A cell of the builder's type; a null of any type is a null.
  package func append(_ value: Value) {
    switch value {
    case .null: appendNull()
    case .bool(let flag): append(bool: flag)
    case .int(let number): append(word: Int64(number))
    case .long(let number), .datetime(let number), .timespan(let number): append(word: number)
    case .real(let number): append(real: number)
    case .decimal(let number): append(decimal: number)
    case .guid(let guid): append(guid: guid)
    case .string(let text): append(string: text)
    case .dynamic(let tree): append(dynamic: tree)
    }
  }

  /// The memory to which `append(bytes:)` copies.
  package var store: ByteArena {
    if let arena { return arena }
    let made = context.map { ByteArena(for: $0) } ?? ByteArena()
    arena = made
    return made
  }

  /// Whether another value needs a larger block.
  var isFull: Bool { count == capacity }

  /// Whether the query's limits are exceeded: what is appended no longer matters.
  var isSpent: Bool { arena?.isSpent ?? false }

  /// The vector; the builder must not be used afterwards.
  package func finish(holding: AnyObject? = nil) -> Vector {
    let owners = [arena, holding].compactMap { $0 }
    let owner: AnyObject = owners.isEmpty ? lanes : Owners([lanes] + owners)
    return Vector(
      type, count: count, data: lanes.base, owner: owner,
      nulls: mask.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: mask)
  }
}
