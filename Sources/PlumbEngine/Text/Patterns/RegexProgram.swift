import RE2Shim

/// A pattern that RE2 compiled. Matching takes time linear in the text and is safe from several threads.
final class RegexProgram: Sendable {
  private nonisolated(unsafe) let regex: OpaquePointer
  /// Capturing groups, not counting the whole match.
  let groupCount: Int

  init(_ pattern: Bytes) throws(RegularExpression.Failure) {
    var buffer = [CChar](repeating: 0, count: 512)
    let none: UInt8 = 0
    let compiled = buffer.withUnsafeMutableBufferPointer { error -> OpaquePointer? in
      guard let room = error.baseAddress else { return nil }
      guard let base = pattern.baseAddress else {
        return withUnsafePointer(to: none) { plumb_regex_compile($0, 0, room, error.count) }
      }
      return plumb_regex_compile(base, pattern.count, room, error.count)
    }
    guard let compiled else {
      let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw RegularExpression.Failure(sentence: String(decoding: text, as: UTF8.self))
    }
    regex = compiled
    groupCount = Int(plumb_regex_group_count(compiled))
  }

  deinit { plumb_regex_free(regex) }

  func matches(_ text: Bytes, from start: Int) -> Bool {
    Self.withBase(text) { plumb_regex_matches(regex, $0, text.count, start) }
  }

  /// Writes the ranges of the first match at or after `start`, and of as many groups as there is room for.
  func find(in text: Bytes, from start: Int, _ ranges: UnsafeMutableBufferPointer<plumb_regex_range>) -> Bool {
    guard let room = ranges.baseAddress else { return false }
    return Self.withBase(text) { plumb_regex_find(regex, $0, text.count, start, room, Int32(ranges.count)) }
  }

  /// The range of the first match at or after `start`.
  func firstRange(in text: Bytes, from start: Int) -> Range<Int>? {
    var range = plumb_regex_range(begin: -1, count: 0)
    let isFound = withUnsafeMutablePointer(to: &range) {
      find(in: text, from: start, UnsafeMutableBufferPointer(start: $0, count: 1))
    }
    return isFound ? Int(range.begin)..<Int(range.begin + range.count) : nil
  }

  private static func withBase<Result>(_ text: Bytes, _ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    if let base = text.baseAddress { return body(base) }
    let none: UInt8 = 0
    return withUnsafePointer(to: none) { body($0) }
  }
}
