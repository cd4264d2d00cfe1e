import PlumbDiagnostics
import PlumbEngine

extension Chart {
  /// Draws the chart as lines of text.
  func printText(width: Int, height: Int, isASCII: Bool, palette: Palette?, to out: inout ByteBuffer) {
    let glyphs = ChartGlyphs(isASCII: isASCII)
    // Text and ticks need some room; a terminal of one line is too small.
    let width = min(max(width, 30), 400)
    let height = min(max(height, 8), 60)
    if !title.isEmpty {
      var heading = TextCanvas(width: width, height: 1)
      heading.put(glyphs.shortened(title, to: width), 0, 0, .bold)
      heading.print(palette, to: &out)
    }
    let sheet = TextSheet(glyphs: glyphs, width: width, height: height, hasNames: showsLegend)
    let canvas = content.text(on: sheet)
    canvas.print(palette, to: &out)
    for remark in remarks {
      var line = TextCanvas(width: width, height: 1)
      line.put(glyphs.shortened("(\(remark))", to: width), 0, 0, .quiet)
      line.print(palette, to: &out)
    }
  }
}
