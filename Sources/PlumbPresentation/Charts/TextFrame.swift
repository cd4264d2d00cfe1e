import PlumbDiagnostics

/// The axes of a chart in text: where the plot area is, and everything around it.
struct TextFrame {
  let left: Int
  let top: Int
  let columns: Int
  let rows: Int
  let x: ChartAxis
  let y: ChartAxis

  /// - Parameters:
  ///   - right: columns reserved for names on the right.
  ///   - width, height: of the whole chart, with axes but without its title.
  init(x: ChartAxis, y: ChartAxis, top: Int, right: Int, width: Int, height: Int, tickCount: Int) {
    self.x = x
    self.y = y
    self.top = top
    let labels = y.ticks(atMost: tickCount).map { DisplayWidth.columns(of: $0.label) }
    left = min((labels.max() ?? 1) + 2, max(3, width / 3))
    columns = max(8, width - left - right)
    rows = max(3, height - 3)
  }

  /// The number of lines of the frame, without the title.
  var lines: Int { rows + 3 }

  var range: Range<Int> { left..<(left + columns) }

  func column(_ value: Double) -> Int {
    left + min(max(Int(bounded: (x.fraction(value) * Double(columns - 1)).rounded()), 0), columns - 1)
  }

  func row(_ value: Double) -> Int {
    top + min(max(Int(bounded: ((1 - y.fraction(value)) * Double(rows - 1)).rounded()), 0), rows - 1)
  }

  func dot(_ at: ClippedLine.Place, in grid: DotGrid) -> (x: Int, y: Int) {
    (place(at.x, grid.width), place(1 - at.y, grid.height))
  }

  func place(_ fraction: Double, _ count: Int) -> Int {
    guard fraction.isFinite else { return 0 }
    return Int(bounded: (min(max(fraction, -1), 2) * Double(count - 1)).rounded())
  }

  /// Draws the axes with their ticks.
  func paint(on canvas: inout TextCanvas, _ glyphs: ChartGlyphs) {
    for row in 0..<rows { canvas.put(glyphs.vertical, left - 1, top + row, .quiet) }
    let wanted = rows >= 12 ? 6 : rows >= 6 ? 4 : 2
    for tick in y.ticks(atMost: wanted) where y.fraction(tick.value) > -0.01 && y.fraction(tick.value) < 1.01 {
      let at = row(tick.value)
      canvas.put(glyphs.shortened(tick.label, to: left - 2), endingAt: left - 1, at)
      canvas.put(glyphs.tickLeft, left - 1, at, .quiet)
    }
    let base = top + rows
    canvas.put(glyphs.corner + String(repeating: glyphs.horizontal, count: columns), left - 1, base, .quiet)
    var free = left - 1
    for tick in x.ticks(atMost: max(2, columns / 11)) {
      let at = column(tick.value)
      let label = glyphs.shortened(tick.label, to: max(3, columns / 3))
      let width = DisplayWidth.columns(of: label)
      let start = max(left - 1, min(at - width / 2, left + columns - width))
      if start < free { continue }
      canvas.put(glyphs.tickDown, at, base, .quiet)
      canvas.put(label, start, base + 1)
      free = start + width + 1
    }
    let context = [x.title, x.context].filter { !$0.isEmpty }.joined(separator: ", ")
    canvas.put(glyphs.shortened(context, to: columns), around: left + columns / 2, within: range, base + 2, .quiet)
  }
}
