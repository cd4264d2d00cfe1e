import PlumbDiagnostics
import PlumbEngine

/// The rows of a file; each column of repeated texts gets one dictionary.
final class FileRows: Sendable {
  private let file: ParquetFile
  private let groups: [FileRowGroup]
  /// For each column, whether its texts have been examined.
  private let texts: [LockedValue<Bool>]
  private let cache: ColumnCache?
  private let owner: Int
  /// For each group, the number of its first part among those of all groups.
  private let firstParts: [Int]

  init(_ file: ParquetFile, _ cache: ColumnCache?) {
    self.file = file
    self.cache = cache
    owner = cache?.newOwner() ?? 0
    var first = 0
    groups = file.places.map { place in
      defer { first += Int(place.rowCount) }
      return FileRowGroup(file, place, firstRow: first)
    }
    texts = file.columns.map { _ in LockedValue(false) }
    var parts = 0
    firstParts = groups.map { group in
      defer { parts += group.cut.count }
      return parts
    }
  }

  func rowGroups() -> [RowGroup] {
    groups.indices.flatMap { number -> [RowGroup] in
      let group = groups[number]
      let zones = group.zones()
      return (0..<group.cut.count).map { part in
        RowGroup(count: group.cut.rows(part).count, zones: zones, source: FilePart(self, number, part))
      }
    }
  }

  func column(_ index: Int, group: Int, part: Int) throws -> Vector {
    let key = ColumnCache.Key(owner: owner, group: firstParts[group] + part, column: index)
    try prepareTexts(index)
    let read = { try self.groups[group].column(index, part: part) }
    return try cache?.column(key, read) ?? read()
  }

  func dictionary(_ index: Int, group: Int) throws -> StringDictionary? {
    try prepareTexts(index)
    return groups[group].dictionary(index)
  }

  // MARK: - Texts

  /// The maximum number and size of the distinct texts of a dictionary; columns with more are read as texts.
  private static let textLimit = 262_144
  private static let byteLimit = 32 << 20

  /// Combines the dictionaries of all row groups when a column of texts is first requested.
  private func prepareTexts(_ index: Int) throws {
    guard case .flat(let type, let definition) = file.columns[index].kind, type.isText else { return }
    // The table keeps its dictionaries, whichever query needs them first.
    try file.context.memory.bound { try prepare(index, type, definition) }
  }

  private func prepare(_ index: Int, _ type: LeafType, _ definition: Int) throws {
    let leaf = file.columns[index].leaves.lowerBound
    try texts[index].withLock { isDone in
      if isDone { return }
      let codable = try groups.filter { group in
        try faults(of: group, index) {
          try group.chunk(leaf, type, definition: definition, repetition: 0).isAllDictionary()
        }
      }
      try code(codable, index) { try $0.chunk(leaf, type, definition: definition, repetition: 0) }
      isDone = true
    }
  }

  private func code(_ groups: [FileRowGroup], _ index: Int, _ chunk: @Sendable (FileRowGroup) throws -> ColumnChunk) throws {
    var entries = 0, bytes = 0
    for group in groups {
      try faults(of: group, index) {
        guard let place = try chunk(group).dictionaryPlace() else { throw ParquetFault("its dictionary is missing") }
        entries += place.header.count
        bytes += place.header.size
      }
    }
    // If texts hardly repeat, codes save nothing.
    guard entries <= max(65_536, file.rowCount / 4), entries <= 16 * Self.textLimit, bytes <= 4 * Self.byteLimit else { return }
    let decoded = LockedValue<[LeafDictionary?]>(Array(repeating: nil, count: groups.count))
    try WorkerPool.shared.each(groups.count, workers: file.context.threads) { number in
      try file.context.checkpoint()
      let dictionary = try faults(of: groups[number], index) { try chunk(groups[number]).ownDictionary() }
      decoded.withLock { $0[number] = dictionary }
    }
    let merged = LeafTexts()
    let dictionaries = decoded.withLock { $0 }
    for dictionary in dictionaries {
      guard let dictionary else { return }
      merged.add(dictionary)
      if merged.count > Self.textLimit || merged.byteCount > Self.byteLimit { return }
    }
    for (group, dictionary) in zip(groups, merged.finish()) { try chunk(group).adopt(dictionary) }
  }

  private func faults<T>(of group: FileRowGroup, _ index: Int, _ body: () throws -> T) throws -> T {
    do { return try body() } catch let fault as ParquetFault {
      throw group.diagnostic(fault, file.columns[index].info.name)
    }
  }
}

/// A part of a row group, as tables see it.
private final class FilePart: ColumnSource {
  private let rows: FileRows
  private let group: Int
  private let part: Int

  init(_ rows: FileRows, _ group: Int, _ part: Int) {
    self.rows = rows
    self.group = group
    self.part = part
  }

  func column(_ index: Int) throws -> Vector { try rows.column(index, group: group, part: part) }
  func dictionary(_ index: Int) throws -> StringDictionary? { try rows.dictionary(index, group: group) }
}
