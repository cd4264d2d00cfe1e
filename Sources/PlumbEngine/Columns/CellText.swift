/// Cells as text, written straight from a column into an output buffer.
extension Vector {
  /// Whether the cell has no value; a dynamic null counts.
  package func isEmptyCell(at row: Int) -> Bool {
    if isNull(row) { return true }
    return type == .dynamic && DynamicCursor(bytes(at: isConstant ? 0 : row)).isNull
  }

  /// The bytes of a string or dynamic cell.
  package func cellBytes(at row: Int) -> Bytes { bytes(at: isConstant ? 0 : row) }

  /// Appends the result of `tostring`, with the full form of datetimes; nothing for null.
  package func printText(at row: Int, to out: inout ByteBuffer) {
    if isNull(row) { return }
    let place = isConstant ? 0 : row
    switch type {
    case .bool: out.append(lanes(UInt8.self)[place] != 0 ? "true" as StaticString : "false")
    case .int, .long: out.append(decimal: word(at: place))
    case .real: NumberText.print(lanes(Double.self)[place], to: &out)
    case .decimal: lanes(Decimal128.self)[place].print(to: &out)
    case .datetime: DateTime.print(word(at: place), to: &out)
    case .timespan: TimeSpan.print(word(at: place), to: &out)
    case .string: out.append(bytes(at: place))
    case .guid: lanes(GUID.self)[place].print(to: &out)
    case .dynamic: JSONText.printText(DynamicCursor(bytes(at: place)), to: &out)
    }
  }

  /// Appends the cell for people: as text, and datetimes in their shortest form.
  package func printShortText(at row: Int, to out: inout ByteBuffer) {
    if type == .datetime {
      if !isNull(row) { DateTime.printShort(word(at: isConstant ? 0 : row), to: &out) }
    } else {
      printText(at: row, to: &out)
    }
  }

  /// Appends the cell as JSON: numbers, bools and null as such, dynamic values nested, all else in quotes.
  package func printJSON(at row: Int, to out: inout ByteBuffer) {
    if isNull(row) {
      out.append("null" as StaticString)
      return
    }
    let place = isConstant ? 0 : row
    switch type {
    case .bool, .int, .long: printText(at: row, to: &out)
    case .real: NumberText.print(lanes(Double.self)[place], style: .json, to: &out)
    case .string: JSONText.printString(bytes(at: place), to: &out)
    case .dynamic: JSONText.print(DynamicCursor(bytes(at: place)), to: &out)
    case .decimal, .datetime, .timespan, .guid:
      out.append(.quote)
      printText(at: row, to: &out)
      out.append(.quote)
    }
  }

  /// Appends the cell as a KQL literal that reads back as an equal value.
  package func printLiteral(at row: Int, to out: inout ByteBuffer) {
    if isNull(row) {
      out.append(type.name)
      out.append("(null)" as StaticString)
      return
    }
    let place = isConstant ? 0 : row
    switch type {
    case .bool: printText(at: row, to: &out)
    case .string: KQLText.printString(bytes(at: place), to: &out)
    case .dynamic:
      out.append("dynamic(" as StaticString)
      KQLText.print(DynamicCursor(bytes(at: place)), to: &out)
      out.append(.closeParenthesis)
    case .long where word(at: place) >= 0: out.append(decimal: word(at: place))
    case .real: KQLText.printReal(lanes(Double.self)[place], to: &out)
    case .int, .long, .decimal, .datetime, .timespan, .guid:
      out.append(type.name)
      out.append(.openParenthesis)
      printText(at: row, to: &out)
      out.append(.closeParenthesis)
    }
  }
}

/// Values as the literals of KQL.
package enum KQLText {
  /// A string literal.
  package static func string(_ text: String) -> String {
    var out = ByteBuffer()
    text.withUTF8Bytes { printString($0, to: &out) }
    return out.string
  }

  static func printReal(_ value: Double, to out: inout ByteBuffer) {
    out.append("real(" as StaticString)
    if value.isFinite {
      NumberText.print(value, style: .json, to: &out)
    } else {
      out.append(value.isNaN ? "nan" as StaticString : value < 0 ? "-inf" : "+inf")
    }
    out.append(.closeParenthesis)
  }

  /// Appends `text` in double quotes with KQL's escapes.
  static func printString(_ text: Bytes, to out: inout ByteBuffer) {
    JSONText.printQuoted(text, hasBackspace: false, to: &out)
  }

  /// Appends the inside of `dynamic(...)`: JSON, with typed literals for what JSON cannot express.
  static func print(_ cursor: DynamicCursor, to out: inout ByteBuffer) {
    switch cursor.tag {
    case .datetime: wrap("datetime(", cursor, to: &out)
    case .timespan: wrap("timespan(", cursor, to: &out)
    case .guid: wrap("guid(", cursor, to: &out)
    case .decimal: wrap("decimal(", cursor, to: &out)
    case .real where !cursor.double.isFinite: printReal(cursor.double, to: &out)
    case .null, .false, .true, .long, .real: JSONText.print(cursor, to: &out)
    case .string: printString(cursor.text, to: &out)
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

  private static func wrap(_ opening: StaticString, _ cursor: DynamicCursor, to out: inout ByteBuffer) {
    out.append(opening)
    JSONText.printText(cursor, to: &out)
    out.append(.closeParenthesis)
  }
}
