import RE2Shim

/// A compiled RE2 pattern, which takes time linear in the text; safe to use from several threads.
final class RegularExpression: Sendable {
  /// Why a pattern does not compile, in RE2's words.
  struct Failure: Error, Equatable {
    let sentence: String
  }

  private nonisolated(unsafe) let regex: OpaquePointer
  /// Capturing groups, not counting the whole match.
  let groupCount: Int
  /// A literal with which every match begins; searched first, which is much cheaper than the pattern.
  private let beginning: TextNeedle?
  /// The pattern in a form that is matched without RE2, if it has one.
  private let direct: LiteralPattern?
  /// Whether a match must start at the start of the text.
  private let isAnchored: Bool

  init(_ pattern: Bytes) throws(Failure) {
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
      throw Failure(sentence: String(decoding: text, as: UTF8.self))
    }
    regex = compiled
    groupCount = Int(plumb_regex_group_count(compiled))
    beginning = Self.literalBeginning(of: pattern)
    isAnchored = pattern.first == .caret
    direct = LiteralPattern(pattern)
  }

  /// The plain characters with which a pattern begins; nil if there are fewer than two, or alternatives.
  private static func literalBeginning(of pattern: Bytes) -> TextNeedle? {
    var literal: [UInt8] = []
    var at = pattern.first == .caret ? 1 : 0
    if pattern.contains(0x7C) { return nil }
    while at < pattern.count {
      let byte = pattern[at]
      if byte.isASCIILetter || byte.isDigit || " _-=:,;/<>@#%&!'\"~".utf8.contains(byte) {
        literal.append(byte)
        at += 1
        continue
      }
      // An optional character is not part of the beginning.
      if byte == .questionMark || byte == .asterisk || byte == .openBrace { _ = literal.popLast() }
      break
    }
    guard literal.count > 1 else { return nil }
    return literal.withUnsafeBufferPointer { TextNeedle($0, ignoresCase: false) }
  }

  deinit { plumb_regex_free(regex) }

  /// Compiles `pattern`, or finds it among the patterns compiled before.
  static func cached(_ pattern: String) throws(Failure) -> RegularExpression {
    if let known = cache.withLock({ $0[pattern] }) { return known }
    let copy = Array(pattern.utf8)
    let result: Result<RegularExpression, Failure> = copy.withUnsafeBufferPointer { bytes in
      do throws(Failure) { return .success(try RegularExpression(bytes)) } catch { return .failure(error) }
    }
    let compiled = try result.get()
    cache.withLock { known in
      // Patterns computed row by row would fill the memory; starting over is rare and cheap.
      if known.count >= 256 { known.removeAll() }
      known[pattern] = compiled
    }
    return compiled
  }

  private static let cache = Guarded<[String: RegularExpression]>([:])

  /// Whether the pattern is found anywhere in the text.
  func matches(_ text: Bytes) -> Bool {
    if let direct { return direct.matches(text) }
    guard let start = firstStart(in: text) else { return false }
    return withBase(text) { plumb_regex_matches(regex, $0, text.count, start) }
  }

  /// A position before which no match begins; nil without a match.
  private func firstStart(in text: Bytes) -> Int? {
    guard let beginning else { return 0 }
    guard let found = beginning.offset(in: text) else { return nil }
    return isAnchored ? 0 : found
  }

  /// One group of the first match, or the match itself for 0; nil without it.
  func group(_ number: Int, ofFirstMatchIn text: Bytes) -> Bytes? {
    guard number >= 0, number <= groupCount else { return nil }
    if let direct {
      return direct.firstMatch(in: text, group: number).map { text.part(from: $0.lowerBound, to: $0.upperBound) }
    }
    guard let start = firstStart(in: text) else { return nil }
    return withUnsafeTemporaryAllocation(of: plumb_regex_range.self, capacity: number + 1) { ranges -> Bytes? in
      guard let room = ranges.baseAddress else { return nil }
      let isFound = withBase(text) { plumb_regex_find(regex, $0, text.count, start, room, Int32(number + 1)) }
      guard isFound, room[number].begin >= 0 else { return nil }
      let from = Int(room[number].begin)
      return text.part(from: from, to: from + Int(room[number].count))
    }
  }

  /// The ranges of a match and of its groups; nil for a group that did not take part.
  struct Match {
    fileprivate let ranges: [plumb_regex_range]

    /// The whole match is group 0.
    func range(_ group: Int) -> Range<Int>? {
      guard ranges.indices.contains(group), ranges[group].begin >= 0 else { return nil }
      let start = Int(ranges[group].begin)
      return start..<start + Int(ranges[group].count)
    }

    func group(_ group: Int, of text: Bytes) -> Bytes? {
      range(group).map { text.part(from: $0.lowerBound, to: $0.upperBound) }
    }
  }

  /// The first match at or after `start`.
  func firstMatch(in text: Bytes, from start: Int = 0) -> Match? {
    var ranges = [plumb_regex_range](repeating: plumb_regex_range(begin: -1, count: 0), count: groupCount + 1)
    let isFound = ranges.withUnsafeMutableBufferPointer { groups -> Bool in
      guard let room = groups.baseAddress else { return false }
      return withBase(text) { plumb_regex_find(regex, $0, text.count, start, room, Int32(groups.count)) }
    }
    return isFound ? Match(ranges: ranges) : nil
  }

  /// Visits the matches from left to right, without overlaps, until `body` returns false.
  func forEachMatch(in text: Bytes, _ body: (Match) -> Bool) {
    var at = 0
    while at <= text.count, let match = firstMatch(in: text, from: at), let range = match.range(0) {
      if !body(match) { return }
      at = range.upperBound
      // An empty match would be found again at the same position.
      if range.isEmpty { at += at < text.count ? text.scalar(at: at).length : 1 }
    }
  }

  /// Appends `text` with every match replaced by `rewrite`, in which `\0` is the match, `\1` its first group and
  /// `\\` a backslash.
  func replace(in text: Bytes, with rewrite: Bytes, to out: inout ByteBuffer) {
    var from = 0
    var lastEnd = -1
    forEachMatch(in: text) { match in
      guard let range = match.range(0) else { return false }
      // No empty match directly after another match, as in RE2.
      if range.isEmpty && range.lowerBound == lastEnd { return true }
      out.append(text.part(from: from, to: range.lowerBound))
      appendRewrite(rewrite, match, text, to: &out)
      from = range.upperBound
      lastEnd = range.upperBound
      return true
    }
    out.append(text.part(from: from))
  }

  private func appendRewrite(_ rewrite: Bytes, _ match: Match, _ text: Bytes, to out: inout ByteBuffer) {
    var at = 0
    while at < rewrite.count {
      let byte = rewrite[at]
      if byte == .backslash, at &+ 1 < rewrite.count {
        let next = rewrite[at &+ 1]
        if next.isDigit {
          if let group = match.group(Int(next &- 0x30), of: text) { out.append(group) }
          at &+= 2
          continue
        }
        if next == .backslash { at &+= 1 }
      }
      out.append(byte)
      at &+= 1
    }
  }

  private func withBase<Result>(_ text: Bytes, _ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    if let base = text.baseAddress { return body(base) }
    let none: UInt8 = 0
    return withUnsafePointer(to: none) { body($0) }
  }
}
