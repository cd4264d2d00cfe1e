import class GRDB.Database
import PlumbDiagnostics
import PlumbEngine

/// Reads segments and dictionaries of a file when queries first use them, and caches them.
///
/// Safe from any thread: one at a time calls SQLite; checking and decoding happen outside the lock.
final class SegmentStore: Sendable {
  private let snapshots: LiveSnapshots
  private let cache: ColumnCache
  /// What tables keep is charged to, whichever query read it.
  private let memory: MemoryAccount

  /// - Parameter limit: bytes of decoded columns to keep; 0 keeps none.
  init(_ snapshots: LiveSnapshots, keeping limit: Int, in memory: MemoryAccount) {
    self.snapshots = snapshots
    self.memory = memory
    cache = ColumnCache(limit: limit, keepsAtOnce: true, in: memory)
  }

  /// The file's short name.
  var name: String { snapshots.reader.name }

  /// A column of a group.
  func column(_ group: StoredGroup, _ place: Int) throws -> Vector {
    let id = GroupRow.segmentID(group.id, place)
    let dictionary = try self.dictionary(group, place)
    let key = ColumnCache.Key(owner: 0, group: Int(id), column: 0)
    let column = try cache.column(key) { try read(group, place, id, dictionary) }
    // Appending creates a new dictionary in which all old codes keep their meaning.
    guard let dictionary, column.dictionary !== dictionary else { return column }
    let renewed = column.replacingDictionary(dictionary)
    cache.replace(key, with: renewed)
    return renewed
  }

  private func read(_ group: StoredGroup, _ place: Int, _ id: Int64, _ dictionary: StringDictionary?) throws -> Vector {
    let info = group.columns[place].info
    let connection = snapshots.connection(for: group.version)
    let found = try connection.with { file in
      let found = try file.segment(id)
      if found == nil, try file.integer("SELECT count(*) FROM plumb_groups WHERE id = ?", .integer(group.id)) == 1 {
        throw DamagedFile.diagnostic("\(group.part(place)) is missing", name)
      }
      return found
    }
    guard let stored = found else {
      throw Diagnostic(
        "file-changed", "a part of the table `\(group.table)` was replaced while the query was reading it",
        help: "run the query again")
    }
    let bytes = Bytes(start: stored.buffer.values(UInt8.self), count: stored.count)
    guard checksum(bytes, of: id) == group.bounds[place].segmentChecksum,
      let vector = decodeSegment(
        stored.buffer, byteCount: stored.count, type: info.type, rows: group.rowCount,
        narrow: group.bounds[place].fitsNarrow, dictionary: dictionary)
    else {
      connection.markDamaged()
      throw DamagedFile.diagnostic("\(group.part(place)) is damaged", name)
    }
    return vector
  }

  /// The dictionary of a group's column; nil if its segment contains no codes.
  func dictionary(_ group: StoredGroup, _ place: Int) throws -> StringDictionary? {
    guard group.bounds[place].dictionaryCount > 0 else { return nil }
    // Tables retain their dictionaries.
    return try memory.bound { try group.columns[place].dictionary(from: snapshots.connection(for: group.version), table: group.table) }
  }
}

extension Database {
  /// The bytes of a segment with eight more after them; nil if the number is unknown.
  func segment(_ id: Int64) throws -> (buffer: Buffer, count: Int)? {
    var result: (Buffer, Int)?
    try rows("SELECT data FROM plumb_segments WHERE id = ?", .integer(id)) { result = Database.copied($0.bytes(0)) }
    return result
  }

  /// The pieces of a column's dictionary in order.
  ///
  /// - Throws: a diagnostic if one is damaged or missing.
  func textPieces(_ tableID: Int64, _ place: Int64, count: Int64) throws -> [(bytes: Buffer, count: Int)] {
    var pieces: [(bytes: Buffer, count: Int)] = []
    var next: Int64 = 0
    try rows(
      "SELECT id, first, text_count, seal, data FROM plumb_texts WHERE table_id = ? AND place = ? ORDER BY first",
      .integer(tableID), .integer(place)
    ) { row in
      let data = row.bytes(4)
      guard row.integer(1) == next, row.integer(2) > 0,
        TextPieceChecksum.value(row.integer(0), tableID, place, row.integer(1), row.integer(2), data) == row.integer(3)
      else { throw DamagedFile.diagnostic("a dictionary of texts is damaged", name) }
      next += row.integer(2)
      pieces.append((bytes: Database.copied(data).buffer, count: data.count))
    }
    guard next >= count else { throw DamagedFile.diagnostic("a part of a dictionary of texts is missing", name) }
    return pieces
  }

  private static func copied(_ bytes: Bytes) -> (buffer: Buffer, count: Int) {
    let buffer = Buffer(byteCount: bytes.count + 8)
    if let base = bytes.baseAddress { buffer.base.copyMemory(from: base, byteCount: bytes.count) }
    (buffer.base + bytes.count).initializeMemory(as: UInt8.self, repeating: 0, count: 8)
    return (buffer, bytes.count)
  }
}

/// The checksum of a row of `plumb_texts`.
enum TextPieceChecksum {
  static func value(_ id: Int64, _ tableID: Int64, _ place: Int64, _ first: Int64, _ count: Int64, _ data: Bytes) -> Int64 {
    RecordChecksum().adding(id).adding(tableID).adding(place).adding(first).adding(count).adding(data).value(6)
  }
}

extension GroupRow.ColumnBounds {
  /// Whether all whole numbers of the column fit 32 bits.
  var fitsNarrow: Bool {
    guard let words = zone.words else { return false }
    return words.lowerBound >= Int64(Int32.min) && words.upperBound <= Int64(Int32.max)
  }
}
