/// Texts of known formats parsed into compact `dynamic` values: URLs, paths, records, command lines.
enum ParsedText {
  /// Appends the parts of an absolute URL as a bag, as `parse_url` returns them.
  static func url(_ text: Bytes, to out: inout ByteBuffer) {
    let text = text.trimmed
    var rest = text
    var scheme = text.part(from: 0, to: 0)
    if let colon = text.firstIndex(of: 0x3A), colon > 0, text.part(from: 0, to: colon).allSatisfy(isSchemeByte) {
      scheme = text.part(from: 0, to: colon)
      rest = text.part(from: colon + 1)
    }
    var fragment = rest.part(from: rest.count)
    if let hash = rest.firstIndex(of: 0x23) {
      fragment = rest.part(from: hash + 1)
      rest = rest.part(from: 0, to: hash)
    }
    var query = rest.part(from: rest.count)
    if let mark = rest.firstIndex(of: 0x3F) {
      query = rest.part(from: mark + 1)
      rest = rest.part(from: 0, to: mark)
    }
    var authority = rest.part(from: 0, to: 0)
    var path = rest
    if rest.count >= 2, rest[0] == .slash, rest[1] == .slash {
      let end = rest.part(from: 2).firstIndex(of: 0x2F).map { $0 + 2 } ?? rest.count
      authority = rest.part(from: 2, to: end)
      path = rest.part(from: end)
    }
    if path.first == .slash { path = path.part(from: 1) }
    var user = authority.part(from: 0, to: 0)
    var password = user
    var host = authority
    if let at = authority.lastIndex(of: 0x40) {
      user = authority.part(from: 0, to: at)
      host = authority.part(from: at + 1)
      if let colon = user.firstIndex(of: 0x3A) {
        password = user.part(from: colon + 1)
        user = user.part(from: 0, to: colon)
      }
    }
    var port = host.part(from: host.count)
    if let colon = host.lastIndex(of: 0x3A), host.part(from: colon).firstIndex(of: 0x5D) == nil {
      port = host.part(from: colon + 1)
      host = host.part(from: 0, to: colon)
    }
    let mark = out.beginObject()
    slot("Scheme", scheme, to: &out)
    slot("Host", host, to: &out)
    slot("Port", port, to: &out)
    slot("Path", path, to: &out)
    slot("Username", user, to: &out)
    slot("Password", password, to: &out)
    out.appendKey("Query Parameters")
    parameters(query, to: &out)
    slot("Fragment", fragment, to: &out)
    out.end(mark, count: 8)
  }

  /// Appends `{"Query Parameters":{...}}`, as `parse_urlquery` returns it.
  static func urlQuery(_ text: Bytes, to out: inout ByteBuffer) {
    let text = text.trimmed
    let mark = out.beginObject()
    out.appendKey("Query Parameters")
    parameters(text.first == .questionMark ? text.part(from: 1) : text, to: &out)
    out.end(mark, count: 1)
  }

  /// Appends the decoded parameters as a bag; of several with one name the last counts, at the place of the first.
  private static func parameters(_ query: Bytes, to out: inout ByteBuffer) {
    let mark = out.beginObject()
    var keys: [Range<Int>] = []
    var start = 0
    while start < query.count {
      let end = query.part(from: start).firstIndex(of: 0x26).map { start + $0 } ?? query.count
      let pair = query.part(from: start, to: end)
      start = end + 1
      if pair.isEmpty { continue }
      let equals = pair.firstIndex(of: 0x3D) ?? pair.count
      let key = appendDecoded(pair.part(from: 0, to: equals), to: &out)
      // What a full buffer holds no longer matters.
      if out.isFull { break }
      let isRepeated = out.withBytes { bytes in keys.contains { bytes[$0].elementsEqual(bytes[key]) } }
      if isRepeated {
        out.truncate(to: mark.offset)
        return repeatedParameters(query, to: &out)
      }
      keys.append(key)
      out.append(DynamicBytes.Tag.string.rawValue)
      _ = appendDecoded(pair.part(from: equals + 1), to: &out)
    }
    out.end(mark, count: keys.count)
  }

  /// Appends the length of the decoded text and the text; returns the range of the text.
  private static func appendDecoded(_ text: Bytes, to out: inout ByteBuffer) -> Range<Int> {
    let length = out.count
    out.append(littleEndian: 0 as UInt32)
    PercentCoding.decode(text, to: &out)
    if out.isFull { return 0..<0 }
    out.patch(UInt32(truncatingIfNeeded: out.count - length - 4), at: length)
    return length + 4..<out.count
  }

  private static func repeatedParameters(_ query: Bytes, to out: inout ByteBuffer) {
    var names: [String] = []
    var values: [String: ByteBuffer] = [:]
    for pair in query.split(separator: 0x26) {
      let pair = Bytes(rebasing: pair)
      let equals = pair.firstIndex(of: 0x3D) ?? pair.count
      var name = ByteBuffer()
      var value = ByteBuffer()
      PercentCoding.decode(pair.part(from: 0, to: equals), to: &name)
      PercentCoding.decode(pair.part(from: equals + 1), to: &value)
      if values.updateValue(value, forKey: name.string) == nil { names.append(name.string) }
    }
    let mark = out.beginObject()
    for name in names {
      name.withUTF8Bytes { out.appendKey($0) }
      if let value = values[name] { value.withBytes { out.appendString($0) } } else { out.appendNull() }
    }
    out.end(mark, count: names.count)
  }

  private static func isSchemeByte(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isDigit || byte == .plus || byte == .minus || byte == .fullStop
  }

  private static func slot(_ name: StaticString, _ value: Bytes, to out: inout ByteBuffer) {
    out.appendKey(name)
    out.appendString(value)
  }

  /// Appends the parts of a file's path, with either kind of slash, as `parse_path` returns them.
  static func path(_ text: Bytes, to out: inout ByteBuffer) {
    var rest = text
    var scheme = text.part(from: 0, to: 0)
    for i in 0..<max(0, text.count - 2) where text[i] == .colon && text[i + 1] == .slash && text[i + 2] == .slash {
      scheme = text.part(from: 0, to: i)
      rest = text.part(from: i + 3)
      break
    }
    func isSlash(_ byte: UInt8) -> Bool { byte == .slash || byte == .backslash }
    // `file:///C:/x` has an empty host before the drive.
    if !scheme.isEmpty, rest.count >= 3, isSlash(rest[0]), rest[1].isASCIILetter, rest[2] == .colon {
      rest = rest.part(from: 1)
    }
    // A long path has a marker before its drive.
    if rest.count >= 4, rest[0] == .backslash, rest[1] == .backslash, rest[2] == .questionMark || rest[2] == .fullStop, rest[3] == .backslash {
      rest = rest.part(from: 4)
    }
    let hasDrive = rest.count >= 2 && rest[0].isASCIILetter && rest[1] == .colon
    let root = rest.part(from: 0, to: hasDrive ? 2 : 0)
    let slash = rest.lastIndex(where: isSlash)
    let directory = slash.map { rest.part(from: 0, to: $0) } ?? root
    let directoryName = directory.lastIndex(where: isSlash).map { directory.part(from: $0 + 1) }
      ?? (hasDrive ? directory.part(from: 2) : directory)
    var file = rest.part(from: slash.map { $0 + 1 } ?? root.count)
    var stream = file.part(from: file.count)
    if let colon = file.firstIndex(of: 0x3A) {
      stream = file.part(from: colon + 1)
      file = file.part(from: 0, to: colon)
    }
    let fileExtension = file.lastIndex(of: 0x2E).map { file.part(from: $0 + 1) } ?? file.part(from: file.count)
    let mark = out.beginObject()
    slot("Scheme", scheme, to: &out)
    slot("RootPath", root, to: &out)
    slot("DirectoryPath", directory, to: &out)
    slot("DirectoryName", directoryName, to: &out)
    slot("Filename", file, to: &out)
    slot("Extension", fileExtension, to: &out)
    slot("AlternateDataStreamName", stream, to: &out)
    out.end(mark, count: 7)
  }

  /// A number that sorts versions of up to four parts, of up to eight digits each; nil for other text.
  static func version(_ text: Bytes) -> Decimal128? {
    let text = text.trimmed
    var number: UInt128 = 0
    var parts = 0
    var digits = 0
    var part: UInt128 = 0
    for byte in text {
      if byte == .fullStop {
        guard digits > 0, parts < 3 else { return nil }
        number = number &* 100_000_000 &+ part
        parts += 1
        (part, digits) = (0, 0)
      } else {
        guard byte.isDigit, digits < 8 else { return nil }
        part = part &* 10 &+ UInt128(byte &- 0x30)
        digits += 1
      }
    }
    guard digits > 0 else { return nil }
    number = number &* 100_000_000 &+ part
    for _ in parts..<3 { number = number &* 100_000_000 }
    return Decimal128.rounding(WideInteger(number), exponent: 0, isNegative: false)
  }

  /// Visits the fields of the first record of comma-separated values in a text; returns where the record ended.
  @discardableResult
  static func csvRecord(_ text: Bytes, _ body: (Bytes) -> Void) -> Int {
    var at = 0
    while true {
      if at < text.count && text[at] == .quote {
        var field = ByteBuffer()
        at &+= 1
        while at < text.count {
          if text[at] == .quote {
            at &+= 1
            // Two quotes are a quote; one is the end.
            guard at < text.count, text[at] == .quote else { break }
          }
          field.append(text[at])
          at &+= 1
        }
        while at < text.count, text[at] != .comma, text[at] != .newline, text[at] != .carriageReturn {
          field.append(text[at])
          at &+= 1
        }
        field.withBytes(body)
      } else {
        let start = at
        while at < text.count, text[at] != .comma, text[at] != .newline, text[at] != .carriageReturn { at &+= 1 }
        body(text.part(from: start, to: at))
      }
      guard at < text.count, text[at] == .comma else { break }
      at &+= 1
    }
    if at < text.count && text[at] == .carriageReturn { at &+= 1 }
    if at < text.count && text[at] == .newline { at &+= 1 }
    return at
  }

  /// Appends the first record's fields as an array of strings, as `parse_csv` returns them.
  static func csv(_ text: Bytes, to out: inout ByteBuffer) {
    let mark = out.beginArray()
    var count = 0
    csvRecord(text) { field in
      out.appendString(field)
      count += 1
    }
    out.end(mark, count: count)
  }

  /// Appends the arguments of a Windows command line as an array of strings.
  // The rules of CommandLineToArgvW: the program's name has no escapes; after it, 2n backslashes before a
  // quote are n backslashes, and one more makes the quote a plain character.
  static func commandLine(_ text: Bytes, to out: inout ByteBuffer) {
    let mark = out.beginArray()
    var count = 0
    var at = 0
    func isSpace(_ byte: UInt8) -> Bool { byte == .space || byte == .tab }
    while at < text.count && isSpace(text[at]) { at &+= 1 }
    while at < text.count {
      var argument = ByteBuffer()
      var isQuoted = false
      while at < text.count && (isQuoted || !isSpace(text[at])) {
        var slashes = 0
        while count > 0 && at < text.count && text[at] == .backslash {
          slashes &+= 1
          at &+= 1
        }
        let isQuote = at < text.count && text[at] == .quote
        for _ in 0..<(isQuote ? slashes / 2 : slashes) { argument.append(.backslash) }
        if isQuote && slashes % 2 == 1 {
          argument.append(.quote)
          at &+= 1
        } else if isQuote {
          at &+= 1
          if isQuoted && count > 0 && at < text.count && text[at] == .quote {
            argument.append(.quote)
            at &+= 1
          }
          isQuoted.toggle()
        } else if slashes == 0 {
          argument.append(text[at])
          at &+= 1
        }
      }
      argument.withBytes { out.appendString($0) }
      count += 1
      while at < text.count && isSpace(text[at]) { at &+= 1 }
    }
    out.end(mark, count: count)
  }
}
