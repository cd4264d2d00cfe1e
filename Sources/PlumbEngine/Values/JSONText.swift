/// JSON text, parsed directly into the compact form of `dynamic` and printed from it.
package enum JSONText {
  /// The position at which text stops being JSON, and why.
  package struct Failure: Error, Equatable, Sendable {
    /// The number of bytes from the start.
    package let position: Int
    /// A sentence without a full stop, such as `a string is not closed`.
    package let reason: String
  }

  /// Appends the compact form of one JSON value that may have white space around it.
  ///
  /// Integers too large for `long` become real, an unpaired surrogate becomes U+FFFD, and the last of several slots with one
  /// key wins. `lenient` also accepts strings and keys in single quotes, as in literals.
  ///
  /// - Parameter asEmitted: whether the text is what a program wrote, which may contain `NaN`, `Infinity` and a comma before a
  ///   closing bracket, and whose whole numbers keep all their digits: those too large for `long` become decimals, or
  ///   strings beyond 34 digits.
  /// - Throws: a failure, with nothing appended.
  package static func parse(
    _ text: Bytes, lenient: Bool = false, asEmitted: Bool = false, to out: inout ByteBuffer
  ) throws(Failure) {
    let start = out.count
    var parser = JSONParser(text, lenient: lenient, asEmitted: asEmitted)
    do throws(Failure) {
      try parser.value(depth: 0, to: &out)
      parser.skipSpace()
      if parser.at < text.count { throw parser.failure("text follows the value") }
    } catch {
      out.truncate(to: start)
      throw error
    }
  }

  /// The compact form of `text`; nil if it is not JSON.
  package static func parse(_ text: Bytes) -> ByteBuffer? {
    var out = ByteBuffer(capacity: text.count + 16)
    do { try parse(text, to: &out) } catch { return nil }
    return out
  }

  /// The tree of `text`; nil if it is not JSON.
  package static func parseTree(_ text: String) -> Dynamic? {
    text.withUTF8Bytes { parse($0) }?.withBytes { DynamicBytes.decode($0) }
  }

  /// Appends a compact value as JSON without spaces; times, spans, guids and decimals are strings.
  package static func print(_ bytes: Bytes, to out: inout ByteBuffer) { print(DynamicCursor(bytes), to: &out) }

  package static func print(_ cursor: DynamicCursor, to out: inout ByteBuffer) {
    switch cursor.tag {
    case .null: out.append("null" as StaticString)
    case .false: out.append("false" as StaticString)
    case .true: out.append("true" as StaticString)
    case .long: out.append(decimal: cursor.int64)
    case .real: NumberText.print(cursor.double, style: .json, to: &out)
    case .string: printString(cursor.text, to: &out)
    case .datetime, .timespan, .guid, .decimal:
      out.append(.quote)
      printText(cursor, to: &out)
      out.append(.quote)
    case .array:
      out.append(.openBracket)
      var isFirst = true
      cursor.forEachElement { element in
        if !isFirst { out.append(.comma) }
        isFirst = false
        print(element, to: &out)
      }
      out.append(.closeBracket)
    case .object:
      out.append(.openBrace)
      var isFirst = true
      cursor.forEachMember { key, value in
        if !isFirst { out.append(.comma) }
        isFirst = false
        printString(key, to: &out)
        out.append(.colon)
        print(value, to: &out)
      }
      out.append(.closeBrace)
    }
  }

  /// Appends the result of `tostring` for a `dynamic` value: a string without quotes, nothing for null, a whole real
  /// without `.0`, arrays and bags as JSON.
  package static func printText(_ cursor: DynamicCursor, to out: inout ByteBuffer) {
    switch cursor.tag {
    case .null: break
    case .false, .true, .long, .array, .object: print(cursor, to: &out)
    case .real: NumberText.print(cursor.double, to: &out)
    case .string: out.append(cursor.text)
    case .datetime: DateTime.print(cursor.int64, to: &out)
    case .timespan: TimeSpan.print(cursor.int64, to: &out)
    case .guid: cursor.guid.print(to: &out)
    case .decimal: cursor.decimal.print(to: &out)
    }
  }

  /// Appends `text` in double quotes, escaped as JSON requires.
  package static func printString(_ text: Bytes, to out: inout ByteBuffer) {
    printQuoted(text, hasBackspace: true, to: &out)
  }

  /// Appends `text` in double quotes; KQL's strings are JSON's except for `\b` and `\f`, which KQL does not have.
  static func printQuoted(_ text: Bytes, hasBackspace: Bool, to out: inout ByteBuffer) {
    out.append(.quote)
    var from = 0
    for i in 0..<text.count {
      let byte = text[i]
      guard byte < 0x20 || byte == .quote || byte == .backslash else { continue }
      out.append(text.part(from: from, to: i))
      from = i &+ 1
      out.append(.backslash)
      switch byte {
      case .quote, .backslash: out.append(byte)
      case 0x08 where hasBackspace: out.append(UInt8(ascii: "b"))
      case .tab: out.append(UInt8(ascii: "t"))
      case .newline: out.append(UInt8(ascii: "n"))
      case 0x0C where hasBackspace: out.append(UInt8(ascii: "f"))
      case .carriageReturn: out.append(UInt8(ascii: "r"))
      default:
        out.append(byte < 0x10 ? "u000" as StaticString : "u001")
        let digit = byte & 15
        out.append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
      }
    }
    out.append(text.part(from: from))
    out.append(.quote)
  }
}
