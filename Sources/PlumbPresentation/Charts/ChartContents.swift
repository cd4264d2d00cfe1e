/// The painters of each family of charts.
extension Plot: ChartContent {
  func text(on sheet: TextSheet) -> TextCanvas {
    TextPlot(plot: self, glyphs: sheet.glyphs, width: sheet.width, height: sheet.height, hasNames: sheet.hasNames).paint()
  }
  var svgHeight: Double { 440 }
  func paint(on canvas: inout SVGCanvas, _ sheet: SVGSheet) {
    SVGPlot(plot: self, size: sheet.size, top: sheet.top, hasNames: sheet.hasNames).paint(on: &canvas)
  }
}

extension BarContent: ChartContent {
  func text(on sheet: TextSheet) -> TextCanvas {
    TextBars(content: self, glyphs: sheet.glyphs, width: sheet.width, height: sheet.height, hasNames: sheet.hasNames).paint()
  }
  var svgHeight: Double {
    if SVGBars.isVertical(self) { return 440 }
    return max(200, Double(categories.count * (stacking == .beside ? max(1, series.count) : 1)) * 18 + 90)
  }
  func paint(on canvas: inout SVGCanvas, _ sheet: SVGSheet) {
    SVGBars(content: self, size: sheet.size, top: sheet.top, hasNames: sheet.hasNames).paint(on: &canvas)
  }
}

extension ShareContent: ChartContent {
  func text(on sheet: TextSheet) -> TextCanvas { TextShares(glyphs: sheet.glyphs, width: sheet.width).paint(self) }
  var svgHeight: Double { 320 }
  func paint(on canvas: inout SVGCanvas, _ sheet: SVGSheet) { sheet.shapes.paint(self, on: &canvas) }
}

extension CardContent: ChartContent {
  func text(on sheet: TextSheet) -> TextCanvas { TextShares(glyphs: sheet.glyphs, width: sheet.width).paint(cards) }
  var svgHeight: Double { SVGShapes.height(cards: cards.count) }
  func paint(on canvas: inout SVGCanvas, _ sheet: SVGSheet) { sheet.shapes.paint(cards, on: &canvas) }
}

extension SpanContent: ChartContent {
  func text(on sheet: TextSheet) -> TextCanvas { sheet.grids.paint(self) }
  var svgHeight: Double { SVGShapes.height(lanes: lanes.count) }
  func paint(on canvas: inout SVGCanvas, _ sheet: SVGSheet) { sheet.shapes.paint(self, on: &canvas) }
}

extension TileContent: ChartContent {
  func text(on sheet: TextSheet) -> TextCanvas { sheet.grids.paint(self) }
  var svgHeight: Double { 440 }
  func paint(on canvas: inout SVGCanvas, _ sheet: SVGSheet) { sheet.shapes.paint(self, on: &canvas) }
}

extension HeatContent: ChartContent {
  func text(on sheet: TextSheet) -> TextCanvas { sheet.grids.paint(self) }
  var svgHeight: Double { SVGShapes.height(rows: rowNames.count) }
  func paint(on canvas: inout SVGCanvas, _ sheet: SVGSheet) { sheet.shapes.paint(self, on: &canvas) }
}

extension TextSheet {
  fileprivate var grids: TextGrids { TextGrids(glyphs: glyphs, width: width, height: height) }
}
