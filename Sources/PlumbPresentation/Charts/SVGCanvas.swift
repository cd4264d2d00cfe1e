import PlumbDiagnostics

/// The text of an SVG picture as it grows: shapes with classes, which the style sheet colours.
struct SVGCanvas {
  private(set) var body = ""

  mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ class: String, title: String = "") {
    let head = "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(0, width)))\" height=\"\(n(max(0, height)))\" class=\"\(`class`)\""
    body += title.isEmpty ? head + "/>\n" : head + "><title>\(MarkupText.escaped(title))</title></rect>\n"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ class: String) {
    body += "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" class=\"\(`class`)\"/>\n"
  }

  mutating func polyline(_ points: [(Double, Double)], _ class: String) {
    body += "<polyline points=\"\(list(points))\" class=\"\(`class`)\"/>\n"
  }

  mutating func polygon(_ points: [(Double, Double)], _ class: String) {
    body += "<polygon points=\"\(list(points))\" class=\"\(`class`)\"/>\n"
  }

  mutating func path(_ commands: String, _ class: String, title: String = "") {
    let head = "<path d=\"\(commands)\" class=\"\(`class`)\""
    body += title.isEmpty ? head + "/>\n" : head + "><title>\(MarkupText.escaped(title))</title></path>\n"
  }

  mutating func text(_ text: String, _ x: Double, _ y: Double, _ class: String, rotated: Bool = false) {
    let turn = rotated ? " transform=\"rotate(-90 \(n(x)) \(n(y)))\"" : ""
    body += "<text x=\"\(n(x))\" y=\"\(n(y))\" class=\"\(`class`)\"\(turn)>\(MarkupText.escaped(text))</text>\n"
  }

  /// The shape of a series around a point.
  mutating func marker(_ style: Int, _ x: Double, _ y: Double, size: Double = 4) {
    let s = size
    let name = "f\(style) m"
    switch style {
    case 0: body += "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(s))\" class=\"\(name)\"/>\n"
    case 1: rectangle(x - s * 0.9, y - s * 0.9, s * 1.8, s * 1.8, name)
    case 2: polygon([(x, y - s * 1.2), (x + s * 1.1, y + s * 0.9), (x - s * 1.1, y + s * 0.9)], name)
    case 3: polygon([(x, y - s * 1.3), (x + s * 1.3, y), (x, y + s * 1.3), (x - s * 1.3, y)], name)
    case 4:
      let t = s * 0.45
      polygon(
        [(x - t, y - s * 1.2), (x + t, y - s * 1.2), (x + t, y - t), (x + s * 1.2, y - t), (x + s * 1.2, y + t),
         (x + t, y + t), (x + t, y + s * 1.2), (x - t, y + s * 1.2), (x - t, y + t), (x - s * 1.2, y + t),
         (x - s * 1.2, y - t), (x - t, y - t)], name)
    case 5: polygon([(x - s * 1.1, y - s * 0.9), (x + s * 1.1, y - s * 0.9), (x, y + s * 1.2)], name)
    default: body += "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(s * 0.6))\" class=\"\(name)\"/>\n"
    }
  }

  func n(_ value: Double) -> String {
    let text = ChartNumber.fixed(value.isFinite ? min(max(value, -1e6), 1e6) : 0, 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private func list(_ points: [(Double, Double)]) -> String {
    points.map { "\(n($0.0)),\(n($0.1))" }.joined(separator: " ")
  }

  /// The approximate width of a text, in units of the picture.
  static func width(_ text: String, size: Double = 12) -> Double { Double(DisplayWidth.columns(of: text)) * size * 0.58 }

  /// The text in about `width` units, with `…` at its end if it was cut.
  static func shortened(_ text: String, to width: Double, size: Double = 12) -> String {
    ChartGlyphs(isASCII: false).shortened(text, to: max(1, Int(bounded: width / (size * 0.58))))
  }
}

/// The colours of pictures, for light and dark mode.
enum ChartTheme {
  // After Okabe and Ito, "Color Universal Design" (2008), with enough contrast to the background; the vermilion is darker,
  // because it is what failures have.
  private static let light = ["#0068a8", "#c22f1e", "#007a5a", "#a03e7e", "#8a6d00", "#5d4bb0", "#707070"]
  private static let dark = ["#5cb8f0", "#ff7b6b", "#37cfa0", "#f09ccb", "#e6c84a", "#b0a0ff", "#a0a0a0"]

  static func styleSheet(isDark: Bool?) -> String {
    var text = """
      text{font:12px system-ui,'Segoe UI','DejaVu Sans',sans-serif}
      .title{font-size:16px;font-weight:600}.big{font-size:30px;font-weight:600}.small{font-size:11px}
      .end{text-anchor:end}.mid{text-anchor:middle}.l{fill:none;stroke-width:2;stroke-linejoin:round}
      .m{stroke-width:1}.edge{stroke-width:1}.gap{stroke-width:1.5}.anomaly{fill:none;stroke-width:2.5}
      .d1{stroke-dasharray:7 3}.d2{stroke-dasharray:2 3}.d3{stroke-dasharray:9 3 2 3}.d4{stroke-dasharray:12 4}
      .d5{stroke-dasharray:4 2 1 2}.d6{stroke-dasharray:1 3}

      """
    text += colours(isDark == true)
    if isDark == nil { text += "@media (prefers-color-scheme:dark){\n\(colours(true))}\n" }
    return text
  }

  private static func colours(_ isDark: Bool) -> String {
    let ground = isDark ? "#16191d" : "#ffffff"
    let ink = isDark ? "#e8eaed" : "#1f2328"
    let faint = isDark ? "#9aa4af" : "#57606a"
    let grid = isDark ? "#30363d" : "#e3e6ea"
    var text = """
      .ground{fill:\(ground)}text{fill:\(ink)}.faint{fill:\(faint)}.grid{stroke:\(grid)}.axis{stroke:\(faint)}
      .m,.edge,.gap{stroke:\(ground)}.anomaly{stroke:\(isDark ? "#ff6b6b" : "#cf222e")}.hatch{stroke:\(ground)}
      .card{fill:\(isDark ? "#21262d" : "#f3f5f7")}.on{fill:\(isDark ? "#16191d" : "#ffffff")}

      """
    for (i, colour) in (isDark ? dark : light).enumerated() {
      text += ".f\(i){fill:\(colour)}.s\(i){stroke:\(colour)}.t\(i){fill:\(colour)}\n"
    }
    return text
  }

  /// Hatchings over filled areas, which distinguish them without colours.
  static let hatchings = """
    <pattern id="h1" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6L6 0" class="hatch" stroke-opacity=".55"/></pattern>
    <pattern id="h2" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 3H6" class="hatch" stroke-opacity=".55"/></pattern>
    <pattern id="h3" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 0L6 6" class="hatch" stroke-opacity=".55"/></pattern>
    <pattern id="h4" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M3 0V6" class="hatch" stroke-opacity=".55"/></pattern>
    <pattern id="h5" width="7" height="7" patternUnits="userSpaceOnUse"><path d="M0 0L7 7M7 0L0 7" class="hatch" stroke-opacity=".5"/></pattern>
    <pattern id="h6" width="4" height="4" patternUnits="userSpaceOnUse"><path d="M0 2H2" class="hatch" stroke-opacity=".6"/></pattern>

    """
}
