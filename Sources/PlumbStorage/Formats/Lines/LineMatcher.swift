import Glibc
import PlumbDiagnostics
import PlumbEngine

/// Makes CSV with a header of the named groups of a pattern in each line of a text.
///
/// A line that does not match continues the last value of the line before it, as the lines of a stack trace do.
struct LineMatcher: TextConverter {
  private let pattern: LinePattern
  private let context: ExecutionContext
  /// The start of a line whose end has not been read.
  private var carry: [UInt8] = []
  private(set) var output: [UInt8] = []
  /// Whether a row was written whose last value is not closed.
  private var isRowOpen = false

  init(_ pattern: LinePattern, context: ExecutionContext) {
    self.pattern = pattern
    self.context = context
    for (place, name) in pattern.names.enumerated() {
      if place > 0 { output.append(.comma) }
      appendQuoted(name.utf8)
    }
    output.append(.newline)
  }

  /// Whether a line matches.
  func matchesAny(in text: [UInt8]) -> Bool {
    text.split(separator: .newline).contains { line in line.withBytes { pattern.ranges(in: withoutReturn($0)) != nil } }
  }

  var readyCount: Int { output.count }

  mutating func removeReady(_ count: Int) { output.removeFirst(count) }

  mutating func add(_ bytes: Bytes) throws {
    try context.checkpoint()
    var start = 0
    while let end = memchr(bytes.part(from: start), .newline) {
      let line = bytes.part(from: start, to: start + end)
      if carry.isEmpty {
        addLine(line)
      } else {
        carry.append(contentsOf: line)
        addCarry()
      }
      start += end + 1
    }
    carry.append(contentsOf: bytes.part(from: start))
  }

  mutating func finish() {
    if !carry.isEmpty { addCarry() }
    if isRowOpen { output += [.quote, .newline] }
  }

  private mutating func addCarry() {
    let line = carry
    line.withBytes { addLine($0) }
    carry.removeAll(keepingCapacity: true)
  }

  private func memchr(_ bytes: Bytes, _ byte: UInt8) -> Int? {
    guard let base = bytes.baseAddress, let found = Glibc.memchr(base, Int32(byte), bytes.count) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  private func withoutReturn(_ line: Bytes) -> Bytes { line.last == .carriageReturn ? line.part(from: 0, to: line.count - 1) : line }

  private mutating func addLine(_ line: Bytes) {
    let line = withoutReturn(line)
    guard let ranges = pattern.ranges(in: line) else {
      // Lines before the first that matches are not rows.
      guard isRowOpen else { return }
      output.append(.newline)
      appendEscaped(line)
      return
    }
    if isRowOpen { output += [.quote, .newline] }
    for (place, range) in ranges.enumerated() {
      if place > 0 { output += [.quote, .comma] }
      output.append(.quote)
      if let range { appendEscaped(line.part(from: range.lowerBound, to: range.upperBound)) }
    }
    isRowOpen = true
  }

  private mutating func appendQuoted(_ text: some Sequence<UInt8>) {
    output.append(.quote)
    appendEscaped(text)
    output.append(.quote)
  }

  private mutating func appendEscaped(_ text: some Sequence<UInt8>) {
    for byte in text {
      output.append(byte)
      if byte == .quote { output.append(byte) }
    }
  }
}
