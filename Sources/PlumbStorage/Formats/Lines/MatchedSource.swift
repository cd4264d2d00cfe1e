import Glibc
import PlumbDiagnostics
import PlumbEngine

/// The named groups of a pattern in each line of a text, as CSV with a header.
///
/// A line that does not match continues the last value of the line before it, as the lines of a stack trace do.
final class MatchedSource: SampledSource {
  private let raw: any SampledSource
  private let pattern: LinePattern
  private let context: ExecutionContext
  private let input = Buffer(byteCount: 1 << 18)
  /// The start of a line whose end has not been read.
  private var carry: [UInt8] = []
  private var output: [UInt8] = []
  private var given = 0
  /// Whether a row was written whose last value is not closed.
  private var isRowOpen = false
  private var isDone = false
  private var isStarted = false
  /// The number of lines before the first that matches.
  private(set) var skippedLines = 0

  init(_ raw: any SampledSource, _ pattern: LinePattern, context: ExecutionContext) {
    self.raw = raw
    self.pattern = pattern
    self.context = context
  }

  /// Known only after reading to the end.
  var size: Int? { nil }
  var storedSize: Int? { raw.storedSize }
  var storedOffset: Int { raw.storedOffset }

  /// Whether a line at the front of the text matches.
  func matchesAny() throws -> Bool {
    let front = try raw.sample(at: 0, count: 1 << 20)
    return front.split(separator: .newline).contains { line in line.withBytes { pattern.ranges(in: withoutReturn($0)) != nil } }
  }

  func rewind() throws {
    try raw.rewind()
    (carry, output, given, isRowOpen, isDone, isStarted, skippedLines) = ([], [], 0, false, false, true, 0)
    for (place, name) in pattern.names.enumerated() {
      if place > 0 { output.append(.comma) }
      appendQuoted(name.utf8)
    }
    output.append(.newline)
  }

  func read(into target: UnsafeMutableRawPointer, count: Int) throws -> Int {
    if !isStarted { try rewind() }
    while given == output.count, !isDone { try refill() }
    let part = min(count, output.count - given)
    if part > 0 { output.withUnsafeBytes { if let base = $0.baseAddress { memcpy(target, base + given, part) } } }
    given += part
    return part
  }

  private func refill() throws {
    try context.checkpoint()
    output.removeAll(keepingCapacity: true)
    given = 0
    let count = try raw.read(into: input.base, count: input.byteCount)
    if count == 0 {
      isDone = true
      if !carry.isEmpty { carry.withBytes { add($0) } }
      if isRowOpen { output += [.quote, .newline] }
      return
    }
    let bytes = input.bytes(count)
    var start = 0
    while let end = memchr(bytes.part(from: start), .newline) {
      let line = bytes.part(from: start, to: start + end)
      if carry.isEmpty { add(line) } else {
        carry.append(contentsOf: line)
        carry.withBytes { add($0) }
        carry.removeAll(keepingCapacity: true)
      }
      start += end + 1
    }
    carry.append(contentsOf: bytes.part(from: start))
  }

  private func memchr(_ bytes: Bytes, _ byte: UInt8) -> Int? {
    guard let base = bytes.baseAddress, let found = Glibc.memchr(base, Int32(byte), bytes.count) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  private func withoutReturn(_ line: Bytes) -> Bytes { line.last == .carriageReturn ? line.part(from: 0, to: line.count - 1) : line }

  private func add(_ line: Bytes) {
    let line = withoutReturn(line)
    guard let ranges = pattern.ranges(in: line) else {
      guard isRowOpen else {
        skippedLines += 1
        return
      }
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

  private func appendQuoted(_ text: some Sequence<UInt8>) {
    output.append(.quote)
    appendEscaped(text)
    output.append(.quote)
  }

  private func appendEscaped(_ text: some Sequence<UInt8>) {
    for byte in text {
      output.append(byte)
      if byte == .quote { output.append(byte) }
    }
  }

  /// Only the front is available without matching everything before it.
  func sample(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset == 0 else { return [] }
    try rewind()
    defer { isStarted = false }
    return try readFully(count)
  }
}
