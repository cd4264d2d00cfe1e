import CZstd
import PlumbDiagnostics
import PlumbEngine

/// The rows of which a file is written: a chunk of a result, or a row group of a table.
package struct WrittenRows {
  package let count: Int
  /// Called by one thread at a time.
  package let column: (Int) throws -> Vector

  package init(count: Int, column: @escaping (Int) throws -> Vector) {
    self.count = count
    self.column = column
  }
}

/// Writes a table as a Parquet file of Zstandard pages, with dictionaries for repeated texts.
///
/// - Types: `datetime` becomes a UTC timestamp in microseconds or, if ticks need it, nanoseconds; `timespan` an integer that
///   the Arrow schema calls a duration; `decimal` a decimal of 38 digits; `guid` a UUID; `dynamic` JSON; the others keep
///   their names.
/// - Nulls: nulls. Strings have none.
package struct ParquetWriter {
  private let schema: Schema
  private let rows: [WrittenRows]
  private let context: ExecutionContext
  private let deliver: (ByteBuffer) throws -> Void

  /// Rows per row group: two of a table's.
  private static let groupRows = 2 * RowGroup.capacity

  /// - Parameter deliver: receives the bytes of the file in order.
  package init(
    _ schema: Schema, _ rows: [WrittenRows], context: ExecutionContext, deliver: @escaping (ByteBuffer) throws -> Void
  ) {
    self.schema = schema
    self.rows = rows
    self.context = context
    self.deliver = deliver
  }

  /// Writes the whole file.
  ///
  /// - Parameter progress: receives the rows written so far; returning false stops.
  /// - Returns: Remarks for the user, a sentence each.
  /// - Throws: whatever `deliver` throws, `value-too-large`, and errors of the rows.
  package func write(progress: (Int) -> Bool = { _ in true }) throws -> [String] {
    guard !schema.isEmpty else {
      throw Diagnostic("no-columns", "a Parquet file needs at least one column", help: "`project` or `extend` one")
    }
    let plans = try schema.indices.map { try plan($0) }
    var file = FileWriting(plans, deliver)
    try file.begin()
    var waiting: [(rows: WrittenRows, from: Int, count: Int)] = []
    var waitingRows = 0
    for piece in rows {
      var from = 0
      while from < piece.count {
        let count = min(piece.count - from, Self.groupRows - waitingRows)
        waiting.append((piece, from, count))
        waitingRows += count
        from += count
        if waitingRows == Self.groupRows {
          try write(waiting, &file)
          guard progress(file.rowCount) else { throw Diagnostic("cancelled", "the file was not written") }
          (waiting, waitingRows) = ([], 0)
        }
      }
    }
    if waitingRows > 0 { try write(waiting, &file) }
    try file.end()
    return plans.filter(\.isCut).map {
      "`\($0.info.name)` has parts below a microsecond, and values too far apart for nanoseconds: the file has whole microseconds"
    }
  }

  /// Examines the values of columns whose type depends on them.
  private func plan(_ index: Int) throws -> LeafPlan {
    let info = schema[index]
    var places = 0
    var isFine = false
    var bounds: ClosedRange<Int64>?
    switch info.type {
    case .decimal:
      for piece in rows {
        try context.checkpoint()
        places = max(places, try piece.column(index).decimalPlaces)
      }
      guard places <= 38 else {
        throw Diagnostic(
          "value-too-large", "`\(info.name)` has a decimal of \(places) places, but Parquet allows at most 38",
          help: "round the column, for example `round(\(info.name), 6)`, or write it as text with `tostring(\(info.name))`")
      }
    case .datetime, .timespan:
      for piece in rows {
        try context.checkpoint()
        let column = try piece.column(index)
        isFine = isFine || column.hasTicksBelowMicroseconds
        if let words = column.wordBounds {
          bounds = bounds.map { min($0.lowerBound, words.lowerBound)...max($0.upperBound, words.upperBound) } ?? words
        }
      }
    case .bool, .int, .long, .real, .string, .guid, .dynamic: break
    }
    return LeafPlan(info, places: places, isFine: isFine, bounds: bounds)
  }

  private func write(_ pieces: [(rows: WrittenRows, from: Int, count: Int)], _ file: inout FileWriting) throws {
    try context.checkpoint()
    let columns = try schema.indices.map { index in
      let parts = try pieces.map { try $0.rows.column(index).slice($0.from, $0.count) }
      return Vector.concatenating(parts, type: schema[index].type)
    }
    let plans = file.plans, context = context
    let encoded = LockedValue<[PackedLeaf?]>(Array(repeating: nil, count: columns.count))
    try WorkerPool.shared.each(columns.count, workers: context.threads) { index in
      let leaf = try LeafEncoder(plans[index].target).encode(columns[index], context)
      let packed = try PackedLeaf(leaf)
      encoded.withLock { $0[index] = packed }
    }
    try file.write(encoded.withLock { $0.compactMap { $0 } }, rows: columns[0].count)
  }
}

/// A leaf column of a row group as bytes of the file: its pages with their headers.
struct PackedLeaf: Sendable {
  let bytes: ByteBuffer
  let unpackedSize: Int
  let dictionarySize: Int?
  let leaf: EncodedLeaf

  init(_ leaf: EncodedLeaf) throws {
    var bytes = ByteBuffer()
    var unpackedSize = 0
    if let dictionary = leaf.dictionary {
      try Self.append(dictionary.values, to: &bytes, &unpackedSize) { head in
        head.int32(1, PageHeader.Kind.dictionary.rawValue)
      } details: { head in
        head.structure(7) { head in
          head.int32(1, Int64(dictionary.count))
          head.int32(2, Int64(ValueEncoding.plain.rawValue))
        }
      }
    }
    dictionarySize = leaf.dictionary == nil ? nil : bytes.count
    let encoding = leaf.dictionary == nil ? ValueEncoding.plain : .dictionary
    for page in leaf.pages {
      try Self.append(page.bytes, to: &bytes, &unpackedSize) { head in
        head.int32(1, PageHeader.Kind.data.rawValue)
      } details: { head in
        head.structure(5) { head in
          head.int32(1, Int64(page.count))
          head.int32(2, Int64(encoding.rawValue))
          head.int32(3, Int64(ValueEncoding.runs.rawValue))
          head.int32(4, Int64(ValueEncoding.runs.rawValue))
        }
      }
    }
    self.bytes = bytes
    self.unpackedSize = unpackedSize
    self.leaf = leaf
  }

  private static func append(
    _ page: ByteBuffer, to out: inout ByteBuffer, _ unpackedSize: inout Int, kind: (inout ThriftWriter) -> Void,
    details: (inout ThriftWriter) -> Void
  ) throws {
    guard page.count <= Int(Int32.max) else {
      throw Diagnostic("value-too-large", "a value exceeds the 2 GB limit of a Parquet page")
    }
    let packed = page.withBytes { packedByZstandard($0) }
    var head = ThriftWriter()
    head.element { head in
      kind(&head)
      head.int32(2, Int64(page.count))
      head.int32(3, Int64(packed.count))
      // The checksum is stored as a signed number.
      head.int32(4, Int64(Int32(bitPattern: packed.withBytes { Codec.checksum($0) })))
      details(&head)
    }
    unpackedSize += head.bytes.count + page.count
    head.bytes.withBytes { out.append($0) }
    packed.withBytes { out.append($0) }
  }
}

/// The fastest of Zstandard's regular levels: about as small as the default, and twice as fast.
private func packedByZstandard(_ bytes: Bytes) -> ByteBuffer {
  let limit = ZSTD_compressBound(bytes.count)
  let memory = Buffer(byteCount: limit)
  let size = ZSTD_compress(memory.base, limit, bytes.baseAddress, bytes.count, 1)
  precondition(ZSTD_isError(size) == 0, "the size bound must hold")
  var packed = ByteBuffer(capacity: size)
  packed.append(Bytes(start: UnsafePointer(memory.values(UInt8.self)), count: size))
  return packed
}

/// The state of a file being written: what it contains so far, for the footer.
private struct FileWriting {
  let plans: [LeafPlan]
  private(set) var rowCount = 0
  private var offset = 0
  private var groups: [Group] = []
  private let deliver: (ByteBuffer) throws -> Void

  private struct Group {
    let rows: Int
    let chunks: [Chunk]
  }

  /// The footer's description of a chunk.
  private struct Chunk {
    let offset: Int
    let size: Int
    let unpackedSize: Int
    let dictionarySize: Int?
    let leaf: EncodedLeaf
  }

  init(_ plans: [LeafPlan], _ deliver: @escaping (ByteBuffer) throws -> Void) {
    self.plans = plans
    self.deliver = deliver
  }

  private mutating func put(_ bytes: ByteBuffer) throws {
    try deliver(bytes)
    offset += bytes.count
  }

  private static var magic: ByteBuffer {
    var bytes = ByteBuffer()
    bytes.append(ParquetFile.magic)
    return bytes
  }

  mutating func begin() throws { try put(Self.magic) }

  mutating func write(_ leaves: [PackedLeaf], rows: Int) throws {
    var chunks: [Chunk] = []
    for packed in leaves {
      var leaf = packed.leaf
      leaf.forgetPages()
      chunks.append(
        Chunk(
          offset: offset, size: packed.bytes.count, unpackedSize: packed.unpackedSize,
          dictionarySize: packed.dictionarySize, leaf: leaf))
      try put(packed.bytes)
    }
    groups.append(Group(rows: rows, chunks: chunks))
    rowCount += rows
  }

  mutating func end() throws {
    var footer = ThriftWriter()
    footer.element { footer in
      footer.int32(1, 2)
      footer.list(2, of: .structure, [nil] + plans) { (out, plan: LeafPlan?) in
        out.element { out in
          if let plan { return plan.writeSchema(&out) }
          out.text(4, "schema")
          out.int32(5, Int64(plans.count))
        }
      }
      footer.integer(3, Int64(rowCount))
      footer.list(4, of: .structure, groups) { out, group in out.element { write(group, &$0) } }
      footer.list(5, of: .structure, [(key: "ARROW:schema", value: arrowSchema(plans))]) { out, property in
        out.element { out in
          out.text(1, property.key)
          out.text(2, property.value)
        }
      }
      footer.text(6, "Plumb")
      footer.list(7, of: .structure, plans) { out, _ in out.element { $0.structure(1) { _ in } } }
    }
    var bytes = footer.bytes
    let size = bytes.count
    bytes.append(littleEndian: UInt32(truncatingIfNeeded: size))
    bytes.append(ParquetFile.magic)
    try put(bytes)
  }

  private func write(_ group: Group, _ out: inout ThriftWriter) {
    out.list(1, of: .structure, Array(zip(plans, group.chunks))) { out, item in
      out.element { out in
        out.integer(2, Int64(item.1.offset))
        out.structure(3) { write(item.0, item.1, rows: group.rows, &$0) }
      }
    }
    out.integer(2, Int64(group.chunks.reduce(0) { $0 + $1.unpackedSize }))
    out.integer(3, Int64(group.rows))
    out.integer(5, group.chunks.first.map { Int64($0.offset) })
    out.integer(6, Int64(group.chunks.reduce(0) { $0 + $1.size }))
  }

  private func write(_ plan: LeafPlan, _ chunk: Chunk, rows: Int, _ out: inout ThriftWriter) {
    let hasDictionary = chunk.dictionarySize != nil
    let encodings: [ValueEncoding] = hasDictionary ? [.plain, .runs, .dictionary] : [.plain, .runs]
    out.int32(1, plan.physicalType)
    out.list(2, of: .i32, encodings) { $0.zigzag(Int64($1.rawValue)) }
    out.list(3, of: .binary, [plan.info.name]) { $0.appendText($1) }
    out.int32(4, Codec.zstd.rawValue)
    out.integer(5, Int64(rows))
    out.integer(6, Int64(chunk.unpackedSize))
    out.integer(7, Int64(chunk.size))
    out.integer(9, Int64(chunk.offset + (chunk.dictionarySize ?? 0)))
    if hasDictionary { out.integer(11, Int64(chunk.offset)) }
    out.structure(12) { out in
      out.integer(3, Int64(chunk.leaf.nullCount))
      if let bounds = chunk.leaf.bounds {
        out.binary(5, bounds.high)
        out.binary(6, bounds.low)
        out.flag(7, true)
        out.flag(8, true)
      }
    }
    let data = (kind: PageHeader.Kind.data, encoding: hasDictionary ? ValueEncoding.dictionary : .plain, count: chunk.leaf.pageCount)
    let kinds = (hasDictionary ? [(kind: .dictionary, encoding: .plain, count: 1)] : []) + [data]
    out.list(13, of: .structure, kinds) { out, item in
      out.element { out in
        out.int32(1, item.kind.rawValue)
        out.int32(2, Int64(item.encoding.rawValue))
        out.int32(3, Int64(item.count))
      }
    }
  }
}
