/// The declaration of a kind of chart for `render`. How it is drawn is in the presentation.
package struct ChartDeclaration: Sendable {
  package let name: String
  /// One sentence.
  package let summary: String
  /// A query on the simulated world that draws one.
  package let example: String
  /// The values of `kind`.
  package let kinds: [String]

  private init(_ name: String, _ summary: String, kinds: [String] = ["default"], example: String) {
    self.name = name
    self.summary = summary
    self.example = example
    self.kinds = kinds
  }

  private static let stacking = ["default", "unstacked", "stacked", "stacked100"]
  private static let mapping = ["default", "map"]

  /// The charts that Plumb draws.
  package static let all: [ChartDeclaration] = [
    ChartDeclaration(
      "timechart", "Draws lines over time.",
      example: "runs | summarize count() by bin(started, 1h) | render timechart"),
    ChartDeclaration(
      "linechart", "Draws lines over numbers, times or texts.",
      example: "runs | summarize avg(cpu) by hour = hourofday(started) | render linechart"),
    ChartDeclaration(
      "areachart", "Draws lines with their areas filled; `kind=stacked` stacks them.", kinds: stacking,
      example: "runs | summarize sum(records_out) by bin(started, 1d) | render areachart"),
    ChartDeclaration(
      "stackedareachart", "Draws areas on top of one another.", kinds: stacking,
      example: "runs | summarize count() by bin(started, 1d), source | render stackedareachart"),
    ChartDeclaration(
      "barchart", "Draws a horizontal bar for each text; `kind=stacked` or `stacked100` stacks them.",
      kinds: stacking,
      example: #"runs | where status == "failed" | summarize count() by source | render barchart"#),
    ChartDeclaration(
      "columnchart",
      "Draws a column for each value of the first column; `kind=stacked` or `stacked100` stacks them.",
      kinds: stacking, example: "runs | summarize count() by bin(started, 1d) | render columnchart"),
    ChartDeclaration(
      "piechart", "Draws the shares of a whole; in text, a bar of 100 %.", kinds: mapping,
      example: "pipelines | summarize count() by source | render piechart"),
    ChartDeclaration(
      "scatterchart", "Draws a mark for each row.", kinds: mapping,
      example:
        #"runs | where pipeline == "entra-signin-eastus" | project records_in, memory_mb | render scatterchart"#),
    ChartDeclaration(
      "anomalychart", "Draws a line over time and marks its anomalies.",
      example: #"runs | summarize failed = countif(status == "failed") by bin(started, 6h) | render anomalychart"#),
    ChartDeclaration(
      "card", "Shows the first row's values in large type.",
      example: #"runs | summarize runs = count(), failed = countif(status == "failed") | render card"#),
    ChartDeclaration(
      "ladderchart", "Draws a bar from a start to an end for each row, such as runs.",
      example: """
        runs | where pipeline == "entra-signin-eastus" | top 20 by started | project pipeline, started, ended, status \
        | render ladderchart
        """),
    ChartDeclaration(
      "treemap", "Draws rectangles proportional to their values, nested by two columns of text.",
      example: "pipelines | summarize sum(records_24h) by source, name | render treemap"),
    ChartDeclaration(
      "heatmap", "Draws a grid of shades: the first value column over two others.",
      example:
        #"runs | where status == "failed" | summarize count() by hour = hourofday(started), source | render heatmap"#),
  ]

  package static func named(_ name: String) -> ChartDeclaration? { all.first { $0.name == name } }

  /// Names that `render` accepts and whose rows are shown as a table: `table`, and Kusto's charts that Plumb does not draw.
  package static let undrawn = [
    "graph", "histogram", "pivotchart", "plotly", "sparkline", "table", "timeline", "timepivot",
  ]
}

/// The declaration of a property of `render ... with (...)`.
package struct ChartProperty: Sendable {
  package enum Value: Sendable {
    case text
    /// A finite number.
    case number
    /// The name of a column, or several.
    case columns
    case words([String])
    /// The words of the chart's own `kind`.
    case kind
  }

  package let name: String
  package let value: Value
  /// Whether completion and help omit it, because Plumb accepts it without applying it.
  package let isIgnored: Bool

  private init(_ name: String, _ value: Value, isIgnored: Bool = false) {
    self.name = name
    self.value = value
    self.isIgnored = isIgnored
  }

  /// Kusto's documented properties, and Plumb's own: `theme` and `file`.
  package static let all: [ChartProperty] = [
    ChartProperty("title", .text),
    ChartProperty("file", .text),
    ChartProperty("kind", .kind),
    ChartProperty("xcolumn", .columns),
    ChartProperty("ycolumns", .columns),
    ChartProperty("series", .columns),
    ChartProperty("xtitle", .text),
    ChartProperty("ytitle", .text),
    ChartProperty("ymin", .number),
    ChartProperty("ymax", .number),
    ChartProperty("xaxis", .words(["linear", "log"])),
    ChartProperty("yaxis", .words(["linear", "log"])),
    ChartProperty("legend", .words(["visible", "hidden"])),
    ChartProperty("anomalycolumns", .columns),
    ChartProperty("theme", .words(["light", "dark"])),
    ChartProperty("accumulate", .words(["true", "false"]), isIgnored: true),
    ChartProperty("ysplit", .words(["none", "axes", "panels"]), isIgnored: true),
  ]

  package static func named(_ name: String) -> ChartProperty? { all.first { $0.name == name } }
}
