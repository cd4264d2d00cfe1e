import PlumbDiagnostics

/// Names with the characters of their series, in as many lines as they need.
struct TextLegend {
  private var items: [(text: String, style: Int, x: Int, line: Int)] = []
  private(set) var lines = 0

  init(_ names: [(name: String, style: Int)], _ glyphs: ChartGlyphs, width: Int) {
    var x = 0
    for (name, style) in names {
      let text = "\(glyphs.fill(style)) \(glyphs.shortened(name, to: max(6, width / 4)))"
      let columns = DisplayWidth.columns(of: text)
      if lines == 0 || x + columns > width {
        lines += 1
        x = 0
      }
      items.append((text, style, x, lines - 1))
      x += columns + 2
    }
  }

  /// Puts the names on the canvas from a row on.
  func paint(on canvas: inout TextCanvas, _ row: Int) {
    for item in items { canvas.put(item.text, item.x, row + item.line, .series(item.style)) }
  }
}
