import PlumbEngine

/// What a chart shows, read off an answer; painters draw it as text or as SVG.
///
/// Everything in it is bounded, whatever the answer holds: see `ChartLimits`.
package struct Chart: Sendable {
  /// The name of the kind of chart, such as `timechart`.
  package let kind: String
  /// Empty when the query gave none.
  package let title: String
  /// What the reader should know beside the picture, such as rows that are not drawn.
  package let remarks: [String]
  /// Whether pictures are dark; nil leaves it to the viewer.
  let isDark: Bool?
  let showsLegend: Bool
  let content: any ChartContent
}

/// The parts of a chart: what a family of charts has in common, and how it is drawn.
protocol ChartContent: Sendable {
  func text(on sheet: TextSheet) -> TextCanvas
  /// In the units of the picture, without its title and remarks.
  var svgHeight: Double { get }
  func paint(on canvas: inout SVGCanvas, _ sheet: SVGSheet)
}

/// Where a chart is drawn as text.
struct TextSheet {
  let glyphs: ChartGlyphs
  let width: Int
  let height: Int
  /// Whether the series are named.
  let hasNames: Bool
}

/// Where a chart is drawn as SVG.
struct SVGSheet {
  let size: SVGSize
  /// Where the title ends.
  let top: Double
  let hasNames: Bool

  var shapes: SVGShapes { SVGShapes(size: size, top: top) }
}

/// Bounds of what a chart reads and draws.
enum ChartLimits {
  static let rows = 50_000
  static let columns = 64
  /// Series with a colour of their own; the rest are “other”.
  static let series = 6
  static let bars = 40
  static let shares = 8
  static let lanes = 40
  static let tiles = 60
  static let heatRows = 30
  static let heatColumns = 400
  /// Characters of a name.
  static let nameLength = 80
}

/// The first row's values.
struct CardContent: Sendable {
  let cards: [CardValue]
}

/// One value of a card and what it is.
struct CardValue: Sendable {
  let label: String
  let value: String
}
