import PlumbDiagnostics
import PlumbEngine

/// A grid of a terminal's cells on which a chart is drawn.
struct TextCanvas {
  /// How a cell is coloured: by its series, or as part of the frame.
  typealias Ink = Palette.Ink

  private struct Cell {
    /// Empty after a wide character.
    var text: String = " "
    var ink = Ink.plain
  }

  let width: Int
  private(set) var height: Int
  private var cells: [Cell]

  init(width: Int, height: Int) {
    self.width = max(1, width)
    self.height = max(0, height)
    cells = [Cell](repeating: Cell(), count: self.width * self.height)
  }

  /// Writes a text from `x` on, cut at the edge.
  mutating func put(_ text: String, _ x: Int, _ y: Int, _ ink: Ink = .plain) {
    guard y >= 0, y < height else { return }
    var x = x
    for character in text {
      let columns = DisplayWidth.columns(of: character)
      if columns == 0 { continue }
      if x + columns > width { return }
      if x >= 0 {
        cells[y * width + x] = Cell(text: String(character), ink: ink)
        if columns == 2 { cells[y * width + x + 1] = Cell(text: "", ink: ink) }
      }
      x += columns
    }
  }

  /// Writes a text so that it ends before `x`.
  mutating func put(_ text: String, endingAt x: Int, _ y: Int, _ ink: Ink = .plain) {
    put(text, x - DisplayWidth.columns(of: text), y, ink)
  }

  /// Writes a text around `x`, moved inside `range`.
  mutating func put(_ text: String, around x: Int, within range: Range<Int>, _ y: Int, _ ink: Ink = .plain) {
    let columns = DisplayWidth.columns(of: text)
    put(text, max(range.lowerBound, min(x - columns / 2, range.upperBound - columns)), y, ink)
  }

  func isBlank(_ x: Int, _ y: Int) -> Bool {
    guard x >= 0, x < width, y >= 0, y < height else { return true }
    return cells[y * width + x].text == " "
  }

  mutating func addLines(_ count: Int) {
    guard count > 0 else { return }
    cells += [Cell](repeating: Cell(), count: width * count)
    height += count
  }

  /// Appends the lines without the blanks at their ends.
  func print(_ palette: Palette?, to out: inout ByteBuffer) {
    for y in 0..<height {
      let row = cells[y * width..<(y + 1) * width]
      let used = row.lastIndex { $0.text != " " }.map { row[...$0] } ?? row.prefix(0)
      var current = Ink.plain
      for cell in used {
        if let palette, cell.ink != current, cell.text != " " {
          if current != .plain { out.append(Palette.end) }
          out.append(palette.start(cell.ink))
          current = cell.ink
        }
        out.append(cell.text)
      }
      if current != .plain { out.append(Palette.end) }
      out.append(.newline)
    }
  }
}

/// The characters with which charts are drawn, in Unicode or in ASCII.
struct ChartGlyphs {
  let isASCII: Bool

  func marker(_ style: Int) -> String {
    let signs = isASCII ? ["*", "o", "+", "x", "#", "@", "."] : ["●", "■", "▲", "◆", "✚", "✖", "·"]
    return signs[min(max(style, 0), 6)]
  }

  func fill(_ style: Int) -> String {
    let signs = isASCII ? ["#", "=", "+", ":", "%", "o", "."] : ["█", "▒", "▚", "░", "▓", "╳", "·"]
    return signs[min(max(style, 0), 6)]
  }

  /// Shades from least to most.
  var shades: [String] { isASCII ? [".", ":", "+", "*", "#", "@"] : ["·", "░", "▒", "▓", "█"] }

  var horizontal: String { isASCII ? "-" : "─" }
  var vertical: String { isASCII ? "|" : "│" }
  var tickLeft: String { isASCII ? "+" : "┤" }
  var tickDown: String { isASCII ? "+" : "┬" }
  var corner: String { isASCII ? "+" : "└" }
  var anomaly: String { isASCII ? "!" : "◉" }
  var ellipsis: String { isASCII ? "~" : "…" }

  /// A bar of `eighths` of a cell, growing to the right.
  func lying(_ eighths: Int) -> String {
    if isASCII { return eighths >= 4 ? "#" : "" }
    return ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"][min(max(eighths, 0), 8)]
  }

  /// A bar of `eighths` of a cell, growing upwards.
  func standing(_ eighths: Int) -> String {
    if isASCII { return eighths >= 4 ? "#" : "" }
    return ["", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][min(max(eighths, 0), 8)]
  }

  /// The character of lines that leave a point up, down, left and right.
  func joint(up: Bool, down: Bool, left: Bool, right: Bool) -> String {
    let index = (up ? 1 : 0) + (down ? 2 : 0) + (left ? 4 : 0) + (right ? 8 : 0)
    if isASCII { return index == 0 ? " " : index <= 3 ? "|" : index & 3 == 0 ? "-" : "+" }
    return [" ", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼"][index]
  }

  /// The text in at most `width` columns.
  func shortened(_ text: String, to width: Int) -> String {
    if DisplayWidth.columns(of: text) <= width { return text }
    var kept = ""
    var columns = 0
    for character in text {
      let next = DisplayWidth.columns(of: character)
      if columns + next > width - 1 { break }
      kept.append(character)
      columns += next
    }
    return width > 0 ? kept + ellipsis : ""
  }
}
