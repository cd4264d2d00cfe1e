import PlumbDatabase

/// Completion inside a string: the values of the adjacent column, `status == "<Tab>`.
struct ValueCompletion {
  let shape: QueryShape
  let data: CompletionData

  private static let operators = [
    "contains", "contains_cs", "!contains", "startswith", "startswith_cs", "!startswith", "endswith", "has", "has_cs",
    "!has", "hasprefix", "hassuffix", "in", "in~", "!in", "has_any", "has_all",
  ]

  /// - Parameter textStart: the start of the string, after its quote.
  func candidates(for word: String, textStart: Int) -> [Completion.Candidate] {
    let before = shape.text(shape.stepStart, textStart - 1)
    // Words of the pipeline vocabulary take quoted names too.
    let typed = shape.text(textStart, shape.bytes.count)
    let quote = Character(UnicodeScalar(textStart > 0 ? shape.bytes[textStart - 1] : 0x22))
    var found: [(value: String, count: String)] = []
    if let column = Self.column(before) {
      for input in shape.inputs {
        guard let known = data.schema(of: input)?.first(where: { $0.name == column }) else { continue }
        found = data.values(of: known, in: input, beginning: typed + word)
        break
      }
    } else if let first = before.split(whereSeparator: \.isWhitespace).first, ["lineage", "blast", "why"].contains(first) {
      return data.pipelines.compactMap { pipeline in
        guard pipeline.text.hasPrefix(typed + word), Self.isPlain(pipeline.text) else { return nil }
        return Completion.Candidate(text: String(pipeline.text.dropFirst(typed.count)), note: pipeline.note, ending: quote)
      }
    } else if before.trimmed.hasSuffix("database(") {
      found = data.catalog.attached.map { ($0.name, "") }
    }
    // The part of the value already typed, in words before this one, stays.
    return found.compactMap { value, count in
      guard value.hasPrefix(typed + word), Self.isPlain(value) else { return nil }
      return Completion.Candidate(
        text: String(value.dropFirst(typed.count)), note: count.isEmpty ? "" : "\(count) rows", ending: quote)
    }.filter { !$0.text.isEmpty }
  }

  /// Values that would need escapes are not offered.
  private static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "\"" && $0 != "'" && $0 != "\\" }
  }

  /// The column with which a comparison ends: `where status ==`, `where source in ("a",`.
  static func column(_ text: String) -> String? {
    var rest = text.trimmed
    if rest.hasSuffix("@") || rest.hasSuffix("h") && rest.dropLast().last?.isWhitespace == true {
      rest = rest.dropLast().trimmed
    }
    if rest.hasSuffix("(") || rest.hasSuffix(",") {
      guard let open = rest.lastIndex(of: "(") else { return nil }
      rest = rest[..<open].trimmed
    }
    let isSign: (Character) -> Bool = { "=!~<>".contains($0) }
    if let last = rest.last, isSign(last), !rest.hasSuffix("in~") {
      while let last = rest.last, isSign(last) { rest = rest.dropLast() }
    } else {
      let word = String(rest.reversed().prefix { !$0.isWhitespace }.reversed())
      guard operators.contains(word) else { return nil }
      rest = rest.dropLast(word.count)
    }
    rest = rest.trimmed
    if rest.hasSuffix("']") || rest.hasSuffix("\"]") {
      guard let open = rest.lastIndex(of: "[") else { return nil }
      return String(rest[open...].dropFirst(2).dropLast(2))
    }
    let name = String(rest.reversed().prefix { $0.utf8.allSatisfy(QueryShape.isWordByte) }.reversed())
    return name.isEmpty ? nil : name
  }
}
