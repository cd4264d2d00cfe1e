import PlumbDiagnostics
import PlumbEngine

/// Lines of cards for a terminal: texts wrapped to its width, bars, colours.
package struct CardPage {
  package typealias Ink = Palette.Ink

  package let width: Int
  package let isASCII: Bool
  private let palette: Palette?
  package private(set) var text = ""
  /// The number of texts that were cut to fit.
  package private(set) var shortened = 0

  package init(_ options: FormatOptions) {
    width = min(max(options.width ?? 80, 20), 120)
    isASCII = options.isASCII
    palette = options.palette
  }

  package mutating func line(_ line: String = "") { text += line + "\n" }

  package func styled(_ text: String, _ ink: Ink) -> String { palette.styled(text, ink) }

  /// The text in exactly `columns`, cut or padded.
  package mutating func cell(_ text: String, _ columns: Int, isRight: Bool = false) -> String {
    let shown = fitted(text, columns)
    let padding = String(repeating: " ", count: max(0, columns - DisplayWidth.columns(of: shown)))
    return isRight ? padding + shown : shown + padding
  }

  /// The text in at most `columns`.
  package mutating func fitted(_ text: String, _ columns: Int) -> String {
    if DisplayWidth.columns(of: text) <= columns { return text }
    shortened += 1
    return ChartGlyphs(isASCII: isASCII).shortened(text, to: max(1, columns))
  }

  /// A text next to a label, wrapped at spaces; further lines are aligned with its beginning.
  package mutating func folded(_ text: String, after label: String, indent: Int, _ ink: Ink = .plain, atMost most: Int = .max) {
    let room = max(8, width - indent)
    var lines: [String] = []
    var line = ""
    var columns = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      for piece in Self.pieces(of: word, room) {
        let taken = DisplayWidth.columns(of: piece)
        if columns > 0, columns + 1 + taken > room {
          lines.append(line)
          line = ""
          columns = 0
        }
        line += columns > 0 ? " " + piece : piece
        columns += taken + (columns > 0 ? 1 : 0)
      }
    }
    if columns > 0 || lines.isEmpty { lines.append(line) }
    if lines.count > most {
      lines = Array(lines.prefix(most))
      var last = lines[most - 1].split(separator: " ")
      while last.count > 1, DisplayWidth.columns(of: last.joined(separator: " ")) > room - 2 { last.removeLast() }
      lines[most - 1] = ChartGlyphs(isASCII: isASCII).shortened(last.joined(separator: " "), to: room - 2) + (isASCII ? " ~" : " …")
      shortened += 1
    }
    for (i, line) in lines.enumerated() {
      let lead = i == 0 ? cell(label, indent) : String(repeating: " ", count: indent)
      self.line(styled(lead, .quiet) + styled(line, ink))
    }
  }

  /// A word, in pieces if it is longer than a line.
  private static func pieces(of word: Substring, _ room: Int) -> [String] {
    if DisplayWidth.columns(of: String(word)) <= room { return [String(word)] }
    var pieces: [String] = []
    var piece = ""
    var columns = 0
    for character in word {
      let taken = DisplayWidth.columns(of: character)
      if columns + taken > room {
        pieces.append(piece)
        piece = ""
        columns = 0
      }
      piece.append(character)
      columns += taken
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }

  /// A bar of `columns` for a share, its interval in lighter shades; nothing extends beyond its end.
  package func bar(_ share: Double, low: Double, high: Double, _ columns: Int, _ ink: Ink) -> String {
    func cells(_ share: Double) -> Int {
      share.isFinite ? Int((min(max(share, 0), 1) * Double(columns)).rounded()) : 0
    }
    let middle = share > 0.005 ? max(1, cells(share)) : cells(share)
    let (start, end) = (min(cells(low), middle), max(cells(high), middle))
    let signs = isASCII ? ["#", "=", "-", "."] : ["█", "▓", "▒", "░"]
    let shares = [start, middle - start, end - middle, columns - end]
    let parts = zip(signs, shares).map { String(repeating: $0, count: max(0, $1)) }
    return styled(parts[0] + parts[1] + parts[2], ink) + styled(parts[3], .quiet)
  }

  /// The text without spaces at its end.
  package static func trimmed(_ text: String) -> String { String(text.reversed().drop { $0 == " " }.reversed()) }

  /// `94`, `9.4`, `0.4`: a share in percent, without the sign.
  package static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "?" }
    let value = share * 100
    return ChartNumber.fixed(value, value >= 9.95 || value == 0 ? 0 : 1)
  }

  /// Four digits: `0.9682`, `11.89`.
  package static func number(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    let magnitude = abs(value)
    if magnitude >= 1000 { return ChartNumber.text(value) }
    let text = ChartNumber.fixed(value, magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : 3)
    guard text.contains(".") else { return text }
    let digits = text.reversed().drop { $0 == "0" }
    return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
  }
}

/// A row of an answer by the names of its columns, for cards.
package struct CardRow {
  private let columns: [String: (Vector, ScalarType)]
  private let row: Int
  /// Only this much of a text is read for a card.
  private static let longest = 20_000

  package init(_ answer: Answer, _ vectors: [Vector], _ row: Int) {
    columns = Dictionary(
      zip(answer.schema, vectors).map { ($0.name, ($1, $0.type)) }, uniquingKeysWith: { first, _ in first })
    self.row = row
  }

  /// The cell as people read it; empty for null.
  package func text(_ name: String) -> String {
    guard let (vector, type) = columns[name], !vector.isEmptyCell(at: row) else { return "" }
    if type == .string {
      return VisibleText.string(String(decoding: vector.cellBytes(at: row).part(from: 0, to: Self.longest), as: UTF8.self))
    }
    var buffer = ByteBuffer()
    vector.printShortText(at: row, to: &buffer)
    buffer.truncate(to: min(buffer.count, Self.longest))
    return VisibleText.string(buffer.string)
  }

  /// The cell itself; nil if the column does not exist.
  package func value(_ name: String) -> Value? { columns[name].map { $0.0.value(at: row) } }

  package func real(_ name: String) -> Double? {
    guard let (vector, _) = columns[name] else { return nil }
    switch vector.value(at: row) {
    case .real(let number): return number.isFinite ? number : nil
    case .long(let number): return Double(number)
    case .int(let number): return Double(number)
    case .null, .bool, .decimal, .datetime, .timespan, .string, .guid, .dynamic: return nil
    }
  }
}
