/// A regular expression that is a literal text followed by texts, classes of ASCII characters and groups, matched without RE2:
/// `batch ([0-9]+)`, `status=\d+`.
///
/// Only patterns with one way to match from each start: a repeated class contains nothing that may follow it. The first byte
/// occurs nowhere else, so that no match begins within what another attempt has read, and the time stays linear.
struct LiteralPattern: Sendable {
  /// The literal at the start of the pattern.
  private let beginning: TextNeedle
  private let beginningCount: Int
  private let steps: [Step]

  private struct Step {
    enum Kind {
      /// One character of the class.
      case one
      /// As many characters of the class as possible, at least one or at least zero.
      case some, any
      case open, close
    }
    var kind: Kind
    /// A bit for each ASCII character.
    var members: SIMD2<UInt64> = [0, 0]
    var group = 0

    @inline(__always) func holds(_ byte: UInt8) -> Bool {
      byte < 0x80 && members[Int(byte &>> 6)] &>> UInt64(byte & 63) & 1 != 0
    }
  }

  /// Nil if the pattern contains anything else.
  init?(_ pattern: Bytes) {
    guard let steps = Self.parse(pattern) else { return nil }
    let literal = steps.prefix { $0.kind == .one && $0.members.bitCount == 1 }
    let rest = Array(steps.dropFirst(literal.count))
    guard literal.count > 1, let first = literal.first,
      steps.dropFirst().allSatisfy({ $0.members & first.members == [0, 0] }), Self.isPlain(rest)
    else { return nil }
    let bytes = literal.map { step -> UInt8 in
      UInt8(step.members[0] != 0 ? step.members[0].trailingZeroBitCount : 64 + step.members[1].trailingZeroBitCount)
    }
    beginning = bytes.withUnsafeBufferPointer { TextNeedle($0, ignoresCase: false) }
    beginningCount = bytes.count
    self.steps = rest
  }

  /// Whether no repeated class shares a character with what can follow it.
  private static func isPlain(_ steps: [Step]) -> Bool {
    for (place, step) in steps.enumerated() where step.kind == .some || step.kind == .any {
      for next in steps[(place + 1)...] where next.kind != .open && next.kind != .close {
        if next.members & step.members != [0, 0] { return false }
        if next.kind != .any { break }
      }
    }
    return true
  }

  private static func parse(_ pattern: Bytes) -> [Step]? {
    var steps: [Step] = []
    var groups = 0
    var open: [Int] = []
    var at = 0
    while at < pattern.count {
      let byte = pattern[at]
      at += 1
      switch byte {
      case .openParenthesis:
        guard at < pattern.count, pattern[at] != .questionMark else { return nil }
        groups += 1
        open.append(groups)
        steps.append(Step(kind: .open, group: groups))
        continue
      case .closeParenthesis:
        guard let group = open.popLast() else { return nil }
        steps.append(Step(kind: .close, group: group))
        // A repeated group is rejected, whatever follows it.
        if at < pattern.count, "+*?{".utf8.contains(pattern[at]) { return nil }
        continue
      case .openBracket:
        guard let members = classMembers(pattern, &at) else { return nil }
        steps.append(Step(kind: .one, members: members))
      case .backslash:
        guard let members = escaped(pattern, &at) else { return nil }
        steps.append(Step(kind: .one, members: members))
      default:
        guard isLiteral(byte) else { return nil }
        steps.append(Step(kind: .one, members: single(byte)))
      }
      guard at < pattern.count else { break }
      if pattern[at] == .questionMark || pattern[at] == .openBrace { return nil }
      if pattern[at] == .plus || pattern[at] == .asterisk {
        steps[steps.count - 1].kind = pattern[at] == .plus ? .some : .any
        at += 1
        if at < pattern.count, "+*?{".utf8.contains(pattern[at]) { return nil }
      }
    }
    return open.isEmpty ? steps : nil
  }

  private static func isLiteral(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isDigit || " _-=:,;/<>@#%&!'\"~".utf8.contains(byte)
  }

  private static func single(_ byte: UInt8) -> SIMD2<UInt64> {
    byte < 64 ? [1 &<< UInt64(byte), 0] : [0, 1 &<< UInt64(byte & 63)]
  }

  private static func range(_ low: UInt8, _ high: UInt8) -> SIMD2<UInt64> {
    (low...high).reduce(into: [0, 0]) { $0 |= single($1) }
  }

  /// The character after a backslash: a class of digits, or punctuation, which means itself.
  private static func escaped(_ pattern: Bytes, _ at: inout Int) -> SIMD2<UInt64>? {
    guard at < pattern.count, pattern[at] > 0x20, pattern[at] < 0x7F else { return nil }
    let byte = pattern[at]
    at += 1
    if byte == UInt8(ascii: "d") { return range(0x30, 0x39) }
    return byte.isASCIILetter || byte.isDigit ? nil : single(byte)
  }

  /// A class after its opening bracket: characters and ranges; negated classes are rejected.
  private static func classMembers(_ pattern: Bytes, _ at: inout Int) -> SIMD2<UInt64>? {
    var members: SIMD2<UInt64> = [0, 0]
    while at < pattern.count {
      let byte = pattern[at]
      if byte == .closeBracket {
        at += 1
        return members == [0, 0] ? nil : members
      }
      if byte == .backslash {
        at += 1
        guard let more = escaped(pattern, &at) else { return nil }
        members |= more
        // A range that starts here is left to RE2.
        if at < pattern.count, pattern[at] == .minus { return nil }
        continue
      }
      guard isLiteral(byte) || byte == .fullStop else { return nil }
      at += 1
      // A doubled sign is an operation on classes.
      if at < pattern.count, pattern[at] == byte, "&-~".utf8.contains(byte) { return nil }
      if at + 1 < pattern.count, pattern[at] == .minus, pattern[at + 1] != .closeBracket {
        let high = pattern[at + 1]
        guard isLiteral(high), high != .minus, byte <= high else { return nil }
        members |= range(byte, high)
        at += 2
      } else {
        members |= single(byte)
      }
    }
    return nil
  }

  func matches(_ text: Bytes) -> Bool { firstMatch(in: text, group: 0) != nil }

  /// A group of the first match, or the match itself for 0; nil without a match.
  func firstMatch(in text: Bytes, group: Int) -> Range<Int>? {
    var from = 0
    while let start = beginning.offset(in: text, from: from) {
      var at = start &+ beginningCount
      if let inner = walk(text, &at, group) { return group == 0 ? start..<at : inner }
      from = start &+ 1
    }
    return nil
  }

  /// Whether the steps match at `at`, which is moved to their end; also returns the group's range.
  @inline(__always)
  private func walk(_ text: Bytes, _ at: inout Int, _ group: Int) -> Range<Int>? {
    var low = at, high = at
    for step in steps {
      switch step.kind {
      case .one:
        guard at < text.count, step.holds(text[at]) else { return nil }
        at &+= 1
      case .some, .any:
        let first = at
        while at < text.count, step.holds(text[at]) { at &+= 1 }
        if at == first, step.kind == .some { return nil }
      case .open: if step.group == group { low = at }
      case .close: if step.group == group { high = at }
      }
    }
    return low..<Swift.max(low, high)
  }
}

extension SIMD2<UInt64> {
  fileprivate var bitCount: Int { self[0].nonzeroBitCount + self[1].nonzeroBitCount }
}
