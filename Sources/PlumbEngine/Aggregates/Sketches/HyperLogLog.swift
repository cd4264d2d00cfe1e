import Glibc

/// A sketch that counts distinct hashes: exactly while they are few, then within an error that the
/// accuracy determines.
// Flajolet et al. (2007) with 64-bit hashes; the estimator is Ertl's, "New cardinality estimation
// algorithms for HyperLogLog sketches" (2017), which needs no correction tables.
struct HyperLogLog: Sendable {
  /// The logarithm of the number of registers.
  let precision: Int
  private var hashes: Set<UInt64> = []
  private var registers: [UInt8] = []

  /// Accuracy 0...4 as `dcount` takes it; others count as the nearest.
  init(accuracy: Int64 = 1) {
    let precisions = [12, 14, 16, 17, 18]
    precision = precisions[Int(Swift.min(Swift.max(accuracy, 0), 4))]
  }

  private init(precision: Int) { self.precision = precision }

  /// The number of hashes that are stored as they are.
  private var exactLimit: Int { precision <= 14 ? 1024 : 8192 }

  /// Adds a hash of good quality, such as `XXHash64` computes.
  @inline(__always) mutating func add(_ hash: UInt64) {
    if registers.isEmpty {
      hashes.insert(hash)
      if hashes.count > exactLimit { spill() }
    } else {
      record(hash)
    }
  }

  private mutating func spill() {
    registers = [UInt8](repeating: 0, count: 1 << precision)
    for hash in hashes { record(hash) }
    hashes = []
  }

  private mutating func record(_ hash: UInt64) {
    let index = Int(truncatingIfNeeded: hash &>> UInt64(64 &- precision))
    let rest = hash &<< UInt64(precision)
    let rank = UInt8(truncatingIfNeeded: Swift.min(rest.leadingZeroBitCount, 64 &- precision) &+ 1)
    if registers[index] < rank { registers[index] = rank }
  }

  /// Merges another sketch; the coarser precision wins.
  mutating func merge(_ other: HyperLogLog) {
    if other.precision < precision {
      var coarse = other
      coarse.merge(self)
      self = coarse
      return
    }
    if other.registers.isEmpty {
      for hash in other.hashes { add(hash) }
      return
    }
    if registers.isEmpty { spill() }
    let shift = other.precision - precision
    for (i, rank) in other.registers.enumerated() where rank > 0 {
      let index = i >> shift
      // The index bits that are dropped become the front of the counted bits.
      let dropped = i & ((1 << shift) - 1)
      let lowered = dropped == 0
        ? Int(rank) + shift : shift - (Int.bitWidth - dropped.leadingZeroBitCount) + 1
      registers[index] = Swift.max(registers[index], UInt8(lowered))
    }
  }

  /// The number of hashes that all sketches share; nil if one of them no longer stores its hashes.
  static func exactIntersection(_ sketches: [HyperLogLog]) -> Int? {
    guard sketches.allSatisfy(\.registers.isEmpty), let first = sketches.first else { return nil }
    return sketches.dropFirst().reduce(first.hashes) { $0.intersection($1.hashes) }.count
  }

  var estimate: Int64 {
    if registers.isEmpty { return Int64(hashes.count) }
    let q = 64 - precision
    var histogram = [Double](repeating: 0, count: q + 2)
    for rank in registers { histogram[Swift.min(Int(rank), q + 1)] += 1 }
    let m = Double(registers.count)
    var z = m * HyperLogLog.tau(1 - histogram[q + 1] / m)
    for k in stride(from: q, to: 0, by: -1) { z = 0.5 * (z + histogram[k]) }
    z += m * HyperLogLog.sigma(histogram[0] / m)
    return Int64(((m / (2 * log(2))) * m / z).rounded())
  }

  private static func sigma(_ start: Double) -> Double {
    if start == 1 { return .infinity }
    var (x, y, z) = (start, 1.0, start)
    while true {
      x *= x
      let before = z
      z += x * y
      y += y
      if z == before { return z }
    }
  }

  private static func tau(_ start: Double) -> Double {
    if start == 0 || start == 1 { return 0 }
    var (x, y, z) = (start, 1.0, 1 - start)
    while true {
      x = x.squareRoot()
      let before = z
      y *= 0.5
      z -= (1 - x) * (1 - x) * y
      if z == before { return z / 3 }
    }
  }
}

extension HyperLogLog {
  /// Appends `[[limit,precision],[hashes],[registers]]` in compact form, hashes as text and the registers as
  /// one text of Base64.
  func encode(to out: inout ByteBuffer) {
    let mark = out.beginArray()
    let head = out.beginArray()
    out.appendLong(Int64(exactLimit))
    out.appendLong(Int64(precision))
    out.end(head, count: 2)
    let list = out.beginArray()
    for hash in hashes.sorted() {
      var text = ByteBuffer(capacity: 20)
      text.append(decimal: Int64(bitPattern: hash))
      text.withBytes { out.appendString($0) }
    }
    out.end(list, count: hashes.count)
    let dense = out.beginArray()
    if !registers.isEmpty {
      var text = ByteBuffer(capacity: registers.count * 4 / 3 + 4)
      registers.withUnsafeBufferPointer { Base64.encode($0, to: &text) }
      text.withBytes { out.appendString($0) }
    }
    out.end(dense, count: registers.isEmpty ? 0 : 1)
    out.end(mark, count: 3)
  }

  /// Reads what `encode` wrote; nil for anything else.
  init?(_ cursor: DynamicCursor) {
    guard cursor.count == 3, let head = cursor.element(at: 0), let list = cursor.element(at: 1),
      let dense = cursor.element(at: 2), let size = head.element(at: 1), size.tag == .long,
      [12, 14, 16, 17, 18].contains(size.int64), list.isArray, dense.isArray
    else { return nil }
    self.init(precision: Int(size.int64))
    var isGood = true
    var read: [UInt64] = []
    list.forEachElement { element in
      guard element.tag == .string, let hash = NumberText.parseInt64(element.text) else {
        isGood = false
        return
      }
      read.append(UInt64(bitPattern: hash))
    }
    guard isGood else { return nil }
    if let text = dense.element(at: 0) {
      var bytes = ByteBuffer()
      guard text.tag == .string, Base64.decode(text.text, to: &bytes), bytes.count == 1 << precision else { return nil }
      registers = bytes.bytes
    }
    for hash in read { add(hash) }
  }
}
