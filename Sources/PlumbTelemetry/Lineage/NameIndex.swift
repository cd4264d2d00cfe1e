import PlumbDiagnostics
import PlumbEngine

/// Numbers the pipelines' names from 0; an open-addressing hash table over copies of them.
struct NameIndex: @unchecked Sendable {
  private let arena = ByteArena()
  private(set) var names: [Bytes] = []
  private var hashes: [UInt64] = []
  /// Numbers plus one; 0 is a free slot. The count is a power of two.
  private var slots: [Int32]

  /// - Parameter capacity: the approximate number of names.
  init(capacity: Int = 0) {
    var count = 1024
    while count < 2 * min(capacity, 1 << 16) { count *= 2 }
    slots = Array(repeating: 0, count: count)
  }

  var count: Int { names.count }

  /// Returns the number of `name`, adding it if necessary.
  mutating func insert(_ name: Bytes) -> Int32 {
    let hash = XXHash64.hash(name)
    var place = self.place(of: name, hash)
    if slots[place] != 0 { return slots[place] - 1 }
    if (names.count + 1) * 2 > slots.count {
      grow()
      place = self.place(of: name, hash)
    }
    names.append(arena.copying(name))
    hashes.append(hash)
    slots[place] = Int32(truncatingIfNeeded: names.count)
    return Int32(truncatingIfNeeded: names.count - 1)
  }

  /// Returns the number of `name`, or nil.
  func find(_ name: Bytes) -> Int32? {
    let slot = slots[place(of: name, XXHash64.hash(name))]
    return slot == 0 ? nil : slot - 1
  }

  /// Returns the number of the pipeline called `name`.
  ///
  /// - Throws: `unknown-pipeline`, with the closest name.
  func node(_ name: String) throws -> Int32 {
    if let node = name.withUTF8Bytes({ find($0) }) { return node }
    throw Diagnostic("unknown-pipeline", "unknown pipeline `\(name)`", help: suggestion(for: name))
  }

  /// The nearest name, or names that begin with `name`, contain it, or share its first word.
  private func suggestion(for name: String) -> String {
    let all = names.lazy.map { String($0) }
    if let nearest = Suggestion.nearest(to: name, in: all) { return nearest }
    let wanted = name.lowercased()
    let word = wanted.prefix { $0 != "-" && $0 != "_" && $0 != "." }
    let tests: [(String) -> Bool] = [
      { $0.hasPrefix(wanted) }, { $0.contains(wanted) }, { word.count >= 3 && $0.hasPrefix(word) },
    ]
    for test in tests where wanted.count >= 2 {
      let found = all.filter { test($0.lowercased()) }.sorted()
      if found.isEmpty { continue }
      let shown = found.prefix(4).map { "`\($0)`" }.joined(separator: ", ")
      return found.count == 1 ? "did you mean \(shown)?" : "\(found.count) names fit: \(shown)\(found.count > 4 ? ", ..." : "")"
    }
    return "`pipelines | project name, status` lists the pipelines"
  }

  func text(_ number: Int32) -> String { String(names[Int(number)]) }

  /// Returns whether the name of one number sorts before another's, byte by byte.
  func isBefore(_ a: Int32, _ b: Int32) -> Bool {
    names[Int(a)].compared(to: names[Int(b)]) < 0
  }

  /// Returns the slot of `name`, or the free slot where it would go.
  private func place(of name: Bytes, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place] != 0 {
      let number = Int(slots[place] - 1)
      if hashes[number] == hash, names[number].equals(name) { return place }
      place = (place + 1) & mask
    }
    return place
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    slots = Array(repeating: 0, count: mask + 1)
    for (number, hash) in hashes.enumerated() {
      var place = Int(truncatingIfNeeded: hash) & mask
      while slots[place] != 0 { place = (place + 1) & mask }
      slots[place] = Int32(truncatingIfNeeded: number + 1)
    }
  }
}
