import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The cells of a sheet as SpreadsheetML (ECMA-376, part 1, chapter 18).
struct SheetCells {
  /// Limits of Excel.
  static let maximumRows = 1 << 20
  static let maximumColumns = 1 << 14
  static let maximumText = 32_767

  static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n" as StaticString

  /// Numbers of the workbook's styles.
  private enum Style: UInt64 {
    case general, whole, moment, span, header
  }

  private let names: [String]
  /// The letters of each column: `A` to `XFD`.
  private let letters: [[UInt8]]
  private var scratch = ByteBuffer(capacity: 256)
  private var line = 0
  private var hasFinerTimes = false
  private var hasLongNumbers = false

  init(_ names: [String]) {
    self.names = names
    letters = names.indices.map(Self.letters)
  }

  /// What a reader may want to know of values that a sheet has no room for.
  var notes: [String] {
    (hasFinerTimes ? ["a workbook has times to the millisecond; finer digits are left out"] : [])
      + (hasLongNumbers ? ["numbers of more than 15 digits are texts, since a workbook would round them"] : [])
  }

  mutating func begin(_ schema: Schema, to out: inout ByteBuffer) {
    out.append(Self.declaration)
    out.append("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">" as StaticString)
    out.append("<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>" as StaticString)
    if !schema.isEmpty {
      out.append("<cols>" as StaticString)
      for (i, column) in schema.enumerated() {
        let width = min(max(Self.width(column.type), column.name.count + 2), 60)
        out.append("<col min=\"\(i + 1)\" max=\"\(i + 1)\" width=\"\(width)\" customWidth=\"1\"/>")
      }
      out.append("</cols>" as StaticString)
    }
    out.append("<sheetData>" as StaticString)
    line = 1
    out.append("<row r=\"1\">" as StaticString)
    for (i, column) in schema.enumerated() {
      column.name.withUTF8Bytes { beginText(i, .header, to: &out); Self.append($0, to: &out); endText(to: &out) }
    }
    out.append("</row>" as StaticString)
  }

  func end(to out: inout ByteBuffer) { out.append("</sheetData></worksheet>" as StaticString) }

  /// - Throws: `cell-too-long` for a text that no cell holds.
  mutating func append(_ columns: [Vector], _ row: Int, to out: inout ByteBuffer) throws {
    line += 1
    out.append("<row r=\"" as StaticString)
    out.append(decimal: UInt64(line))
    out.append("\">" as StaticString)
    for (i, column) in columns.enumerated() where !column.isEmptyCell(at: row) {
      let place = column.isConstant ? 0 : row
      switch column.type {
      case .bool:
        begin(i, .general, "b", to: &out)
        out.append("<v>" as StaticString)
        scratch.removeAll()
        column.printText(at: row, to: &scratch)
        out.append(scratch.withBytes { $0.first == UInt8(ascii: "t") } ? "1" as StaticString : "0")
        out.append("</v></c>" as StaticString)
      case .int, .long:
        let value = column.word(at: place)
        if value.magnitude <= 1 << 53 {
          begin(i, .whole, nil, to: &out)
          out.append("<v>" as StaticString)
          out.append(decimal: value)
          out.append("</v></c>" as StaticString)
        } else {
          hasLongNumbers = true
          try appendText(of: column, i, row, to: &out)
        }
      case .real, .decimal:
        scratch.removeAll()
        column.printText(at: row, to: &scratch)
        let isExact = scratch.withBytes { Self.isNumber($0) && (column.type == .real || Self.digits($0) <= 15) }
        if column.type == .decimal, !isExact { hasLongNumbers = true }
        if isExact {
          begin(i, .general, nil, to: &out)
          out.append("<v>" as StaticString)
          scratch.withBytes { out.append($0) }
          out.append("</v></c>" as StaticString)
        } else {
          try appendText(of: column, i, row, to: &out)
        }
      case .datetime: try appendTime(column.word(at: place) &- Self.dayZero, from: Self.firstDay, .moment, column, i, row, to: &out)
      case .timespan: try appendTime(column.word(at: place), from: 0, .span, column, i, row, to: &out)
      case .string: try append(column.cellBytes(at: row), i, to: &out)
      case .dynamic, .guid: try appendText(of: column, i, row, to: &out)
      }
    }
    out.append("</row>" as StaticString)
  }

  // MARK: Times

  private static let ticksOfDay: Int64 = 864_000_000_000
  private static let ticksOfMillisecond: Int64 = 10_000
  /// Excel counts days from 1899-12-30, and has a 29 February 1900, so that its dates are right from the next day on.
  private static let dayZero: Int64 = 693_593 * ticksOfDay
  private static let firstDay: Int64 = 61 * ticksOfDay
  /// The end of the year 9999.
  private static let lastDay: Int64 = 2_958_466 * ticksOfDay

  /// A number of days if a sheet can show it, else the text.
  private mutating func appendTime(
    _ ticks: Int64, from lowest: Int64, _ style: Style, _ column: Vector, _ i: Int, _ row: Int, to out: inout ByteBuffer
  ) throws {
    guard ticks >= lowest, ticks < Self.lastDay else { return try appendText(of: column, i, row, to: &out) }
    if ticks % Self.ticksOfMillisecond != 0 { hasFinerTimes = true }
    begin(i, style, nil, to: &out)
    out.append("<v>" as StaticString)
    NumberText.print(Double(ticks / Self.ticksOfMillisecond) / Double(Self.ticksOfDay / Self.ticksOfMillisecond), style: .json, to: &out)
    out.append("</v></c>" as StaticString)
  }

  // MARK: Texts

  private mutating func appendText(of column: Vector, _ i: Int, _ row: Int, to out: inout ByteBuffer) throws {
    scratch.removeAll()
    column.printText(at: row, to: &scratch)
    let text = scratch
    try text.withBytes { try append($0, i, to: &out) }
  }

  private func append(_ text: Bytes, _ i: Int, to out: inout ByteBuffer) throws {
    if text.isEmpty { return }
    // A character in UTF-16 has at least one byte, and one of four bytes counts twice.
    if text.count > Self.maximumText {
      let count = text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : $1 >= 0xF0 ? 2 : 1) }
      guard count <= Self.maximumText else {
        throw Diagnostic(
          "cell-too-long", "`\(names[i])` has a text of \(NumberText.grouped(count)) characters in row \(NumberText.grouped(line - 1)), and a cell holds \(NumberText.grouped(Self.maximumText))",
          help: "shorten it, as with `| extend \(KQLName.inQuery(names[i])) = substring(\(KQLName.inQuery(names[i])), 0, \(Self.maximumText))`, or write Parquet or CSV")
      }
    }
    beginText(i, .general, to: &out)
    Self.append(text, to: &out)
    endText(to: &out)
  }

  private func beginText(_ i: Int, _ style: Style, to out: inout ByteBuffer) {
    begin(i, style, "inlineStr", to: &out)
    out.append("<is><t xml:space=\"preserve\">" as StaticString)
  }

  private func endText(to out: inout ByteBuffer) { out.append("</t></is></c>" as StaticString) }

  private func begin(_ i: Int, _ style: Style, _ type: StaticString?, to out: inout ByteBuffer) {
    out.append("<c r=\"" as StaticString)
    out.append(letters[i])
    out.append(decimal: UInt64(line))
    out.append(.quote)
    if style != .general {
      out.append(" s=\"" as StaticString)
      out.append(decimal: style.rawValue)
      out.append(.quote)
    }
    if let type {
      out.append(" t=\"" as StaticString)
      out.append(type)
      out.append(.quote)
    }
    out.append(.greaterThan)
  }

  /// Appends a text as XML. What XML cannot have is `_x0007_`, as is a text that looks so (22.9.2.19, ST_Xstring).
  private static func append(_ text: Bytes, to out: inout ByteBuffer) {
    var from = 0
    for i in 0..<text.count {
      let byte = text[i]
      // Letters, and most of what is not ASCII.
      if byte > 0x20, byte != .ampersand, byte != .lessThan, byte != .greaterThan, byte != .underscore, byte != 0xEF { continue }
      let length: Int
      let replacement: String
      switch byte {
      case .ampersand: (replacement, length) = ("&amp;", 1)
      case .lessThan: (replacement, length) = ("&lt;", 1)
      case .greaterThan: (replacement, length) = ("&gt;", 1)
      case .tab, .newline, .space: continue
      case .underscore:
        guard i &+ 6 < text.count, text[i &+ 1] == UInt8(ascii: "x"), text[i &+ 6] == .underscore,
          (2...5).allSatisfy({ text[i &+ $0].hexValue != nil })
        else { continue }
        (replacement, length) = ("_x005F_", 1)
      case 0xEF:
        // U+FFFE and U+FFFF.
        guard i &+ 2 < text.count, text[i &+ 1] == 0xBF, text[i &+ 2] >= 0xBE else { continue }
        (replacement, length) = (text[i &+ 2] == 0xBE ? "_xFFFE_" : "_xFFFF_", 3)
      default:
        let digits = Array("0123456789ABCDEF")
        (replacement, length) = ("_x00\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])_", 1)
      }
      out.append(text.part(from: from, to: i))
      out.append(replacement)
      from = i &+ length
    }
    out.append(text.part(from: from))
  }

  /// A text in an attribute.
  static func escaped(_ text: String) -> String {
    var out = ByteBuffer()
    text.withUTF8Bytes { append($0, to: &out) }
    return out.string.replacing("\"", with: "&quot;")
  }

  // MARK: Numbers

  private static func isNumber(_ text: Bytes) -> Bool {
    // The letters are those of `1e+300`; others spell infinities.
    text.allSatisfy { $0 >= .digitZero && $0 <= .digitNine || $0 == .minus || $0 == .plus || $0 == .fullStop || $0 | 0x20 == UInt8(ascii: "e") }
  }

  private static func digits(_ text: Bytes) -> Int {
    text.reduce(0) { $0 + ($1 >= .digitZero && $1 <= .digitNine ? 1 : 0) }
  }

  private static func letters(_ column: Int) -> [UInt8] {
    var rest = column
    var letters: [UInt8] = []
    repeat {
      letters.insert(UInt8(ascii: "A") + UInt8(rest % 26), at: 0)
      rest = rest / 26 - 1
    } while rest >= 0
    return letters
  }

  private static func width(_ type: ScalarType) -> Int {
    switch type {
    case .bool: 8
    case .int, .long, .real, .decimal, .timespan: 14
    case .datetime, .string, .dynamic: 24
    case .guid: 38
    }
  }
}
