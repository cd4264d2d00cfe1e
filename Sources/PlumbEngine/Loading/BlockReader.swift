import Glibc
import PlumbDiagnostics

/// What ends a row of a text, so that blocks can be split between rows.
package enum RowBoundary: Sendable {
  /// Delimited text: a newline outside quotes.
  case rows(Dialect)
  /// Any newline.
  case lines
  /// JSON values in sequence, or the elements of one array.
  case elements
}

/// The bytes that structure delimited text.
package struct Dialect: Hashable, Sendable {
  package var delimiter: UInt8
  /// Nil if quotes have no special meaning.
  package var quote: UInt8?
  /// Line feed, or carriage return in texts that have no line feed.
  package var newline: UInt8

  package init(delimiter: UInt8, quote: UInt8? = .quote, newline: UInt8 = .newline) {
    self.delimiter = delimiter
    self.quote = quote
    self.newline = newline
  }
}

/// Whole rows of a text, in a worker's buffer.
struct TextBlock {
  let index: Int
  /// The number of bytes in the block; the buffer has slack after them.
  let count: Int
  /// Where the block starts in the text.
  let offset: Int
  let isLast: Bool
  /// The number of JSON arrays that are open where it starts.
  let arrays: Int
}

/// How far a text has been read: up to the end of a row.
package struct TextPosition: Sendable {
  /// In bytes of the text, unpacked.
  package let offset: Int
  /// Newlines before it.
  package let newlines: Int
  /// Whether the position is inside an array of rows.
  package let isArray: Bool
  /// The hash of the rows before it.
  package let digest: XXHash64Stream

  package init(offset: Int, newlines: Int, isArray: Bool, digest: XXHash64Stream) {
    self.offset = offset
    self.newlines = newlines
    self.isArray = isArray
    self.digest = digest
  }
}

/// Cuts a source into blocks of whole rows and hands them to workers in order.
///
/// Reading and splitting happen under a lock: the split follows quotes exactly as the row scanner does, with one
/// fast search for quotes, so that a newline in quotes never splits a row.
final class BlockReader: @unchecked Sendable {
  /// The maximum length of a row, and the share of the memory limit that it may have: its values need several times as much.
  private static let longestRow = 256 << 20, shareOfMemory = 16
  /// A row longer than this ends the load.
  private let rowLimit: Int

  private let source: any ByteSource
  private let boundary: RowBoundary
  private let blockSize: Int
  private let name: String
  private let lock = Lock()
  private var carry: BlockBuffer
  private var carried = 0
  private var offset: Int
  private var index = 0
  private var isFinished = false
  private var toggles = Growing<Int>(capacity: 1024)
  /// The number of arrays that are open after the blocks returned so far, and after the next one.
  private var arrays = 0
  private var nextArrays = 0
  /// The number of blocks that `next` still returns before it reports the end.
  private var allowance = Int.max
  /// The hash of all bytes handed out, for readers that want to recognise a text.
  private var digest: XXHash64Stream?

  /// - Parameters:
  ///   - skipping: bytes at the front that are not rows, such as a byte order mark.
  ///   - memory: the account that bounds the length of a row.
  ///   - start: where an earlier reading stopped; this one continues there.
  init(
    _ source: any ByteSource, boundary: RowBoundary, blockSize: Int, skipping: Int, name: String, memory: MemoryAccount,
    from start: TextPosition? = nil, hashes: Bool = false
  ) throws {
    rowLimit = Swift.min(BlockReader.longestRow, Swift.max(memory.smallestLimit / BlockReader.shareOfMemory, 1 << 20))
    self.source = source
    self.boundary = boundary
    self.blockSize = Swift.max(blockSize, 16)
    self.name = name
    carry = BlockBuffer(capacity: 4096)
    offset = start?.offset ?? skipping
    digest = start?.digest ?? (hashes ? XXHash64Stream() : nil)
    if let start {
      // Only the first block has a header or opens an array.
      index = 1
      arrays = start.isArray ? 1 : 0
    }
    try source.rewind()
    if offset > 4096 { carry = BlockBuffer(capacity: 1 << 20) }
    var left = offset
    var isFirst = true
    while left > 0 {
      let given = try source.read(into: carry.storage.base, count: Swift.min(left, carry.capacity))
      if given == 0 { break }
      if start == nil, digest != nil {
        // Lines above a table identify its text as well; a mark of UTF-8 does not.
        let text = Bytes(start: UnsafePointer(carry.base), count: given)
        digest?.add(isFirst && text.prefix(3).elementsEqual([0xEF, 0xBB, 0xBF]) ? text.part(from: 3) : text)
      }
      isFirst = false
      left &-= given
    }
  }

  /// Lets `next` give this many more blocks.
  func allow(_ blocks: Int) { lock.locked { allowance = blocks } }

  /// The end of the blocks returned so far, and whether that is the end of the text.
  func position(newlines: Int) -> (place: TextPosition, isAtEnd: Bool) {
    lock.locked {
      (TextPosition(offset: offset, newlines: newlines, isArray: arrays > 0, digest: digest ?? XXHash64Stream()), isFinished)
    }
  }

  /// The next block, in `buffer`; nil at the end.
  func next(into buffer: BlockBuffer) throws -> TextBlock? {
    try lock.locked { try cut(into: buffer) }
  }

  private func cut(into buffer: BlockBuffer) throws -> TextBlock? {
    if isFinished || allowance == 0 { return nil }
    var target = blockSize &+ carried
    buffer.grow(to: target, keeping: 0)
    var count = carried
    memcpy(buffer.base, carry.base, carried)
    while true {
      while count < target {
        let given = try source.read(into: buffer.base + count, count: target &- count)
        if given == 0 { return last(buffer, count) }
        count &+= given
      }
      let end = lastBoundary(buffer.base, count)
      if end > 0 {
        carried = count &- end
        carry.grow(to: carried, keeping: 0)
        memcpy(carry.base, buffer.base + end, carried)
        return block(buffer, end, isLast: false)
      }
      guard target < rowLimit else {
        throw Diagnostic(
          "row-too-long", "`\(name)`: the row at byte \(offset) is longer than \(rowLimit >> 20) MB",
          help: "an unclosed quote makes one row of everything after it; "
            + "a row can have a sixteenth of `--memory`, up to 256 MB")
      }
      target = Swift.min(target &* 2, Swift.max(rowLimit, target))
      buffer.grow(to: target, keeping: count)
    }
  }

  private func last(_ buffer: BlockBuffer, _ count: Int) -> TextBlock? {
    isFinished = true
    if case .elements = boundary { nextArrays = arraysAfter(buffer.base, count) }
    return count == 0 ? nil : block(buffer, count, isLast: true)
  }

  private func block(_ buffer: BlockBuffer, _ count: Int, isLast: Bool) -> TextBlock {
    digest?.add(Bytes(start: UnsafePointer(buffer.base), count: count))
    defer {
      allowance &-= 1
      index &+= 1
      offset &+= count
      arrays = nextArrays
    }
    return TextBlock(index: index, count: count, offset: offset, isLast: isLast, arrays: arrays)
  }

  /// The end of the last whole row in the bytes, which start a row; 0 if no row is whole.
  private func lastBoundary(_ base: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    switch boundary {
    case .lines: return lastByte(.newline, base, 0, count).map { $0 &+ 1 } ?? 0
    case .rows(let dialect):
      guard let quote = dialect.quote, memchr(base, Int32(quote), count) != nil else {
        return lastByte(dialect.newline, base, 0, count).map { $0 &+ 1 } ?? 0
      }
      return lastRow(base, count, dialect, quote)
    case .elements:
      var scan = JSONElements(base: base, count: count, arrays: arrays)
      var end = 0
      while scan.next() != nil { (end, nextArrays) = (scan.at, scan.arrays) }
      return end
    }
  }

  /// The number of arrays that are open at the end of the text.
  private func arraysAfter(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var scan = JSONElements(base: base, count: count, arrays: arrays)
    while scan.next(atEnd: true) != nil {}
    return scan.arrays
  }

  private func lastByte(_ byte: UInt8, _ base: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int? {
    var at = to
    while at > from {
      at &-= 1
      if base[at] == byte { return at }
    }
    return nil
  }

  /// Follows the quotes, then looks from the back for a newline in a stretch outside them.
  private func lastRow(
    _ base: UnsafeMutablePointer<UInt8>, _ count: Int, _ dialect: Dialect, _ quote: UInt8
  ) -> Int {
    toggles.removeAll()
    let pattern = repeated(quote)
    var isInside = false
    var closedAt = -2
    memset(base + count, 0, 16)
    var at = 0
    while at < count {
      var matches = possibleMatches(load8(base + at), pattern)
      while matches != 0 {
        let place = at &+ matches.trailingZeroBitCount &>> 3
        matches &= matches &- 1
        guard place < count, base[place] == quote else { continue }
        if isInside {
          isInside = false
          closedAt = place
          toggles.append(place)
        } else if closedAt == place &- 1 || startsField(base, place, dialect) {
          isInside = true
          toggles.append(place)
        }
      }
      at &+= 8
    }
    // Stretches between toggles are outside, inside, outside, ...; a doubled quote makes an empty one outside.
    var end = count
    var next = toggles.count
    if isInside {
      next &-= 1
      end = toggles[next]
    }
    while true {
      let start = next == 0 ? 0 : toggles[next &- 1] &+ 1
      if let found = lastByte(dialect.newline, base, start, end) { return found &+ 1 }
      if next < 2 { return 0 }
      next &-= 2
      end = toggles[next]
    }
  }

  @inline(__always)
  private func startsField(_ base: UnsafePointer<UInt8>, _ place: Int, _ dialect: Dialect) -> Bool {
    if place == 0 { return true }
    let before = base[place &- 1]
    return before == dialect.delimiter || before == dialect.newline
  }
}
