import RE2Shim

/// A compiled RE2 pattern, which takes time linear in the text; safe to use from several threads.
final class RegularExpression: Sendable {
  /// Why a pattern does not compile, in RE2's words.
  struct Failure: Error, Equatable {
    let sentence: String
  }

  /// A program and whether it reads the marks of `EdgedText`.
  private struct Form {
    let program: RegexProgram
    let isEdged: Bool
  }

  /// For ASCII texts.
  private let form: Form
  /// For all other texts, compiled when the first one arrives; nil if `form` is right for them too.
  private let wide: LockedValue<Form?>?
  private let source: String
  /// Capturing groups, not counting the whole match.
  let groupCount: Int
  /// A literal with which every match begins; searched first, which is much cheaper than the pattern.
  private let beginning: TextNeedle?
  /// The pattern in a form that is matched without RE2, if it has one.
  private let direct: LiteralPattern?
  /// Whether a match must start at the start of the text.
  private let isAnchored: Bool

  init(_ pattern: Bytes) throws(Failure) {
    source = String(pattern)
    let translated = try RegexTranslation(source, for: .ascii)
    if translated.hasOneSidedEdges {
      form = try Self.compile(source, .edged)
      wide = nil
    } else {
      form = Form(program: try Self.program(translated.pattern), isEdged: false)
      if translated.isSensitive || translated.hasEdges {
        // Repeating a wide class many times can exceed RE2's limit, which must end the query before it runs.
        let isLarge = source.utf8.count > 300 || source.utf8.contains(.openBrace)
        wide = LockedValue(isLarge ? try Self.compile(source, translated.hasEdges ? .edged : .any) : nil)
      } else {
        wide = nil
      }
    }
    groupCount = form.program.groupCount
    beginning = form.isEdged ? nil : Self.literalBeginning(of: pattern)
    isAnchored = pattern.first == .caret
    direct = form.isEdged ? nil : LiteralPattern(pattern)
  }

  private static func compile(_ source: String, _ texts: RegexTranslation.Texts) throws(Failure) -> Form {
    Form(program: try program(try RegexTranslation(source, for: texts).pattern), isEdged: texts == .edged)
  }

  private static func program(_ text: String) throws(Failure) -> RegexProgram {
    let bytes = Array(text.utf8)
    let result: Result<RegexProgram, Failure> = bytes.withUnsafeBufferPointer { bytes in
      do throws(Failure) { return .success(try RegexProgram(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func form(for text: Bytes) -> Form {
    guard let wide, !text.isASCII else { return form }
    return wide.withLock { known in
      if let known { return known }
      let hasEdges = (try? RegexTranslation(source, for: .ascii).hasEdges) ?? false
      let compiled = (try? Self.compile(source, hasEdges ? .edged : .any)) ?? form
      known = compiled
      return compiled
    }
  }

  /// The pattern without RE2, if it means the same for this text.
  @inline(__always)
  private func directPattern(for text: Bytes) -> LiteralPattern? {
    guard let direct, wide == nil || text.isASCII else { return nil }
    return direct
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

  private static let cache = LockedValue<[String: RegularExpression]>([:])

  /// Whether the pattern is found anywhere in the text.
  func matches(_ text: Bytes) -> Bool {
    if let direct = directPattern(for: text) { return direct.matches(text) }
    guard let start = firstStart(in: text) else { return false }
    let form = form(for: text)
    if !form.isEdged { return form.program.matches(text, from: start) }
    return EdgedText(text).bytes.withUnsafeBufferPointer { form.program.matches($0, from: 0) }
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
    if let direct = directPattern(for: text) {
      return direct.firstMatch(in: text, group: number).map { text.part(from: $0.lowerBound, to: $0.upperBound) }
    }
    guard let start = firstStart(in: text) else { return nil }
    let form = form(for: text)
    if form.isEdged { return firstMatch(in: text)?.group(number, of: text) }
    return withUnsafeTemporaryAllocation(of: plumb_regex_range.self, capacity: number + 1) { ranges -> Bytes? in
      guard form.program.find(in: text, from: start, ranges), ranges[number].begin >= 0 else { return nil }
      let from = Int(ranges[number].begin)
      return text.part(from: from, to: from + Int(ranges[number].count))
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
    let form = form(for: text)
    return firstMatch(form, in: text, form.isEdged ? EdgedText(text) : nil, from: start)
  }

  private func firstMatch(_ form: Form, in text: Bytes, _ edged: EdgedText?, from start: Int) -> Match? {
    var ranges = [plumb_regex_range](repeating: plumb_regex_range(begin: -1, count: 0), count: groupCount + 1)
    let isFound = ranges.withUnsafeMutableBufferPointer { room in
      guard let edged else { return form.program.find(in: text, from: start, room) }
      return edged.bytes.withUnsafeBufferPointer { form.program.find(in: $0, from: edged.place(start), room) }
    }
    guard isFound else { return nil }
    if let edged {
      for index in ranges.indices where ranges[index].begin >= 0 {
        let from = edged.origin(Int(ranges[index].begin))
        let end = edged.origin(Int(ranges[index].begin + ranges[index].count))
        ranges[index] = plumb_regex_range(begin: Int64(from), count: Int64(end - from))
      }
    }
    return Match(ranges: ranges)
  }

  /// Visits the matches from left to right, without overlaps, until `body` returns false.
  func forEachMatch(in text: Bytes, _ body: (Match) -> Bool) {
    let form = form(for: text)
    let edged = form.isEdged ? EdgedText(text) : nil
    var at = 0
    while at <= text.count, let match = firstMatch(form, in: text, edged, from: at), let range = match.range(0) {
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
      guard !out.isFull, let range = match.range(0) else { return false }
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
    while at < rewrite.count, !out.isFull {
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
}
