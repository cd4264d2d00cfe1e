import PlumbDiagnostics
import PlumbEngine

extension Answer {
  /// The chart that `render` requested; nil if it requested none, or one that Plumb does not draw.
  ///
  /// - Returns: a chart, or a sentence that says why the rows cannot be drawn.
  package func chart() -> Result<Chart, ChartRefusal>? {
    guard let visualization, let form = ChartForm.named(visualization.kind) else { return nil }
    do {
      return .success(try Chart(self, visualization, form))
    } catch {
      return .failure(ChartRefusal(sentence: error.sentence))
    }
  }

  /// A sentence for the user if `render` requested something that is shown as a table.
  package var undrawnChart: String? {
    guard let visualization, visualization.kind != "table" else { return nil }
    switch chart() {
    case .success: return nil
    case .failure(let refusal): return "`render \(visualization.kind)` is shown as a table: \(refusal.sentence)"
    case nil: return "`render \(visualization.kind)` is shown as a table"
    }
  }
}

/// Why rows cannot be drawn as a chart.
package struct ChartRefusal: Error, Sendable {
  package let sentence: String
}

extension Chart {
  init(_ answer: Answer, _ visualization: Visualization, _ form: ChartForm) throws(ChartProblem) {
    let table = ChartTable(answer)
    if table.rowCount == 0 { throw ChartProblem(sentence: "the result has no rows to draw") }
    var remarks = table.remarks + ChartProperties.remarks(visualization)
    kind = form.name
    title = VisibleText.string(visualization.property("title") ?? "")
    isDark = visualization.property("theme").flatMap { $0 == "dark" ? true : $0 == "light" ? false : nil }
    showsLegend = visualization.property("legend") != "hidden"
    let builder = ChartBuilder(table: table, visualization: visualization, form: form)
    content = try form.read(builder, &remarks)
    self.remarks = remarks
  }
}

/// Makes the parts of a chart from its rows.
struct ChartBuilder {
  let table: ChartTable
  let visualization: Visualization
  let form: ChartForm

  /// The first row's values.
  func cards() -> [CardValue] {
    table.columns.prefix(24).map { column in
      let value: String
      switch column.cells[0] {
      case .real(let number): value = ChartNumber.text(number)
      case .long(let number): value = ChartNumber.grouped(Double(number))
      case .int(let number): value = ChartNumber.grouped(Double(number))
      case .timespan(let ticks): value = ChartNumber.duration(Double(ticks))
      default: value = column.text(0)
      }
      return CardValue(label: column.name, value: value)
    }
  }

  func axisKind(_ column: ChartTable.Column) -> ChartAxis.Kind {
    switch column.type {
    case .datetime: .time
    case .timespan: .duration
    case .int, .long, .real, .decimal: .number
    case .bool, .string, .guid, .dynamic: .category
    }
  }

  /// A named property as a number.
  func number(_ property: String) -> Double? {
    visualization.property(property).flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The axis of values from `low` to `high`, with round ends.
  func valueAxis(
    _ low: Double, _ high: Double, kind: ChartAxis.Kind, title: String, fromZero: Bool, _ remarks: inout [String]
  ) throws(ChartProblem) -> ChartAxis {
    var kind = kind
    var (low, high) = (low, high)
    if visualization.property("yaxis") == "log" {
      if low > 0 { kind = .logarithm } else { remarks.append(unfollowedLog("yaxis")) }
    }
    if kind != .logarithm {
      // A range far from zero would be a flat line; one near it should show how large its values are.
      if fromZero || low > 0 && low < high * 0.7 { low = min(low, 0) }
      if fromZero { high = max(high, 0) }
      if low == high { (low, high) = low == 0 ? (0, 1) : (min(low, 0), max(high, 0)) }
    }
    var axis = ChartAxis(
      kind: kind, lower: low, upper: high, title: VisibleText.string(visualization.property("ytitle") ?? title))
    if !axis.isDrawable { throw .tooFarApart }
    let rounded = axis.rounded(toTicks: 5)
    if rounded.isDrawable {
      // Rounding may miss the ends themselves if they are large and close together.
      axis.lower = min(rounded.lower, low)
      axis.upper = max(rounded.upper, high)
    }
    return narrowed(axis, &remarks)
  }

  /// The axis from `ymin` to `ymax`, as far as they were given and define an axis.
  private func narrowed(_ axis: ChartAxis, _ remarks: inout [String]) -> ChartAxis {
    let (least, greatest) = (number("ymin"), number("ymax"))
    var result = axis
    result.lower = least ?? axis.lower
    result.upper = greatest ?? axis.upper
    let problem: String
    if result.lower >= result.upper {
      let hasBoth = least != nil && greatest != nil
      problem =
        hasBoth ? "`ymin` is not below `ymax`" : least == nil ? "no value is below `ymax`" : "no value is above `ymin`"
    } else if !result.isDrawable {
      let isLogarithm = axis.kind == .logarithm
      problem = isLogarithm ? "a logarithmic axis needs a `ymin` above 0" : "`ymin` and `ymax` are too far apart"
    } else {
      return result
    }
    remarks.append("\(problem): the y axis shows every value")
    return axis
  }

  /// Why an axis stays linear.
  func unfollowedLog(_ property: String) -> String {
    form.isBar
      ? "`\(property)=log` is ignored: bars begin at 0 and are evenly spaced"
      : "`\(property)=log` is ignored: a logarithmic axis needs numbers above 0"
  }
}
