import PlumbEngine

extension ChartBuilder {
  /// Bars and columns.
  func bars(isVertical: Bool, _ remarks: inout [String]) throws(ChartProblem) -> BarContent {
    let roles = try ChartRoles(table, visualization, form: form)
    guard let x = roles.x else { throw ChartProblem(sentence: "no column has names for the bars") }
    if roles.values.isEmpty { throw ChartProblem(sentence: "no numeric column to draw for `\(x.name)`") }
    var stacking = Self.stacking(visualization.property("kind"))
    if visualization.property("xaxis") == "log" { remarks.append(unfollowedLog("xaxis")) }

    var names: [String: Int] = [:]
    var categories: [String] = []
    var positions: [Double?] = []
    var series: [(name: String, values: [Int: Double])] = []
    var places: [String: Int] = [:]
    let limit = isVertical && x.isContinuous ? 2_000 : ChartLimits.bars
    var left = 0
    var notFinite = 0
    for row in 0..<table.rowCount {
      let name = x.text(row)
      let category = names[name] ?? categories.count
      if category == categories.count {
        if categories.count == limit {
          left += 1
          continue
        }
        names[name] = category
        categories.append(name)
        positions.append(x.isContinuous ? x.number(row) : nil)
      }
      for value in roles.values {
        let title = roles.seriesName(row, value: value)
        let place = places[title] ?? series.count
        if place == series.count {
          places[title] = place
          series.append((title, [:]))
        }
        if value.isNotFinite(row) { notFinite += 1 }
        guard let number = value.number(row) else { continue }
        series[place].values[category, default: 0] += number
      }
    }
    remarks.remark(
      left, "row is left out: only the first \(limit) bars are drawn",
      "rows are left out: only the first \(limit) bars are drawn")
    remarks.remark(notFinite: notFinite)
    if stacking == .shares, series.contains(where: { $0.values.values.contains { $0 < 0 } }) {
      stacking = .beside
      remarks.append("values below 0 cannot be shares of a whole: the bars are side by side")
    }

    let raw = series.map { one in
      RawSeries(
        name: one.name,
        points: categories.indices.compactMap { i in one.values[i].map { (x: Double(i), y: Optional($0)) } })
    }
    let folded = FoldedSeries(raw, isMean: stacking == .beside && roles.values.contains { FoldedSeries.isMean($0.name) })
    let styled = folded.series.enumerated().map { i, one in
      var values = [Double?](repeating: nil, count: categories.count)
      for point in one.points { values[Int(bounded: point.x)] = point.y }
      return BarSeries(name: one.name, style: folded.style(i), values: values)
    }
    if stacking != .beside {
      let totals = categories.indices.map { i in styled.reduce(0) { $0 + abs($1.values[i] ?? 0) } }
      if totals.contains(where: { !$0.isFinite }) { throw .tooLarge }
    }
    return try placed(
      isVertical, stacking, x, categories, positions, styled,
      title: roles.values.count == 1 ? roles.values[0].name : "",
      valueKind: roles.values.allSatisfy { $0.type == .timespan } ? .duration : .number, &remarks)
  }

  private static func stacking(_ kind: String?) -> BarContent.Stacking {
    switch kind {
    case "stacked": .stacked
    case "stacked100": .shares
    default: .beside
    }
  }

  private func placed(
    _ isVertical: Bool, _ stacking: BarContent.Stacking, _ x: ChartTable.Column, _ categories: [String],
    _ positions: [Double?], _ series: [BarSeries], title: String, valueKind: ChartAxis.Kind, _ remarks: inout [String]
  ) throws(ChartProblem) -> BarContent {
    let numbers = positions.compactMap { $0 }
    var at = categories.indices.map(Double.init)
    var step = 1.0
    var axis = ChartAxis(
      kind: .category, lower: -0.5, upper: Double(categories.count) - 0.5, title: xTitle(x), categories: categories)
    if isVertical, numbers.count == categories.count, let even = evenStep(of: numbers),
      let low = numbers.min(), let high = numbers.max(), (high - low) / even < 2_000
    {
      at = numbers
      step = even
      axis = ChartAxis(kind: axisKind(x), lower: low - even / 2, upper: high + even / 2, title: xTitle(x), inset: even / 2)
    }
    let draft = BarContent(
      isVertical: isVertical, stacking: stacking, x: axis, y: axis, categories: categories, positions: at, step: step,
      series: series)
    let ends = categories.indices.flatMap { draft.extents(at: $0).compactMap { $0 }.flatMap { [$0.from, $0.to] } }
    guard let low = ends.min(), let high = ends.max() else { throw ChartProblem(sentence: "every value is null, NaN or infinite") }
    if ends.contains(where: { !$0.isFinite }) { throw .tooLarge }
    let y = try valueAxis(
      low, high, kind: stacking == .shares ? .percent : valueKind, title: title, fromZero: true, &remarks)
    let cut = categories.indices.reduce(0) { sum, category in
      sum + draft.extents(at: category).reduce(0) { $0 + ($1.map { y.contains($0.to) } ?? true ? 0 : 1) }
    }
    remarks.remark(
      cut, "bar ends outside the y axis (\(y.span)) and is cut",
      "bars end outside the y axis (\(y.span)) and are cut")
    return BarContent(
      isVertical: isVertical, stacking: stacking, x: axis, y: y, categories: categories, positions: at, step: step,
      series: series)
  }
}
