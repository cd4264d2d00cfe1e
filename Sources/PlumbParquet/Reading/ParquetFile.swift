import PlumbDiagnostics
import PlumbEngine

/// A Parquet file, of which only the footer is read before a query requests columns.
package final class ParquetFile: Sendable {
  /// The signature at both ends of a file.
  package static let magic = Array("PAR1".utf8)

  package let name: String
  package let schema: Schema
  package let rowCount: Int
  /// Metadata added by the writer, such as the Arrow schema.
  package let properties: [(key: String, value: String)]
  package let writer: String
  let columns: [FileColumn]
  let bytes: any RandomBytes
  let context: ExecutionContext
  let places: [RowGroupPlace]

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - name: the name in messages.
  ///   - context: the limits of what is read, now and later.
  /// - Throws: `bad-parquet`, `unsupported-parquet`, or a diagnostic if the file cannot be read.
  package init(_ bytes: any RandomBytes, name: String, context: ExecutionContext) throws {
    self.name = name
    self.bytes = bytes
    self.context = context
    do {
      let footer = try Self.footer(bytes, context)
      let roots = try SchemaNode.roots(footer.schema)
      guard !roots.isEmpty else { throw ParquetFault("has no columns") }
      try BadText.check(columns: roots.count, file: name)
      let names = uniqueNames(roots.map(\.name))
      let leafCount = roots[roots.count - 1].leaves.upperBound
      var total: Int64 = 0
      for (number, group) in footer.rowGroups.enumerated() {
        guard group.chunks.count == leafCount else {
          throw ParquetFault("has \(group.chunks.count) columns in row group \(number + 1), but its schema has \(leafCount)")
        }
        guard group.rowCount >= 0, group.rowCount <= 1 << 40, total <= 1 << 40 else {
          throw ParquetFault("has an invalid number of rows in row group \(number + 1)")
        }
        total += group.rowCount
      }
      // A part is an object in memory: a small file can declare more of them than fit into memory.
      let parts = Int(total) / RowGroup.capacity + footer.rowGroups.count
      try context.reserve(parts * 256)
      rowCount = Int(total)
      let places = footer.rowGroups.filter { $0.rowCount > 0 }
      let durations = ArrowDurations(footer.properties)
      columns = try roots.indices.map { index throws(ParquetFault) in
        try FileColumn(roots[index], name: names[index], duration: durations.units[index], places)
      }
      schema = columns.map(\.info)
      self.places = places
      properties = footer.properties
      writer = footer.writer
    } catch let fault as ParquetFault {
      throw Self.diagnostic(fault, name)
    }
  }

  private static func footer(_ bytes: any RandomBytes, _ context: ExecutionContext) throws -> FileFooter {
    guard bytes.size >= 12 else { throw ParquetFault("is too short for a Parquet file") }
    let front = try read(bytes, at: 0, count: 4), end = try read(bytes, at: bytes.size - 8, count: 8)
    if front == Array("PARE".utf8) || end.suffix(4) == Array("PARE".utf8) {
      throw ParquetFault(unsupported: "is encrypted, which Plumb does not support")
    }
    guard front == magic else { throw ParquetFault("does not begin like a Parquet file") }
    guard end.suffix(4) == magic else {
      throw ParquetFault("does not end like a Parquet file: it is truncated or still being written")
    }
    let size = end.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard size <= bytes.size - 12 else { throw ParquetFault("has a footer that is larger than the file") }
    // The parsed footer is larger than its bytes.
    try context.reserve(size * 16)
    let buffer = try context.buffer(byteCount: size)
    try bytes.read(at: bytes.size - 8 - size, count: size, into: buffer.base)
    return try FileFooter(Bytes(start: UnsafePointer(buffer.values(UInt8.self)), count: size))
  }

  private static func read(_ bytes: any RandomBytes, at offset: Int, count: Int) throws -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count)
    try result.withUnsafeMutableBytes { try bytes.read(at: offset, count: count, into: $0.baseAddress.unsafelyUnwrapped) }
    return result
  }

  private static func diagnostic(_ fault: ParquetFault, _ name: String) -> Diagnostic {
    let isSentence = ["is ", "has ", "does "].contains { fault.reason.hasPrefix($0) }
    return Diagnostic(
      fault.isUnsupported ? "unsupported-parquet" : "bad-parquet",
      isSentence ? "`\(name)` \(fault.reason)" : "`\(name)` is damaged: \(fault.reason)")
  }

  /// Returns a context with the limits of the file's, for work that may end in an error of its own.
  func newContext() -> ExecutionContext {
    ExecutionContext(now: context.now, threads: context.threads, memoryLimit: context.memoryLimit, in: context.memory)
  }

  /// Returns the rows as row groups, each column of which is read on demand and stored in `cache` if there is one.
  package func rowGroups(cache: ColumnCache? = nil) -> [RowGroup] { FileRows(self, cache).rowGroups() }
}

/// A column of a file's rows: one leaf column, or several that form one value.
struct FileColumn: Sendable {
  enum Kind: Sendable {
    case flat(LeafType, definition: Int)
    case nested(NestedShape, [NestedLeafType])
    /// Why Plumb does not read it, after the column's name.
    case unsupported(String)
  }

  /// A leaf of a nested column with its maximum levels.
  struct NestedLeafType: Sendable {
    let type: LeafType
    let definition: Int
    let repetition: Int
  }

  let info: ColumnInfo
  let leaves: Range<Int>
  let kind: Kind

  /// - Parameter duration: the nanoseconds per unit if the column is known to be a duration.
  init(_ node: SchemaNode, name: String, duration: Int64?, _ groups: [RowGroupPlace]) throws(ParquetFault) {
    leaves = node.leaves
    if node.isLeaf && !node.isRepeated {
      var type = try node.leafType()
      if let duration, type == LeafType(.int64, .value, .long) {
        type = LeafType(.int64, .ticks(TickScale(nanoseconds: duration, isTime: false)), .timespan)
      }
      if type.storage == .int64 && type.meaning == .unsigned {
        // A long is faster than a decimal, and sufficient for most such columns.
        let fitsLong = groups.allSatisfy { group in
          let place = group.chunks[node.leaves.lowerBound]
          return place.nullCount == place.valueCount
            || place.hasTypedBounds && (place.low?.int64 ?? -1) >= 0 && (place.high?.int64 ?? -1) >= 0
        }
        if fitsLong { type = LeafType(.int64, .value, .long) }
      }
      info = ColumnInfo(name, type.type)
      kind = .flat(type, definition: node.definition)
    } else {
      info = ColumnInfo(name, .dynamic)
      if node.hasVariant {
        kind = .unsupported("has the type VARIANT, which Plumb does not support")
        return
      }
      var types: [NestedLeafType] = []
      try Self.collect(node, &types)
      kind = .nested(node.shape(from: node.leaves.lowerBound), types)
    }
  }

  /// Collects the leaves below a node.
  private static func collect(_ node: SchemaNode, _ types: inout [NestedLeafType]) throws(ParquetFault) {
    if node.isLeaf {
      types.append(NestedLeafType(type: try node.leafType(), definition: node.definition, repetition: node.repetition))
    }
    for child in node.children { try collect(child, &types) }
  }
}
