import Glibc

/// The entries of a dictionary page, to which data pages refer by index.
package struct LeafDictionary: Sendable {
  enum Content: Sendable {
    /// Lanes of the column's type; nulls are values without an equivalent in KQL.
    case values(Vector)
    /// The code of each entry in the dictionary of the whole column.
    case codes(LeafCodes)
  }

  let content: Content

  /// Decodes a dictionary page of plain values.
  package init(_ page: ParquetPage, _ leaf: LeafType, isNarrow: Bool, _ context: ExecutionContext) throws {
    let source = try LeafSource(page, leaf.storage, count: page.count, context)
    let made = try leaf.lanes(source, count: page.count, room: page.count, isNarrow: isNarrow, context)
    content = .values(
      Vector(
        leaf.type, count: page.count, data: made.lanes.base, owner: Owners([made.lanes, page.memory] + made.owners),
        nulls: made.invalid.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: made.invalid, encoding: made.form))
  }

  fileprivate init(_ codes: LeafCodes) { content = .codes(codes) }

  /// The dictionary of the whole column if rows become codes of it; nil if they become values.
  package var columnDictionary: StringDictionary? {
    guard case .codes(let codes) = content else { return nil }
    return codes.dictionary
  }
}

/// The codes of the entries of one dictionary page in a column's dictionary.
struct LeafCodes: @unchecked Sendable {
  let dictionary: StringDictionary
  /// One `UInt32` for each of `count` entries.
  let map: Buffer
  let count: Int
  /// The code of the empty text, which represents null.
  let emptyCode: UInt32
}

/// Combines the texts of many dictionary pages in one dictionary.
///
/// - Note: Use it from one thread at a time.
package final class LeafTexts {
  private let table = TextTable()
  private var maps: [(codes: Buffer, count: Int)] = []
  package private(set) var byteCount = 0
  private let emptyCode: UInt32

  package init() {
    let padding = Buffer.zeros(byteCount: 8)
    emptyCode = table.code(padding.values(), 0)
  }

  /// Adds the texts of a page, whose memory can be released afterwards.
  package func add(_ page: LeafDictionary) {
    guard case .values(let texts) = page.content else { return }
    let map = Buffer(of: UInt32.self, count: texts.count)
    let out = map.values(UInt32.self)
    let source = texts.view(Bytes.self)
    var short = (UInt64(0), UInt64(0))
    for i in 0..<texts.count {
      byteCount &+= source[i].count
      guard let base = source[i].baseAddress else {
        out[i] = emptyCode
        continue
      }
      // The last text of the memory may end less than eight bytes before its end.
      if source[i].count < 8 {
        out[i] = withUnsafeMutableBytes(of: &short) { room in
          memcpy(room.baseAddress.unsafelyUnwrapped, base, source[i].count)
          return table.code(
            UnsafePointer(room.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)), source[i].count)
        }
      } else {
        out[i] = table.code(base, source[i].count)
      }
    }
    maps.append((map, texts.count))
  }

  package var count: Int { table.count }

  /// Returns the codes of each page that was added, in order; nothing may be added afterwards.
  package func finish() -> [LeafDictionary] {
    let entries = Buffer(of: Bytes.self, count: table.count)
    entries.values(Bytes.self).update(from: table.entries.base, count: table.count)
    let dictionary = StringDictionary(entries: entries, count: table.count, holding: table.arena)
    return maps.map {
      LeafDictionary(LeafCodes(dictionary: dictionary, map: $0.codes, count: $0.count, emptyCode: emptyCode))
    }
  }
}
