import CSQLite
import CZlib
import PlumbEngine
import Testing

@testable import PlumbStorage

@Suite struct PackedFileTests {
  /// One gzip member.
  static func packed(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + 1000)
    let capacity = output.count
    let written = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(capacity)
        _ = deflate(&stream, Z_FINISH)
        return capacity - Int(stream.avail_out)
      }
    }
    return Array(output.prefix(written))
  }

  @Test func members() throws {
    let first = Array("a,b\n1,x\n".utf8), second = Array("2,y\n".utf8)
    let whole = PackedFileTests.packed(first) + PackedFileTests.packed(second)
    #expect(try load(bytes: whole, named: "t.csv.gz").rows == ["1|x", "2|y"])
    #expect(try load(bytes: whole, named: "t.csv").rows == ["1|x", "2|y"])
    #expect(try load(bytes: whole + [0, 0, 0], named: "t.csv").rows == ["1|x", "2|y"])
    let lines = PackedFileTests.packed(Array("{\"a\":1}\n{\"a\":2}\n".utf8))
    #expect(try load(bytes: lines, named: "t.jsonl.gz").rows == ["1", "2"])
  }

  @Test func large() throws {
    var text = "n,s\n"
    for i in 0..<100_000 { text += "\(i),text \(i % 100)\n" }
    let plain = try load(text)
    let packed = try load(bytes: PackedFileTests.packed(Array(text.utf8)), named: "t.csv.gz") {
      $0.threads = 2
      $0.blockSize = 10_000
    }
    #expect(plain.rows == packed.rows)
  }

  @Test func damage() throws {
    var text = "n,s\n"
    for i in 0..<100_000 { text += "\(i),text \(i &* 7919 % 1009)\n" }
    let whole = PackedFileTests.packed(Array(text.utf8))
    for cut in [20, whole.count / 2, whole.count - 1] {
      #expect(throws: (any Error).self) { try load(bytes: Array(whole.prefix(cut)), named: "t.gz") }
    }
    var broken = whole
    for i in 5000..<5040 { broken[i] ^= 0x55 }
    do {
      _ = try load(bytes: broken, named: "t.gz")
      Issue.record("damaged data loaded")
    } catch { #expect("\(error)".contains("t.gz` cannot be unpacked at byte")) }
  }

  @Test func filesThatAreNone() {
    #expect(throws: (any Error).self) { try LoadedFile("/nowhere/x.csv") }
    #expect(throws: (any Error).self) { try LoadedFile("/tmp") }
    #expect(failure("") == "empty-file: `t.csv` is empty, so that its columns are not known")
    #expect(failure("", named: "t.json") == "empty-file: `t.json` is empty, so that its columns are not known")
  }

  @Test func databases() throws {
    let file = try TemporaryFile([], named: "t.db")
    defer { file.remove() }
    var connection: OpaquePointer?
    sqlite3_open(file.path, &connection)
    sqlite3_exec(
      connection,
      """
      create table runs (id integer, name text, took real, ok boolean, at datetime, mixed);
      insert into runs values (1, 'a', 1.5, 1, '2024-01-01 10:00:00', 1), (2, null, 2, 0, null, 'x');
      """, nil, nil, nil)
    sqlite3_close(connection)
    let loaded = try LoadedFile(file.path)
    #expect(loaded.columns == "id:long name:string took:real ok:bool at:datetime mixed:string")
    #expect(loaded.rows == ["1|a|1.5|true|2024-01-01T10:00:00.0000000Z|1", "2||2.0|false|∅|x"])
    #expect(try LoadedFile(file.path + "#runs").table.rowCount == 2)
    #expect(throws: (any Error).self) { try LoadedFile(file.path + "#none") }
  }
}
