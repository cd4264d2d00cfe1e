/// Numbers distinct keys from 0 in order of first occurrence: the hash table of groups and of joins.
final class GroupTable {
  private let wordCount: Int
  /// The distinct keys, `wordCount` words each, in the order of their numbers.
  private var keys: Growing<UInt64>
  private(set) var count = 0
  /// For each slot the number of its key plus 1; 0 for a free slot.
  private var slots: Buffer
  private var mask: Int
  /// For 64-bit keys, the key next to its number: one cache line per look-up.
  private var pairs: Buffer?
  private let isDirect: Bool
  /// Once keys are their own numbers: a byte for each possible key, 1 for those that occurred.
  private var flags: Buffer?

  private struct Pair: BitwiseCopyable {
    var key: UInt64
    var number: UInt64
  }

  /// - `slotCount`: if given, keys are single 64-bit numbers below it and index an array.
  init(wordCount: Int, slotCount: Int? = nil) {
    self.wordCount = wordCount
    keys = Growing(capacity: 64 &* wordCount)
    isDirect = slotCount != nil
    if let slotCount {
      mask = slotCount &- 1
      slots = Buffer.zeros(byteCount: slotCount &* 4)
      pairs = nil
    } else if wordCount == 1 {
      mask = 1023
      slots = Buffer(byteCount: 0)
      pairs = Buffer.zeros(byteCount: 1024 &* 16)
    } else {
      mask = 1023
      slots = Buffer.zeros(byteCount: 1024 &* 4)
      pairs = nil
    }
  }

  /// The words of the keys, in the order of their numbers.
  var words: UnsafePointer<UInt64> { UnsafePointer(keys.base) }

  /// The numbers of `rows` keys; new keys get the next numbers.
  func numbers(of source: UnsafePointer<UInt64>, rows: Int, into out: UnsafeMutablePointer<UInt32>) {
    if let flags { return mark(source, rows, from: 0, in: flags.values(), out) }
    if isDirect { return direct(source, rows, out) }
    if pairs != nil { return single(source, rows, out) }
    multiple(source, rows, out)
  }

  /// The bytes of a larger table, which is made beside this one before the next `rows` keys if all of them are new.
  func growth(for rows: Int) -> Int {
    let most = count &+ rows
    var size = most &* wordCount > keys.capacity ? keys.capacity &* 2 &* MemoryLayout<UInt64>.stride : 0
    if !isDirect, (most &+ 1) &* 2 > mask {
      size &+= (mask &+ 1) &* Self.growthFactor &* (pairs == nil ? MemoryLayout<UInt32>.stride : MemoryLayout<Pair>.stride)
    }
    return size
  }

  /// How many times as many slots a larger table has.
  private static let growthFactor = 4

  /// Whether keys are their own numbers; `count` is then the number of all possible keys, and `words` is empty.
  var isDirectlyAddressed: Bool { flags != nil }

  /// From now on keys that index an array are their own numbers. The caller translates the table's previous numbers.
  func addressDirectly() {
    guard isDirect, flags == nil else { return }
    let made = Buffer.zeros(byteCount: mask &+ 1)
    for number in 0..<count { made.values(UInt8.self)[Int(truncatingIfNeeded: keys[number])] = 1 }
    flags = made
    count = mask &+ 1
    keys = Growing(capacity: 4)
    slots = Buffer(byteCount: 0)
  }

  @inline(never)
  private func mark(
    _ codes: Vector, _ rows: Int, in flags: UnsafeMutablePointer<UInt8>, _ out: UnsafeMutablePointer<UInt32>
  ) {
    switch codes.encoding {
    case .codes8: mark(codes.lanes(UInt8.self), rows, from: 1, in: flags, out)
    case .codes16: mark(codes.lanes(UInt16.self), rows, from: 1, in: flags, out)
    case .plain, .narrow, .codes32: mark(codes.lanes(UInt32.self), rows, from: 1, in: flags, out)
    }
  }

  /// The keys that occurred, with `first` added to each.
  @inline(__always)
  private func mark<Word: FixedWidthInteger>(
    _ words: UnsafePointer<Word>, _ rows: Int, from first: Int, in flags: UnsafeMutablePointer<UInt8>,
    _ out: UnsafeMutablePointer<UInt32>
  ) {
    for i in 0..<rows {
      let key = Int(truncatingIfNeeded: words[i]) &+ first
      flags[key] = 1
      out[i] = UInt32(truncatingIfNeeded: key)
    }
  }

  /// Writes a 1 into `out` for each key of `range` that occurred, once keys are their own numbers.
  func markKeys(of range: Range<Int>, in out: UnsafeMutablePointer<UInt8>) {
    guard let flag = flags?.values(UInt8.self) else { return }
    for key in range { out[key &- range.lowerBound] |= flag[key] }
  }

  private func direct(
    _ source: UnsafePointer<UInt64>, _ rows: Int, _ out: UnsafeMutablePointer<UInt32>
  ) {
    let table = slots.values(UInt32.self)
    for i in 0..<rows {
      let key = Int(truncatingIfNeeded: source[i])
      var number = table[key]
      if number == 0 {
        keys.append(source[i])
        count &+= 1
        number = UInt32(truncatingIfNeeded: count)
        table[key] = number
      }
      out[i] = number &- 1
    }
  }

  /// The numbers of keys stored as codes, each the key minus 1. Only for keys that index an array.
  func numbers(ofCodes codes: Vector, rows: Int, into out: UnsafeMutablePointer<UInt32>) {
    if let flags { return mark(codes, rows, in: flags.values(), out) }
    switch codes.encoding {
    case .codes8: coded(codes.lanes(UInt8.self), rows, out)
    case .codes16: coded(codes.lanes(UInt16.self), rows, out)
    case .plain, .narrow, .codes32: coded(codes.lanes(UInt32.self), rows, out)
    }
  }

  @inline(__always)
  private func coded<C: FixedWidthInteger>(
    _ codes: UnsafePointer<C>, _ rows: Int, _ out: UnsafeMutablePointer<UInt32>
  ) {
    let table = slots.values(UInt32.self) + 1
    for i in 0..<rows {
      let code = Int(truncatingIfNeeded: codes[i])
      var number = table[code]
      if number == 0 {
        keys.append(UInt64(truncatingIfNeeded: code &+ 1))
        count &+= 1
        number = UInt32(truncatingIfNeeded: count)
        table[code] = number
      }
      out[i] = number &- 1
    }
  }

  private func single(
    _ source: UnsafePointer<UInt64>, _ rows: Int, _ out: UnsafeMutablePointer<UInt32>
  ) {
    while (count &+ rows) &* 2 > mask { growPairs() }
    guard let pairs else { return }
    let table = pairs.values(Pair.self)
    let mask = self.mask
    var known = count
    for i in 0..<rows {
      let key = source[i]
      var place = Int(truncatingIfNeeded: mixHash(key)) & mask
      while true {
        let number = table[place].number
        if number == 0 {
          known &+= 1
          table[place] = Pair(key: key, number: UInt64(truncatingIfNeeded: known))
          keys.append(key)
          out[i] = UInt32(truncatingIfNeeded: known &- 1)
          break
        }
        if table[place].key == key {
          out[i] = UInt32(truncatingIfNeeded: number &- 1)
          break
        }
        place = (place &+ 1) & mask
      }
    }
    count = known
  }

  private func growPairs() {
    guard let old = pairs else { return }
    let oldCount = mask &+ 1
    mask = oldCount &* Self.growthFactor &- 1
    let next = Buffer.zeros(byteCount: oldCount &* Self.growthFactor &* 16)
    let table = next.values(Pair.self)
    let from = old.values(Pair.self)
    let mask = self.mask
    for i in 0..<oldCount where from[i].number != 0 {
      var place = Int(truncatingIfNeeded: mixHash(from[i].key)) & mask
      while table[place].number != 0 { place = (place &+ 1) & mask }
      table[place] = from[i]
    }
    pairs = next
  }

  private func multiple(
    _ source: UnsafePointer<UInt64>, _ rows: Int, _ out: UnsafeMutablePointer<UInt32>
  ) {
    let width = wordCount
    for i in 0..<rows {
      if (count &+ 1) &* 2 > mask { growSlots() }
      let key = source + i &* width
      let table = slots.values(UInt32.self)
      let stored = keys.base
      var place = Int(truncatingIfNeeded: Self.hash(key, width)) & mask
      while true {
        let number = Int(table[place])
        if number == 0 {
          keys.append(contentsOf: key, count: width)
          count &+= 1
          table[place] = UInt32(truncatingIfNeeded: count)
          out[i] = UInt32(truncatingIfNeeded: count &- 1)
          break
        }
        if Self.areEqual(stored + (number &- 1) &* width, key, width) {
          out[i] = UInt32(truncatingIfNeeded: number &- 1)
          break
        }
        place = (place &+ 1) & mask
      }
    }
  }

  private func growSlots() {
    let size = (mask &+ 1) &* Self.growthFactor
    mask = size &- 1
    slots = Buffer.zeros(byteCount: size &* 4)
    let table = slots.values(UInt32.self)
    for number in 0..<count {
      var place = Int(truncatingIfNeeded: Self.hash(keys.base + number &* wordCount, wordCount)) & mask
      while table[place] != 0 { place = (place &+ 1) & mask }
      table[place] = UInt32(truncatingIfNeeded: number &+ 1)
    }
  }

  /// The number of each key, or `missingRow` for missing keys.
  func find(_ source: UnsafePointer<UInt64>, rows: Int, into out: UnsafeMutablePointer<UInt32>) {
    let width = wordCount
    let mask = self.mask
    if isDirect {
      let table = slots.values(UInt32.self)
      for i in 0..<rows {
        let key = source[i]
        out[i] = key <= UInt64(mask) ? table[Int(truncatingIfNeeded: key)] &- 1 : missingRow
      }
    } else if let pairs {
      let table = pairs.values(Pair.self)
      for i in 0..<rows {
        let key = source[i]
        var place = Int(truncatingIfNeeded: mixHash(key)) & mask
        while table[place].number != 0 && table[place].key != key { place = (place &+ 1) & mask }
        out[i] = UInt32(truncatingIfNeeded: table[place].number) &- 1
      }
    } else {
      let table = slots.values(UInt32.self)
      let stored = keys.base
      for i in 0..<rows {
        let key = source + i &* width
        var place = Int(truncatingIfNeeded: Self.hash(key, width)) & mask
        while table[place] != 0,
          !Self.areEqual(stored + Int(table[place] &- 1) &* width, key, width)
        { place = (place &+ 1) & mask }
        out[i] = table[place] &- 1
      }
    }
  }

  @inline(__always) static func hash(_ key: UnsafePointer<UInt64>, _ width: Int) -> UInt64 {
    var state = mixHash(key[0])
    for i in 1..<Swift.max(width, 1) { state = mixHash(state ^ key[i]) }
    return state
  }

  /// The same for the key that begins at `start`.
  @inline(__always) static func hash(_ keys: BufferView<UInt64>, _ start: Int, _ width: Int) -> UInt64 {
    keys.withPointer { hash($0 + start, width) }
  }

  @inline(__always)
  private static func areEqual(_ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>, _ width: Int) -> Bool {
    for i in 0..<width where a[i] != b[i] { return false }
    return true
  }
}
