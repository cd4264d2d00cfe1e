import PlumbEngine

extension Chart {
  /// The chart as one self-contained SVG document.
  ///
  /// - Parameter data: the rows of the chart, for readers who cannot see it; becomes its description.
  package func svg(data: String, isEmbedded: Bool = false) -> String {
    let heading = title.isEmpty ? 8.0 : 34.0
    let size = SVGSize(width: 860, height: content.svgHeight + heading - 8)
    var canvas = SVGCanvas()
    content.paint(on: &canvas, SVGSheet(size: size, top: heading, hasNames: showsLegend))
    var y = size.height
    for remark in remarks {
      canvas.text(SVGCanvas.shortened(remark, to: size.width - 32), 16, y + 6, "faint small")
      y += 18
    }
    let total = remarks.isEmpty ? size.height : y + 4
    var style = ChartTheme.styleSheet(isDark: isDark)
    for i in 1...6 { style += ".p\(i){fill:url(#h\(i))}" }
    style += ".a{fill-opacity:.15}.b{font-weight:600}"
    for i in 0...10 { style += ".o\(i){fill-opacity:\(ChartNumber.fixed(0.06 + 0.094 * Double(i), 2))}" }
    let width = canvas.n(size.width), height = canvas.n(total)
    var out = isEmbedded ? "" : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    out += "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" "
    // Ids must be unique in a document; a page may contain several pictures.
    let label = isEmbedded ? "aria-label=\"\(MarkupText.escaped(spokenTitle))\"" : "aria-labelledby=\"t d\""
    out += "height=\"\(height)\" role=\"img\" \(label)>\n"
    out += "<title\(isEmbedded ? "" : " id=\"t\"")>\(MarkupText.escaped(spokenTitle))</title>\n"
    out += "<desc\(isEmbedded ? "" : " id=\"d\"")>\(MarkupText.escaped(data))</desc>\n"
    out += "<style>\n\(style)\n</style>\n<defs>\n\(ChartTheme.hatchings)</defs>\n"
    out += "<rect width=\"\(width)\" height=\"\(height)\" class=\"ground\"/>\n"
    if !title.isEmpty { out += "<text x=\"16\" y=\"24\" class=\"title\">\(MarkupText.escaped(title))</text>\n" }
    return out + canvas.body + "</svg>\n"
  }

  /// A title for people who hear the picture described.
  var spokenTitle: String { title.isEmpty ? kind : "\(title) (\(kind))" }
}

extension Answer {
  /// The rows as tab-separated lines for a picture's description, at most `limit` of them.
  func description(limit: Int) -> String {
    var bytes: [UInt8] = []
    let sink = ByteSink { bytes += $0 }
    let writer = DelimitedWriter(to: sink, .tsv, options: FormatOptions(rowLimit: limit))
    // A sink into memory does not fail.
    _ = try? writer.write(self)
    try? writer.finish()
    let text = String(decoding: bytes, as: UTF8.self)
    return rowCount > limit ? text + "and \(rowCount - limit) more rows\n" : text
  }
}
