import Glibc

/// Values of a leaf column in lanes of their type, without nulls.
struct LeafLanes {
  let lanes: Buffer
  let form: Vector.Encoding
  /// One byte per value, 1 if it has no equivalent in KQL, such as a time in the year 12000; nil if all have one.
  let invalid: Buffer?
  /// The storage of texts, besides the page.
  let owners: [AnyObject]
}

extension LeafType {
  /// Converts `count` stored values into lanes.
  ///
  /// - Parameters:
  ///   - room: the capacity in lanes, at least `count`; the rest is not set.
  ///   - isNarrow: whether 64-bit integers are known to fit into 32 bits.
  /// - Throws: A fault, or `memory-limit`.
  func lanes(
    _ source: LeafSource, count: Int, room: Int, isNarrow: Bool, _ context: ExecutionContext
  ) throws -> LeafLanes {
    let form = form(isNarrow: isNarrow)
    let lanes = try context.buffer(byteCount: room &* (form == .narrow ? 4 : type.lane.stride))
    switch source.form {
    case .fixed(let base, _):
      let invalid = try convert(base, count, lanes, form, context)
      return LeafLanes(lanes: lanes, form: form, invalid: invalid.mask, owners: invalid.owners)
    case .texts(let texts):
      let made = try convert(texts, count, lanes, context)
      return LeafLanes(lanes: lanes, form: form, invalid: made.mask, owners: source.owners + made.owners)
    }
  }

  private typealias Made = (mask: Buffer?, owners: [AnyObject])

  private func convert(
    _ base: UnsafeRawPointer, _ count: Int, _ lanes: Buffer, _ form: Vector.Encoding, _ context: ExecutionContext
  ) throws -> Made {
    switch (storage, meaning) {
    case (.boolean, .value): memcpy(lanes.base, base, count)
    case (.int32, .value): memcpy(lanes.base, base, count &* 4)
    case (.int64, .value) where form == .narrow: fill(lanes, count) { Int32(truncatingIfNeeded: read(base, $0) as Int64) }
    case (.int64, .value): memcpy(lanes.base, base, count &* 8)
    case (.double, .value): memcpy(lanes.base, base, count &* 8)
    case (.float, .value): fill(lanes, count) { Double(read(base, $0) as Float) }
    case (.int32, .unsigned): fill(lanes, count) { Int64(read(base, $0) as UInt32) }
    case (.int64, .unsigned):
      fill(lanes, count) { Self.decimal(UInt128(read(base, $0) as UInt64), scale: 0, isNegative: false) }
    case (.int32, .ticks(let scale)):
      return (ticks(lanes, count, scale) { Int64(read(base, $0) as Int32) }, [])
    case (.int64, .ticks(let scale)): return (ticks(lanes, count, scale) { read(base, $0) as Int64 }, [])
    case (.int32, .decimal(let scale)):
      fill(lanes, count) { Self.decimal(Int64(read(base, $0) as Int32), scale) }
    case (.int64, .decimal(let scale)): fill(lanes, count) { Self.decimal(read(base, $0) as Int64, scale) }
    case (.int96, .julian): return (julian(lanes, count, base), [])
    case (.fixed(2), .half): fill(lanes, count) { Self.real(half: read(base, $0) as UInt16) }
    case (.fixed(16), .uuid):
      fill(lanes, count) { i in
        let high: UInt64 = read(base, 2 &* i), low: UInt64 = read(base, 2 &* i &+ 1)
        return GUID(high: UInt64(bigEndian: UInt64(littleEndian: high)), low: UInt64(bigEndian: UInt64(littleEndian: low)))
      }
    case (.fixed(12), .interval): try intervals(lanes, count, base)
    case (.fixed(let width), .decimal(let scale)):
      let bytes = base.assumingMemoryBound(to: UInt8.self)
      for i in 0..<count {
        lanes.values(Decimal128.self)[i] = try Self.decimal(Bytes(start: bytes + i &* width, count: width), scale)
      }
    case (.fixed(let width), .binary):
      let bytes = base.assumingMemoryBound(to: UInt8.self)
      // The bytes are in the page or in memory of the source, which may be released.
      let copy = try context.buffer(byteCount: count &* width &+ ParquetPage.slack)
      memcpy(copy.base, bytes, count &* width)
      let texts = lanes.values(Bytes.self)
      for i in 0..<count {
        texts[i] = Bytes(start: UnsafePointer(copy.values(UInt8.self)) + i &* width, count: width)
      }
      return (nil, [copy] + escape(texts, count))
    case (_, .nothing):
      let mask = Buffer(byteCount: Swift.max(count, 1))
      memset(mask.base, 1, count)
      memset(lanes.base, 0, count &* type.lane.stride)
      return (mask, [])
    default: throw ParquetFault("its values do not fit its type")
    }
    return (nil, [])
  }

  private func convert(
    _ source: UnsafePointer<Bytes>, _ count: Int, _ lanes: Buffer, _ context: ExecutionContext
  ) throws -> Made {
    switch meaning {
    case .text, .binary:
      let texts = lanes.values(Bytes.self)
      texts.update(from: source, count: count)
      return (nil, escape(texts, count))
    case .json: return try jsons(source, count, lanes.values(), context)
    case .decimal(let scale):
      for i in 0..<count { lanes.values(Decimal128.self)[i] = try Self.decimal(source[i], scale) }
      return (nil, [])
    case .nothing:
      let mask = Buffer(byteCount: Swift.max(count, 1))
      memset(mask.base, 1, count)
      memset(lanes.base, 0, count &* type.lane.stride)
      return (mask, [])
    default: throw ParquetFault("its values do not fit its type")
    }
  }

  @inline(__always) private func read<T: BitwiseCopyable>(_ base: UnsafeRawPointer, _ i: Int) -> T {
    base.loadUnaligned(fromByteOffset: i &* MemoryLayout<T>.size, as: T.self)
  }

  @inline(__always) private func fill<T: BitwiseCopyable>(_ lanes: Buffer, _ count: Int, _ value: (Int) -> T) {
    let out = lanes.values(T.self)
    for i in 0..<count { out[i] = value(i) }
  }
}

// MARK: - Times

extension LeafType {
  /// Returns ticks of counts; those outside the range of the type are marked in the result.
  @inline(__always)
  private func ticks(_ lanes: Buffer, _ count: Int, _ scale: TickScale, _ value: (Int) -> Int64) -> Buffer? {
    let out = lanes.values(Int64.self)
    var least = Int64.max, most = Int64.min
    for i in 0..<count {
      let number = value(i)
      least = Swift.min(least, number)
      most = Swift.max(most, number)
    }
    if count == 0 || least >= scale.range.lowerBound && most <= scale.range.upperBound {
      if scale.divisor > 1 {
        for i in 0..<count { out[i] = value(i).floored(by: 100) &+ scale.offset }
      } else {
        let (multiplier, offset) = (scale.multiplier, scale.offset)
        for i in 0..<count { out[i] = value(i) &* multiplier &+ offset }
      }
      return nil
    }
    let mask = Buffer(byteCount: count)
    for i in 0..<count {
      let number = value(i)
      let fits = scale.range.contains(number)
      mask.values(UInt8.self)[i] = fits ? 0 : 1
      out[i] = fits ? scale.ticks(number) : 0
    }
    return mask
  }

  /// The Julian day number of 0001-01-01.
  private static let firstJulianDay: Int64 = 1_721_426

  private func julian(_ lanes: Buffer, _ count: Int, _ base: UnsafeRawPointer) -> Buffer? {
    let out = lanes.values(Int64.self)
    var mask: Buffer?
    for i in 0..<count {
      let nanoseconds = Int64(littleEndian: base.loadUnaligned(fromByteOffset: i &* 12, as: Int64.self))
      let day = Int64(Int32(littleEndian: base.loadUnaligned(fromByteOffset: i &* 12 &+ 8, as: Int32.self)))
      let sinceFirst = (day &- Self.firstJulianDay) &* TimeSpan.day
      // A day more or less than a day's nanoseconds is detected by the range.
      let (ticks, overflow) = sinceFirst.addingReportingOverflow(nanoseconds.floored(by: 100))
      if abs(day) < 1 << 24, !overflow, DateTime.isInRange(ticks) {
        out[i] = ticks
      } else {
        let marks = mask ?? Buffer.zeros(byteCount: count)
        mask = marks
        marks.values(UInt8.self)[i] = 1
        out[i] = 0
      }
    }
    return mask
  }

  private func intervals(_ lanes: Buffer, _ count: Int, _ base: UnsafeRawPointer) throws {
    for i in 0..<count {
      let months = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: i &* 12, as: UInt32.self))
      let days = Int32(littleEndian: base.loadUnaligned(fromByteOffset: i &* 12 &+ 4, as: Int32.self))
      let milliseconds = Int32(littleEndian: base.loadUnaligned(fromByteOffset: i &* 12 &+ 8, as: Int32.self))
      guard months == 0 else {
        throw ParquetFault(unsupported: "has intervals with months, which have no fixed length and cannot be timespans")
      }
      lanes.values(Int64.self)[i] = Int64(days) &* TimeSpan.day &+ Int64(milliseconds) &* 10_000
    }
  }
}

// MARK: - Numbers

extension LeafType {
  @inline(__always)
  private static func decimal(_ magnitude: UInt128, scale: Int, isNegative: Bool) -> Decimal128 {
    Decimal128.rounding(WideInteger(magnitude), exponent: -scale, isNegative: isNegative) ?? .zero
  }

  private static func decimal(_ number: Int64, _ scale: Int) -> Decimal128 {
    decimal(UInt128(number.magnitude), scale: scale, isNegative: number < 0)
  }

  /// Returns the decimal of a big-endian two's complement number of up to 32 bytes; no bytes are zero.
  private static func decimal(_ bytes: Bytes, _ scale: Int) throws -> Decimal128 {
    let isNegative = (bytes.first ?? 0) >= 0x80
    let filler: UInt8 = isNegative ? 0xFF : 0
    var high: UInt128 = isNegative ? .max : 0, low = high
    for (place, byte) in bytes.enumerated() {
      if bytes.count &- place > 32 {
        guard byte == filler else { throw ParquetFault("a decimal has more than 76 digits") }
        continue
      }
      high = high &<< 8 | low &>> 120
      low = low &<< 8 | UInt128(byte)
    }
    if isNegative {
      low = ~low &+ 1
      high = ~high &+ (low == 0 ? 1 : 0)
    }
    let magnitude = WideInteger(high: high, low: low)
    guard high < 1 << 125, let decimal = Decimal128.rounding(magnitude, exponent: -scale, isNegative: isNegative) else {
      throw ParquetFault("a decimal has more than 76 digits")
    }
    return decimal
  }

  /// Returns the real of a 16-bit IEEE 754 number.
  static func real(half bits: UInt16) -> Double {
    let bits = UInt16(littleEndian: bits)
    let exponent = Int(bits &>> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    let magnitude: Double =
      switch exponent {
      case 0: fraction / 16_777_216
      case 31: fraction == 0 ? .infinity : .nan
      default: (1 + fraction / 1024) * (exponent >= 15 ? Double(1 << (exponent - 15)) : 1 / Double(1 << (15 - exponent)))
      }
    return bits &>> 15 == 1 ? -magnitude : magnitude
  }
}

// MARK: - Texts

extension LeafType {
  /// Replaces bytes that are not UTF-8 by `\xHH`; returns the storage of the new texts.
  private func escape(_ texts: UnsafeMutablePointer<Bytes>, _ count: Int) -> [AnyObject] {
    var arena: ByteArena?
    for i in 0..<count where !isUTF8(texts[i]) {
      let room = arena ?? ByteArena()
      arena = room
      var text = ByteBuffer(capacity: texts[i].count &* 2)
      Self.escape(texts[i], to: &text)
      texts[i] = text.withBytes { room.copying($0) }
    }
    return arena.map { [$0] } ?? []
  }

  /// Appends a text with `\xHH` for each byte that is not part of a UTF-8 character.
  static func escape(_ text: Bytes, to out: inout ByteBuffer) {
    var at = 0
    while at < text.count {
      let first = text[at]
      let size = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
      let character = text.part(from: at, to: at &+ size)
      if character.count == size, isUTF8(character) {
        out.append(character)
        at &+= size
      } else {
        out.append("\\x" as StaticString)
        for nibble in [first &>> 4, first & 15] { out.append(nibble < 10 ? 0x30 &+ nibble : 0x37 &+ nibble) }
        at &+= 1
      }
    }
  }

  private func jsons(
    _ source: UnsafePointer<Bytes>, _ count: Int, _ out: UnsafeMutablePointer<Bytes>, _ context: ExecutionContext
  ) throws -> Made {
    let arena = ByteArena()
    var mask: Buffer?
    var value = ByteBuffer()
    for i in 0..<count {
      if i & 4095 == 0 { try context.checkpoint() }
      value.removeAll()
      do { if !source[i].isEmpty { try JSONText.parse(source[i], to: &value) } } catch {
        // A text that is not JSON keeps its characters, as in `parse_json`.
        var text = ByteBuffer()
        Self.escape(source[i], to: &text)
        text.withBytes { value.appendString($0) }
      }
      out[i] = value.withBytes { arena.copying($0) }
      if DynamicCursor(out[i]).isNull {
        let marks = mask ?? Buffer.zeros(byteCount: count)
        mask = marks
        marks.values(UInt8.self)[i] = 1
      }
    }
    return (mask, [arena])
  }
}
