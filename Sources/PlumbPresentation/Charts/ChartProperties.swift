import PlumbDiagnostics
import PlumbEngine

/// What `render ... with (...)` may say, and remarks about what was said and cannot be followed.
enum ChartProperties {
  /// Kusto's documented properties, and those of Plumb: `theme` and `file`.
  static let names = [
    "accumulate", "anomalycolumns", "file", "kind", "legend", "series", "theme", "title", "xaxis", "xcolumn", "xtitle",
    "yaxis", "ycolumns", "ymax", "ymin", "ysplit", "ytitle",
  ]

  /// The words that a property takes; nil for one that takes any text.
  private static func words(_ property: String, _ kind: ChartKind) -> [String]? {
    switch property {
    case "accumulate": ["true", "false"]
    case "kind": kinds(kind)
    case "legend": ["visible", "hidden"]
    case "theme": ["light", "dark"]
    case "xaxis", "yaxis": ["linear", "log"]
    case "ysplit": ["none", "axes", "panels"]
    default: nil
    }
  }

  private static func kinds(_ kind: ChartKind) -> [String] {
    switch kind {
    case .areachart, .stackedareachart, .barchart, .columnchart: ["default", "unstacked", "stacked", "stacked100"]
    case .piechart, .scatterchart: ["default", "map"]
    case .timechart, .linechart, .anomalychart, .card, .ladderchart, .treemap, .heatmap: ["default"]
    }
  }

  /// A sentence for each property that is unknown, or whose value is not followed.
  static func remarks(_ visualization: Visualization, _ kind: ChartKind) -> [String] {
    visualization.properties.sorted { $0.key < $1.key }.compactMap { name, value in
      let name = VisibleText.string(String(name.prefix(ChartLimits.nameLength)))
      let value = VisibleText.string(String(value.prefix(ChartLimits.nameLength)))
      let property = name.lowercased()
      guard names.contains(property) else {
        let nearest = Suggestion.nearest(to: name, in: names).map { "; \($0)" } ?? ""
        return "a chart has no property `\(name)`\(nearest)"
      }
      if let words = words(property, kind), !words.contains(value) {
        return property == "kind" && words.count == 1
          ? "a \(kind.rawValue) knows no `kind=\(value)`" : "`\(property)=\(value)` is unknown: write \(listed(words))"
      }
      if property == "ymin" || property == "ymax", Double(value).map(\.isFinite) != true {
        return "`\(property)=\(value)` is no number"
      }
      return unsupported(property, value)
    }
  }

  /// What Kusto documents and Plumb reads without following it.
  private static func unsupported(_ property: String, _ value: String) -> String? {
    switch (property, value) {
    case ("accumulate", "true"): "`accumulate` is not supported: the values are drawn as they are"
    case ("kind", "map"): "`kind=map` is not supported: there is no map"
    case ("ysplit", "axes"), ("ysplit", "panels"): "`ysplit` is not supported: all values share one axis"
    default: nil
    }
  }

  private static func listed(_ words: [String]) -> String {
    let quoted = words.map { "`\($0)`" }
    return quoted.dropLast().joined(separator: ", ") + " or " + (quoted.last ?? "")
  }
}
