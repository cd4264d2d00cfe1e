import Glibc
import Synchronization

/// One column of one row group before it becomes part of a table.
final class Segment: @unchecked Sendable {
  let type: ScalarType
  let count: Int
  private(set) var data: Buffer
  private let nulls: Buffer?
  private(set) var encoding: Vector.Encoding
  /// The texts of the codes until the tables of all workers are merged.
  private(set) var table: TextTable?
  private var dictionary: StringDictionary?
  private var owner: AnyObject?

  init(
    _ type: ScalarType, count: Int, data: Buffer, nulls: Buffer?, encoding: Vector.Encoding, table: TextTable?,
    owner: AnyObject?
  ) {
    self.type = type
    self.count = count
    self.data = data
    self.nulls = nulls
    self.encoding = encoding
    self.table = table
    self.owner = owner
  }

  var vector: Vector {
    Vector(
      type, count: count, data: data.base, owner: owner.map { Owners([data, $0]) } ?? data,
      nulls: nulls.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: nulls, encoding: encoding,
      dictionary: dictionary)
  }

  @inline(__always) private func forEachCode(_ body: (Int, Int) -> Void) {
    switch encoding {
    case .codes8:
      let codes = data.values(UInt8.self)
      for i in 0..<count { body(i, Int(codes[i])) }
    case .codes16:
      let codes = data.values(UInt16.self)
      for i in 0..<count { body(i, Int(codes[i])) }
    case .codes32:
      let codes = data.values(UInt32.self)
      for i in 0..<count { body(i, Int(codes[i])) }
    case .plain, .narrow: break
    }
  }

  /// Translates the codes to the column's one dictionary.
  func adopt(_ merged: MergedTexts) {
    guard let table, let map = merged.maps[ObjectIdentifier(table)] else { return }
    let target = StringDictionary.encoding(forCount: merged.dictionary.count)
    let next = target == encoding ? data : Buffer(byteCount: count &* Vector.stride(of: target))
    let codes = map.values(UInt32.self)
    switch target {
    case .codes8:
      let out = next.values(UInt8.self)
      forEachCode { i, code in out[i] = UInt8(truncatingIfNeeded: codes[code]) }
    case .codes16:
      let out = next.values(UInt16.self)
      forEachCode { i, code in out[i] = UInt16(truncatingIfNeeded: codes[code]) }
    case .codes32, .plain, .narrow:
      let out = next.values(UInt32.self)
      forEachCode { i, code in out[i] = codes[code] }
    }
    data = next
    encoding = target
    dictionary = merged.dictionary
    self.table = nil
  }

  /// Replaces codes with texts, because other segments of the column have texts.
  func spellOut() {
    guard let table else { return }
    let next = Buffer(of: Bytes.self, count: count)
    let out = next.values(Bytes.self)
    let entries = table.entries.base
    forEachCode { i, code in out[i] = entries[code] }
    data = next
    encoding = .plain
    owner = table.arena
    self.table = nil
  }
}

/// The texts of all workers' tables as one dictionary, and each table's codes in it.
struct MergedTexts: @unchecked Sendable {
  let dictionary: StringDictionary
  let maps: [ObjectIdentifier: Buffer]

  /// Up to this many texts are sorted by their bytes, so that the number of threads does not affect the result.
  static let sortLimit = 65_536

  init(_ tables: [TextTable]) {
    let all = TextTable()
    var codesIn: [(TextTable, Buffer)] = []
    for table in tables {
      let codes = Buffer(of: UInt32.self, count: table.count)
      let out = codes.values(UInt32.self)
      for code in 0..<table.count {
        let entry = table.entries[code]
        out[code] = entry.baseAddress.map { all.code($0, entry.count) } ?? 0
      }
      codesIn.append((table, codes))
    }
    let count = all.count
    let texts = all.entries.base
    var order = Array(0..<count)
    if count <= MergedTexts.sortLimit { order.sort { compareBytes(texts[$0], texts[$1]) < 0 } }
    var total = 0
    for code in 0..<count { total &+= texts[code].count }
    let memory = Buffer(byteCount: total)
    let entries = Buffer(of: Bytes.self, count: count)
    let places = Buffer(of: UInt32.self, count: count)
    var next = memory.values(UInt8.self)
    for (place, code) in order.enumerated() {
      let text = texts[code]
      if let source = text.baseAddress { memcpy(next, source, text.count) }
      entries.values(Bytes.self)[place] = Bytes(start: next, count: text.count)
      places.values(UInt32.self)[code] = UInt32(truncatingIfNeeded: place)
      next += text.count
    }
    for (table, codes) in codesIn {
      let out = codes.values(UInt32.self)
      for code in 0..<table.count { out[code] = places.values(UInt32.self)[Int(out[code])] }
    }
    dictionary = StringDictionary(entries: entries, count: count, holding: memory)
    maps = Dictionary(codesIn.map { (ObjectIdentifier($0.0), $0.1) }, uniquingKeysWith: { first, _ in first })
  }
}

/// Makes row groups from the segments of all groups, in order; strings share dictionaries.
func assembleGroups(_ groups: [[Segment]], schema: Schema, threads: Int) throws -> [RowGroup] {
  guard !groups.isEmpty else { return [] }
  let columns = schema.indices.filter { schema[$0].type == .string }
  let merged = LockedValue<[Int: MergedTexts]>([:])
  let nextColumn = Atomic<Int>(0)
  try WorkerPool.shared.run(workers: Swift.min(threads, Swift.max(1, columns.count))) { _ in
    while true {
      let place = nextColumn.wrappingAdd(1, ordering: .relaxed).oldValue
      guard place < columns.count else { return }
      let column = columns[place]
      var tables: [TextTable] = []
      var isCoded = true
      for group in groups {
        guard let table = group[column].table else {
          isCoded = false
          break
        }
        if !tables.contains(where: { $0 === table }) { tables.append(table) }
      }
      guard isCoded else { continue }
      let result = MergedTexts(tables)
      merged.withLock { $0[column] = result }
    }
  }
  let dictionaries = merged.withLock { $0 }
  let made = LockedValue<[RowGroup?]>(Array(repeating: nil, count: groups.count))
  let nextGroup = Atomic<Int>(0)
  try WorkerPool.shared.run(workers: Swift.min(threads, groups.count)) { _ in
    while true {
      let place = nextGroup.wrappingAdd(1, ordering: .relaxed).oldValue
      guard place < groups.count else { return }
      let segments = groups[place]
      for column in columns {
        if let texts = dictionaries[column] { segments[column].adopt(texts) } else { segments[column].spellOut() }
      }
      let group = RowGroup(segments.map(\.vector), count: segments.first?.count ?? 0)
      made.withLock { $0[place] = group }
    }
  }
  return made.withLock { $0.compactMap { $0 } }
}
