import PlumbDiagnostics

/// Bars and columns as text.
struct TextBars {
  let content: BarContent
  let glyphs: ChartGlyphs
  let width: Int
  let height: Int
  let hasNames: Bool

  func paint() -> TextCanvas {
    guard content.isVertical else { return paintLying() }
    let columns = max(8, width - 10)
    let beside = content.stacking == .beside ? max(1, content.series.count) : 1
    let places = content.x.kind == .category
      ? content.categories.count
      : Int(bounded: ((content.x.upper - content.x.lower) / content.step).rounded())
    let room = columns / max(1, places)
    let longest = content.categories.map { DisplayWidth.columns(of: $0) }.max() ?? 0
    if room >= beside && (content.x.kind != .category || longest < room) { return paintStanding() }
    if content.categories.count <= ChartLimits.bars { return paintLying() }
    return TextPlot(plot: asPlot, glyphs: glyphs, width: width, height: height, hasNames: hasNames).paint()
  }

  /// If there are too many columns for the terminal, they are drawn as lines, or as areas for a single series.
  private var asPlot: Plot {
    let isStacked = content.stacking != .beside && content.series.count > 1
    let series = content.series.enumerated().map { i, one in
      var points: [PlotPoint] = []
      for category in content.categories.indices {
        guard let extent = content.extents(at: category)[i] else { continue }
        // A downward stack is a band, too.
        let (from, to) = isStacked && extent.to < extent.from ? (extent.to, extent.from) : (extent.from, extent.to)
        points.append(PlotPoint(x: content.positions[category], y: to, base: from))
      }
      return PlotSeries(name: one.name, style: one.style, segments: [points.sorted { $0.x < $1.x }])
    }
    return Plot(
      style: isStacked ? .stacked : content.series.count > 1 ? .lines : .areas, x: content.x, y: content.y,
      series: series)
  }

  private var hasLegend: Bool { hasNames && content.series.count > 1 }

  private var legend: TextLegend {
    TextLegend(hasLegend ? content.series.map { ($0.name, $0.style) } : [], glyphs, width: width)
  }

  // MARK: Vertical

  private func paintStanding() -> TextCanvas {
    let legend = legend
    let head = (content.y.title.isEmpty ? 0 : 1) + legend.lines
    let frame = TextFrame(
      x: content.x, y: content.y, top: head, right: 0, width: width, height: height - max(0, legend.lines - 1),
      tickCount: 6)
    var canvas = TextCanvas(width: width, height: frame.lines + head)
    if !content.y.title.isEmpty { canvas.put(glyphs.shortened(content.y.title, to: width), 0, 0, .quiet) }
    legend.paint(on: &canvas, head - legend.lines)
    frame.paint(on: &canvas, glyphs)
    let zero = content.y.fraction(min(max(0, content.y.lower), content.y.upper)) * Double(frame.rows)
    for category in content.categories.indices {
      let cells = edges(category, frame.columns)
      guard !cells.isEmpty else { continue }
      let extents = content.extents(at: category)
      for (i, extent) in extents.enumerated() {
        guard let extent else { continue }
        var range = cells
        if content.stacking == .beside && extents.count > 1 {
          let share = Double(cells.count) / Double(extents.count)
          let start = cells.lowerBound + Int(Double(i) * share)
          range = start..<max(start + 1, cells.lowerBound + Int(bounded: Double(i + 1) * share))
        }
        paintColumn(on: &canvas, frame, range, extent, zero)
      }
    }
    return canvas
  }

  /// The cells of a category's column, with a gap to its neighbour if there is room.
  private func edges(_ category: Int, _ columns: Int) -> Range<Int> {
    let at = content.positions[category]
    let from = Int(bounded: (content.x.fraction(at - content.step / 2) * Double(columns)).rounded())
    var to = Int(bounded: (content.x.fraction(at + content.step / 2) * Double(columns)).rounded())
    if to - from >= 3 { to -= 1 }
    return max(0, from)..<max(max(0, from), min(to, columns))
  }

  private func paintColumn(
    on canvas: inout TextCanvas, _ frame: TextFrame, _ range: Range<Int>,
    _ extent: (style: Int, from: Double, to: Double), _ zero: Double
  ) {
    let from = content.y.fraction(extent.from) * Double(frame.rows)
    let to = content.y.fraction(extent.to) * Double(frame.rows)
    guard from.isFinite, to.isFinite else { return }
    let low = min(max(min(from, to), 0), Double(frame.rows))
    let high = min(max(max(from, to), 0), Double(frame.rows))
    for row in 0..<frame.rows {
      let bottom = Double(row)
      let text: String
      if content.series.count == 1 && to >= from {
        if bottom < low.rounded() { continue }
        let eighths = Int(bounded: ((high - bottom) * 8).rounded())
        if eighths <= 0 { continue }
        text = glyphs.standing(min(8, eighths))
      } else {
        guard bottom >= low.rounded(), bottom < max(high.rounded(), low.rounded() + (high > low ? 1 : 0)) else { continue }
        text = glyphs.fill(extent.style)
      }
      for column in range {
        canvas.put(text, frame.left + column, frame.top + frame.rows - 1 - row, .series(extent.style))
      }
    }
  }

  // MARK: Horizontal

  private func paintLying() -> TextCanvas {
    let isStacked = content.stacking != .beside
    let perCategory = isStacked ? 1 : max(1, content.series.count)
    let legend = legend
    let head = legend.lines
    let names = content.categories.map { DisplayWidth.columns(of: $0) }.max() ?? 0
    let nameWidth = min(names, max(6, width * 2 / 5))
    let labels = content.categories.indices.map { values(at: $0) }
    let valueWidth = labels.flatMap { $0 }.map { DisplayWidth.columns(of: $0) }.max() ?? 0
    let columns = max(4, width - nameWidth - valueWidth - 4)
    let hasGaps = perCategory > 1
    let lines = content.categories.count * (perCategory + (hasGaps ? 1 : 0))
    var canvas = TextCanvas(width: width, height: head + lines)
    legend.paint(on: &canvas, 0)
    let left = nameWidth + 2
    var row = head
    for category in content.categories.indices {
      let name = glyphs.shortened(content.categories[category], to: nameWidth)
      canvas.put(name, endingAt: nameWidth, row)
      let extents = content.extents(at: category)
      for i in 0..<perCategory {
        canvas.put(glyphs.vertical, left - 1, row, .quiet)
        var end = left
        for extent in isStacked ? extents : extents.indices.contains(i) ? [extents[i]] : [] {
          if let extent { end = max(end, paintBar(on: &canvas, extent, left, columns, row)) }
        }
        if labels[category].indices.contains(i) { canvas.put(labels[category][i], end + 1, row) }
        row += 1
      }
      if hasGaps { row += 1 }
    }
    return canvas
  }

  private func values(at category: Int) -> [String] {
    let axis = content.y
    if content.stacking == .beside {
      return content.series.map { $0.values[category].map { axis.text($0) } ?? "" }
    }
    let total = content.series.reduce(0) { $0 + ($1.values[category] ?? 0) }
    return [content.stacking == .shares ? ChartNumber.text(total) : axis.text(total)]
  }

  /// - Returns: the first column after the bar.
  private func paintBar(
    on canvas: inout TextCanvas, _ extent: (style: Int, from: Double, to: Double), _ left: Int, _ columns: Int, _ row: Int
  ) -> Int {
    let from = min(max(content.y.fraction(extent.from), 0), 1) * Double(columns)
    let to = min(max(content.y.fraction(extent.to), 0), 1) * Double(columns)
    guard from.isFinite, to.isFinite else { return left }
    let first = Int(bounded: min(from, to).rounded())
    if content.series.count == 1 && to >= from {
      let eighths = Int(bounded: ((to - Double(first)) * 8).rounded())
      let whole = max(0, eighths / 8)
      let bar = String(repeating: glyphs.lying(8), count: whole) + glyphs.lying(eighths % 8)
      canvas.put(bar, left + first, row, .series(extent.style))
      return left + first + DisplayWidth.columns(of: bar)
    }
    let last = Int(bounded: max(from, to).rounded())
    let bar = String(repeating: glyphs.fill(extent.style), count: max(0, last - first))
    canvas.put(bar, left + first, row, .series(extent.style))
    return left + max(first, last)
  }
}
