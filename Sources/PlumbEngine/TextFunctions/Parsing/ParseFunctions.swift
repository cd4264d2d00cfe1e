import PlumbDiagnostics

extension ScalarFunction {
  /// The functions that implement `parse` and `parse-kv`; users write the operators instead.
  package static let parsing: [ScalarFunction] = [
    ScalarFunction(
      "parse_match",
      "Extracts the groups `groups` of the first match of `pattern` in `text`, if they match `types`; `parts` is the same pattern in parts, or null.",
      "text, pattern, groups, types, parts",
      examples: [.init(#"parse_match("a=1", "a=(.*)", dynamic([1]), "l", dynamic(["a=", ["rest", 0]]))"#, is: #"["1"]"#)],
      overloads: [.columns([.string, .string, .dynamic, .string, .dynamic], to: .dynamic) { try parseMatch($0) }]),

    ScalarFunction(
      "parse_kv", "Extracts the values of `keys` from the `key=value` pairs of `text`, using `options`.",
      "text, keys, options",
      examples: [
        .init(
          #"parse_kv("a=1,b=2", dynamic(["a"]), dynamic({"pair_delimiter":",","kv_delimiter":"="}))"#,
          is: #"{"a":"1"}"#)
      ],
      overloads: [.columns([.string, .dynamic, .dynamic], to: .dynamic) { try parseKeyValues($0) }]),
  ]
}

// MARK: parse

/// Each type's letter in `types`: whether a captured text is a value of the type. `s` accepts all texts.
private func fits(_ text: Bytes, _ type: UInt8) -> Bool {
  switch type {
  case UInt8(ascii: "l"): NumberText.parseInt64(text.trimmed) != nil
  case UInt8(ascii: "i"): NumberText.parseInt64(text.trimmed).flatMap { Int32(exactly: $0) } != nil
  case UInt8(ascii: "r"): NumberText.parseDouble(text.trimmed) != nil
  case UInt8(ascii: "c"): Decimal128.parse(text.trimmed) != nil
  case UInt8(ascii: "d"): DateTime.parse(text.trimmed) != nil
  case UInt8(ascii: "t"): TimeSpan.parse(text.trimmed) != nil
  case UInt8(ascii: "g"): GUID.parse(text.trimmed) != nil
  case UInt8(ascii: "b"): ["true", "false", "1", "0"].contains(String(text.trimmed).lowercased())
  default: true
  }
}

private func parseMatch(_ arguments: Arguments) throws -> Vector {
  guard case .string(let pattern)? = arguments.constant(1), case .dynamic(.array(let list))? = arguments.constant(2),
    case .string(let types)? = arguments.constant(3)
  else {
    throw Diagnostic("not-constant", "the pattern of `parse` must be a constant", at: arguments.span)
  }
  let regex: RegularExpression
  do {
    regex = try arguments.prepared.value { try RegularExpression.cached(pattern) }
  } catch let failure as RegularExpression.Failure {
    throw Diagnostic(
      "bad-regex", "the pattern of `parse` is not a valid regular expression: \(failure.sentence)", at: arguments.argumentSpans[1])
  }
  let groups = list.map { element -> Int in
    if case .long(let number) = element { return Int(number) }
    return 0
  }
  let wanted = Array(types.utf8)
  let scanner = arguments.constant(4).flatMap { if case .dynamic(let parts) = $0 { PartScanner(parts) } else { nil } }
  let texts = arguments.plain(0)
  return try withUnsafeTemporaryAllocation(of: Bytes.self, capacity: Swift.max(groups.count, 1)) { found in
    found.initialize(repeating: Bytes(start: nil, count: 0))
    return try writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
      if row & 1023 == 0 { try arguments.context.checkpoint() }
      let text = texts.bytes(at: texts.isConstant ? 0 : row)
      switch scanner?.match(text, into: found) ?? .undecided {
      case .matches: break
      case .differs: return false
      case .undecided:
        guard let match = regex.firstMatch(in: text) else { return false }
        for place in groups.indices { found[place] = match.group(groups[place], of: text) ?? Bytes(start: nil, count: 0) }
      }
      for place in wanted.indices where place < groups.count && !fits(found[place], wanted[place]) { return false }
      let mark = out.beginArray()
      for place in groups.indices { out.appendString(found[place]) }
      out.end(mark, count: groups.count)
      return true
    }
  }
}

// MARK: parse-kv

/// How `parse-kv` reads a text.
private struct KeyValueFormat: Sendable {
  var pairDelimiter: [UInt8]
  var kvDelimiter: [UInt8]
  var quotes: [(open: UInt8, close: UInt8)]
  var escapes: Set<UInt8>
  var isGreedy: Bool
  var pattern: String?
  var keys: [String]

  init(keys: Dynamic, options: Dynamic) {
    func texts(_ name: String) -> [String] {
      switch options[name] {
      case .string(let text): return [text]
      case .array(let elements):
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
      default: return []
      }
    }
    self.keys = []
    if case .array(let elements) = keys {
      self.keys = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
    pairDelimiter = Array((texts("pair_delimiter").first ?? "").utf8)
    kvDelimiter = Array((texts("kv_delimiter").first ?? "").utf8)
    quotes = texts("quote").compactMap { text in
      let bytes = Array(text.utf8)
      guard let open = bytes.first, let close = bytes.last else { return nil }
      return (open, close)
    }
    escapes = Set(texts("escape").compactMap { $0.utf8.first })
    isGreedy = options["greedy"] == .bool(true)
    pattern = texts("regex").first
  }
}

private func parseKeyValues(_ arguments: Arguments) throws -> Vector {
  guard case .dynamic(let keys)? = arguments.constant(1), case .dynamic(let options)? = arguments.constant(2) else {
    throw Diagnostic("not-constant", "the keys of `parse-kv` must be constants", at: arguments.span)
  }
  let format = KeyValueFormat(keys: keys, options: options)
  var regex: RegularExpression?
  if let pattern = format.pattern {
    do { regex = try RegularExpression.cached(pattern) } catch {
      throw Diagnostic(
        "bad-regex", "invalid regular expression: \(error.sentence)", at: arguments.argumentSpans[2])
    }
  }
  let texts = arguments.plain(0)
  let builder = VectorBuilder(.dynamic, capacity: arguments.count, for: arguments.context)
  for row in 0..<arguments.count {
    if row & 1023 == 0 { try arguments.context.checkpoint() }
    let text = texts.bytes(at: texts.isConstant ? 0 : row)
    var found: [(key: String, value: Dynamic)] = []
    func take(_ key: String, _ value: String) {
      guard format.keys.contains(key), !found.contains(where: { $0.key == key }) else { return }
      found.append((key, .string(value)))
    }
    if let regex {
      regex.forEachMatch(in: text) { match in
        if let key = match.group(1, of: text), let value = match.group(2, of: text) {
          take(String(key.trimmed), String(value.trimmed))
        }
        return true
      }
    } else {
      var scanner = KeyValueScanner(text: Array(text), format: format)
      scanner.forEachPair(take)
    }
    builder.append(dynamic: .object(found))
  }
  return builder.finish()
}

/// Reads the pairs of one text from left to right.
private struct KeyValueScanner {
  let text: [UInt8]
  let format: KeyValueFormat
  private var at = 0

  init(text: [UInt8], format: KeyValueFormat) {
    self.text = text
    self.format = format
  }

  mutating func forEachPair(_ body: (String, String) -> Void) {
    if format.kvDelimiter.isEmpty || format.pairDelimiter.isEmpty { return scanWords(body) }
    while at < text.count {
      let start = at
      skipSpaces()
      let key: String
      if let quoted = quotedText() {
        key = quoted
        skipSpaces()
      } else {
        guard let end = find(format.kvDelimiter, from: at) else { return }
        // A pair delimiter before the next key's delimiter ends a piece that is not a pair.
        if let pair = find(format.pairDelimiter, from: at), pair < end, !format.isGreedy {
          at = pair + format.pairDelimiter.count
          continue
        }
        key = trimmed(at, end)
        at = end
      }
      guard has(format.kvDelimiter, at: at) else {
        at = find(format.pairDelimiter, from: at).map { $0 + format.pairDelimiter.count } ?? text.count
        if at <= start { at = start + 1 }
        continue
      }
      at += format.kvDelimiter.count
      body(key, value())
      if at <= start { at = start + 1 }
    }
  }

  /// The value at `at`; leaves `at` after the delimiter that follows.
  private mutating func value() -> String {
    let start = at
    skipSpaces(unless: format.pairDelimiter)
    if let quoted = quotedText() {
      at = find(format.pairDelimiter, from: at).map { $0 + format.pairDelimiter.count } ?? text.count
      return quoted
    }
    at = start
    var end = find(format.pairDelimiter, from: at) ?? text.count
    if format.isGreedy {
      // The value continues until the delimiter before the next key.
      if let next = find(format.kvDelimiter, from: at) {
        end = start
        var search = at
        while let pair = find(format.pairDelimiter, from: search), pair < next {
          end = pair
          search = pair + format.pairDelimiter.count
        }
      } else {
        end = text.count
      }
    }
    let value = trimmed(start, end)
    at = min(end + format.pairDelimiter.count, text.count)
    return value
  }

  /// Keys and values are runs of letters and digits, separated by anything else.
  private mutating func scanWords(_ body: (String, String) -> Void) {
    var words: [String] = []
    while at < text.count {
      if let quoted = quotedText() {
        words.append(quoted)
      } else if isWord(text[at]) {
        let start = at
        while at < text.count, isWord(text[at]) { at += 1 }
        words.append(String(decoding: text[start..<at], as: UTF8.self))
      } else {
        at += 1
      }
    }
    var place = 0
    while place + 1 < words.count {
      if format.keys.contains(words[place]) {
        body(words[place], words[place + 1])
        place += 2
      } else {
        place += 1
      }
    }
  }

  private func isWord(_ byte: UInt8) -> Bool {
    (byte | 32) >= 97 && (byte | 32) <= 122 || byte >= 48 && byte <= 57 || byte == 95 || byte >= 128
  }

  /// The quoted text at `at`, without escapes; nil and nothing read if none exists.
  private mutating func quotedText() -> String? {
    guard at < text.count, let quote = format.quotes.first(where: { $0.open == text[at] }) else { return nil }
    var result: [UInt8] = []
    var place = at + 1
    while place < text.count {
      let byte = text[place]
      if format.escapes.contains(byte), place + 1 < text.count {
        result.append(text[place + 1])
        place += 2
      } else if byte == quote.close {
        at = place + 1
        return String(decoding: result, as: UTF8.self)
      } else {
        result.append(byte)
        place += 1
      }
    }
    return nil
  }

  private mutating func skipSpaces(unless delimiter: [UInt8] = []) {
    while at < text.count, text[at] == 32 || text[at] == 9, delimiter.isEmpty || !has(delimiter, at: at) { at += 1 }
  }

  private func has(_ part: [UInt8], at place: Int) -> Bool {
    place + part.count <= text.count && text[place..<place + part.count].elementsEqual(part)
  }

  private func find(_ part: [UInt8], from start: Int) -> Int? {
    guard !part.isEmpty else { return nil }
    var place = start
    while place + part.count <= text.count {
      if has(part, at: place) { return place }
      place += 1
    }
    return nil
  }

  private func trimmed(_ start: Int, _ end: Int) -> String {
    guard start < end, end <= text.count else { return "" }
    return text[start..<end].withUnsafeBufferPointer { String($0.trimmed) }
  }
}

extension Dynamic {
  /// A value of any type as a dynamic one.
  package init(_ value: Value) {
    switch value {
    case .null(let type): self = type == .string ? .string("") : .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .long(Int64(number))
    case .long(let number): self = .long(number)
    case .real(let number): self = .real(number)
    case .decimal(let number): self = .decimal(number)
    case .datetime(let ticks): self = .datetime(ticks)
    case .timespan(let ticks): self = .timespan(ticks)
    case .string(let text): self = .string(text)
    case .guid(let guid): self = .guid(guid)
    case .dynamic(let tree): self = tree
    }
  }
}
