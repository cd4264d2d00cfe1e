/// The charts that Plumb draws; `render` knows more names, whose rows are shown as a table.
package enum ChartKind: String, CaseIterable, Sendable {
  case timechart, linechart, areachart, stackedareachart, barchart, columnchart, piechart, scatterchart
  case anomalychart, card, ladderchart, treemap, heatmap

  /// One sentence for help.
  package var summary: String {
    switch self {
    case .timechart: "Lines over time."
    case .linechart: "Lines over numbers, times or texts."
    case .areachart: "Lines with their areas filled; `kind=stacked` stacks them."
    case .stackedareachart: "Areas on top of one another."
    case .barchart: "A bar for each text, from left to right; `kind=stacked` or `stacked100` stacks them."
    case .columnchart: "A column for each value of the first column; `kind=stacked` or `stacked100` stacks them."
    case .piechart: "Shares of a whole; in text a bar of 100 %."
    case .scatterchart: "A mark for each row."
    case .anomalychart: "A line over time, its anomalies marked."
    case .card: "The first row's values, large."
    case .ladderchart: "A bar from a start to an end for each row, such as runs."
    case .treemap: "Rectangles as large as their values, nested by two columns of text."
    case .heatmap: "A grid of shades: the first value column over two others."
    }
  }

  /// A query on the simulated world that draws one.
  package var example: String {
    switch self {
    case .timechart:
      "runs | summarize count() by bin(started, 1h) | render timechart"
    case .linechart:
      "runs | summarize avg(cpu) by hour = hourofday(started) | render linechart"
    case .areachart:
      "runs | summarize sum(records_out) by bin(started, 1d) | render areachart"
    case .stackedareachart:
      "runs | summarize count() by bin(started, 1d), source | render stackedareachart"
    case .barchart:
      #"runs | where status == "failed" | summarize count() by source | render barchart"#
    case .columnchart:
      "runs | summarize count() by bin(started, 1d) | render columnchart"
    case .piechart:
      "pipelines | summarize count() by source | render piechart"
    case .scatterchart:
      #"runs | where pipeline == "entra-signin-eastus" | project records_in, memory_mb | render scatterchart"#
    case .anomalychart:
      #"runs | summarize failed = countif(status == "failed") by bin(started, 6h) | render anomalychart"#
    case .card:
      #"runs | summarize runs = count(), failed = countif(status == "failed") | render card"#
    case .ladderchart:
      #"runs | where pipeline == "entra-signin-eastus" | top 20 by started | project pipeline, started, ended, status | render ladderchart"#
    case .treemap:
      "pipelines | summarize sum(records_24h) by source, name | render treemap"
    case .heatmap:
      #"runs | where status == "failed" | summarize count() by hour = hourofday(started), source | render heatmap"#
    }
  }
}

/// What a chart shows, read off an answer; painters draw it as text or as SVG.
///
/// Everything in it is bounded, whatever the answer holds: see `ChartLimits`.
package struct Chart: Sendable {
  package let kind: ChartKind
  /// Empty when the query gave none.
  package let title: String
  /// What the reader should know beside the picture, such as rows that are not drawn.
  package let remarks: [String]
  /// Whether pictures are dark; nil leaves it to the viewer.
  let isDark: Bool?
  let showsLegend: Bool
  let content: ChartContent
}

/// The parts of a chart by the family that draws it.
enum ChartContent: Sendable {
  case plot(Plot)
  case bars(BarContent)
  case shares(ShareContent)
  case cards([CardValue])
  case spans(SpanContent)
  case tiles(TileContent)
  case heat(HeatContent)
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

/// One value of a card and what it is.
struct CardValue: Sendable {
  let label: String
  let value: String
}
