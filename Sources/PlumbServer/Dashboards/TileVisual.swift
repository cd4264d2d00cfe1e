import PlumbEngine

/// How a tile draws its rows: the name that dashboards have for it, and the chart of `render` that is the same.
struct TileVisual: Sendable {
  /// The value of `visualType`.
  let type: String
  let options: Dynamic

  private struct Kind {
    let type: String
    /// The chart and its `kind`.
    let chart: String
    let kind: String?

    init(_ type: String, _ chart: String, _ kind: String? = nil) {
      self.type = type
      self.chart = chart
      self.kind = kind
    }
  }

  /// The first of several with the same chart is written.
  private static let kinds = [
    Kind("table", "table"), Kind("line", "linechart"), Kind("timechart", "timechart"), Kind("area", "areachart"), Kind("stackedarea", "stackedareachart"),
    Kind("stackedarea", "areachart", "stacked"), Kind("bar", "barchart"), Kind("stackedbar", "barchart", "stacked"),
    Kind("stackedbar100", "barchart", "stacked100"), Kind("column", "columnchart"), Kind("stackedcolumn", "columnchart", "stacked"),
    Kind("stackedcolumn100", "columnchart", "stacked100"), Kind("pie", "piechart"), Kind("scatter", "scatterchart"), Kind("card", "card"), Kind("stat", "card"),
    Kind("anomalychart", "anomalychart"), Kind("heatmap", "heatmap"), Kind("treemap", "treemap"),
  ]

  /// The tile that draws what a query's `render` asks for; a table without one.
  ///
  /// - Parameter hasQueryList: whether its dashboard is of a schema after 20, which writes names where 20 has objects.
  init(_ visualization: Visualization?, hasQueryList: Bool) {
    let kind = visualization?.property("kind")
    let same = Self.kinds.filter { $0.chart == visualization?.kind }
    let found = same.first { $0.kind == kind } ?? same.first { $0.kind == nil } ?? same.first
    func names(_ property: String) -> [Dynamic] {
      (visualization?.property(property) ?? "").split(separator: ",").map { .string(String($0.trimmingCharacters)) }
    }
    func column(_ value: Dynamic?) -> Dynamic {
      if hasQueryList { return value ?? .null }
      return value.map { .object([("type", .string("specified")), ("value", $0)]) } ?? .object([("type", .string("infer"))])
    }
    func list(_ names: [Dynamic]) -> Dynamic? { names.isEmpty ? nil : .array(names) }
    var members: [(key: String, value: Dynamic)] = [
      ("xColumn", column(names("xcolumn").first)), ("yColumns", column(list(names("ycolumns")))), ("seriesColumns", column(list(names("series")))),
      ("hideLegend", .bool(visualization?.property("legend") == "hidden")),
      ("xColumnTitle", .string(visualization?.property("xtitle") ?? "")), ("yColumnTitle", .string(visualization?.property("ytitle") ?? "")),
      ("xAxisScale", .string(visualization?.property("xaxis") ?? "linear")), ("yAxisScale", .string(visualization?.property("yaxis") ?? "linear")),
      ("horizontalLine", .string("")), ("verticalLine", .string("")), ("crossFilterDisabled", .bool(false)),
    ]
    if !hasQueryList {
      let infer = Dynamic.object([("type", .string("infer"))])
      members += [("yAxisMinimumValue", infer), ("yAxisMaximumValue", infer), ("hideTileTitle", .bool(false))]
    }
    self.init(type: found?.type ?? "table", options: found.map { $0.chart == "table" || $0.chart == "card" } ?? true ? .object([]) : .object(members))
  }

  init(type: String, options: Dynamic) {
    self.type = type
    self.options = options
  }

  /// What `render` would say; nil for a table and for what is not drawn here.
  ///
  /// - Parameter schema: the columns of the rows; the first one says whether lines are over time.
  func visualization(_ schema: Schema) -> Visualization? {
    guard let kind = Self.kinds.first(where: { $0.type == type }), kind.chart != "table" else { return nil }
    var properties: [String: String] = [:]
    if let value = kind.kind { properties["kind"] = value }
    let names = Set(schema.map(\.name))
    func columns(_ option: String) -> [String] {
      let value = options[option]
      let list = value?["value"].elements ?? []
      let one = value?["value"].text ?? value.text
      return ((list + value.elements).compactMap { Optional($0).text } + [one].compactMap { $0 }).filter(names.contains)
    }
    let x = columns("xColumn").first
    if let x { properties["xcolumn"] = x }
    for (property, option) in [("ycolumns", "yColumns"), ("series", "seriesColumns")] {
      let found = columns(option)
      if !found.isEmpty { properties[property] = found.joined(separator: ",") }
    }
    for (property, option) in [("xtitle", "xColumnTitle"), ("ytitle", "yColumnTitle")] {
      if let title = options[option].text, !title.isEmpty { properties[property] = title }
    }
    if options["hideLegend"].flag == true { properties["legend"] = "hidden" }
    let isOverTime = schema.first { $0.name == (x ?? $0.name) }?.type == .datetime
    return Visualization(kind: kind.chart == "linechart" && isOverTime ? "timechart" : kind.chart, properties: properties)
  }

  /// Whether tiles of this kind are drawn as in the dashboard, rather than as a table.
  var isKnown: Bool { type == "multistat" || type == "markdownCard" || Self.kinds.contains { $0.type == type } }
}
