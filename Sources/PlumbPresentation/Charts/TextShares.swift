import PlumbDiagnostics

/// A pie as a bar of 100 % with its list, and cards as frames, in text.
struct TextShares {
  let glyphs: ChartGlyphs
  let width: Int

  func paint(_ content: ShareContent) -> TextCanvas {
    let columns = min(width, 100)
    var canvas = TextCanvas(width: width, height: 2 + content.shares.count)
    let cells = ChartBuilder.apportioned(columns, by: content.shares.map(\.value))
    var x = 0
    for (share, count) in zip(content.shares, cells) {
      canvas.put(String(repeating: glyphs.fill(share.style), count: count), x, 0, .series(share.style))
      x += count
    }
    let values = content.shares.map { ChartNumber.text($0.value) }
    let percents = content.shares.map { "\(ChartNumber.fixed(Double($0.tenths) / 10, 1)) %" }
    let valueWidth = values.map(\.count).max() ?? 0
    let nameWidth = max(4, min(columns - valueWidth - 14, content.shares.map { DisplayWidth.columns(of: $0.name) }.max() ?? 0))
    for (i, share) in content.shares.enumerated() {
      let row = 2 + i
      canvas.put("\(glyphs.fill(share.style)) \(glyphs.shortened(share.name, to: nameWidth))", 0, row, .series(share.style))
      canvas.put(percents[i], endingAt: nameWidth + 12, row)
      canvas.put(values[i], endingAt: nameWidth + 14 + valueWidth, row)
    }
    return canvas
  }

  func paint(_ cards: [CardValue]) -> TextCanvas {
    let widths = cards.map { card in
      min(max(DisplayWidth.columns(of: card.value), DisplayWidth.columns(of: card.label)) + 4, width)
    }
    var places: [(x: Int, row: Int)] = []
    var (x, row) = (0, 0)
    for cardWidth in widths {
      if x > 0 && x + cardWidth > width { (x, row) = (0, row + 1) }
      places.append((x, row))
      x += cardWidth + 1
    }
    var canvas = TextCanvas(width: width, height: (row + 1) * 4)
    for (i, card) in cards.enumerated() {
      let (x, y) = (places[i].x, places[i].row * 4)
      let inner = max(1, widths[i] - 2)
      let line = String(repeating: glyphs.horizontal, count: inner)
      let corner = { (down: Bool, right: Bool) in glyphs.joint(up: !down, down: down, left: !right, right: right) }
      canvas.put(corner(true, true) + line + corner(true, false), x, y, .quiet)
      for k in 1...2 {
        canvas.put(glyphs.vertical, x, y + k, .quiet)
        canvas.put(glyphs.vertical, x + inner + 1, y + k, .quiet)
      }
      canvas.put(glyphs.shortened(card.value, to: inner - 2), x + 2, y + 1, .bold)
      canvas.put(glyphs.shortened(card.label, to: inner - 2), x + 2, y + 2, .quiet)
      canvas.put(corner(false, true) + line + corner(false, false), x, y + 3, .quiet)
    }
    return canvas
  }
}
