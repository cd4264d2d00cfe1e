/// A column of lists, bags or maps as a tree, whose leaves are columns of the file.
///
/// Levels are those of Dremel: a definition level counts the parts of a value's path that exist, a repetition level
/// the lists that a value continues.
// Melnik et al., "Dremel: Interactive Analysis of Web-Scale Datasets" (2010).
package final class NestedShape: Sendable {
  package enum Kind: Sendable {
    /// The index of the leaf among those of the column.
    case leaf(Int)
    case bag([(key: String, value: NestedShape)])
    /// An array, empty below `definition`, whose further elements have the level `repetition`.
    case list(NestedShape, definition: Int, repetition: Int)
    /// A bag of keys and values that are in the rows.
    case map(key: NestedShape, value: NestedShape?, definition: Int, repetition: Int)
  }

  package let kind: Kind
  /// Below this level the value is null; 0 if it always exists.
  package let definition: Int
  /// The leaves that belong to the value.
  package let leaves: Range<Int>

  package init(_ kind: Kind, definition: Int, leaves: Range<Int>) {
    self.kind = kind
    self.definition = definition
    self.leaves = leaves
  }
}

/// The values of one leaf of a nested column, with their levels.
package final class NestedLeaf: @unchecked Sendable {
  /// The number of values, nulls and empty lists.
  let count: Int
  let definitionLevel: Int
  /// Whether the values are decimals because some may be too large for a long.
  let isUnsigned: Bool
  private let definitions: Buffer?
  private let repetitions: Buffer?
  /// The values that exist.
  let values: Vector

  /// Joins the pages of a leaf in a row group.
  package init(
    _ pages: [(page: ParquetPage, dictionary: LeafDictionary?)], _ decoder: LeafDecoder, _ context: ExecutionContext
  ) throws {
    count = pages.reduce(0) { $0 + $1.page.count }
    definitionLevel = decoder.definitionLevel
    isUnsigned = decoder.leaf.storage == .int64 && decoder.leaf.meaning == .unsigned
    let definitions = definitionLevel > 0 ? try context.buffer(byteCount: count) : nil
    let repetitions = decoder.repetitionLevel > 0 ? try context.buffer(byteCount: count) : nil
    var pieces: [Vector] = []
    var start = 0
    for (page, dictionary) in pages {
      if let repetitions {
        try Self.read(
          page, page.repetition, most: decoder.repetitionLevel, into: repetitions.values(UInt8.self) + start)
      }
      var present = page.count
      if let definitions {
        let levels = definitions.values(UInt8.self) + start
        try Self.read(page, page.definition, most: definitionLevel, into: levels)
        present = 0
        for i in 0..<page.count where Int(levels[i]) == definitionLevel { present &+= 1 }
      }
      pieces.append(try decoder.presentValues(of: page, dictionary, present: present, context))
      start &+= page.count
      try context.checkpoint()
    }
    self.definitions = definitions
    self.repetitions = repetitions
    values = Vector.concatenating(pieces, type: decoder.leaf.type)
  }

  private static func read(
    _ page: ParquetPage, _ range: Range<Int>, most: Int, into out: UnsafeMutablePointer<UInt8>
  ) throws {
    let width = Int.bitWidth - most.leadingZeroBitCount
    if page.hasPackedLevels {
      try readPackedLevels(page.bytes(range), width: width, count: page.count, into: out)
    } else {
      var reader = HybridReader(page.bytes(range), width: width)
      try reader.read(page.count, into: out)
    }
    for i in 0..<page.count where Int(out[i]) > most { throw ParquetFault("a level is above \(most)") }
  }

  @inline(__always) func definition(_ i: Int) -> Int {
    definitions.map { Int($0.values(UInt8.self)[i]) } ?? 0
  }

  @inline(__always) func repetition(_ i: Int) -> Int {
    repetitions.map { Int($0.values(UInt8.self)[i]) } ?? 0
  }

  /// Returns where the entries and values of every `step`-th row begin, and the end of all.
  func starts(every step: Int, rows: Int) throws -> [NestedCursor] {
    var starts: [NestedCursor] = []
    var row = 0, value = 0
    for i in 0..<count {
      if repetition(i) == 0 {
        if row % step == 0 { starts.append(NestedCursor(entry: i, value: value)) }
        row &+= 1
      } else if i == 0 {
        throw ParquetFault("its first value continues a list that has not begun")
      }
      if definition(i) == definitionLevel { value &+= 1 }
    }
    guard row == rows else { throw ParquetFault("it has \(row) rows, but the row group has \(rows)") }
    starts.append(NestedCursor(entry: count, value: value))
    return starts
  }
}

/// A position in a leaf: the next entry, and the next existing value.
struct NestedCursor: Sendable {
  var entry: Int
  var value: Int
}
