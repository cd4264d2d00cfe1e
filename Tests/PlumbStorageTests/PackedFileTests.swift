import CBzip2
import CSQLite
import CXZ
import CZlib
import CZstd
import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

@Suite struct PackedFileTests {
  /// One member of each way of packing.
  static func packed(_ bytes: [UInt8], _ name: String) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: bytes.count * 2 + 1000)
    var size = output.count
    switch name {
    case "gzip": return packed(bytes)
    case "zstd":
      // With a checksum, as the program `zstd` packs.
      let packer = ZSTD_createCCtx()
      defer { ZSTD_freeCCtx(packer) }
      ZSTD_CCtx_setParameter(packer, ZSTD_c_checksumFlag, 1)
      size = ZSTD_compress2(packer, &output, size, bytes, bytes.count)
    case "xz":
      var written = 0
      #expect(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nil, bytes, bytes.count, &output, &written, size) == LZMA_OK)
      size = written
    case "bzip2":
      var written = UInt32(size)
      var input = bytes
      let status = input.withUnsafeMutableBytes { from in
        output.withUnsafeMutableBytes { to in
          BZ2_bzBuffToBuffCompress(
            to.bindMemory(to: CChar.self).baseAddress, &written, from.bindMemory(to: CChar.self).baseAddress, UInt32(from.count), 9, 0, 0)
        }
      }
      #expect(status == BZ_OK)
      size = Int(written)
    default: Issue.record("nothing packs as \(name)")
    }
    return Array(output.prefix(size))
  }

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

  @Test(arguments: Packing.all.map(\.name)) func members(_ packing: String) throws {
    let ending = try #require(Packing.all.first { $0.name == packing }?.endings.first)
    let parts = ["a,b\n1,x\n", "2,y\n"].map { PackedFileTests.packed(Array($0.utf8), packing) }
    let whole = parts[0] + parts[1]
    #expect(try load(bytes: whole, named: "t.csv.\(ending)").rows == ["1|x", "2|y"])
    #expect(try load(bytes: whole, named: "t.csv").rows == ["1|x", "2|y"])
    #expect(try load(bytes: whole + [0, 0, 0, 0], named: "t").rows == ["1|x", "2|y"])
    let lines = PackedFileTests.packed(Array("{\"a\":1}\n{\"a\":2}\n".utf8), packing)
    #expect(try load(bytes: lines, named: "t.jsonl.\(ending)").rows == ["1", "2"])
    let empty = PackedFileTests.packed([], packing)
    #expect(try load(bytes: empty + parts[0] + empty, named: "t.csv").rows == ["1|x"])
  }

  /// Frames that hold no data come first in what some compressors write.
  @Test func skippedFrame() throws {
    let frame: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
    #expect(try load(bytes: frame + PackedFileTests.packed(Array("a\n1\n".utf8), "zstd"), named: "t.csv.zst").rows == ["1"])
  }

  @Test(arguments: Packing.all.map(\.name)) func large(_ packing: String) throws {
    var text = "n,s\n"
    for i in 0..<100_000 { text += "\(i),text \(i % 100)\n" }
    let plain = try load(text)
    let packed = try load(bytes: PackedFileTests.packed(Array(text.utf8), packing), named: "t.csv") {
      $0.threads = 2
      $0.blockSize = 10_000
    }
    #expect(plain.rows == packed.rows)
  }

  @Test(arguments: Packing.all.map(\.name)) func damage(_ packing: String) throws {
    var text = "n,s\n"
    for i in 0..<100_000 { text += "\(i),text \(i &* 7919 % 1009)\n" }
    let whole = PackedFileTests.packed(Array(text.utf8), packing)
    for cut in [20, whole.count / 2, whole.count - 1] {
      #expect(outcome(Array(whole.prefix(cut)), named: "t.gz") == "damaged-\(packing)", "cut at \(cut)")
    }
    var broken = whole
    for i in whole.count / 2..<whole.count / 2 + 40 { broken[i] ^= 0x55 }
    do {
      _ = try load(bytes: broken, named: "t.gz")
      Issue.record("damaged data loaded")
    } catch { #expect("\(error)".contains("t.gz` cannot be unpacked at byte")) }
  }

  private func outcome(_ bytes: [UInt8], named name: String) -> String {
    do {
      return "\(try load(bytes: bytes, named: name).rows.count) rows"
    } catch let diagnostic as Diagnostic {
      return diagnostic.code
    } catch {
      return "\(error)"
    }
  }

  @Test func filesThatAreNone() {
    #expect(throws: (any Error).self) { try LoadedFile("/nowhere/x.csv") }
    #expect(throws: (any Error).self) { try LoadedFile("/tmp") }
    #expect(failure("") == "empty-file: `t.csv` is empty, so its columns are unknown")
    #expect(failure("", named: "t.json") == "empty-file: `t.json` is empty, so its columns are unknown")
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
