import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbParquet

/// A Parquet file that a test puts together page by page, in ways that Plumb's own writer has not.
struct MadeFile {
  struct Page {
    var kind = PageHeader.Kind.data
    var count: Int
    var encoding = ValueEncoding.plain
    /// Without their sizes.
    var repetition: [UInt8] = []
    var definition: [UInt8] = []
    var values: [UInt8] = []
    /// Whether the file has lists, or nulls, at all.
    var hasRepetition = false
    var hasDefinition = false
    /// What the page claims where that is not the truth.
    var statedSize: Int?
    var checksum: UInt32?
    /// The values as they are stored and how they are packed; nil stores them as they are.
    var packed: ((codec: Codec, pack: ([UInt8]) -> [UInt8]))?
  }

  struct Chunk {
    var pages: [Page]
    var low: [UInt8]?
    var high: [UInt8]?
    var nullCount: Int?
  }

  var schema: [SchemaElement]
  /// For each row group its rows and the chunk of each leaf.
  var groups: [(rows: Int, chunks: [Chunk])]

  /// A file of one column of one row group.
  init(_ element: SchemaElement, rows: Int, _ chunk: Chunk) {
    schema = [Self.root(1), element]
    groups = [(rows, [chunk])]
  }

  init(schema: [SchemaElement], groups: [(rows: Int, chunks: [Chunk])]) {
    self.schema = schema
    self.groups = groups
  }

  static func root(_ children: Int) -> SchemaElement {
    var root = SchemaElement()
    root.name = "schema"
    root.childCount = Int64(children)
    return root
  }

  static func leaf(
    _ name: String, _ type: Int64, _ repetition: SchemaElement.Repetition = .required, converted: Int64? = nil,
    length: Int64 = 0, scale: Int64 = 0
  ) -> SchemaElement {
    var leaf = SchemaElement()
    leaf.name = name
    leaf.type = type
    leaf.repetition = repetition
    leaf.converted = converted
    leaf.length = length
    leaf.scale = scale
    return leaf
  }

  static func group(
    _ name: String, _ children: Int, _ repetition: SchemaElement.Repetition, converted: Int64? = nil
  ) -> SchemaElement {
    var group = root(children)
    group.name = name
    group.repetition = repetition
    group.converted = converted
    return group
  }

  private var leaves: [SchemaElement] { schema.filter { $0.type != nil } }

  var bytes: [UInt8] {
    var out = Array("PAR1".utf8)
    var places: [(rows: Int, chunks: [(offset: Int, size: Int, dictionary: Int?, chunk: Chunk)])] = []
    for group in groups {
      var chunks: [(offset: Int, size: Int, dictionary: Int?, chunk: Chunk)] = []
      for chunk in group.chunks {
        let start = out.count
        var data = start, dictionary: Int?
        for page in chunk.pages {
          if page.kind == .dictionary { dictionary = dictionary ?? out.count } else if data == start && dictionary != nil { data = out.count }
          out += Self.bytes(page)
        }
        chunks.append((data, out.count - start, dictionary, chunk))
      }
      places.append((group.rows, chunks))
    }
    var footer = ThriftWriter()
    footer.element { footer in
      footer.int32(1, 1)
      footer.list(2, of: .structure, schema) { out, element in out.element { Self.write(element, &$0) } }
      footer.integer(3, Int64(groups.reduce(0) { $0 + $1.rows }))
      footer.list(4, of: .structure, places) { out, group in
        out.element { out in
          out.list(1, of: .structure, Array(zip(leaves, group.chunks))) { out, item in
            out.element { out in
              out.integer(2, Int64(item.1.offset))
              out.structure(3) { out in
                out.int32(1, item.0.type)
                out.int32(4, item.1.chunk.pages.lazy.compactMap(\.packed?.codec.rawValue).first ?? 0)
                out.integer(5, Int64(item.1.chunk.pages.filter { $0.kind != .dictionary }.reduce(0) { $0 + $1.count }))
                out.integer(7, Int64(item.1.size))
                out.integer(9, Int64(item.1.offset))
                out.integer(11, item.1.dictionary.map { Int64($0) })
                out.structure(12) { out in
                  out.integer(3, item.1.chunk.nullCount.map { Int64($0) })
                  if let high = item.1.chunk.high { out.binary(5, Self.buffer(high)) }
                  if let low = item.1.chunk.low { out.binary(6, Self.buffer(low)) }
                }
              }
            }
          }
          out.integer(3, Int64(group.rows))
        }
      }
    }
    let end = footer.bytes.bytes
    return out + end + Self.little(UInt32(end.count)) + Array("PAR1".utf8)
  }

  private static func buffer(_ bytes: [UInt8]) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.append(bytes)
    return buffer
  }

  static func little<T: FixedWidthInteger>(_ number: T) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

  private static func write(_ element: SchemaElement, _ out: inout ThriftWriter) {
    out.int32(1, element.type)
    if element.length > 0 { out.int32(2, element.length) }
    out.int32(3, element.repetition.rawValue)
    out.text(4, element.name)
    if element.type == nil { out.int32(5, element.childCount) }
    out.int32(6, element.converted)
    if element.scale > 0 { out.int32(7, element.scale) }
  }

  private static func bytes(_ page: Page) -> [UInt8] {
    var levels: [UInt8] = []
    if page.kind == .data {
      if page.hasRepetition { levels += little(UInt32(page.repetition.count)) + page.repetition }
      if page.hasDefinition { levels += little(UInt32(page.definition.count)) + page.definition }
    } else if page.kind == .dataV2 {
      levels = page.repetition + page.definition
    }
    let size = levels.count + page.values.count
    // Pages of version 2 leave their levels unpacked.
    let stored: [UInt8] =
      if let packed = page.packed {
        page.kind == .dataV2 ? levels + packed.pack(page.values) : packed.pack(levels + page.values)
      } else {
        levels + page.values
      }
    var head = ThriftWriter()
    head.element { head in
      head.int32(1, page.kind.rawValue)
      head.int32(2, Int64(page.statedSize ?? size))
      head.int32(3, Int64(stored.count))
      if let checksum = page.checksum { head.int32(4, Int64(Int32(bitPattern: checksum))) }
      switch page.kind {
      case .data:
        head.structure(5) { head in
          head.int32(1, Int64(page.count))
          head.int32(2, Int64(page.encoding.rawValue))
          head.int32(3, 3)
          head.int32(4, 3)
        }
      case .dictionary:
        head.structure(7) { head in
          head.int32(1, Int64(page.count))
          head.int32(2, Int64(page.encoding.rawValue))
        }
      case .dataV2:
        head.structure(8) { head in
          head.int32(1, Int64(page.count))
          head.int32(2, 0)
          head.int32(3, Int64(page.count))
          head.int32(4, Int64(page.encoding.rawValue))
          head.int32(5, Int64(page.definition.count))
          head.int32(6, Int64(page.repetition.count))
          if page.packed == nil { head.flag(7, false) }
        }
      case .index: break
      }
    }
    return head.bytes.bytes + stored
  }

  /// A file of `bytes` in memory.
  static func open(_ bytes: [UInt8], memory: Int = 1 << 40, threads: Int = 1) throws -> ParquetFile {
    let buffer = Buffer(byteCount: max(1, bytes.count))
    bytes.withUnsafeBytes { buffer.base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    return try ParquetFile(
      MemoryBytes(buffer, count: bytes.count), name: "t.parquet",
      context: ExecutionContext(now: 0, threads: threads, memoryLimit: memory))
  }

  /// All cells of a file as text, column by column; null is `-`.
  static func cells(_ bytes: [UInt8]) throws -> [[String]] {
    let file = try open(bytes)
    return try texts(file.rowGroups(), file.schema)
  }

  static func texts(_ groups: [RowGroup], _ schema: Schema) throws -> [[String]] {
    try schema.indices.map { column in
      try groups.flatMap { group -> [String] in
        let vector = try group.column(column)
        #expect(vector.count == group.count)
        return (0..<vector.count).map { row in
          if vector.isEmptyCell(at: row) { return "-" }
          var text = ByteBuffer()
          vector.printText(at: row, to: &text)
          return text.string
        }
      }
    }
  }

  /// What reading ends with: `read`, or a diagnostic's code and message.
  static func outcome(_ bytes: [UInt8], memory: Int = 1 << 40) -> String {
    do {
      try MemoryAccount(limit: memory).bound {
        for group in try open(bytes, memory: memory).rowGroups() { _ = try group.columns }
      }
      return "read"
    } catch let diagnostic as Diagnostic {
      return "\(diagnostic.code): \(diagnostic.message)"
    } catch {
      return "other error \(error)"
    }
  }
}
