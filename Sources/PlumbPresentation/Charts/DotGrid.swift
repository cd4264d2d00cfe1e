/// Dots of a plot area: eight per cell in braille, one per cell in ASCII.
struct DotGrid {
  let columns: Int
  let rows: Int
  private let isASCII: Bool
  private var bits: [UInt8]
  private var styles: [Int8]

  init(columns: Int, rows: Int, isASCII: Bool) {
    self.columns = columns
    self.rows = rows
    self.isASCII = isASCII
    bits = [UInt8](repeating: 0, count: columns * rows)
    styles = [Int8](repeating: -1, count: columns * rows)
  }

  var width: Int { isASCII ? columns : columns * 2 }
  var height: Int { isASCII ? rows : rows * 4 }

  mutating func set(_ x: Int, _ y: Int, _ style: Int) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let cell = isASCII ? y * columns + x : y / 4 * columns + x / 2
    bits[cell] |= isASCII ? 1 : Self.dot[y % 4][x % 2]
    styles[cell] = Int8(clamping: style)
  }

  private static let dot: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// A straight line between two dots. Both ends are inside the grid, or slightly outside.
  mutating func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), _ style: Int) {
    // Bresenham's line, as in Foley and van Dam 3.2.2.
    let limit = 4 * (width + height)
    guard abs(from.x) < limit, abs(to.x) < limit, abs(from.y) < limit, abs(to.y) < limit else { return }
    var (x, y) = from
    let (dx, dy) = (abs(to.x - from.x), -abs(to.y - from.y))
    let (stepX, stepY) = (from.x < to.x ? 1 : -1, from.y < to.y ? 1 : -1)
    var error = dx + dy
    while true {
      set(x, y, style)
      if x == to.x && y == to.y { return }
      let doubled = 2 * error
      if doubled >= dy {
        error += dy
        x += stepX
      }
      if doubled <= dx {
        error += dx
        y += stepY
      }
    }
  }

  /// Draws the dots with the top left cell at a position of the canvas.
  func paint(on canvas: inout TextCanvas, x: Int, y: Int, glyphs: ChartGlyphs) {
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = row * columns + column
        guard bits[cell] != 0 else { continue }
        let style = Int(styles[cell])
        let text = isASCII
          ? glyphs.marker(style)
          : Unicode.Scalar(0x2800 + UInt32(bits[cell])).map { String(Character($0)) } ?? "⣿"
        canvas.put(text, x + column, y + row, .series(style))
      }
    }
  }
}
