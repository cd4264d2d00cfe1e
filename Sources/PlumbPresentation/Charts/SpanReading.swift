import PlumbEngine

/// The style of each status: one whose hue suits the word if it is free, otherwise the next free one.
private struct StatusStyles {
  private(set) var legend: [(name: String, style: Int)] = []
  private var known: [String: Int] = [:]
  private var free = Set(0..<ChartLimits.series)

  mutating func style(of status: String) -> Int {
    if let style = known[status] { return style }
    let fitting = StatusInk.series(status).flatMap { free.contains($0) ? $0 : nil }
    let style = fitting ?? free.min() ?? ChartLimits.series
    known[status] = style
    if free.remove(style) != nil {
      legend.append((status, style))
    } else if legend.last?.style != ChartLimits.series {
      legend.append(("other", style))
    }
    return style
  }
}

extension ChartBuilder {
  /// Spans from one column to another, each in the lane of its name.
  func spans(_ remarks: inout [String]) throws(ChartProblem) -> SpanContent {
    let times = table.columns.filter { $0.type == .datetime }
    let ends = times.count >= 2 ? times : table.columns.filter(\.isContinuous)
    guard ends.count >= 2 else {
      throw ChartProblem(sentence: "a ladder needs two columns of times or numbers, where spans start and end")
    }
    let (start, end) = (ends[ends.count - 2], ends[ends.count - 1])
    let named = visualization.property("series")?.split(separator: ",").map(\.trimmingSpaces) ?? []
    let status = table.columns.first { $0.name == "status" && $0.isText }
    var labels = table.columns.filter { named.contains($0.name) }
    if labels.isEmpty { labels = Array(table.columns.filter { $0.isText && $0.name != status?.name }.prefix(2)) }

    var lanes: [(name: String, spans: [SpanContent.Span])] = []
    var places: [String: Int] = [:]
    var styles = StatusStyles()
    var (left, unplaced, backwards, endless) = (0, 0, 0, 0)
    for row in 0..<table.rowCount {
      guard let from = start.number(row) else {
        unplaced += 1
        continue
      }
      let to = end.number(row)
      if let to, to < from {
        backwards += 1
        continue
      }
      let name = labels.isEmpty ? "row \(row + 1)" : labels.map { $0.text(row) }.joined(separator: ", ")
      let lane = places[name] ?? lanes.count
      if lane == lanes.count {
        if lanes.count == ChartLimits.lanes {
          left += 1
          continue
        }
        places[name] = lane
        lanes.append((name, []))
      }
      let style = status.map { styles.style(of: $0.text(row)) } ?? 0
      if to == nil { endless += 1 }
      lanes[lane].spans.append(SpanContent.Span(from: from, to: to ?? from, style: style))
    }
    remarks.remark(
      left, "row is left out: only the first \(ChartLimits.lanes) lanes are drawn",
      "rows are left out: only the first \(ChartLimits.lanes) lanes are drawn")
    remarks.remark(unplaced, "row without a start is not drawn", "rows without a start are not drawn")
    remarks.remark(
      backwards, "row that ends before it starts is not drawn", "rows that end before they start are not drawn")
    remarks.remark(endless, "row without an end is a mark at its start", "rows without an end are marks at their starts")
    let all = lanes.flatMap(\.spans)
    guard var low = all.map(\.from).min(), var high = all.map(\.to).max() else {
      let isEmpty = backwards == 0
      throw ChartProblem(sentence: isEmpty ? "no row has a start" : "no row has an end after its start")
    }
    if !(high - low).isFinite { throw .tooFarApart }
    if low == high { (low, high) = (low - 1, high + 1) }
    return SpanContent(
      x: ChartAxis(kind: axisKind(start), lower: low, upper: high, title: ""), lanes: lanes, legend: styles.legend)
  }

  /// A grid of shades.
  func heat(_ remarks: inout [String]) throws(ChartProblem) -> HeatContent {
    let roles = try ChartRoles(table, visualization, form: form)
    let x = roles.x
    let others = table.columns.filter { column in
      column.name != x?.name && !roles.values.contains { $0.name == column.name }
    }
    guard let x, let value = roles.values.last, let rows = others.first ?? roles.values.dropLast().first else {
      throw ChartProblem(sentence: "a heat map needs two columns for its axes, and a number")
    }
    var columnPlaces: [String: Int] = [:]
    var columns: [(name: String, at: Double?)] = []
    var rowPlaces: [String: Int] = [:]
    var rowNames: [String] = []
    var cells: [(row: Int, column: Int, value: Double)] = []
    var (left, dropped) = (0, 0)
    for row in 0..<table.rowCount {
      guard let number = value.number(row) else {
        dropped += 1
        continue
      }
      let (columnName, rowName) = (x.text(row), rows.text(row))
      let isNewColumn = columnPlaces[columnName] == nil
      let isNewRow = rowPlaces[rowName] == nil
      if isNewColumn && columns.count >= ChartLimits.heatColumns || isNewRow && rowNames.count >= ChartLimits.heatRows {
        left += 1
        continue
      }
      if isNewColumn {
        columnPlaces[columnName] = columns.count
        columns.append((columnName, x.isContinuous ? x.number(row) : nil))
      }
      if isNewRow {
        rowPlaces[rowName] = rowNames.count
        rowNames.append(rowName)
      }
      cells.append((rowPlaces[rowName] ?? 0, columnPlaces[columnName] ?? 0, number))
    }
    guard let low = cells.map(\.value).min(), let high = cells.map(\.value).max() else {
      throw ChartProblem(sentence: "every value is null, NaN or infinite")
    }
    remarks.remark(
      left, "row does not fit in the map and is left out", "rows do not fit in the map and are left out")
    remarks.remark(dropped, "row without a finite number is not drawn", "rows without a finite number are not drawn")
    return try heatGrid(x, value, columns, rows.name, rowNames, cells, low: low, high: high)
  }

  /// Puts the columns in order, including those missing between even steps.
  private func heatGrid(
    _ x: ChartTable.Column, _ value: ChartTable.Column, _ columns: [(name: String, at: Double?)], _ rows: String,
    _ rowNames: [String], _ cells: [(row: Int, column: Int, value: Double)], low: Double, high: Double
  ) throws(ChartProblem) -> HeatContent {
    var order = Array(columns.indices)
    let numbers = columns.compactMap(\.at)
    var names = columns.map(\.name)
    var places = order
    let step = evenStep(of: numbers).flatMap { step in
      ((numbers.max() ?? 0) - (numbers.min() ?? 0)) / step < Double(ChartLimits.heatColumns) ? step : nil
    }
    if numbers.count == columns.count, let first = numbers.min(), let last = numbers.max() {
      order.sort { numbers[$0] < numbers[$1] }
      if let step {
        let count = Int(bounded: ((last - first) / step).rounded()) + 1
        names = (0..<count).map { i in
          let at = first + Double(i) * step
          return axisKind(x) == .time ? ChartNumber.time(at) : ChartNumber.text(at)
        }
        places = numbers.map { min(count - 1, Int(bounded: (($0 - first) / step).rounded())) }
      } else {
        names = order.map { columns[$0].name }
        for (place, index) in order.enumerated() { places[index] = place }
      }
    }
    var values = [[Double?]](repeating: [Double?](repeating: nil, count: names.count), count: rowNames.count)
    for cell in cells { values[cell.row][places[cell.column]] = (values[cell.row][places[cell.column]] ?? 0) + cell.value }
    let all = values.flatMap { $0.compactMap { $0 } }
    if all.contains(where: { !$0.isFinite }) { throw .tooLarge }
    let (low, high) = (min(0, all.min() ?? low), all.max() ?? high)
    if !(high - low).isFinite { throw .tooFarApart }
    var axis = ChartAxis(
      kind: .category, lower: -0.5, upper: Double(names.count) - 0.5, title: xTitle(x), categories: names)
    var positions = names.indices.map(Double.init)
    if numbers.count == columns.count, let step, let first = numbers.min(),
      names.count > 1
    {
      positions = names.indices.map { first + Double($0) * step }
      axis = ChartAxis(
        kind: axisKind(x), lower: first - step / 2, upper: (positions.last ?? first) + step / 2, title: xTitle(x),
        inset: step / 2)
    }
    return HeatContent(
      x: axis, positions: positions, columnNames: names, rowNames: rowNames, rowsTitle: rows, values: values,
      low: low, high: high, valueName: value.name)
  }
}
