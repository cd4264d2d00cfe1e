/// Numbers for values, equal for equal values, so that sets hold numbers whatever the type.
///
/// - Integers, bools and reals are their own numbers. -0 is 0, and all NaNs are one.
/// - Codes of the first dictionary are their own numbers as well. Once another dictionary or plain text arrives,
///   texts are pooled, and the pool starts with the first dictionary's entries. Who only counts may have them hashed
///   instead, which keeps no text and needs no translation between threads.
final class ValueIDs {
  private let type: ScalarType
  private var scratch = Growing<Int64>(capacity: 4096)
  private var home: StringDictionary?
  private var pool: BytesPool?
  private var translations: [(StringDictionary, Growing64)] = []
  /// This pool's numbers for another pool, up to the last one requested.
  private var adopted: (BytesPool, Growing64)?

  /// A growing array with a reference, for lists of them.
  private final class Growing64 {
    var values = Growing<Int64>(capacity: 16)
  }

  /// Whether texts and guids, once they are not codes of one dictionary, have 64-bit hashes as numbers.
  private let mayHash: Bool
  /// Whether numbers are hashes from now on.
  private(set) var areHashes = false
  /// The hashes of the dictionary that was met last.
  private var hashes: (dictionary: StringDictionary, values: Growing64)?

  /// - Parameter hashing: whether two texts may have one number if their 64-bit hashes are equal. Dynamic values never have.
  init(_ type: ScalarType, hashing: Bool = false) {
    self.type = type
    let isText =
      switch type.lane {
      case .byte, .word, .float: false
      case .bytes, .wide: type != .dynamic
      }
    mayHash = hashing && isText
  }

  /// One more than the greatest number so far; nil when numbers do not run from 0 without gaps.
  var limit: Int? {
    switch type.lane {
    case .byte: 2
    case .word, .float: nil
    case .bytes, .wide: areHashes ? nil : pool?.count ?? home?.count ?? 0
    }
  }

  /// Whether the numbers so far are codes, and these rows need hashes.
  func needsHashes(_ vector: Vector) -> Bool {
    guard mayHash, !areHashes else { return false }
    guard type.lane == .bytes, let dictionary = vector.dictionary else { return true }
    return home != nil && dictionary !== home
  }

  /// Whether the numbers so far are codes, and those of `other` are not the same codes.
  func needsHashes(toMerge other: ValueIDs) -> Bool {
    guard mayHash, !areHashes else { return false }
    return other.areHashes || home != nil && other.home != nil && other.home !== home
  }

  /// Makes all numbers hashes from now on. Returns what turns a number so far into its hash, unless there are none.
  func startHashing() -> ((Int64) -> Int64)? {
    areHashes = true
    defer { home = nil }
    return home.map { home in { Int64(bitPattern: hashBytes(home[Int($0)])) } }
  }

  /// The number of each row. Valid until the next call, and no longer than the vector.
  ///
  /// - Note: rows that `keep` leaves out have arbitrary numbers below the limit.
  func numbers(_ vector: Vector, keep: UnsafePointer<UInt8>?, count n: Int) -> UnsafePointer<Int64> {
    let input = vector.isConstant ? vector.resized(to: n).expanded() : vector
    if type.lane == .word, input.encoding == .plain, !vector.isConstant { return input.lanes(Int64.self) }
    scratch.extend(to: n, with: 0)
    let out = scratch.base
    switch (type.lane, input.encoding) {
    case (.byte, _):
      let lanes = input.lanes(UInt8.self)
      for i in 0..<n { out[i] = Int64(lanes[i]) }
    case (.word, .narrow):
      let lanes = input.lanes(Int32.self)
      for i in 0..<n { out[i] = Int64(lanes[i]) }
    case (.word, _):
      let lanes = input.lanes(Int64.self)
      for i in 0..<n { out[i] = lanes[i] }
    case (.float, _):
      let lanes = input.lanes(Double.self)
      for i in 0..<n { out[i] = ValueIDs.number(lanes[i]) }
    case (.wide, _) where areHashes:
      let lanes = input.data.assumingMemoryBound(to: UInt64.self)
      for i in 0..<n { out[i] = Int64(bitPattern: mixHash(lanes[i &* 2] ^ mixHash(lanes[i &* 2 &+ 1] ^ 0x9E37_79B9_7F4A_7C15))) }
    case (.wide, _):
      poolRows(keep, n, out) { Bytes(start: (input.data + $0 &* 16).assumingMemoryBound(to: UInt8.self), count: 16) }
    case (.bytes, .codes8): numberCodes(input, input.lanes(UInt8.self), keep, n, out)
    case (.bytes, .codes16): numberCodes(input, input.lanes(UInt16.self), keep, n, out)
    case (.bytes, .codes32): numberCodes(input, input.lanes(UInt32.self), keep, n, out)
    case (.bytes, _) where areHashes:
      let lanes = input.lanes(Bytes.self)
      for i in 0..<n {
        if let keep, keep[i] == 0 { continue }
        out[i] = Int64(bitPattern: hashBytes(lanes[i]))
      }
    case (.bytes, _) where keep == nil: madePool().numbers(of: input.lanes(Bytes.self), count: n, to: out)
    case (.bytes, _):
      let lanes = input.lanes(Bytes.self)
      poolRows(keep, n, out) { lanes[$0] }
    }
    return UnsafePointer(out)
  }

  @inline(__always) static func number(_ value: Double) -> Int64 {
    value == value ? Int64(bitPattern: (value + 0.0).bitPattern) : Int64(bitPattern: Double.nan.bitPattern)
  }

  @inline(__always)
  private func poolRows(
    _ keep: UnsafePointer<UInt8>?, _ n: Int, _ out: UnsafeMutablePointer<Int64>, _ value: (Int) -> Bytes
  ) {
    let pool = madePool()
    for i in 0..<n {
      if let keep, keep[i] == 0 {
        out[i] = 0
      } else {
        out[i] = Int64(pool.number(of: value(i)))
      }
    }
  }

  @inline(__always)
  private func numberCodes<C: FixedWidthInteger>(
    _ input: Vector, _ codes: UnsafePointer<C>, _ keep: UnsafePointer<UInt8>?, _ n: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    guard let dictionary = input.dictionary else { return }
    if areHashes {
      hashCodes(dictionary, codes, keep, n, out)
      return
    }
    // Different compact forms can be equal as dynamic values, so their codes are not their numbers.
    if home == nil, pool == nil, type == .string { home = dictionary }
    if dictionary === home {
      for i in 0..<n { out[i] = Int64(truncatingIfNeeded: codes[i]) }
      return
    }
    let pool = madePool()
    let known = translation(of: dictionary).values.base
    for i in 0..<n {
      if let keep, keep[i] == 0 {
        out[i] = 0
        continue
      }
      let code = Int(truncatingIfNeeded: codes[i])
      var number = known[code]
      if number < 0 {
        number = Int64(pool.number(of: dictionary[code]))
        known[code] = number
      }
      out[i] = number
    }
  }

  @inline(__always)
  private func hashCodes<C: FixedWidthInteger>(
    _ dictionary: StringDictionary, _ codes: UnsafePointer<C>, _ keep: UnsafePointer<UInt8>?, _ n: Int,
    _ out: UnsafeMutablePointer<Int64>
  ) {
    if hashes?.dictionary !== dictionary {
      let made = Growing64()
      for code in 0..<dictionary.count { made.values.append(Int64(bitPattern: hashBytes(dictionary[code]))) }
      hashes = (dictionary, made)
    }
    guard let known = hashes?.values.values.base else { return }
    for i in 0..<n {
      if let keep, keep[i] == 0 { continue }
      out[i] = known[Int(truncatingIfNeeded: codes[i])]
    }
  }

  private func translation(of dictionary: StringDictionary) -> Growing64 {
    if let last = translations.last, last.0 === dictionary { return last.1 }
    if let known = translations.first(where: { $0.0 === dictionary }) { return known.1 }
    let made = Growing64()
    made.values.extend(to: dictionary.count, with: -1)
    translations.append((dictionary, made))
    return made
  }

  private func madePool() -> BytesPool {
    if let pool { return pool }
    let made = BytesPool(isDynamic: type == .dynamic)
    if let home {
      for code in 0..<home.count { _ = made.number(of: home[code]) }
    }
    pool = made
    return made
  }

  /// For each number of `other`, which is of the same type, the number here; nil if they are the same.
  func translation(from other: ValueIDs) -> ((Int64) -> Int64)? {
    switch type.lane {
    case .byte, .word, .float: return nil
    case .bytes, .wide: break
    }
    if areHashes { return other.home.map { theirs in { Int64(bitPattern: hashBytes(theirs[Int($0)])) } } }
    if other.pool == nil {
      guard let theirs = other.home else { return nil }
      if home == nil, pool == nil, type == .string { home = theirs }
      if theirs === home { return nil }
      let known = translation(of: theirs)
      let pool = madePool()
      return { number in
        let code = Int(number)
        if known.values[code] < 0 { known.values[code] = Int64(pool.number(of: theirs[code])) }
        return known.values[code]
      }
    }
    guard let theirs = other.pool else { return nil }
    let pool = madePool()
    let known: Growing64
    if let last = adopted, last.0 === theirs {
      known = last.1
    } else {
      known = Growing64()
      adopted = (theirs, known)
    }
    known.values.extend(to: theirs.count, with: -1)
    return { number in
      let index = Int(number)
      if known.values[index] < 0 { known.values[index] = Int64(pool.number(of: theirs[index])) }
      return known.values[index]
    }
  }
}

/// Distinct byte strings, numbered from 0 in order of arrival; copies them.
///
/// Dynamic values are compared as values: 1 is 1.0, and the order of a bag's slots does not matter.
final class BytesPool {
  private struct Slot: BitwiseCopyable {
    var hash: UInt64
    /// One more than the number; 0 for a free slot.
    var mark: UInt64
  }
  private let isDynamic: Bool
  private let arena = ByteArena()
  private var entries = Growing<Bytes>(capacity: 64)
  private var slots = Buffer.zeros(byteCount: 128 * 16)
  private var mask = 127
  /// What the first look at the slots of several values found: kept only so that the compiler does not leave the look out.
  private var firstMarks: UInt64 = 0

  init(isDynamic: Bool) { self.isDynamic = isDynamic }

  var count: Int { entries.count }

  subscript(number: Int) -> Bytes { entries[number] }

  /// The numbers of `n` values, assigned now where they are new.
  func numbers(of values: UnsafePointer<Bytes>, count n: Int, to out: UnsafeMutablePointer<Int64>) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 64) { hashes in
      var start = 0
      while start < n {
        let size = Swift.min(n &- start, 64)
        // The slots of several values are read at once, so that the waits for memory overlap.
        var touched: UInt64 = 0
        let table = slots.values(Slot.self)
        for i in 0..<size {
          let hash = self.hash(values[start &+ i])
          hashes[i] = hash
          touched |= table[Int(truncatingIfNeeded: hash &>> 20) & mask].mark
        }
        firstMarks = touched
        for i in 0..<size { out[start &+ i] = Int64(number(of: values[start &+ i], hash: hashes[i])) }
        start &+= size
      }
    }
  }

  /// The number of `bytes`, assigned now if they are new.
  func number(of bytes: Bytes) -> Int { number(of: bytes, hash: hash(bytes)) }

  @inline(__always)
  private func hash(_ bytes: Bytes) -> UInt64 { isDynamic ? DynamicBytes.hash(bytes) : hashBytes(bytes) }

  @inline(__always)
  private func number(of bytes: Bytes, hash: UInt64) -> Int {
    let table = slots.values(Slot.self)
    let known = entries.base
    var place = Int(truncatingIfNeeded: hash &>> 20) & mask
    while table[place].mark != 0 {
      let number = Int(table[place].mark &- 1)
      if table[place].hash == hash,
        isDynamic ? DynamicBytes.areEqual(known[number], bytes) : equalBytes(known[number], bytes)
      {
        return number
      }
      place = (place &+ 1) & mask
    }
    let number = entries.count
    entries.append(arena.copying(bytes))
    table[place] = Slot(hash: hash, mark: UInt64(number &+ 1))
    if entries.count &* 2 > mask { grow() }
    return number
  }

  private func grow() {
    let old = slots
    let oldCount = mask &+ 1
    mask = oldCount &* 2 &- 1
    slots = Buffer.zeros(byteCount: oldCount &* 2 &* MemoryLayout<Slot>.stride)
    let from = old.values(Slot.self), to = slots.values(Slot.self)
    for i in 0..<oldCount where from[i].mark != 0 {
      var place = Int(truncatingIfNeeded: from[i].hash &>> 20) & mask
      while to[place].mark != 0 { place = (place &+ 1) & mask }
      to[place] = from[i]
    }
  }
}
