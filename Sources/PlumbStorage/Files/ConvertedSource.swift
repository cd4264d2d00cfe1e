import Glibc
import PlumbDiagnostics
import PlumbEngine

/// Makes a text of another one, part by part.
protocol TextConverter {
  /// What was made and not removed yet.
  var output: [UInt8] { get }
  /// The number of bytes of the output that will not change.
  var readyCount: Int { get }
  mutating func removeReady(_ count: Int)
  mutating func add(_ bytes: Bytes) throws
  /// Ends the text.
  mutating func finish()
}

/// A text that is converted as it is read.
final class ConvertedSource<Converter: TextConverter>: SampledSource {
  private let raw: any SampledSource
  /// The converter before it has seen anything.
  private let fresh: Converter
  private var converter: Converter
  /// Bytes at the front of the text to leave out.
  private let skippedBytes: Int
  private let input = Buffer(byteCount: 1 << 18)
  private var given = 0
  private var isDone = false
  private var isStarted = false

  init(_ raw: any SampledSource, _ converter: Converter, skipping skippedBytes: Int = 0) {
    self.raw = raw
    self.skippedBytes = skippedBytes
    fresh = converter
    self.converter = converter
  }

  /// Known only after reading to the end.
  var size: Int? { nil }
  var storedSize: Int? { raw.storedSize }
  var storedOffset: Int { raw.storedOffset }

  func rewind() throws {
    try raw.rewind()
    converter = fresh
    (given, isDone, isStarted) = (0, false, true)
    var left = skippedBytes
    while left > 0 {
      let count = try raw.read(into: input.base, count: min(left, input.byteCount))
      if count == 0 { break }
      left -= count
    }
  }

  func read(into target: UnsafeMutableRawPointer, count: Int) throws -> Int {
    if !isStarted { try rewind() }
    while given == converter.readyCount, !isDone {
      converter.removeReady(given)
      given = 0
      let count = try raw.read(into: input.base, count: input.byteCount)
      if count == 0 {
        isDone = true
        converter.finish()
      } else {
        try converter.add(input.bytes(count))
      }
    }
    let part = min(count, converter.readyCount - given)
    if part > 0 { converter.output.withUnsafeBytes { if let base = $0.baseAddress { memcpy(target, base + given, part) } } }
    given += part
    return part
  }

  /// Only the front is available without converting everything before it.
  func sample(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset == 0 else { return [] }
    try rewind()
    defer { isStarted = false }
    return try readFully(count)
  }
}
