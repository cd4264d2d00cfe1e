/// XXH64 with seed 0, which `hash` and `hash_xxhash64` return.
// Yann Collet, "xxHash fast digest algorithm", specification 0.1.1.
package enum XXHash64 {
  fileprivate static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  fileprivate static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  fileprivate static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  package static func hash(_ bytes: Bytes, seed: UInt64 = 0) -> UInt64 {
    let count = bytes.count
    guard let base = bytes.baseAddress else { return avalanche(seed &+ prime5) }
    let raw = UnsafeRawPointer(base)
    var at = 0
    var hash: UInt64
    if count >= 32 {
      var a = seed &+ prime1 &+ prime2
      var b = seed &+ prime2
      var c = seed
      var d = seed &- prime1
      while at &+ 32 <= count {
        a = round(a, raw.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian)
        b = round(b, raw.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self).littleEndian)
        c = round(c, raw.loadUnaligned(fromByteOffset: at &+ 16, as: UInt64.self).littleEndian)
        d = round(d, raw.loadUnaligned(fromByteOffset: at &+ 24, as: UInt64.self).littleEndian)
        at &+= 32
      }
      hash = joined(a, b, c, d)
    } else {
      hash = seed &+ prime5
    }
    return finish(hash &+ UInt64(truncatingIfNeeded: count), raw, from: at, to: count)
  }

  /// The last step: fewer than 32 bytes, which do not fill a round of all lanes.
  fileprivate static func finish(_ start: UInt64, _ raw: UnsafeRawPointer, from: Int, to count: Int) -> UInt64 {
    var hash = start
    var at = from
    while at &+ 8 <= count {
      hash ^= round(0, raw.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian)
      hash = rotate(hash, 27) &* prime1 &+ prime4
      at &+= 8
    }
    if at &+ 4 <= count {
      hash ^= UInt64(raw.loadUnaligned(fromByteOffset: at, as: UInt32.self).littleEndian) &* prime1
      hash = rotate(hash, 23) &* prime2 &+ prime3
      at &+= 4
    }
    while at < count {
      hash = rotate(hash ^ UInt64(raw.load(fromByteOffset: at, as: UInt8.self)) &* prime5, 11) &* prime1
      at &+= 1
    }
    return avalanche(hash)
  }

  /// The hash of the eight bytes of a number, least significant first: a long, or a datetime's ticks.
  static func hash(_ value: UInt64, seed: UInt64 = 0) -> UInt64 {
    var hash = seed &+ prime5 &+ 8
    hash = rotate(hash ^ round(0, value), 27) &* prime1 &+ prime4
    return avalanche(hash)
  }

  /// The hash of the four bytes of an `int`.
  static func hash(_ value: UInt32, seed: UInt64 = 0) -> UInt64 {
    var hash = seed &+ prime5 &+ 4
    hash = rotate(hash ^ UInt64(value) &* prime1, 23) &* prime2 &+ prime3
    return avalanche(hash)
  }

  /// The remainder that `hash(x, mod)` returns, in 0..<mod; nil unless `divisor` is positive.
  static func remainder(_ hash: UInt64, _ divisor: Int64) -> Int64? {
    divisor > 0 ? Int64(hash % UInt64(divisor)) : nil
  }

  fileprivate static func joined(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) -> UInt64 {
    let hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
    return merge(merge(merge(merge(hash, a), b), c), d)
  }

  private static func avalanche(_ value: UInt64) -> UInt64 {
    var hash = (value ^ value &>> 33) &* prime2
    hash = (hash ^ hash &>> 29) &* prime3
    return hash ^ hash &>> 32
  }

  @inline(__always) private static func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 {
    value &<< by | value &>> (64 &- by)
  }

  @inline(__always) fileprivate static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotate(lane &+ input &* prime2, 31) &* prime1
  }

  @inline(__always) private static func merge(_ hash: UInt64, _ lane: UInt64) -> UInt64 {
    (hash ^ round(0, lane)) &* prime1 &+ prime4
  }
}

/// XXH64 of bytes that arrive in pieces; the same as of all at once.
package struct XXHash64Stream: Sendable {
  private var a = XXHash64.prime1 &+ XXHash64.prime2
  private var b = XXHash64.prime2
  private var c: UInt64 = 0
  private var d = 0 &- XXHash64.prime1
  /// Fewer than 32 bytes, which wait for more.
  private var rest: [UInt8] = []
  package private(set) var count = 0

  package init() {}

  package mutating func add(_ bytes: Bytes) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    count &+= bytes.count
    var at = 0
    if !rest.isEmpty {
      at = Swift.min(32 &- rest.count, bytes.count)
      rest.append(contentsOf: bytes.part(from: 0, to: at))
      guard rest.count == 32 else { return }
      let full = rest
      full.withUnsafeBytes { raw in if let start = raw.baseAddress { _ = take(start, from: 0, to: 32) } }
      rest.removeAll(keepingCapacity: true)
    }
    at = take(UnsafeRawPointer(base), from: at, to: bytes.count)
    rest.append(contentsOf: bytes.part(from: at, to: bytes.count))
  }

  /// Processes whole rounds of 32 bytes; returns where it stopped.
  private mutating func take(_ raw: UnsafeRawPointer, from: Int, to end: Int) -> Int {
    var (a, b, c, d) = (self.a, self.b, self.c, self.d)
    var at = from
    while at &+ 32 <= end {
      a = XXHash64.round(a, raw.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian)
      b = XXHash64.round(b, raw.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self).littleEndian)
      c = XXHash64.round(c, raw.loadUnaligned(fromByteOffset: at &+ 16, as: UInt64.self).littleEndian)
      d = XXHash64.round(d, raw.loadUnaligned(fromByteOffset: at &+ 24, as: UInt64.self).littleEndian)
      at &+= 32
    }
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
    return at
  }

  /// The hash of all that was added.
  package var value: UInt64 {
    let start = count >= 32 ? XXHash64.joined(a, b, c, d) : XXHash64.prime5
    return rest.withUnsafeBytes { raw in
      // An empty array may have no address; no byte is read then.
      withUnsafeBytes(of: 0 as UInt64) { none in
        guard let place = raw.baseAddress ?? none.baseAddress else { return start }
        return XXHash64.finish(start &+ UInt64(truncatingIfNeeded: count), place, from: 0, to: rest.count)
      }
    }
  }
}
