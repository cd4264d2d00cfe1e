/// The rows of a nested column in a row group, from which parts are built as dynamic values.
package final class NestedRows: Sendable {
  private let shape: NestedShape
  private let leaves: [NestedLeaf]
  private let step: Int
  private let rowCount: Int
  /// For each leaf, where its parts begin.
  private let starts: [[NestedCursor]]

  /// - Parameter step: the rows per part.
  package init(_ shape: NestedShape, _ leaves: [NestedLeaf], rows: Int, step: Int) throws {
    self.shape = shape
    self.leaves = leaves
    self.step = step
    rowCount = rows
    starts = try leaves.map { try $0.starts(every: step, rows: rows) }
  }

  /// Returns the rows of part `number` as a dynamic column.
  package func vector(part number: Int, _ context: ExecutionContext) throws -> Vector {
    let rows = Swift.min(step, rowCount &- number &* step)
    var writer = NestedWriter(leaves, starts.map { $0[number] }, ends: starts.map { $0[number &+ 1].entry })
    let builder = VectorBuilder(.dynamic, capacity: rows, for: context)
    var value = ByteBuffer()
    for row in 0..<rows {
      if row & 1023 == 0 { try context.checkpoint() }
      value.removeAll()
      try writer.write(shape, to: &value)
      guard writer.isAtRowStart else { throw ParquetFault("its leaves have different numbers of elements") }
      value.withBytes { DynamicCursor($0).isNull ? builder.appendNull() : builder.append(bytes: $0) }
    }
    guard writer.isAtEnd else { throw ParquetFault("its leaves have different numbers of rows") }
    // A value may have been too large.
    try context.checkpoint()
    return builder.finish()
  }
}

/// Combines the entries of leaves row by row.
private struct NestedWriter {
  private let leaves: [NestedLeaf]
  private var cursors: [NestedCursor]
  private let ends: [Int]

  init(_ leaves: [NestedLeaf], _ cursors: [NestedCursor], ends: [Int]) {
    self.leaves = leaves
    self.cursors = cursors
    self.ends = ends
  }

  var isAtEnd: Bool { leaves.indices.allSatisfy { cursors[$0].entry == ends[$0] } }

  /// Whether the next entries of all leaves begin a row.
  var isAtRowStart: Bool {
    for leaf in leaves.indices where cursors[leaf].entry < ends[leaf] && leaves[leaf].repetition(cursors[leaf].entry) != 0 {
      return false
    }
    return true
  }

  mutating func write(_ shape: NestedShape, to out: inout ByteBuffer) throws(ParquetFault) {
    let first = shape.leaves.lowerBound
    guard cursors[first].entry < ends[first] else { throw Self.cutShort }
    let level = leaves[first].definition(cursors[first].entry)
    if level < shape.definition {
      out.appendNull()
      try skip(shape)
      return
    }
    switch shape.kind {
    case .leaf(let leaf): try writeValue(leaf, to: &out)
    case .bag(let slots):
      let mark = out.beginObject()
      for slot in slots {
        slot.key.withUTF8Bytes { out.appendKey($0) }
        try write(slot.value, to: &out)
      }
      out.end(mark, count: slots.count)
    case .list(let element, let definition, let repetition):
      let mark = out.beginArray()
      var count = 0
      if level < definition {
        try skip(shape)
      } else {
        repeat {
          try write(element, to: &out)
          count &+= 1
        } while goesOn(first, repetition)
      }
      out.end(mark, count: count)
    case .map(let key, let value, let definition, let repetition):
      let mark = out.beginObject()
      var count = 0
      if level < definition {
        try skip(shape)
      } else {
        repeat {
          try writeKey(key, to: &out)
          if let value { try write(value, to: &out) } else { out.appendNull() }
          count &+= 1
        } while goesOn(first, repetition)
      }
      out.end(mark, count: count)
      if count > 1 { JSONParser.keepLastOfEachKey(from: mark.offset, in: &out) }
    }
  }

  private static let cutShort = ParquetFault("its leaves have different numbers of elements")

  private func goesOn(_ leaf: Int, _ repetition: Int) -> Bool {
    cursors[leaf].entry < ends[leaf] && leaves[leaf].repetition(cursors[leaf].entry) == repetition
  }

  /// Skips the one entry that each leaf has for a null or an empty list.
  private mutating func skip(_ shape: NestedShape) throws(ParquetFault) {
    for leaf in shape.leaves {
      guard cursors[leaf].entry < ends[leaf] else { throw Self.cutShort }
      if leaves[leaf].definition(cursors[leaf].entry) == leaves[leaf].definitionLevel { throw Self.cutShort }
      cursors[leaf].entry &+= 1
    }
  }

  /// Writes a key as text: a string as it is, any other value like `tostring`.
  private mutating func writeKey(_ shape: NestedShape, to out: inout ByteBuffer) throws(ParquetFault) {
    var key = ByteBuffer()
    try write(shape, to: &key)
    var text = ByteBuffer()
    key.withBytes { JSONText.printText(DynamicCursor($0), to: &text) }
    text.withBytes { out.appendKey($0) }
  }

  private mutating func writeValue(_ leaf: Int, to out: inout ByteBuffer) throws(ParquetFault) {
    let place = cursors[leaf].value
    let values = leaves[leaf].values
    guard leaves[leaf].definition(cursors[leaf].entry) == leaves[leaf].definitionLevel, place < values.count else {
      throw Self.cutShort
    }
    cursors[leaf].entry &+= 1
    cursors[leaf].value &+= 1
    if leaves[leaf].isUnsigned, let number = values.wholeDecimal(at: place) {
      out.appendLong(number)
    } else {
      values.appendDynamic(at: place, to: &out)
    }
  }
}

extension Vector {
  /// The number of a decimal that is a long.
  fileprivate func wholeDecimal(at row: Int) -> Int64? { isNull(row) ? nil : lanes(Decimal128.self)[row].int64Exactly }

  /// Appends a cell as a compact dynamic value.
  func appendDynamic(at row: Int, to out: inout ByteBuffer) {
    if isNull(row) { return out.appendNull() }
    let place = isConstant ? 0 : row
    switch type {
    case .bool: out.append(lanes(UInt8.self)[place] != 0)
    case .int, .long: out.appendLong(word(at: place))
    case .real: out.appendReal(lanes(Double.self)[place])
    case .decimal: out.appendDecimal(lanes(Decimal128.self)[place])
    case .datetime: out.appendDateTime(word(at: place))
    case .timespan: out.appendTimeSpan(word(at: place))
    case .string: out.appendString(bytes(at: place))
    case .guid: out.appendGUID(lanes(GUID.self)[place])
    case .dynamic: out.append(bytes(at: place))
    }
  }
}
