import PlumbDiagnostics
import PlumbEngine

/// Which columns of a chart are its x, its values and its series: according to `with (...)`, else by their types.
struct ChartRoles {
  /// The column that is x if none is named.
  enum DefaultX: Sendable {
    /// A datetime, else the first number or time.
    case time
    /// A datetime, else the first column.
    case timeOrFirst
    /// A number that is not the only value.
    case number
    /// A text or a datetime, else the first column.
    case text
  }

  var x: ChartTable.Column?
  var values: [ChartTable.Column]
  var series: [ChartTable.Column]

  init(_ table: ChartTable, _ visualization: Visualization, form: ChartForm) throws(ChartProblem) {
    let named = try NamedColumns(table, visualization)
    x = named.x ?? Self.defaultX(table, form.x, except: named.values + named.series)
    let taken = [x?.name].compactMap { $0 } + named.series.map(\.name) + named.anomalies.map(\.name)
    values = named.values
    if values.isEmpty {
      values = table.columns.filter { column in
        !taken.contains(column.name) && (column.isNumber || column.type == .timespan)
      }
    }
    series = named.series
    if series.isEmpty {
      let used = taken + values.map(\.name)
      series = table.columns.filter { $0.isText && !used.contains($0.name) }
    }
  }

  private static func defaultX(
    _ table: ChartTable, _ x: DefaultX, except taken: [ChartTable.Column]
  ) -> ChartTable.Column? {
    let free = table.columns.filter { column in !taken.contains { $0.name == column.name } }
    switch x {
    case .time:
      return free.first { $0.type == .datetime } ?? free.first { $0.isContinuous }
    case .timeOrFirst:
      return free.first { $0.type == .datetime } ?? free.first
    case .number:
      let first = free.first { $0.isContinuous }
      let hasOther = free.contains { ($0.isNumber || $0.type == .timespan) && $0.name != first?.name }
      return hasOther ? first : free.first { $0.type == .datetime } ?? first
    case .text:
      // A number before texts is a value; `count() by name` puts the text first.
      return free.first { $0.isText || $0.type == .datetime } ?? free.first
    }
  }

  /// The name of a row's series: its texts, and the value's name if there are several.
  func seriesName(_ row: Int, value: ChartTable.Column) -> String {
    var parts = series.map { $0.text(row) }
    if parts.isEmpty || values.count > 1 { parts.append(value.name) }
    return parts.joined(separator: ", ")
  }
}

/// Why an answer cannot be drawn as requested; a sentence for the user.
struct ChartProblem: Error {
  let sentence: String

  static let tooFarApart = ChartProblem(sentence: "the values are too far apart to draw")
  static let tooLarge = ChartProblem(sentence: "the values are too large to add up")
}

/// The columns that `with (...)` names.
private struct NamedColumns {
  var x: ChartTable.Column?
  var values: [ChartTable.Column] = []
  var series: [ChartTable.Column] = []
  var anomalies: [ChartTable.Column] = []

  init(_ table: ChartTable, _ visualization: Visualization) throws(ChartProblem) {
    func columns(_ property: String) throws(ChartProblem) -> [ChartTable.Column] {
      guard let list = visualization.property(property) else { return [] }
      var result: [ChartTable.Column] = []
      for part in list.split(separator: ",") {
        let name = part.trimmingSpaces
        guard let column = table.columns.first(where: { $0.name == name }) else {
          throw ChartProblem(sentence: "the result has no column `\(VisibleText.string(name))` for `\(property)`")
        }
        result.append(column)
      }
      return result
    }
    x = try columns("xcolumn").first
    values = try columns("ycolumns")
    series = try columns("series")
    anomalies = try columns("anomalycolumns")
  }
}

extension Visualization {
  /// A property's value by its name, letter case aside.
  package func property(_ name: String) -> String? {
    properties[name] ?? properties.first { $0.key.lowercased() == name }?.value
  }
}

extension Substring {
  var trimmingSpaces: String {
    var text = self
    while text.first == " " { text = text.dropFirst() }
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}
