import PlumbDiagnostics

/// How `parse-kv` reads a text.
private struct KeyValueFormat: Sendable {
  let pairDelimiter: [UInt8]
  let kvDelimiter: [UInt8]
  let quotes: [(open: UInt8, close: UInt8)]
  let escapes: Set<UInt8>
  let isGreedy: Bool
  let pattern: String?
  let keys: [[UInt8]]

  init(keys: Dynamic, options: Dynamic) {
    func texts(_ value: Dynamic?) -> [String] {
      switch value {
      case .string(let text): [text]
      case .array(let elements): elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
      default: []
      }
    }
    self.keys = texts(keys).map { Array($0.utf8) }
    pairDelimiter = Array((texts(options["pair_delimiter"]).first ?? "").utf8)
    kvDelimiter = Array((texts(options["kv_delimiter"]).first ?? "").utf8)
    quotes = texts(options["quote"]).compactMap { text in
      guard let open = text.utf8.first, let close = text.utf8.last else { return nil }
      return (open, close)
    }
    escapes = Set(texts(options["escape"]).compactMap { $0.utf8.first })
    isGreedy = options["greedy"] == .bool(true)
    pattern = texts(options["regex"]).first
  }
}

/// A bag with the values of some keys for each text; the first value of a key counts.
func parseKeyValues(_ arguments: Arguments) throws -> Vector {
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
  var seen = [Bool](repeating: false, count: format.keys.count)
  var scanner = KeyValueScanner(format)
  return try writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
    if row & 1023 == 0 { try arguments.context.checkpoint() }
    let text = texts.bytes(at: texts.isConstant ? 0 : row)
    for place in seen.indices { seen[place] = false }
    let mark = out.beginObject()
    var count = 0
    func take(_ key: Bytes, _ value: Bytes) {
      guard let place = format.keys.firstIndex(where: { key.elementsEqual($0) }), !seen[place] else { return }
      seen[place] = true
      out.appendKey(key)
      out.appendString(value)
      count += 1
    }
    if let regex {
      regex.forEachMatch(in: text) { match in
        if let key = match.group(1, of: text), let value = match.group(2, of: text) { take(key.trimmed, value.trimmed) }
        return true
      }
    } else {
      scanner.forEachPair(of: text, take)
    }
    out.end(mark, count: count)
    return true
  }
}

/// Reads the pairs of texts from left to right; keeps its buffer from one text to the next.
private struct KeyValueScanner {
  /// A key or a value: a part of the text, or of the texts without escapes.
  private struct Piece {
    var lower: Int
    var upper: Int
    var isUnescaped = false
  }

  private let format: KeyValueFormat
  private var text = Bytes(start: nil, count: 0)
  private var at = 0
  /// Quoted texts without their escapes.
  private var unescaped: [UInt8] = []

  init(_ format: KeyValueFormat) { self.format = format }

  mutating func forEachPair(of text: Bytes, _ body: (Bytes, Bytes) -> Void) {
    self.text = text
    at = 0
    unescaped.removeAll(keepingCapacity: true)
    if format.kvDelimiter.isEmpty || format.pairDelimiter.isEmpty { return scanWords(body) }
    while at < text.count {
      let start = at
      skipSpaces()
      let key: Piece
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
      // Reading the value may add to the buffer that `pass` reads.
      let found = value()
      pass(key, found, to: body)
      if at <= start { at = start + 1 }
    }
  }

  private func pass(_ key: Piece, _ value: Piece, to body: (Bytes, Bytes) -> Void) {
    unescaped.withUnsafeBufferPointer { buffer in
      func bytes(_ piece: Piece) -> Bytes {
        (piece.isUnescaped ? buffer : text).part(from: piece.lower, to: piece.upper)
      }
      body(bytes(key), bytes(value))
    }
  }

  /// The value at `at`; leaves `at` after the delimiter that follows.
  private mutating func value() -> Piece {
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
  private mutating func scanWords(_ body: (Bytes, Bytes) -> Void) {
    var key: Piece?
    while at < text.count {
      let word: Piece
      if let quoted = quotedText() {
        word = quoted
      } else if isWord(text[at]) {
        let start = at
        while at < text.count, isWord(text[at]) { at += 1 }
        word = Piece(lower: start, upper: at)
      } else {
        at += 1
        continue
      }
      if let known = key {
        pass(known, word, to: body)
        key = nil
      } else if isKey(word) {
        key = word
      }
    }
  }

  private func isKey(_ piece: Piece) -> Bool {
    if piece.isUnescaped { return format.keys.contains { $0.elementsEqual(unescaped[piece.lower..<piece.upper]) } }
    let bytes = text.part(from: piece.lower, to: piece.upper)
    return format.keys.contains { bytes.elementsEqual($0) }
  }

  private func isWord(_ byte: UInt8) -> Bool {
    (byte | 32) >= 97 && (byte | 32) <= 122 || byte >= 48 && byte <= 57 || byte == 95 || byte >= 128
  }

  /// The quoted text at `at`, without escapes; nil and nothing read if none exists.
  private mutating func quotedText() -> Piece? {
    guard at < text.count, let quote = format.quotes.first(where: { $0.open == text[at] }) else { return nil }
    let start = at + 1
    var place = start
    while place < text.count, text[place] != quote.close, !format.escapes.contains(text[place]) { place += 1 }
    if place < text.count, text[place] == quote.close, !format.escapes.contains(quote.close) {
      at = place + 1
      return Piece(lower: start, upper: place)
    }
    let first = unescaped.count
    place = start
    while place < text.count {
      let byte = text[place]
      if format.escapes.contains(byte), place + 1 < text.count {
        unescaped.append(text[place + 1])
        place += 2
      } else if byte == quote.close {
        at = place + 1
        return Piece(lower: first, upper: unescaped.count, isUnescaped: true)
      } else {
        unescaped.append(byte)
        place += 1
      }
    }
    unescaped.removeLast(unescaped.count - first)
    return nil
  }

  private mutating func skipSpaces(unless delimiter: [UInt8] = []) {
    while at < text.count, text[at] == 32 || text[at] == 9, delimiter.isEmpty || !has(delimiter, at: at) { at += 1 }
  }

  private func has(_ part: [UInt8], at place: Int) -> Bool {
    if place + part.count > text.count { return false }
    for i in part.indices where text[place + i] != part[i] { return false }
    return true
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

  private func trimmed(_ start: Int, _ end: Int) -> Piece {
    guard start < end, end <= text.count else { return Piece(lower: 0, upper: 0) }
    var (lower, upper) = (start, end)
    while lower < upper, text[lower].isSpace { lower += 1 }
    while upper > lower, text[upper - 1].isSpace { upper -= 1 }
    return Piece(lower: lower, upper: upper)
  }
}
