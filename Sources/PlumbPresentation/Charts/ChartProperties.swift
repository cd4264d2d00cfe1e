import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// What `render ... with (...)` may say, and remarks about what cannot be applied.
enum ChartProperties {
  /// The words that a property accepts; nil if it accepts any text.
  private static func words(_ property: ChartProperty, _ chart: String) -> [String]? {
    switch property.value {
    case .words(let words): words
    case .kind: ChartDeclaration.named(chart)?.kinds
    case .text, .number, .columns: nil
    }
  }

  /// A sentence for each property that is unknown, or whose value cannot be applied.
  static func remarks(_ visualization: Visualization) -> [String] {
    visualization.properties.sorted { $0.key < $1.key }.compactMap { name, value in
      let name = VisibleText.string(String(name.prefix(ChartLimits.nameLength)))
      let value = VisibleText.string(String(value.prefix(ChartLimits.nameLength)))
      guard let property = ChartProperty.named(name.lowercased()) else {
        let nearest = Suggestion.nearest(to: name, in: ChartProperty.all.map(\.name)).map { "; \($0)" } ?? ""
        return "unknown chart property `\(name)`\(nearest)"
      }
      if let words = words(property, visualization.kind), !words.contains(value) {
        return words.count == 1
          ? "a \(visualization.kind) does not support `kind=\(value)`"
          : "unknown value in `\(property.name)=\(value)`: use \(listed(words))"
      }
      if case .number = property.value, Double(value).map(\.isFinite) != true {
        return "`\(property.name)=\(value)` is not a number"
      }
      return unsupported(property.name, value)
    }
  }

  /// What Kusto documents and Plumb accepts without applying it.
  private static func unsupported(_ property: String, _ value: String) -> String? {
    switch (property, value) {
    case ("accumulate", "true"): "`accumulate` is not supported: the values are drawn unchanged"
    case ("kind", "map"): "`kind=map` is not supported"
    case ("ysplit", "axes"), ("ysplit", "panels"): "`ysplit` is not supported: all values share one axis"
    default: nil
    }
  }

  private static func listed(_ words: [String]) -> String {
    let quoted = words.map { "`\($0)`" }
    return quoted.dropLast().joined(separator: ", ") + " or " + (quoted.last ?? "")
  }
}
