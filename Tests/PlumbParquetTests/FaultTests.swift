import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbParquet

/// What is wrong with a file is said, with the column and the rows.
@Suite struct FaultTests {
  private static let numbers = (0..<10).flatMap { MadeFile.little(Int64($0)) }

  private static func long(_ adjust: (inout MadeFile.Page, inout MadeFile.Chunk, inout SchemaElement) -> Void) -> [UInt8] {
    var page = MadeFile.Page(count: 10, values: numbers)
    var chunk = MadeFile.Chunk(pages: [])
    var element = MadeFile.leaf("n", 2)
    adjust(&page, &chunk, &element)
    chunk.pages.append(page)
    return MadeFile(element, rows: 10, chunk).bytes
  }

  private static let column = "bad-parquet: `t.parquet` is damaged: column `n`, rows 1 to 10: "

  static let cases: [(name: String, bytes: [UInt8], outcome: String)] = [
    ("whole", long { _, _, _ in }, "read"),
    ("empty", [], "bad-parquet: `t.parquet` is too short for a Parquet file"),
    ("text", Array("PAR1 is how this begins".utf8),
      "bad-parquet: `t.parquet` does not end like a Parquet file: it is truncated or still being written"),
    ("other", Array("a,b\n1,2\n3,4\n5,6\n".utf8), "bad-parquet: `t.parquet` does not begin like a Parquet file"),
    ("cut", Array(long { _, _, _ in }.dropLast(9)),
      "bad-parquet: `t.parquet` does not end like a Parquet file: it is truncated or still being written"),
    ("footer", Array("PAR1".utf8) + [0xFF, 0xFF, 0xFF, 0x7F] + Array("PAR1".utf8),
      "bad-parquet: `t.parquet` has a footer that is larger than the file"),
    ("encrypted", Array("PARE".utf8) + [UInt8](repeating: 0, count: 20) + Array("PARE".utf8),
      "unsupported-parquet: `t.parquet` is encrypted, which Plumb does not support"),
    ("few values", long { page, _, _ in page.values.removeLast() }, column + "its values are truncated"),
    ("few rows", long { page, _, _ in page.count = 9 }, column + "it has 9 values for 10 rows"),
    ("size", long { page, _, _ in page.statedSize = 81 }, column + "a page has the wrong size"),
    ("packed size", long { page, _, _ in (page.packed, page.statedSize) = ((.snappy, Encoding.snappy), 81) },
      column + "its Snappy data does not decompress to the expected 81 bytes"),
    ("codec", long { page, _, _ in page.packed = (.lzo, { $0 }) },
      "unsupported-parquet: column `n` of `t.parquet` is compressed with LZO, which Plumb does not support"),
    ("checksum", long { page, _, _ in page.checksum = 7 }, column + "the checksum of a page does not match its bytes"),
    ("encoding", long { page, _, _ in page.encoding = .deltaBytes },
      column + "its values are encoded as DELTA_BYTE_ARRAY, which its type does not allow"),
    ("no dictionary", long { page, _, _ in (page.encoding, page.values) = (.dictionary, [1, 20, 0]) },
      column + "its values refer to a missing dictionary"),
    ("entry", long { page, chunk, _ in
        chunk.pages.append(MadeFile.Page(kind: .dictionary, count: 2, values: MadeFile.little(Int64(1)) + MadeFile.little(Int64(2))))
        (page.encoding, page.values) = (.dictionary, [2, 20, 2])
      }, column + "it refers to entry 2 of a dictionary of 2"),
    ("two dictionaries", long { _, chunk, _ in
        chunk.pages = [MadeFile.Page(kind: .dictionary, count: 0), MadeFile.Page(kind: .dictionary, count: 0)]
      }, column + "it has two dictionaries"),
    ("low", long { _, chunk, _ in (chunk.low, chunk.high) = (MadeFile.little(Int64(1)), MadeFile.little(Int64(9))) },
      column + "it has values outside of the bounds in its statistics"),
    ("high", long { _, chunk, _ in (chunk.low, chunk.high) = (MadeFile.little(Int64(0)), MadeFile.little(Int64(8))) },
      column + "it has values outside of the bounds in its statistics"),
    ("bounds", long { _, chunk, _ in (chunk.low, chunk.high) = (MadeFile.little(Int64(0)), MadeFile.little(Int64(9))) }, "read"),
    ("null count", long { page, chunk, element in
        element.repetition = .optional
        (page.hasDefinition, page.definition) = (true, [20, 1])
        chunk.nullCount = 10
      }, column + "it has values, but its statistics say that all are null"),
    ("levels", long { page, _, element in
        element.repetition = .optional
        (page.hasDefinition, page.definition) = (true, [8, 1])
      }, column + "a run of numbers is truncated"),
    ("interval", MadeFile(
        MadeFile.leaf("n", 7, converted: 21, length: 12), rows: 1,
        MadeFile.Chunk(pages: [MadeFile.Page(count: 1, values: [1] + [UInt8](repeating: 0, count: 11))])
      ).bytes,
      "unsupported-parquet: column `n` of `t.parquet` has intervals with months, which have no fixed length and cannot be timespans"),
  ]

  @Test(arguments: cases.indices) func outcome(_ number: Int) {
    let (name, bytes, outcome) = Self.cases[number]
    #expect(MadeFile.outcome(bytes) == outcome, "\(name)")
  }

  /// A few bytes can state any number of rows and any size; memory is asked for before it is taken.
  @Test func statedSizesAreNotTaken() {
    let null = MadeFile.Page(
      count: Int(Int32.max), definition: Encoding.varint(UInt64(Int32.max) << 1) + [0], hasDefinition: true)
    let rows = MadeFile(MadeFile.leaf("n", 2, .optional), rows: Int(Int32.max), MadeFile.Chunk(pages: [null])).bytes
    #expect(MadeFile.outcome(rows, memory: 1 << 30).hasPrefix("memory-limit:"))
    let size = Self.long { page, _, _ in (page.packed, page.statedSize) = ((.zstd, { $0 }), Int(Int32.max)) }
    #expect(MadeFile.outcome(size, memory: 1 << 30).hasPrefix("memory-limit:"))
    var groups = MadeFile(MadeFile.leaf("n", 2, .optional), rows: 1 << 40, MadeFile.Chunk(pages: [null]))
    #expect(MadeFile.outcome(groups.bytes, memory: 1 << 20).hasPrefix("memory-limit:"))
    groups.groups[0].rows = 1 << 41
    #expect(MadeFile.outcome(groups.bytes) == "bad-parquet: `t.parquet` has an invalid number of rows in row group 1")
    // Each text repeats all of the one before.
    let count = 40_000
    let longest = [UInt8](repeating: 0x61, count: 60_000)
    let shared = Encoding.delta([0] + [Int64](repeating: 60_000, count: count - 1))
    let rests = Encoding.delta([60_000] + [Int64](repeating: 0, count: count - 1)) + longest
    let page = MadeFile.Page(count: count, encoding: .deltaBytes, values: shared + rests)
    let texts = MadeFile(MadeFile.leaf("n", 6, converted: 0), rows: count, MadeFile.Chunk(pages: [page])).bytes
    #expect(MadeFile.outcome(texts, memory: 1 << 30).hasPrefix("memory-limit:"))
  }

  /// Values that KQL cannot hold are null, those of a wider type as it rounds them.
  @Test func valuesBeyondTheRangeOfATypeAreNull() throws {
    func cells(_ element: SchemaElement, _ values: [UInt8], _ count: Int) throws -> [String] {
      try MadeFile.cells(MadeFile(element, rows: count, MadeFile.Chunk(pages: [MadeFile.Page(count: count, values: values)])).bytes)[0]
    }
    let times = [Int64.min, -62_135_596_800_000, 0, 253_402_300_799_999, 253_402_300_800_000].flatMap { MadeFile.little($0) }
    #expect(
      try cells(MadeFile.leaf("t", 2, converted: 9), times, 5)
        == ["-", "0001-01-01T00:00:00.0000000Z", "1970-01-01T00:00:00.0000000Z", "9999-12-31T23:59:59.9990000Z", "-"])
    let days = [Int32.min, -719_162, 0, 2_932_896, Int32.max].flatMap { MadeFile.little($0) }
    #expect(
      try cells(MadeFile.leaf("t", 1, converted: 6), days, 5)
        == ["-", "0001-01-01T00:00:00.0000000Z", "1970-01-01T00:00:00.0000000Z", "9999-12-31T00:00:00.0000000Z", "-"])
    // 38 digits, of which a decimal keeps 34.
    let nines = MadeFile.leaf("d", 7, converted: 5, length: 16, scale: 4)
    let ten38 = (0..<38).reduce(UInt128(1)) { product, _ in product * 10 }
    let most = withUnsafeBytes(of: (ten38 - 1).bigEndian) { Array($0) }
    #expect(try cells(nines, most, 1) == ["1" + String(repeating: "0", count: 34)])
    let bytes = Array("a\u{E9}".utf8) + [0xFF, 0x80, 0x5A]
    #expect(try cells(MadeFile.leaf("b", 6), MadeFile.little(UInt32(bytes.count)) + bytes, 1) == ["aé\\xFF\\x80Z"])
  }
}
