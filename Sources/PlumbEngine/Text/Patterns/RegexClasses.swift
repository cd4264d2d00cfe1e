/// A class, or all characters that are not in it.
struct ParsedClass {
  var content = CharacterClass()
  var isNegated = false
}

/// Classes in brackets.
extension RegexTranslation {
  /// A class after its opening bracket, to its closing bracket.
  mutating func parseClass() throws(RegularExpression.Failure) -> ParsedClass {
    let start = at - 1
    let isNegated = accept("^")
    var content = CharacterClass()
    var left: (content: CharacterClass, sign: String)?
    var isFirst = true
    while true {
      if flags.isVerbose { while at < source.count, source[at].properties.isWhitespace { at += 1 } }
      guard at < source.count else {
        throw .init(sentence: "`\(text(from: start, to: start + 12))` has no `]`; a bracket in a class is written `\\[`")
      }
      if source[at] == "]", !isFirst {
        at += 1
        break
      }
      isFirst = false
      if let sign = ["&&", "--", "~~"].first(where: { source[at...].starts(with: $0.unicodeScalars) }) {
        at += 2
        left = (combine(left, content), sign)
        content = CharacterClass()
        continue
      }
      content.formUnion(try parseClassItem())
    }
    return ParsedClass(content: combine(left, content), isNegated: isNegated)
  }

  private func combine(_ left: (content: CharacterClass, sign: String)?, _ right: CharacterClass) -> CharacterClass {
    guard let left else { return right }
    let a = left.content.members(isASCII: texts == .ascii), b = right.members(isASCII: texts == .ascii)
    switch left.sign {
    case "&&": return CharacterClass(points: a.intersection(b))
    case "--": return CharacterClass(points: a.subtracting(b))
    default: return CharacterClass(points: a.symmetricDifference(b))
    }
  }

  /// A character, a range, an escape or a class in a class.
  private mutating func parseClassItem() throws(RegularExpression.Failure) -> CharacterClass {
    if source[at] == "[" {
      if let named = try parseNamedClass() { return named }
      at += 1
      return positive(try parseClass())
    }
    if source[at] == "\\", at + 1 < source.count {
      at += 1
      if let escaped = try parseClassEscape() { return positive(escaped) }
      at -= 1
    }
    let low = try parseClassCharacter()
    guard at + 1 < source.count, source[at] == "-", source[at + 1] != "]", source[at + 1] != "-" else {
      return CharacterClass(points: ScalarSet([low.value...low.value]))
    }
    let start = at
    at += 1
    let high = try parseClassCharacter()
    guard low <= high else { throw .init(sentence: "the range `\(low)\(text(from: start, to: at))` is empty; its ends are in the wrong order") }
    return CharacterClass(points: ScalarSet([low.value...high.value]))
  }

  private mutating func parseClassCharacter() throws(RegularExpression.Failure) -> Unicode.Scalar {
    let scalar = source[at]
    at += 1
    guard scalar == "\\", at < source.count else { return scalar }
    // `\b` is an edge outside a class, and has no meaning inside.
    return try parseCharacter(from: at - 1)
  }

  /// The class with its negation carried out.
  private func positive(_ parsed: ParsedClass) -> CharacterClass {
    guard parsed.isNegated else { return parsed.content }
    // RE2 knows the opposite of a single named class.
    if parsed.content.points.isEmpty, parsed.content.names.count == 1, parsed.content.names[0].hasPrefix("\\p") {
      return CharacterClass(names: ["\\P" + parsed.content.names[0].dropFirst(2)])
    }
    return CharacterClass(points: parsed.content.members(isASCII: texts == .ascii).complement)
  }

  /// `[:alpha:]` or `[:^alpha:]`; nil for anything else.
  private mutating func parseNamedClass() throws(RegularExpression.Failure) -> CharacterClass? {
    guard source[at...].starts(with: "[:".unicodeScalars) else { return nil }
    var end = at + 2
    while end < source.count, source[end] == "^" || source[end].properties.isAlphabetic { end += 1 }
    guard source[end...].starts(with: ":]".unicodeScalars) else { return nil }
    var name = text(from: at + 2, to: end)
    let isNegated = name.hasPrefix("^")
    if isNegated { name.removeFirst() }
    guard let points = CharacterClass.posix[name] else {
      throw .init(sentence: "`[:\(name):]` is not a class; the names are \(CharacterClass.posix.keys.sorted().joined(separator: ", "))")
    }
    at = end + 2
    return CharacterClass(points: isNegated ? points.complement : points)
  }

  private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
    guard at < source.count, source[at] == scalar else { return false }
    at += 1
    return true
  }
}
