import PlumbEngine

extension Chart {
  /// Draws the chart as lines of text.
  func printText(width: Int, height: Int, isASCII: Bool, styled: Bool, to out: inout ByteBuffer) {
    let glyphs = ChartGlyphs(isASCII: isASCII)
    // Text and ticks need some room; a terminal of a line is not drawn on.
    let width = min(max(width, 30), 400)
    let height = min(max(height, 8), 60)
    if !title.isEmpty {
      var heading = TextCanvas(width: width, height: 1)
      heading.put(glyphs.shortened(title, to: width), 0, 0, .bold)
      heading.print(styled: styled, to: &out)
    }
    let canvas: TextCanvas
    switch content {
    case .plot(let plot):
      canvas = TextPlot(plot: plot, glyphs: glyphs, width: width, height: height, hasNames: showsLegend).paint()
    case .bars(let bars):
      canvas = TextBars(content: bars, glyphs: glyphs, width: width, height: height, hasNames: showsLegend).paint()
    case .shares(let shares): canvas = TextShares(glyphs: glyphs, width: width).paint(shares)
    case .cards(let cards): canvas = TextShares(glyphs: glyphs, width: width).paint(cards)
    case .spans(let spans): canvas = TextGrids(glyphs: glyphs, width: width, height: height).paint(spans)
    case .tiles(let tiles): canvas = TextGrids(glyphs: glyphs, width: width, height: height).paint(tiles)
    case .heat(let heat): canvas = TextGrids(glyphs: glyphs, width: width, height: height).paint(heat)
    }
    canvas.print(styled: styled, to: &out)
    for remark in remarks {
      var line = TextCanvas(width: width, height: 1)
      line.put(glyphs.shortened("(\(remark))", to: width), 0, 0, .dim)
      line.print(styled: styled, to: &out)
    }
  }
}
