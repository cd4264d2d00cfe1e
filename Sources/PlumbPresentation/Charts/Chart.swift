import PlumbEngine

/// What a chart shows, derived from an answer; painters draw it as text or as SVG.
///
/// Everything in it is bounded, whatever the answer contains: see `ChartLimits`.
package struct Chart: Sendable {
  /// The name of the kind of chart, such as `timechart`.
  package let kind: String
  /// Empty when the query gave none.
  package let title: String
  /// What the reader should know in addition to the picture, such as rows that are not drawn.
  package let remarks: [String]
  /// Whether pictures are dark; nil leaves it to the viewer.
  let isDark: Bool?
  let showsLegend: Bool
  let content: any ChartContent
}

/// The parts of a chart: what a family of charts has in common, and how to draw it.
protocol ChartContent: Sendable {
  func text(on sheet: TextSheet) -> TextCanvas
  /// In the units of the picture, without its title and remarks.
  var svgHeight: Double { get }
  func paint(on canvas: inout SVGCanvas, _ sheet: SVGSheet)
}

/// The text canvas of a chart.
struct TextSheet {
  let glyphs: ChartGlyphs
  let width: Int
  let height: Int
  /// Whether the series are named.
  let hasNames: Bool
}

/// The SVG canvas of a chart.
struct SVGSheet {
  let size: SVGSize
  /// The vertical position below the title.
  let top: Double
  let hasNames: Bool

  var shapes: SVGShapes { SVGShapes(size: size, top: top) }
}

/// Bounds of what a chart reads and draws.
enum ChartLimits {
  static let rows = 50_000
  static let columns = 64
  /// The number of series with a colour of their own; the rest are “other”.
  static let series = 6
  static let bars = 40
  static let shares = 8
  static let lanes = 40
  static let tiles = 60
  static let heatRows = 30
  static let heatColumns = 400
  /// The number of characters in a name.
  static let nameLength = 80
}

/// The first row's values.
struct CardContent: Sendable {
  let cards: [CardValue]
}

/// One value of a card with its name.
struct CardValue: Sendable {
  let label: String
  let value: String
}
