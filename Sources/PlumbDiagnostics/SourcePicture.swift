/// The lines of a source text that a span touches, ready to be drawn with carets under them.
struct SourcePicture {
  struct Line {
    /// Nil for omitted lines.
    var number: Int?
    var text: String
    /// Columns before the first caret.
    var caretColumn: Int
    var caretCount: Int
  }

  private(set) var lines: [Line] = []
  private(set) var firstLineNumber = 1
  private(set) var lastLineNumber = 1
  /// In characters, from 1.
  private(set) var firstColumn = 1

  private let bytes: [UInt8]
  private let maximumColumns: Int

  init(of span: SourceSpan, in source: String, maximumColumns: Int) {
    bytes = Array(source.utf8)
    self.maximumColumns = maximumColumns
    let lower = characterStart(at: min(max(0, span.lower), bytes.count))
    let upper = min(max(lower, span.upper), bytes.count)
    // A span that ends with a line feed ends on the line before it.
    let last = upper > lower ? upper - 1 : lower

    firstLineNumber = bytes[..<lower].count(where: { $0 == newline }) + 1
    lastLineNumber = firstLineNumber + bytes[lower..<max(lower, last)].count(where: { $0 == newline })
    let firstBounds = line(around: lower)
    firstColumn = text(firstBounds.lowerBound..<max(firstBounds.lowerBound, lower)).count + 1

    if firstLineNumber == lastLineNumber {
      draw(firstLineNumber, firstBounds, marking: lower..<upper)
      return
    }
    let lastBounds = line(around: last)
    let indent = bytes[lastBounds].prefix { $0 == .space || $0 == .tab }.count
    draw(firstLineNumber, firstBounds, marking: lower..<max(lower, firstBounds.upperBound))
    if lastLineNumber > firstLineNumber + 1 {
      lines.append(Line(number: nil, text: "", caretColumn: 0, caretCount: 0))
    }
    let lastStart = min(lastBounds.lowerBound + indent, upper)
    draw(lastLineNumber, lastBounds, marking: lastStart..<upper)
  }

  private let newline = UInt8(ascii: "\n")

  private func characterStart(at offset: Int) -> Int {
    var offset = offset
    while offset > 0, offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset -= 1 }
    return offset
  }

  /// The line that contains an offset, without its line feed and a carriage return before that.
  private func line(around offset: Int) -> Range<Int> {
    let start = bytes[..<offset].lastIndex(of: newline).map { $0 + 1 } ?? 0
    var end = bytes[offset...].firstIndex(of: newline) ?? bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private mutating func draw(_ number: Int, _ bounds: Range<Int>, marking marked: Range<Int>) {
    var cells: [(text: String, width: Int)] = []
    var column = 0
    var caretStart = 0
    var caretEnd = 0
    var offset = bounds.lowerBound
    for character in text(bounds) {
      if offset <= marked.lowerBound { caretStart = column }
      if character == "\t" {
        let width = 4 - column % 4
        cells.append((String(repeating: " ", count: width), width))
        column += width
      } else {
        let shown = visible(character)
        cells.append((String(shown), DisplayWidth.columns(of: shown)))
        column += cells[cells.count - 1].width
      }
      if offset < marked.upperBound { caretEnd = column }
      offset += character.utf8.count
    }
    if offset <= marked.lowerBound { caretStart = column }
    let caretCount = max(1, caretEnd - caretStart)
    if column <= maximumColumns {
      let shown = cells.map(\.text).joined()
      lines.append(
        Line(number: number, text: shown, caretColumn: caretStart, caretCount: caretCount))
    } else {
      lines.append(cut(cells, caretStart: caretStart, caretCount: caretCount, number: number))
    }
  }

  /// Keeps a window of the line that starts shortly before the carets.
  private func cut(
    _ cells: [(text: String, width: Int)], caretStart: Int, caretCount: Int, number: Int
  ) -> Line {
    let total = cells.reduce(0) { $0 + $1.width }
    let room = maximumColumns - 2
    let shownCarets = min(caretCount, room)
    var windowStart = max(0, caretStart - (room - shownCarets) / 2)
    windowStart = min(windowStart, max(0, total + 1 - room))
    var shown = windowStart > 0 ? "…" : ""
    var shift = windowStart > 0 ? 1 : 0
    var column = 0
    var isFirst = true
    var isCut = false
    for cell in cells {
      defer { column += cell.width }
      if column < windowStart { continue }
      if isFirst {
        // A wide character on the edge is left out entirely.
        shift -= column
        isFirst = false
      }
      if column + cell.width > windowStart + room {
        isCut = true
        break
      }
      shown += cell.text
    }
    if isFirst { shift -= column }
    if isCut { shown += "…" }
    let caretColumn = max(0, caretStart + shift)
    return Line(
      number: number, text: shown, caretColumn: caretColumn,
      caretCount: max(1, min(shownCarets, maximumColumns - caretColumn)))
  }
}
