import PlumbDiagnostics
import PlumbEngine

/// The location of a page in the file.
struct PagePlace: Sendable {
  var header: PageHeader
  /// The offset after the header.
  var offset: Int
  /// The number of its first value in the row group, which is a row if the column has no lists.
  var first: Int
}

/// The pages of one leaf column in a row group, according to their headers.
struct PageDirectory: Sendable {
  var dictionary: PagePlace?
  var pages: [PagePlace] = []
  var count = 0

  var isAllDictionary: Bool { pages.allSatisfy { $0.header.encoding.isDictionary } }

  /// Reads the headers of all pages and skips the pages themselves.
  init(_ chunk: ChunkPlace, _ file: any RandomBytes) throws {
    let start = chunk.start, size = chunk.size
    guard start >= 4, size >= 0, start <= Int64(file.size), size <= Int64(file.size) - start else {
      throw ParquetFault("its pages are outside the file")
    }
    // Some writers do not count the page header in the size, so the last page may extend a little beyond it.
    var window = HeadWindow(file, Int(start)..<file.size)
    while Int64(count) < chunk.valueCount, window.offset < Int(start + size) {
      let header = try window.next()
      let offset = window.offset
      guard header.storedSize <= file.size - offset else { throw ParquetFault("a page is truncated") }
      window.skip(header.storedSize)
      switch header.kind {
      case .index: continue
      case .dictionary:
        guard dictionary == nil else { throw ParquetFault("it has two dictionaries") }
        dictionary = PagePlace(header: header, offset: offset, first: 0)
      case .data, .dataV2:
        pages.append(PagePlace(header: header, offset: offset, first: count))
        count += header.count
      }
    }
  }

  /// Reads only the header of the dictionary page.
  static func dictionary(_ chunk: ChunkPlace, _ file: any RandomBytes) throws -> PagePlace? {
    let start = chunk.start, size = chunk.size
    guard start >= 4, size >= 0, start <= Int64(file.size), size <= Int64(file.size) - start else {
      throw ParquetFault("its pages are outside the file")
    }
    guard size > 0 else { return nil }
    var window = HeadWindow(file, Int(start)..<file.size, length: 256)
    let header = try window.next()
    guard header.kind == .dictionary else { return nil }
    guard header.storedSize <= file.size - window.offset else { throw ParquetFault("a page is truncated") }
    return PagePlace(header: header, offset: window.offset, first: 0)
  }
}

/// Reads page headers through a window of the file that grows for long headers.
private struct HeadWindow {
  private let file: any RandomBytes
  let end: Int
  private(set) var offset: Int
  private var buffer: Buffer
  private var held = 0..<0
  private let length: Int

  init(_ file: any RandomBytes, _ range: Range<Int>, length: Int = 4_096) {
    self.file = file
    self.length = length
    end = range.upperBound
    offset = range.lowerBound
    buffer = Buffer(byteCount: length)
  }

  mutating func skip(_ count: Int) { offset += count }

  mutating func next() throws -> PageHeader {
    var wanted = Swift.min(length, end - offset)
    // Most headers take less than 64 bytes; some have long text bounds.
    if !(held.contains(offset) && held.upperBound >= Swift.min(offset + 256, end)) { try fill(wanted) }
    while true {
      var header = PageHeader()
      let front = Bytes(
        start: UnsafePointer(buffer.values(UInt8.self)) + (offset - held.lowerBound), count: held.upperBound - offset)
      do {
        offset += try header.read(front)
        return header
      } catch {
        guard error == ThriftReader.cutShort, held.upperBound < end, wanted < 16 << 20 else { throw error }
        wanted = Swift.min(Swift.max(wanted, 1_024) * 8, end - offset)
        try fill(wanted)
      }
    }
  }

  private mutating func fill(_ count: Int) throws {
    if count > buffer.byteCount { buffer = Buffer(byteCount: count) }
    try file.read(at: offset, count: count, into: buffer.base)
    held = offset..<offset + count
  }
}

extension PagePlace {
  /// Reads and decompresses the page.
  ///
  /// - Parameters:
  ///   - repetition: the maximum repetition level of the column, 0 if it has none.
  ///   - definition: the maximum definition level.
  /// - Throws: A fault, `memory-limit`, or a diagnostic if the file cannot be read.
  func page(
    _ file: any RandomBytes, _ codec: Codec, repetition mostRepetition: Int, definition mostDefinition: Int,
    _ context: ExecutionContext
  ) throws -> ParquetPage {
    let stored = try context.buffer(byteCount: header.storedSize + ParquetPage.slack)
    try file.read(at: offset, count: header.storedSize, into: stored.base)
    let bytes = Bytes(start: UnsafePointer(stored.values(UInt8.self)), count: header.storedSize)
    if let checksum = header.checksum, Codec.checksum(bytes) != checksum {
      throw ParquetFault("the checksum of a page does not match its bytes")
    }
    let memory: Buffer
    let levelSize = header.kind == .dataV2 ? header.repetitionSize + header.definitionSize : 0
    guard levelSize <= header.storedSize, levelSize <= header.size else { throw ParquetFault("its levels are truncated") }
    if codec == .none || header.kind == .dataV2 && !header.isPacked {
      guard header.size == header.storedSize else { throw ParquetFault("a page has the wrong size") }
      memory = stored
    } else {
      memory = try context.buffer(byteCount: header.size + ParquetPage.slack)
      let out = memory.values(UInt8.self)
      if levelSize > 0 { out.update(from: stored.values(UInt8.self), count: levelSize) }
      if header.size > levelSize || header.storedSize > levelSize {
        try codec.unpack(bytes.part(from: levelSize), into: out + levelSize, size: header.size - levelSize)
      }
    }
    let all = Bytes(start: UnsafePointer(memory.values(UInt8.self)), count: header.size)
    var repetition = 0..<0, definition = 0..<0
    if header.kind == .dataV2 {
      repetition = 0..<header.repetitionSize
      definition = header.repetitionSize..<levelSize
    } else if header.kind == .data {
      var start = 0
      if mostRepetition > 0 { repetition = try levels(all, &start, most: mostRepetition) }
      definition = start..<start
      if mostDefinition > 0 { definition = try levels(all, &start, most: mostDefinition) }
    }
    return ParquetPage(
      memory: memory, repetition: repetition, definition: definition,
      values: Swift.max(definition.upperBound, repetition.upperBound)..<header.size,
      hasPackedLevels: header.kind == .data && header.hasPackedLevels, encoding: header.encoding, count: header.count)
  }

  /// The location of levels that are prefixed with their size.
  private func levels(_ bytes: Bytes, _ start: inout Int, most: Int) throws(ParquetFault) -> Range<Int> {
    if header.hasPackedLevels {
      // Without run lengths they have no size prefix.
      let size = (header.count * (Int.bitWidth - most.leadingZeroBitCount) + 7) / 8
      guard size <= bytes.count - start else { throw ParquetFault("its levels are truncated") }
      defer { start += size }
      return start..<start + size
    }
    guard bytes.count - start >= 4 else { throw ParquetFault("its levels are truncated") }
    let size = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    start += 4
    guard size <= bytes.count - start else { throw ParquetFault("its levels are truncated") }
    defer { start += size }
    return start..<start + size
  }
}
