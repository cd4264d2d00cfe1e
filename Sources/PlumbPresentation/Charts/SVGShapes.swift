import Glibc

/// Pies, cards, ladders, treemaps and heat maps as SVG.
struct SVGShapes {
  let size: SVGSize
  let top: Double

  // MARK: Pie

  func paint(_ content: ShareContent, on canvas: inout SVGCanvas) {
    let radius = min(size.height - top - 30, size.width * 0.45) / 2
    let (x, y) = (radius + 30, top + 12 + radius)
    var angle = -Double.pi / 2
    for share in content.shares {
      let next = angle + share.value / content.total * 2 * .pi
      let title = "\(share.name): \(ChartNumber.text(share.value))"
      let shape = content.shares.count == 1 ? ring(x, y, radius, canvas) : slice(x, y, radius, angle, next, canvas)
      canvas.path(shape, "f\(share.style) gap", title: title)
      if share.style > 0 { canvas.path(shape, "p\(share.style)") }
      angle = next
    }
    let left = x + radius + 40
    let step = min(34, (size.height - top - 20) / Double(max(1, content.shares.count)))
    var row = y - step * Double(content.shares.count - 1) / 2
    for share in content.shares {
      canvas.rectangle(left, row - 7, 14, 14, "f\(share.style)")
      if share.style > 0 { canvas.rectangle(left, row - 7, 14, 14, "p\(share.style)") }
      let percent = "\(ChartNumber.fixed(Double(share.tenths) / 10, 1)) %"
      canvas.text(percent, left + 74, row + 4, "end")
      canvas.text(SVGCanvas.shortened(share.name, to: size.width - left - 170), left + 86, row + 4, "t\(share.style)")
      canvas.text(ChartNumber.text(share.value), size.width - 20, row + 4, "end faint")
      row += step
    }
  }

  private func slice(
    _ x: Double, _ y: Double, _ radius: Double, _ from: Double, _ to: Double, _ canvas: SVGCanvas
  ) -> String {
    let inner = radius * 0.55
    let large = to - from > .pi ? 1 : 0
    func point(_ r: Double, _ angle: Double) -> String { "\(canvas.n(x + r * cos(angle))) \(canvas.n(y + r * sin(angle)))" }
    return "M\(point(radius, from))A\(canvas.n(radius)) \(canvas.n(radius)) 0 \(large) 1 \(point(radius, to))"
      + "L\(point(inner, to))A\(canvas.n(inner)) \(canvas.n(inner)) 0 \(large) 0 \(point(inner, from))Z"
  }

  private func ring(_ x: Double, _ y: Double, _ radius: Double, _ canvas: SVGCanvas) -> String {
    func circle(_ r: Double, _ sweep: Int) -> String {
      "M\(canvas.n(x - r)) \(canvas.n(y))a\(canvas.n(r)) \(canvas.n(r)) 0 1 \(sweep) \(canvas.n(2 * r)) 0"
        + "a\(canvas.n(r)) \(canvas.n(r)) 0 1 \(sweep) \(canvas.n(-2 * r)) 0Z"
    }
    return circle(radius, 1) + circle(radius * 0.55, 0)
  }

  // MARK: Cards

  static func height(cards: Int) -> Double { Double((cards + 2) / 3) * 104 + 24 }

  func paint(_ cards: [CardValue], on canvas: inout SVGCanvas) {
    let columns = min(3, max(1, cards.count))
    let width = (size.width - 32 - Double(columns - 1) * 14) / Double(columns)
    for (i, card) in cards.enumerated() {
      let x = 16 + Double(i % columns) * (width + 14)
      let y = top + 8 + Double(i / columns) * 104
      canvas.rectangle(x, y, width, 90, "card")
      canvas.text(SVGCanvas.shortened(card.value, to: width - 32, size: 30), x + 16, y + 46, "big")
      canvas.text(SVGCanvas.shortened(card.label, to: width - 32), x + 16, y + 72, "faint")
    }
  }

  // MARK: Ladder

  static func height(lanes: Int) -> Double { Double(lanes) * 22 + 110 }

  func paint(_ content: SpanContent, on canvas: inout SVGCanvas) {
    var top = top
    if !content.legend.isEmpty {
      top += SVGLegend.paint(content.legend, y: top + 4, width: size.width, on: &canvas)
    }
    let names = content.lanes.map { SVGCanvas.width($0.name) }.max() ?? 40
    let left = min(names + 18, size.width * 0.35)
    let width = size.width - left - 24
    let bottom = size.height - 44
    let room = (bottom - top - 6) / Double(max(1, content.lanes.count))
    for tick in content.x.ticks(atMost: Int(bounded: width / 80)) {
      let x = left + content.x.fraction(tick.value) * width
      canvas.line(x, top + 4, x, bottom, "grid")
      canvas.text(tick.label, x, bottom + 17, "mid faint")
    }
    canvas.line(left, bottom, left + width, bottom, "axis")
    for (i, lane) in content.lanes.enumerated() {
      let y = top + 6 + Double(i) * room
      canvas.text(SVGCanvas.shortened(lane.name, to: left - 14), left - 8, y + room / 2 + 4, "end")
      for span in lane.spans {
        let from = left + content.x.fraction(span.from) * width
        let length = max(1.5, (content.x.fraction(span.to) - content.x.fraction(span.from)) * width)
        let title = "\(lane.name): \(content.x.text(span.from)) to \(content.x.text(span.to))"
        canvas.rectangle(from, y + room * 0.16, length, room * 0.68, "f\(span.style)", title: title)
        if span.style > 0 && length >= 4 { canvas.rectangle(from, y + room * 0.16, length, room * 0.68, "p\(span.style)") }
      }
    }
    canvas.text(content.x.context, left + width / 2, size.height - 8, "mid faint small")
  }

  // MARK: Treemap

  func paint(_ content: TileContent, on canvas: inout SVGCanvas) {
    let placed = TileLayout.place(content, width: size.width - 32, height: size.height - top - 20)
    for tile in placed {
      let (x, y) = (tile.x + 16, tile.y + top + 6)
      let full = [tile.name, "\(ChartNumber.text(tile.value)) (\(tile.percent(of: content.total)))"]
      canvas.rectangle(x, y, tile.width, tile.height, "f\(tile.style) gap", title: full.joined(separator: ": "))
      guard tile.width > 34, tile.height > 18 else { continue }
      var row = y + 15
      for (i, line) in ([tile.group] + full).enumerated() where !line.isEmpty {
        if row > y + tile.height - 4 { break }
        let isGroup = i == 0
        var line = line
        // A number is shown in full or not at all.
        if i == 2, SVGCanvas.width(line) > tile.width - 8 { line = ChartNumber.text(tile.value) }
        if i == 2, SVGCanvas.width(line) > tile.width - 8 { break }
        canvas.text(SVGCanvas.shortened(line, to: tile.width - 8), x + 6, row, isGroup ? "on b" : "on small")
        row += 15
      }
    }
  }

  // MARK: Heat map

  static func height(rows: Int) -> Double { Double(rows) * 26 + 120 }

  func paint(_ content: HeatContent, on canvas: inout SVGCanvas) {
    let names = content.rowNames.map { SVGCanvas.width($0) }.max() ?? 40
    let left = min(names + 18, size.width * 0.35)
    let width = size.width - left - 24
    let bottom = size.height - 64
    let room = (bottom - top - 6) / Double(max(1, content.rowNames.count))
    let cell = width / Double(max(1, content.columnNames.count))
    let range = max(content.high - content.low, .leastNormalMagnitude)
    for (row, name) in content.rowNames.enumerated() {
      let y = top + 6 + Double(row) * room
      canvas.text(SVGCanvas.shortened(name, to: left - 14), left - 8, y + room / 2 + 4, "end")
      for column in content.columnNames.indices {
        guard let value = content.values[row][column] else { continue }
        let share = min(max((value - content.low) / range, 0), 1)
        let x = left + Double(column) * cell
        canvas.rectangle(
          x, y, max(cell - (cell > 4 ? 1 : 0), 0.6), room - 1, "f0 o\(Int(bounded: (share * 10).rounded()))",
          title: "\(name), \(content.columnNames[column]): \(ChartNumber.text(value))")
        if cell >= 40 && room >= 16 {
          canvas.text(ChartNumber.text(value), x + cell / 2, y + room / 2 + 4, share > 0.7 ? "mid on small" : "mid small")
        }
      }
    }
    for tick in content.x.ticks(atMost: Int(bounded: width / 80)) {
      let x = left + content.x.fraction(tick.value) * width
      canvas.line(x, bottom, x, bottom + 5, "axis")
      canvas.text(SVGCanvas.shortened(tick.label, to: 90), x, bottom + 18, "mid faint")
    }
    let y = size.height - 24
    canvas.text(ChartNumber.text(content.low), left, y + 10, "faint small")
    let start = left + SVGCanvas.width(ChartNumber.text(content.low)) + 8
    for i in 0...10 { canvas.rectangle(start + Double(i) * 14, y, 14, 12, "f0 o\(i)") }
    canvas.text("\(ChartNumber.text(content.high)) \(content.valueName), by \(content.rowsTitle) (down) and \(content.x.title) (across)", start + 162, y + 10, "faint small")
    canvas.text(content.x.context, left + width, y + 10, "end faint small")
  }
}
