import Glibc
import PlumbDiagnostics

/// The JSON values of a text, in order and not yet parsed: its lines, the elements of its array, or
/// values in sequence.
///
/// - Note: holds one block of the text at a time; a block grows with the longest value, up to
///   `BlockReader.rowLimit`.
package final class JSONValueReader {
  /// The bytes of one value, until the next one is asked for, and the line that it begins on.
  package struct Value {
    package let text: Bytes
    package let line: Int

    /// A part of the value's text, which is a value too.
    package func part(_ range: Range<Int>) -> Value {
      Value(text: text.part(from: range.lowerBound, to: range.upperBound), line: line)
    }
  }

  /// What is wrong after the last value, such as an array that is not closed.
  package private(set) var problem: String?
  private let reader: BlockReader
  private let buffer: BlockBuffer
  private let isLines: Bool
  private var block: TextBlock?
  private var rows: JSONBlockRows?
  /// The position in the block up to which newlines have been counted, and the line there.
  private var counted = 0
  private var line = 1

  package init(
    _ source: any ByteSource, name: String, isLines: Bool, skipping: Int = 0, blockSize: Int = 1 << 20
  ) throws {
    self.isLines = isLines
    reader = try BlockReader(
      source, boundary: isLines ? .lines : .elements, blockSize: blockSize, skipping: skipping, name: name,
      memory: .current)
    buffer = BlockBuffer(capacity: blockSize)
  }

  /// The next value; nil at the end.
  ///
  /// - Throws: diagnostics of reading, and of a value that is too long.
  package func next() throws -> Value? {
    while true {
      if var current = rows, let block {
        let range = current.next()
        rows = current
        if let range { return value(range) }
        if let problem = current.problem, self.problem == nil { self.problem = problem }
        count(upTo: block.count)
      }
      guard let next = try reader.next(into: buffer) else { return nil }
      block = next
      counted = 0
      rows = JSONBlockRows(
        base: UnsafePointer(buffer.base), count: next.count, isLines: isLines, arrays: next.arrays,
        isLast: next.isLast)
    }
  }

  private func value(_ range: Range<Int>) -> Value {
    count(upTo: range.lowerBound)
    return Value(text: Bytes(start: UnsafePointer(buffer.base) + range.lowerBound, count: range.count), line: line)
  }

  private func count(upTo place: Int) {
    guard place > counted else { return }
    line &+= countBytes(.newline, UnsafePointer(buffer.base) + counted, place &- counted)
    counted = place
  }
}
