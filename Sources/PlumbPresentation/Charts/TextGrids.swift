import PlumbDiagnostics

/// Ladders, treemaps and heat maps as text.
struct TextGrids {
  let glyphs: ChartGlyphs
  let width: Int
  let height: Int

  // MARK: Ladder

  func paint(_ content: SpanContent) -> TextCanvas {
    let names = content.lanes.map { DisplayWidth.columns(of: $0.name) }.max() ?? 0
    let nameWidth = min(names, max(6, width * 2 / 5))
    let left = nameWidth + 2
    let columns = max(8, width - left)
    let legend = TextLegend(content.legend, glyphs, width: width)
    let head = legend.lines
    let bottom = head + content.lanes.count
    var canvas = TextCanvas(width: width, height: bottom + 3)
    legend.paint(on: &canvas, 0)
    for (i, lane) in content.lanes.enumerated() {
      let row = head + i
      canvas.put(glyphs.shortened(lane.name, to: nameWidth), endingAt: nameWidth, row)
      canvas.put(glyphs.vertical, left - 1, row, .quiet)
      for span in lane.spans {
        let from = Int(bounded: (content.x.fraction(span.from) * Double(columns)).rounded(.down))
        let to = Int(bounded: (content.x.fraction(span.to) * Double(columns)).rounded(.up))
        let first = min(max(from, 0), columns - 1)
        let count = min(max(to - first, 1), columns - first)
        canvas.put(String(repeating: glyphs.fill(span.style), count: count), left + first, row, .series(span.style))
      }
    }
    canvas.put(glyphs.corner + String(repeating: glyphs.horizontal, count: columns), left - 1, bottom, .quiet)
    var free = 0
    for tick in content.x.ticks(atMost: max(2, columns / 11)) {
      let at = left + min(columns - 1, Int(bounded: (content.x.fraction(tick.value) * Double(columns - 1)).rounded()))
      let size = DisplayWidth.columns(of: tick.label)
      let start = max(left - 1, min(at - size / 2, width - size))
      if start < free { continue }
      canvas.put(glyphs.tickDown, at, bottom, .quiet)
      canvas.put(tick.label, start, bottom + 1)
      free = start + size + 1
    }
    canvas.put(content.x.context, around: left + columns / 2, within: left..<width, bottom + 2, .quiet)
    return canvas
  }

  // MARK: Treemap

  func paint(_ content: TileContent) -> TextCanvas {
    let columns = min(width - 1, 120)
    let rows = max(6, height - 1)
    var canvas = TextCanvas(width: width, height: rows + 1)
    var joints = [UInt8](repeating: 0, count: (columns + 1) * (rows + 1))
    // A cell is about twice as high as it is wide.
    let placed = TileLayout.place(content, width: Double(columns), height: Double(rows) * 2)
    for tile in placed {
      let x0 = Int(bounded: tile.x.rounded()), x1 = Int(bounded: (tile.x + tile.width).rounded())
      let y0 = Int(bounded: (tile.y / 2).rounded()), y1 = Int(bounded: ((tile.y + tile.height) / 2).rounded())
      guard x0 >= 0, y0 >= 0, x1 <= columns, y1 <= rows, x1 > x0, y1 > y0 else { continue }
      for x in x0..<x1 {
        for y in [y0, y1] {
          joints[y * (columns + 1) + x] |= 8
          joints[y * (columns + 1) + x + 1] |= 4
        }
      }
      for y in y0..<y1 {
        for x in [x0, x1] {
          joints[y * (columns + 1) + x] |= 2
          joints[(y + 1) * (columns + 1) + x] |= 1
        }
      }
      let inner = x1 - x0 - 1
      guard inner >= 2, y1 - y0 >= 2 else { continue }
      // A number is shown in full or not at all.
      let number = ChartNumber.text(tile.value)
      let figure = ["\(number) (\(tile.percent(of: content.total)))", number].first { $0.count <= inner }
      let lines = [tile.group, tile.name, figure ?? ""].filter { !$0.isEmpty }
      for (i, line) in lines.prefix(y1 - y0 - 1).enumerated() {
        canvas.put(
          glyphs.shortened(line, to: inner), x0 + 1, y0 + 1 + i,
          i == 0 && !tile.group.isEmpty ? .series(tile.style) : .plain)
      }
    }
    for y in 0...rows {
      for x in 0...columns {
        let joint = joints[y * (columns + 1) + x]
        guard joint != 0 else { continue }
        let sign = glyphs.joint(
          up: joint & 1 != 0, down: joint & 2 != 0, left: joint & 4 != 0, right: joint & 8 != 0)
        canvas.put(sign, x, y, .quiet)
      }
    }
    return canvas
  }

  // MARK: Heat map

  func paint(_ content: HeatContent) -> TextCanvas {
    let names = content.rowNames.map { DisplayWidth.columns(of: $0) }.max() ?? 0
    let nameWidth = min(names, max(6, width / 3))
    let left = nameWidth + 2
    let room = max(4, width - left)
    let count = content.columnNames.count
    let cell = max(1, min(6, room / max(1, count)))
    let merged = max(1, (count + room - 1) / room)
    let columns = (count + merged - 1) / merged * cell
    let bottom = content.rowNames.count
    var canvas = TextCanvas(width: width, height: bottom + 4)
    for (row, name) in content.rowNames.enumerated() {
      canvas.put(glyphs.shortened(name, to: nameWidth), endingAt: nameWidth, row)
      canvas.put(glyphs.vertical, left - 1, row, .quiet)
      for start in stride(from: 0, to: count, by: merged) {
        let value = content.values[row][start..<min(start + merged, count)].compactMap { $0 }.max()
        guard let value else { continue }
        let sign = glyphs.shades[shade(value, content)]
        canvas.put(String(repeating: sign, count: cell), left + start / merged * cell, row, .series(0))
      }
    }
    canvas.put(glyphs.corner + String(repeating: glyphs.horizontal, count: columns), left - 1, bottom, .quiet)
    var free = 0
    for tick in content.x.ticks(atMost: max(2, columns / 11)) {
      let at = left + min(columns - 1, max(0, Int(bounded: content.x.fraction(tick.value) * Double(columns))))
      let label = glyphs.shortened(tick.label, to: 20)
      let size = DisplayWidth.columns(of: label)
      let start = max(left - 1, min(at - size / 2, width - size))
      if start < free { continue }
      canvas.put(glyphs.tickDown, at, bottom, .quiet)
      canvas.put(label, start, bottom + 1)
      free = start + size + 1
    }
    canvas.put(content.x.context, left, bottom + 2, .quiet)
    let low = ChartNumber.text(content.low), high = ChartNumber.text(content.high)
    let largest = merged > 1 ? ", each character is the largest of \(merged)" : ""
    let key = "\(low) \(glyphs.shades.joined()) \(high) \(content.valueName), by \(content.rowsTitle) (down) and "
    canvas.put(glyphs.shortened(key + "\(content.x.title) (across)\(largest)", to: width), 0, bottom + 3, .quiet)
    return canvas
  }

  private func shade(_ value: Double, _ content: HeatContent) -> Int {
    let range = content.high - content.low
    guard range > 0 else { return glyphs.shades.count - 1 }
    let share = min(max((value - content.low) / range, 0), 1)
    return min(glyphs.shades.count - 1, Int(bounded: share * Double(glyphs.shades.count)))
  }
}
