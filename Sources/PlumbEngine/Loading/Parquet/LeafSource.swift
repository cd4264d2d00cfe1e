import Glibc

/// The stored values of a page in a form for conversions: fixed-size values in sequence, or byte strings.
struct LeafSource {
  enum Form {
    /// Values of `width` bytes from `base` on; bools have one byte each.
    case fixed(base: UnsafeRawPointer, width: Int)
    case texts(UnsafePointer<Bytes>)
  }

  let form: Form
  /// The storage of the values, besides the page.
  let owners: [AnyObject]

  /// Locates the values of a page that has `count` of them, and decodes them unless they are plain.
  init(_ page: ParquetPage, _ storage: LeafType.Storage, count: Int, _ context: ExecutionContext) throws {
    let bytes = page.bytes(page.values)
    switch (page.encoding, storage) {
    case (.plain, .boolean): (form, owners) = try Self.bits(bytes, count)
    case (.runs, .boolean): (form, owners) = try Self.runs(bytes, count)
    case (.plain, .bytes): (form, owners) = try Self.plainTexts(bytes, count)
    case (.plain, _):
      let width = storage.width.unsafelyUnwrapped
      guard bytes.count / Swift.max(width, 1) >= count else { throw Self.cutShort }
      form = .fixed(base: UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped), width: width)
      owners = []
    case (.deltaPacked, .int32):
      let out = try context.buffer(of: Int32.self, count: count)
      var reader = DeltaReader(bytes)
      try reader.read(count, into: out.values(Int32.self))
      (form, owners) = (.fixed(base: UnsafeRawPointer(out.base), width: 4), [out])
    case (.deltaPacked, .int64):
      let out = try context.buffer(of: Int64.self, count: count)
      var reader = DeltaReader(bytes)
      try reader.read(count, into: out.values(Int64.self))
      (form, owners) = (.fixed(base: UnsafeRawPointer(out.base), width: 8), [out])
    case (.deltaLengths, .bytes): (form, owners) = try Self.lengths(bytes, count, context)
    case (.deltaBytes, .bytes): (form, owners) = try Self.prefixes(bytes, count, width: nil, context)
    case (.deltaBytes, .fixed(let width)): (form, owners) = try Self.prefixes(bytes, count, width: width, context)
    case (.splitBytes, .int32), (.splitBytes, .int64), (.splitBytes, .float), (.splitBytes, .double),
      (.splitBytes, .fixed):
      let width = storage.width.unsafelyUnwrapped
      guard bytes.count == count &* width else { throw Self.cutShort }
      let out = try context.buffer(byteCount: count &* width)
      Self.join(bytes, width, count, into: out.base)
      (form, owners) = (.fixed(base: UnsafeRawPointer(out.base), width: width), [out])
    default:
      throw ParquetFault("its values are encoded as \(page.encoding.name), which its type does not allow")
    }
  }

  private static let cutShort = ParquetFault("its values are truncated")

  private static func bits(_ bytes: Bytes, _ count: Int) throws -> (Form, [AnyObject]) {
    guard bytes.count >= (count &+ 7) / 8 else { throw cutShort }
    let out = Buffer(byteCount: count)
    let flags = out.values(UInt8.self)
    BitPacking.unpack(UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped), count, 1) { i, bit in
      flags[i] = UInt8(truncatingIfNeeded: bit)
    }
    return (.fixed(base: UnsafeRawPointer(out.base), width: 1), [out])
  }

  private static func runs(_ bytes: Bytes, _ count: Int) throws -> (Form, [AnyObject]) {
    // The size of the runs comes first.
    guard bytes.count >= 4 else { throw cutShort }
    let out = Buffer(byteCount: count)
    var reader = HybridReader(bytes.rest(from: 4), width: 1)
    try reader.read(count, into: out.values(UInt8.self))
    return (.fixed(base: UnsafeRawPointer(out.base), width: 1), [out])
  }

  private static func plainTexts(_ bytes: Bytes, _ count: Int) throws -> (Form, [AnyObject]) {
    // Each has at least four bytes of length, which bounds the allocation.
    guard bytes.count / 4 >= count else { throw cutShort }
    let out = Buffer(of: Bytes.self, count: count)
    let texts = out.values(Bytes.self)
    let base = bytes.baseAddress.unsafelyUnwrapped
    let size = bytes.count
    var at = 0
    for i in 0..<count {
      guard at &+ 4 <= size else { throw cutShort }
      let length = Int(UInt32(littleEndian: UnsafeRawPointer(base + at).loadUnaligned(as: UInt32.self)))
      at &+= 4
      guard length <= size &- at else { throw cutShort }
      texts[i] = Bytes(start: length == 0 ? nil : base + at, count: length)
      at &+= length
    }
    return (.texts(UnsafePointer(texts)), [out])
  }

  private static func lengths(_ bytes: Bytes, _ count: Int, _ context: ExecutionContext) throws -> (Form, [AnyObject]) {
    let sizes = try context.buffer(of: Int32.self, count: count)
    var reader = DeltaReader(bytes)
    try reader.read(count, into: sizes.values(Int32.self))
    let out = try context.buffer(of: Bytes.self, count: count)
    try cut(bytes.rest(from: reader.offset), sizes.values(), count, into: out.values())
    return (.texts(UnsafePointer(out.values(Bytes.self))), [out])
  }

  private static func cut(
    _ bytes: Bytes, _ sizes: UnsafePointer<Int32>, _ count: Int, into out: UnsafeMutablePointer<Bytes>
  ) throws {
    let base = bytes.baseAddress.unsafelyUnwrapped
    var at = 0
    for i in 0..<count {
      let size = Int(sizes[i])
      guard size >= 0, size <= bytes.count &- at else { throw cutShort }
      out[i] = Bytes(start: size == 0 ? nil : base + at, count: size)
      at &+= size
    }
  }

  /// Decodes byte strings that begin with a part of the previous one.
  private static func prefixes(
    _ bytes: Bytes, _ count: Int, width: Int?, _ context: ExecutionContext
  ) throws -> (Form, [AnyObject]) {
    let shared = try context.buffer(of: Int32.self, count: count)
    let sizes = try context.buffer(of: Int32.self, count: count)
    var reader = DeltaReader(bytes)
    try reader.read(count, into: shared.values(Int32.self))
    reader = DeltaReader(bytes, from: reader.offset)
    try reader.read(count, into: sizes.values(Int32.self))
    let shares = shared.values(Int32.self), rests = sizes.values(Int32.self)
    // Few bytes can represent long strings: the total is known before memory is reserved.
    var total = 0
    var last = 0
    var unread = bytes.count &- reader.offset
    for i in 0..<count {
      let share = Int(shares[i]), rest = Int(rests[i])
      guard share >= 0, rest >= 0, share <= last else { throw ParquetFault("a value shares more bytes than the previous value has") }
      guard rest <= unread else { throw cutShort }
      unread &-= rest
      last = share &+ rest
      if let width, last != width { throw ParquetFault("a value does not have \(width) bytes") }
      total &+= last
    }
    let all = try context.buffer(byteCount: total &+ ParquetPage.slack)
    let out = try context.buffer(of: Bytes.self, count: width == nil ? count : 0)
    var source = bytes.baseAddress.unsafelyUnwrapped + reader.offset
    var next = all.values(UInt8.self)
    var before = next
    for i in 0..<count {
      let share = Int(shares[i]), rest = Int(rests[i])
      memcpy(next, before, share)
      memcpy(next + share, source, rest)
      source += rest
      if width == nil {
        let size = share &+ rest
        out.values(Bytes.self)[i] = Bytes(start: size == 0 ? nil : UnsafePointer(next), count: size)
      }
      before = next
      next += share &+ rest
    }
    if let width { return (.fixed(base: UnsafeRawPointer(all.base), width: width), [all]) }
    return (.texts(UnsafePointer(out.values(Bytes.self))), [out, all])
  }

  /// Joins values that are split into streams of their first bytes, second bytes, and so on.
  private static func join(_ bytes: Bytes, _ width: Int, _ count: Int, into out: UnsafeMutableRawPointer) {
    let source = bytes.baseAddress.unsafelyUnwrapped
    if width == 8 {
      let words = out.assumingMemoryBound(to: UInt64.self)
      for i in 0..<count {
        var word = UInt64(source[i])
        word |= UInt64(source[count &+ i]) &<< 8
        word |= UInt64(source[2 &* count &+ i]) &<< 16
        word |= UInt64(source[3 &* count &+ i]) &<< 24
        word |= UInt64(source[4 &* count &+ i]) &<< 32
        word |= UInt64(source[5 &* count &+ i]) &<< 40
        word |= UInt64(source[6 &* count &+ i]) &<< 48
        word |= UInt64(source[7 &* count &+ i]) &<< 56
        words[i] = word.littleEndian
      }
      return
    }
    let target = out.assumingMemoryBound(to: UInt8.self)
    for place in 0..<width {
      let part = source + place &* count
      var at = place
      for i in 0..<count {
        target[at] = part[i]
        at &+= width
      }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Returns what follows `offset`, which is at most `count`; unlike `part`, never without an address.
  func rest(from offset: Int) -> Bytes {
    Bytes(start: baseAddress.unsafelyUnwrapped + offset, count: count &- offset)
  }
}

extension ExecutionContext {
  /// Returns memory of a size that a file requests.
  ///
  /// - Throws: `memory-limit` before the memory is allocated.
  package func buffer(byteCount: Int) throws -> Buffer {
    if byteCount >= 1 << 16 { try reserve(byteCount) }
    return Buffer(byteCount: byteCount)
  }

  /// Reserves memory that is not allocated as buffers.
  ///
  /// - Throws: `memory-limit` if it would exceed the limit.
  package func reserve(_ byteCount: Int) throws {
    // The query that reads a column differs from the one that opened its file.
    if let account = memory.overdrawn(by: byteCount) ?? MemoryAccount.current.overdrawn(by: byteCount) {
      throw memoryDiagnostic(account)
    }
  }

  func buffer<T: BitwiseCopyable>(of type: T.Type, count: Int) throws -> Buffer {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
    if overflow { throw memoryDiagnostic(memory) }
    return try buffer(byteCount: size)
  }
}
