import PlumbDiagnostics
import PlumbEngine

/// A zip archive written in one pass: each file is compressed as it arrives, and its sizes follow it.
///
/// As in APPNOTE.TXT 6.3 of PKWARE, without the extensions for more than 4 GB. All files have the date 1980-01-01, so that equal
/// contents give equal archives.
final class ZipWriter {
  /// The contents of the file that was begun; writers append here and call `drain()` occasionally.
  var contents = ByteBuffer(capacity: 1 << 16 &+ 4096)
  private let sink: ByteSink
  private var stream: DeflateStream?
  private var files: [File] = []
  private var offset = 0

  private struct File {
    let name: String
    let offset: Int
    var checksum: UInt32 = 0
    var packedCount = 0
    var plainCount = 0
  }

  private static let limit = Int(UInt32.max) - (1 << 20)

  init(to sink: ByteSink) { self.sink = sink }

  func begin(_ name: String) throws {
    guard let stream = DeflateStream() else { throw Diagnostic("memory-limit", "there is not enough memory to compress a file") }
    self.stream = stream
    files.append(File(name: name, offset: offset))
    append { out in
      out.append(littleEndian: UInt32(0x0403_4B50))
      Self.appendTraits(to: &out)
      // Checksum and sizes are in the descriptor after the contents.
      for _ in 0..<3 { out.append(littleEndian: UInt32(0)) }
      out.append(littleEndian: UInt16(name.utf8.count))
      out.append(littleEndian: UInt16(0))
      out.append(name)
    }
  }

  /// Compresses what has collected if it is a block.
  ///
  /// - Throws: `result-too-large` beyond 4 GB, and what the sink throws.
  @inline(__always) func drain() throws {
    if contents.count >= 1 << 16 { try compress(isLast: false) }
  }

  func end() throws {
    try compress(isLast: true)
    guard let stream, var file = files.popLast() else { return }
    file.checksum = stream.checksum
    file.packedCount = stream.packedCount
    file.plainCount = stream.plainCount
    files.append(file)
    self.stream = nil
    append { out in
      out.append(littleEndian: UInt32(0x0807_4B50))
      Self.appendSizes(of: file, to: &out)
    }
    try sink.drain()
  }

  /// Writes the directory.
  func finish() throws {
    let start = offset
    for file in files {
      append { out in
        out.append(littleEndian: UInt32(0x0201_4B50))
        out.append(littleEndian: UInt16(20))
        Self.appendTraits(to: &out)
        Self.appendSizes(of: file, to: &out)
        out.append(littleEndian: UInt16(file.name.utf8.count))
        // No extra field, comment, further disk and attributes.
        for _ in 0..<4 { out.append(littleEndian: UInt16(0)) }
        out.append(littleEndian: UInt32(0))
        out.append(littleEndian: UInt32(file.offset))
        out.append(file.name)
      }
    }
    let size = offset - start
    append { out in
      out.append(littleEndian: UInt32(0x0605_4B50))
      out.append(littleEndian: UInt32(0))
      for _ in 0..<2 { out.append(littleEndian: UInt16(files.count)) }
      out.append(littleEndian: UInt32(size))
      out.append(littleEndian: UInt32(start))
      out.append(littleEndian: UInt16(0))
    }
    try sink.drain()
  }

  /// The version needed, the flag for sizes that follow, the method DEFLATE, and the date.
  private static func appendTraits(to out: inout ByteBuffer) {
    out.append(littleEndian: UInt16(20))
    out.append(littleEndian: UInt16(1 << 3))
    out.append(littleEndian: UInt16(8))
    out.append(littleEndian: UInt16(0))
    out.append(littleEndian: UInt16(1 << 5 | 1))
  }

  private static func appendSizes(of file: File, to out: inout ByteBuffer) {
    out.append(littleEndian: file.checksum)
    out.append(littleEndian: UInt32(file.packedCount))
    out.append(littleEndian: UInt32(file.plainCount))
  }

  private func compress(isLast: Bool) throws {
    guard let stream else { return }
    append { out in contents.withBytes { stream.write($0, isLast: isLast, to: &out) } }
    contents.removeAll()
    guard stream.plainCount <= Self.limit, offset <= Self.limit else {
      throw Diagnostic(
        "result-too-large", "a workbook of more than 4 GB cannot be written",
        help: "write fewer rows or columns, or Parquet or CSV, which have no limit")
    }
    try sink.drain()
  }

  private func append(_ body: (inout ByteBuffer) -> Void) {
    let before = sink.buffer.count
    body(&sink.buffer)
    offset += sink.buffer.count - before
  }
}
