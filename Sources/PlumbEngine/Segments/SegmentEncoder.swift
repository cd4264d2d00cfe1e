import Glibc

/// Encodes columns of row groups as bytes; each worker has one for its scratch memory.
package final class SegmentEncoder {
  private let words = Buffer(of: Int64.self, count: RowGroup.capacity)
  private let codes = Buffer(of: UInt32.self, count: RowGroup.capacity)

  package init() {}

  /// The column's bytes; texts become codes if `texts` accepts them.
  ///
  /// - Parameter vector: at most `RowGroup.capacity` rows.
  package func encode(_ vector: Vector, texts: TextPool?) -> EncodedSegment {
    precondition(vector.count <= RowGroup.capacity, "callers must split rows into groups")
    return encode(expanded: vector.expanded(), texts)
  }

  private func encode(expanded vector: Vector, _ texts: TextPool?) -> EncodedSegment {
    let n = vector.count
    var out = ByteBuffer(capacity: 256)
    let hasNulls = vector.nulls.map { nulls in (0..<n).contains { nulls[$0] != 0 } } ?? false
    let nulls = hasNulls ? vector.nulls : nil
    func begin(_ form: SegmentForm) {
      out.append(form.rawValue)
      out.append(nulls == nil ? 0 : 1)
      out.append(littleEndian: UInt32(truncatingIfNeeded: n))
      if let nulls { BitPacking.pack(n, 1, to: &out) { nulls[$0] == 0 ? 0 : 1 } }
    }
    var needed = 0
    switch vector.type.lane {
    case .byte:
      begin(.bits)
      let values = vector.lanes(UInt8.self)
      BitPacking.pack(n, 1, to: &out) { values[$0] == 0 ? 0 : 1 }
    case .word:
      begin(.words)
      copyWords(vector, nulls)
      WordPacking.pack(words.values(), n, to: &out)
    case .float:
      if let power = scaleWords(vector, nulls) {
        begin(.scaled)
        out.append(UInt8(power))
        WordPacking.pack(words.values(), n, to: &out)
      } else {
        begin(.floats)
        SegmentBody.append(vector.rawBytes, to: &out)
      }
    case .wide:
      begin(.wide)
      SegmentBody.append(vector.rawBytes, to: &out)
    case .bytes:
      if vector.type == .string, let texts, texts.takeCodes(of: vector, into: codes.values()) {
        begin(.codes)
        needed = appendCodes(n, to: &out)
      } else {
        begin(.texts)
        appendTexts(vector, nulls, to: &out)
      }
    }
    return EncodedSegment(bytes: out, dictionaryCount: needed)
  }

  /// Nulls repeat the value before them, which packs well.
  private func copyWords(_ vector: Vector, _ nulls: UnsafePointer<UInt8>?) {
    let out = words.values(Int64.self)
    let n = vector.count
    if vector.encoding == .narrow {
      let values = vector.lanes(Int32.self)
      for i in 0..<n { out[i] = Int64(values[i]) }
    } else {
      out.update(from: vector.lanes(Int64.self), count: n)
    }
    if let nulls { repeatBeforeNulls(out, n, nulls) }
  }

  private func repeatBeforeNulls(_ values: UnsafeMutablePointer<Int64>, _ n: Int, _ nulls: UnsafePointer<UInt8>) {
    var last = (0..<n).first { nulls[$0] == 0 }.map { values[$0] } ?? 0
    for i in 0..<n {
      if nulls[i] == 0 { last = values[i] } else { values[i] = last }
    }
  }

  /// Adding and subtracting this leaves the nearest whole number, for numbers below 2^51.
  private static let rounder = 6_755_399_441_055_744.0
  static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]

  /// The power of ten that turns all values into whole numbers, which are left in `words`; nil if none exists.
  // Afroozeh, Kuffo, Boncz, "ALP: Adaptive Lossless floating-Point Compression" (2023), without exceptions.
  private func scaleWords(_ vector: Vector, _ nulls: UnsafePointer<UInt8>?) -> Int? {
    let n = vector.count
    let values = vector.lanes(Double.self)
    let out = words.values(Int64.self)
    for (power, scale) in Self.powers.enumerated() {
      var fits = true
      for i in stride(from: 0, to: n, by: Swift.max(1, n / 64)) where nulls.map({ $0[i] == 0 }) ?? true {
        fits = fits && Self.isWhole(values[i], scale)
      }
      guard fits else { continue }
      var wrong = 0
      if let nulls {
        for i in 0..<n where nulls[i] == 0 { wrong &+= Self.isWhole(values[i], scale) ? 0 : 1 }
      } else {
        for i in 0..<n { wrong &+= Self.isWhole(values[i], scale) ? 0 : 1 }
      }
      guard wrong == 0 else { continue }
      let zero = Int64(bitPattern: Self.rounder.bitPattern)
      for i in 0..<n { out[i] = Int64(bitPattern: (values[i] * scale + Self.rounder).bitPattern) &- zero }
      if let nulls { repeatBeforeNulls(out, n, nulls) }
      return power
    }
    return nil
  }

  @inline(__always) private static func isWhole(_ value: Double, _ scale: Double) -> Bool {
    let scaled = value * scale
    let whole = (scaled + rounder) - rounder
    return abs(scaled) < 1e15 && (whole / scale).bitPattern == value.bitPattern
  }

  private func appendCodes(_ n: Int, to out: inout ByteBuffer) -> Int {
    let codes = codes.values(UInt32.self)
    var most: UInt32 = 0
    for i in 0..<n { most = Swift.max(most, codes[i]) }
    let width = WordPacking.width(UInt64(most))
    out.append(UInt8(width))
    BitPacking.pack(n, width, to: &out) { UInt64(codes[$0]) }
    return n == 0 ? 0 : Int(most) &+ 1
  }

  private func appendTexts(_ vector: Vector, _ nulls: UnsafePointer<UInt8>?, to out: inout ByteBuffer) {
    let n = vector.count
    let lengths = words.values(Int64.self)
    var texts = ByteBuffer(capacity: n &* 16)
    for i in 0..<n {
      if let nulls, nulls[i] != 0 {
        lengths[i] = 0
        continue
      }
      let text = vector.bytes(at: i)
      lengths[i] = Int64(text.count)
      texts.append(text)
    }
    WordPacking.pack(lengths, n, to: &out)
    texts.withBytes { SegmentBody.append($0, to: &out) }
  }
}

extension Vector {
  /// The memory of plain lanes.
  fileprivate var rawBytes: Bytes {
    Bytes(start: data.assumingMemoryBound(to: UInt8.self), count: count &* type.lane.stride)
  }

  /// The size in bytes of the texts or dynamic values of a column, and 0 for other columns.
  package var textByteCount: Int {
    guard type.lane == .bytes else { return 0 }
    if isConstant { return bytes(at: 0).count &* count }
    var total = 0
    for i in 0..<count where !isNull(i) { total &+= bytes(at: i).count }
    return total
  }
}
