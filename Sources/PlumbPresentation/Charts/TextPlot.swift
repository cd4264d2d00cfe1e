import PlumbDiagnostics

/// Lines, areas and marks as text.
struct TextPlot {
  let plot: Plot
  let glyphs: ChartGlyphs
  let width: Int
  let height: Int
  let hasNames: Bool

  func paint() -> TextCanvas {
    let names = hasNames && plot.series.count > 1 ? plot.series.map { DisplayWidth.columns(of: $0.name) + 2 } : []
    let right = min(names.max().map { $0 + 1 } ?? 0, width / 3)
    let hasTitle = !plot.y.title.isEmpty
    let frame = TextFrame(
      x: plot.x, y: plot.y, top: hasTitle ? 1 : 0, right: right, width: width, height: height, tickCount: 6)
    var canvas = TextCanvas(width: width, height: frame.lines + (hasTitle ? 1 : 0))
    if hasTitle { canvas.put(glyphs.shortened(plot.y.title, to: width), 0, 0, .quiet) }
    frame.paint(on: &canvas, glyphs)
    if plot.style == .stacked { paintBands(on: &canvas, frame) } else { paintLines(on: &canvas, frame) }
    for series in plot.series {
      for mark in series.marks where plot.shows(mark) { canvas.put(glyphs.anomaly, frame.column(mark.x), frame.row(mark.y), .series(5)) }
    }
    if right > 0 { paintNames(on: &canvas, frame, right) }
    return canvas
  }

  private func paintLines(on canvas: inout TextCanvas, _ frame: TextFrame) {
    var grid = DotGrid(columns: frame.columns, rows: frame.rows, isASCII: glyphs.isASCII)
    let isFilled = plot.style == .areas && plot.series.count == 1
    for series in plot.series where !isMarked {
      for segment in series.segments {
        if plot.style == .points {
          for point in segment where plot.shows(point) {
            let dot = frame.dot(plot.place(point), in: grid)
            grid.set(dot.x, dot.y, series.style)
          }
          continue
        }
        let line = plot.clipped(segment)
        for part in line.parts {
          let dots = part.map { frame.dot($0, in: grid) }
          if dots.count == 1 { grid.set(dots[0].x, dots[0].y, series.style) }
          for i in 1..<max(1, dots.count) { grid.line(dots[i - 1], dots[i], series.style) }
        }
        if isFilled { fill(line.edge.map { frame.dot($0, in: grid) }, &grid, frame, series.style) }
      }
    }
    grid.paint(on: &canvas, x: frame.left, y: frame.top, glyphs: glyphs)
    paintMarkers(on: &canvas, frame)
  }

  /// Whether every point has a shape of its own: rows of a scatter chart, unless there are too many to distinguish.
  private var isMarked: Bool {
    plot.style == .points && (plot.series.count > 1 || plot.series.reduce(0) { $0 + $1.points.count } <= width * height / 8)
  }

  /// Fills from a line to zero.
  private func fill(_ dots: [(x: Int, y: Int)], _ grid: inout DotGrid, _ frame: TextFrame, _ style: Int) {
    let zero = frame.place(1 - plot.y.fraction(max(plot.y.lower, min(0, plot.y.upper))), grid.height)
    for i in 1..<max(1, dots.count) {
      let (from, to) = (dots[i - 1], dots[i])
      guard from.x <= to.x else { continue }
      for x in from.x...to.x {
        let share = to.x == from.x ? 1 : Double(x - from.x) / Double(to.x - from.x)
        let y = Int(bounded: (Double(from.y) + share * Double(to.y - from.y)).rounded())
        for row in min(y, zero)...max(y, zero) { grid.set(x, row, style) }
      }
    }
  }

  /// Shapes on the lines, which distinguish them without colours; staggered if there are many points.
  private func paintMarkers(on canvas: inout TextCanvas, _ frame: TextFrame) {
    guard isMarked || plot.style != .points && plot.series.count > 1 else {
      for segment in plot.series.first?.segments ?? []
      where segment.count == 1 && plot.style != .points && plot.shows(segment[0]) {
        canvas.put(glyphs.marker(0), frame.column(segment[0].x), frame.row(segment[0].y), .series(0))
      }
      return
    }
    let spacing = plot.style == .points ? 1 : max(1, frame.columns / 6)
    for (i, series) in plot.series.enumerated() {
      let points = series.points
      var next = frame.left + i * spacing / max(1, plot.series.count)
      for point in points where plot.shows(point) {
        let column = frame.column(point.x)
        if plot.style != .points && column < next { continue }
        canvas.put(glyphs.marker(series.style), column, frame.row(point.y), .series(series.style))
        next = column + spacing
      }
    }
  }

  /// Each cell shows the character of the band at its centre.
  private func paintBands(on canvas: inout TextCanvas, _ frame: TextFrame) {
    for column in 0..<frame.columns {
      let share = frame.columns > 1 ? Double(column) / Double(frame.columns - 1) : 0.5
      let x = plot.x.lower + share * (plot.x.upper - plot.x.lower)
      for series in plot.series {
        guard let (base, top) = series.band(at: x), top > base else { continue }
        let low = (plot.y.fraction(base) * Double(frame.rows)).rounded()
        let high = (plot.y.fraction(top) * Double(frame.rows)).rounded()
        guard low.isFinite, high.isFinite, high > low else { continue }
        for row in Int(bounded: max(low, 0))..<max(Int(bounded: max(low, 0)), Int(bounded: min(high, Double(frame.rows)))) {
          canvas.put(
            glyphs.fill(series.style), frame.left + column, frame.top + frame.rows - 1 - row, .series(series.style))
        }
      }
    }
  }

  /// The names at the right ends of their lines, moved apart if they would overlap.
  private func paintNames(on canvas: inout TextCanvas, _ frame: TextFrame, _ right: Int) {
    var wanted = plot.series.compactMap { series -> (row: Int, series: PlotSeries)? in
      guard let last = series.points.last else { return nil }
      return (frame.row(plot.style == .stacked ? (last.base + last.y) / 2 : last.y), series)
    }
    wanted.sort { $0.row < $1.row }
    for i in wanted.indices.dropFirst() { wanted[i].row = max(wanted[i].row, wanted[i - 1].row + 1) }
    var lowest = frame.top + frame.rows
    for i in wanted.indices.reversed() {
      lowest = min(wanted[i].row, lowest - 1)
      wanted[i].row = lowest
    }
    for (row, series) in wanted {
      let sign = plot.style == .stacked ? glyphs.fill(series.style) : glyphs.marker(series.style)
      let name = glyphs.shortened(series.name, to: right - 3)
      canvas.put("\(sign) \(name)", frame.left + frame.columns + 1, row, .series(series.style))
    }
  }
}

extension PlotSeries {
  /// The base and top of a stacked band at an x between its points.
  func band(at x: Double) -> (Double, Double)? {
    guard let points = segments.first, let first = points.first, let last = points.last else { return nil }
    if x <= first.x { return (first.base, first.y) }
    if x >= last.x { return (last.base, last.y) }
    var lower = 0
    var upper = points.count - 1
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if points[middle].x <= x { lower = middle } else { upper = middle }
    }
    let (a, b) = (points[lower], points[upper])
    let share = b.x > a.x ? (x - a.x) / (b.x - a.x) : 0
    return (a.base + share * (b.base - a.base), a.y + share * (b.y - a.y))
  }
}
