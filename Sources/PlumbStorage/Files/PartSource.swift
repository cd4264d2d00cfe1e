import PlumbEngine

/// A part of a file as a source of its own.
final class PartSource: SampledSource {
  private let whole: any SampledSource
  private let start: Int
  private let count: Int
  private var at = 0

  init(_ whole: any SampledSource, start: Int, count: Int) {
    self.whole = whole
    self.start = start
    self.count = count
  }

  var size: Int? { count }
  var storedSize: Int? { count }
  var storedOffset: Int { at }

  func rewind() { at = 0 }

  func read(into target: UnsafeMutableRawPointer, count wanted: Int) throws -> Int {
    let bytes = try whole.sample(at: start + at, count: min(wanted, count - at))
    bytes.withUnsafeBytes { if let base = $0.baseAddress { target.copyMemory(from: base, byteCount: $0.count) } }
    at += bytes.count
    return bytes.count
  }

  func sample(at offset: Int, count wanted: Int) throws -> [UInt8] {
    try whole.sample(at: start + min(max(offset, 0), count), count: min(wanted, max(0, count - offset)))
  }
}

extension FileSource {
  /// The lines of a text that a program is perhaps writing: without the last one if it has no newline and the file was modified
  /// a moment ago. A last line that ends a value of JSON is complete.
  func completeLines() throws -> any SampledSource {
    guard let size, size > 0, secondsSinceChange < Self.quietSeconds else { return self }
    let start = max(0, size - (1 << 20))
    let tail = try sample(at: start, count: size - start)
    guard let last = tail.last, ![.newline, .carriageReturn, .closeBrace, .closeBracket].contains(last) else { return self }
    guard let newline = tail.lastIndex(of: .newline) else { return self }
    return PartSource(self, start: 0, count: start + newline + 1)
  }

  /// After this time without a change nobody is writing a line.
  private static let quietSeconds = 10
}
