import PlumbDiagnostics
import PlumbEngine

extension ChartBuilder {
  /// Lines, areas and marks.
  func plot(
    _ wanted: Plot.Style, requiresTime: Bool = false, marksAnomalies: Bool = false, _ remarks: inout [String]
  ) throws(ChartProblem) -> Plot {
    let roles = try ChartRoles(table, visualization, form: form)
    guard let x = roles.x else { throw ChartProblem(sentence: "no column fits the x axis") }
    if requiresTime && x.type != .datetime && visualization.property("xcolumn") == nil {
      throw ChartProblem(sentence: "no datetime column for the x axis")
    }
    if roles.values.isEmpty { throw ChartProblem(sentence: "no numeric column to draw for `\(x.name)`") }

    var xAxis = ChartAxis(kind: axisKind(x), lower: 0, upper: 1, title: xTitle(x))
    let raw = try rawSeries(roles, x, &xAxis, isScattered: wanted == .points, &remarks)
    let isMean = roles.values.contains { FoldedSeries.isMean($0.name) }
    let folded = FoldedSeries(raw, isMean: isMean, isScattered: wanted == .points)
    let isBelowZero = raw.contains { $0.points.contains { $0.y.map { $0 < 0 } ?? false } }
    let style = wanted == .stacked && isBelowZero ? .areas : wanted
    if style != wanted { remarks.append("values below 0 cannot be stacked: each area begins at 0") }
    let step = style == .points ? nil : evenStep(of: raw.flatMap { $0.points.map(\.x) })

    var series = folded.series.enumerated().map { i, one in
      PlotSeries(name: one.name, style: folded.style(i), segments: segments(of: one, step: step, style: style))
    }
    if style == .stacked { try stack(&series) }
    if marksAnomalies { markAnomalies(&series, x, xAxis, &remarks) }

    let points = series.flatMap { $0.points + $0.marks }
    guard !points.isEmpty else { throw ChartProblem(sentence: "every value is null, NaN or infinite") }
    if points.contains(where: { !$0.y.isFinite }) { throw .tooLarge }
    if xAxis.kind != .category {
      xAxis.lower = points.reduce(.infinity) { min($0, $1.x) }
      xAxis.upper = points.reduce(-.infinity) { max($0, $1.x) }
      if visualization.property("xaxis") == "log", xAxis.lower > 0 { xAxis.kind = .logarithm }
      if xAxis.lower == xAxis.upper {
        let width = xAxis.kind == .time ? Double(TimeSpan.hour) : max(1, abs(xAxis.lower) * 0.1)
        if xAxis.kind == .logarithm { xAxis.lower /= 2 } else { xAxis.lower -= width / 2 }
        xAxis.upper += width / 2
      } else if style == .points {
        let margin = (xAxis.upper - xAxis.lower) * 0.02
        if xAxis.kind != .logarithm { xAxis.lower -= margin }
        xAxis.upper += margin
      }
      if !xAxis.isDrawable { throw .tooFarApart }
    }
    if visualization.property("xaxis") == "log", xAxis.kind != .logarithm { remarks.append(unfollowedLog("xaxis")) }
    let low = points.reduce(.infinity) { min($0, $1.y) }
    let high = points.reduce(-.infinity) { max($0, $1.y) }
    let valueKind: ChartAxis.Kind = roles.values.allSatisfy { $0.type == .timespan } ? .duration : .number
    let yAxis = try valueAxis(
      low, high, kind: valueKind, title: roles.values.count == 1 ? roles.values[0].name : "",
      fromZero: style == .areas || style == .stacked, &remarks)
    let outside = series.reduce(0) { sum, one in
      sum + one.points.reduce(0) { $0 + (yAxis.contains($1.y) ? 0 : 1) }
    }
    remarks.remark(
      outside, "value outside the y axis (\(yAxis.span)) is not drawn",
      "values outside the y axis (\(yAxis.span)) are not drawn")
    return Plot(style: style, x: xAxis, y: yAxis, series: series)
  }

  func xTitle(_ x: ChartTable.Column) -> String { VisibleText.string(visualization.property("xtitle") ?? x.name) }

  /// The points of each series in the order of x; texts are at 0, 1, 2, ... in order of first appearance.
  ///
  /// Remarks say which rows and values cannot be placed; a null in a line is a gap, which is visible by itself.
  private func rawSeries(
    _ roles: ChartRoles, _ x: ChartTable.Column, _ axis: inout ChartAxis, isScattered: Bool,
    _ remarks: inout [String]
  ) throws(ChartProblem) -> [RawSeries] {
    var (unplaced, notFinite, nulls) = (0, 0, 0)
    var series: [RawSeries] = []
    var places: [String: Int] = [:]
    var categories: [String: Int] = [:]
    for row in 0..<table.rowCount {
      let at: Double
      if axis.kind == .category {
        let text = x.text(row)
        let index = categories[text] ?? categories.count
        if index == categories.count {
          categories[text] = index
          axis.categories.append(text)
        }
        at = Double(index)
      } else if let number = x.number(row) {
        at = number
      } else {
        unplaced += 1
        continue
      }
      for value in roles.values {
        let name = roles.seriesName(row, value: value)
        let place = places[name] ?? series.count
        if place == series.count {
          places[name] = place
          series.append(RawSeries(name: name, points: []))
        }
        let number = value.number(row)
        if value.isNotFinite(row) { notFinite += 1 } else if number == nil { nulls += 1 }
        series[place].points.append((at, number))
      }
    }
    if unplaced == table.rowCount { throw ChartProblem(sentence: "no row can be placed on the x axis, `\(x.name)`") }
    remarks.remark(
      unplaced, "row that cannot be placed on the x axis is not drawn", "rows that cannot be placed on the x axis are not drawn")
    remarks.remark(notFinite: notFinite)
    if isScattered { remarks.remark(nulls, "null value is not marked", "null values are not marked") }
    if axis.kind == .category {
      axis.lower = 0
      axis.upper = Double(max(1, categories.count - 1))
    }
    if !isScattered {
      for i in series.indices { series[i].points.sort { $0.x < $1.x } }
    }
    return series
  }

  /// Splits a series where a value is null, and where more than one even step is missing.
  private func segments(of series: RawSeries, step: Double?, style: Plot.Style) -> [[PlotPoint]] {
    var result: [[PlotPoint]] = []
    var current: [PlotPoint] = []
    for point in series.points {
      let isGap = step.flatMap { step in current.last.map { point.x - $0.x > step * 1.5 } } ?? false
      if isGap || point.y == nil, !current.isEmpty {
        result.append(current)
        current = []
      }
      if let y = point.y { current.append(PlotPoint(x: point.x, y: y)) }
    }
    if !current.isEmpty { result.append(current) }
    return result
  }

  /// Stacks each series on top of those before it; a missing point has height zero.
  private func stack(_ series: inout [PlotSeries]) throws(ChartProblem) {
    let places = Array(Set(series.flatMap { $0.points.map(\.x) })).sorted()
    let isShare = visualization.property("kind") == "stacked100"
    var totals: [Double: Double] = [:]
    for one in series { for point in one.points { totals[point.x, default: 0] += abs(point.y) } }
    if totals.values.contains(where: { !$0.isFinite }) { throw .tooLarge }
    var heights: [Double: Double] = [:]
    for i in series.indices {
      var own: [Double: Double] = [:]
      for point in series[i].points { own[point.x, default: 0] += point.y }
      let stacked = places.map { x in
        let height = own[x] ?? 0
        let total = totals[x] ?? 0
        let base = heights[x] ?? 0
        let top = base + (isShare ? (total > 0 ? height / total * 100 : 0) : height)
        heights[x] = top
        return PlotPoint(x: x, y: top, base: base)
      }
      series[i].segments = [stacked]
    }
  }

  // MARK: Anomalies

  /// Marks the points that the anomaly columns flag; without such columns, points far from the median.
  private func markAnomalies(
    _ series: inout [PlotSeries], _ x: ChartTable.Column, _ axis: ChartAxis, _ remarks: inout [String]
  ) {
    let names = visualization.property("anomalycolumns")?.split(separator: ",").map(\.trimmingSpaces) ?? []
    let flags = table.columns.filter { names.contains($0.name) }
    if !flags.isEmpty {
      var flagged: Set<Double> = []
      for row in 0..<table.rowCount {
        guard let at = x.number(row) else { continue }
        if flags.contains(where: { ($0.number(row) ?? 0) != 0 }) { flagged.insert(at) }
      }
      for i in series.indices { series[i].marks = series[i].points.filter { flagged.contains($0.x) } }
      return
    }
    for i in series.indices {
      let values = series[i].points.map(\.y).sorted()
      guard values.count >= 5 else { continue }
      let median = values[values.count / 2]
      let deviations = values.map { abs($0 - median) }.sorted()
      // 1.4826 makes the median deviation the standard deviation of normal values (Hampel, 1974).
      let deviation = deviations[deviations.count / 2] * 1.4826
      guard deviation > 0 else { continue }
      series[i].marks = series[i].points.filter { abs($0.y - median) > 3 * deviation }
    }
    remarks.append("values more than 3 robust deviations from the median are marked")
  }
}
