/// Bars and columns as SVG.
struct SVGBars {
  let content: BarContent
  let size: SVGSize
  let top: Double
  let hasNames: Bool

  /// Columns whose names do not fit below them become bars, whose names all fit beside them.
  static func isVertical(_ content: BarContent) -> Bool {
    guard content.isVertical, content.x.kind == .category else { return content.isVertical }
    let longest = content.categories.map { min(SVGCanvas.width($0), 130) }.max() ?? 0
    return longest + 6 <= 740 / Double(max(1, content.categories.count))
  }

  private var hasLegend: Bool { hasNames && content.series.count > 1 }

  func paint(on canvas: inout SVGCanvas) {
    var top = top
    if hasLegend {
      top += SVGLegend.paint(content.series.map { ($0.name, $0.style) }, y: top + 6, width: size.width, on: &canvas)
    }
    if Self.isVertical(content) { paintStanding(top, on: &canvas) } else { paintLying(top, on: &canvas) }
  }

  private func paintStanding(_ top: Double, on canvas: inout SVGCanvas) {
    let frame = SVGFrame(x: content.x, y: content.y, in: size, top: top, right: 24)
    frame.paint(on: &canvas)
    for category in content.categories.indices {
      let at = content.positions[category]
      let from = frame.across(at - content.step / 2)
      let room = frame.across(at + content.step / 2) - from
      let gap = room > 6 ? room * 0.12 : room > 2 ? 0.5 : 0
      let extents = content.extents(at: category)
      for (i, extent) in extents.enumerated() {
        guard let extent else { continue }
        let share = content.stacking == .beside ? (room - 2 * gap) / Double(max(1, extents.count)) : room - 2 * gap
        let x = from + gap + (content.stacking == .beside ? Double(i) * share : 0)
        let (a, b) = (frame.up(extent.from), frame.up(extent.to))
        bar(x, min(a, b), max(share, 0.6), abs(a - b), extent, category, i, on: &canvas)
      }
    }
  }

  private func paintLying(_ top: Double, on canvas: inout SVGCanvas) {
    let names = content.categories.map { SVGCanvas.width($0) }.max() ?? 40
    let left = min(names + 16, size.width * 0.35)
    let right = 76.0
    let width = size.width - left - right
    let room = (size.height - top - 40) / Double(max(1, content.categories.count))
    let bottom = size.height - 34
    for tick in content.y.ticks(atMost: 7) {
      let x = left + content.y.fraction(tick.value) * width
      canvas.line(x, top + 4, x, bottom, tick.value == 0 ? "axis" : "grid")
      canvas.text(tick.label, x, bottom + 16, "mid faint")
    }
    for category in content.categories.indices {
      let y = top + 4 + Double(category) * room
      canvas.text(SVGCanvas.shortened(content.categories[category], to: left - 12), left - 8, y + room / 2 + 4, "end")
      let extents = content.extents(at: category)
      let gap = room * 0.14
      for (i, extent) in extents.enumerated() {
        guard let extent else { continue }
        let share = content.stacking == .beside ? (room - 2 * gap) / Double(max(1, extents.count)) : room - 2 * gap
        let at = y + gap + (content.stacking == .beside ? Double(i) * share : 0)
        let from = left + min(max(content.y.fraction(extent.from), 0), 1) * width
        let to = left + min(max(content.y.fraction(extent.to), 0), 1) * width
        bar(min(from, to), at, abs(to - from), share, extent, category, i, on: &canvas)
        if content.stacking == .beside && share >= 9 {
          canvas.text(content.y.text(extent.to - extent.from), max(from, to) + 6, at + share / 2 + 4, "small")
        }
      }
    }
    canvas.text(content.y.title, left + width / 2, size.height - 4, "mid faint small")
  }

  private func bar(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ extent: (style: Int, from: Double, to: Double),
    _ category: Int, _ series: Int, on canvas: inout SVGCanvas
  ) {
    let name = content.series.count > 1 ? ", \(content.series[series].name)" : ""
    let value = content.series[series].values[category] ?? 0
    let title = "\(content.categories[category])\(name): \(ChartNumber.text(value))"
    let text = content.y.kind == .duration ? "\(content.categories[category])\(name): \(content.y.text(value))" : title
    canvas.rectangle(x, y, width, height, "f\(extent.style)", title: text)
    if extent.style > 0 && width >= 3 { canvas.rectangle(x, y, width, height, "p\(extent.style)") }
  }
}

/// Names with the patches of their series, in as many rows as they need.
enum SVGLegend {
  /// - Returns: the height of the legend.
  static func paint(_ names: [(name: String, style: Int)], y: Double, width: Double, on canvas: inout SVGCanvas) -> Double {
    var x = 16.0
    let top = y
    var y = y
    for (name, style) in names {
      let short = SVGCanvas.shortened(name, to: 130)
      if x > 16, x + SVGCanvas.width(short) + 20 > width {
        x = 16
        y += 18
      }
      canvas.rectangle(x, y, 12, 12, "f\(style)")
      if style > 0 { canvas.rectangle(x, y, 12, 12, "p\(style)") }
      canvas.text(short, x + 17, y + 10, "t\(style)")
      x += SVGCanvas.width(short) + 36
    }
    return y - top + 22
  }
}
