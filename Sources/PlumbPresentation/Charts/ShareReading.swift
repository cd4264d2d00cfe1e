extension ChartBuilder {
  /// A pie's parts; values that are not above zero are left out.
  func shares(_ remarks: inout [String]) throws(ChartProblem) -> ShareContent {
    let roles = try ChartRoles(table, visualization, form: form)
    guard let x = roles.x, let value = roles.values.first else {
      throw ChartProblem(sentence: "a pie needs a column of names and one of numbers")
    }
    var places: [String: Int] = [:]
    var parts: [(name: String, value: Double)] = []
    var dropped = 0
    for row in 0..<table.rowCount {
      guard let number = value.number(row), number > 0 else {
        dropped += 1
        continue
      }
      let name = x.text(row)
      if let place = places[name] {
        parts[place].value += number
      } else {
        places[name] = parts.count
        parts.append((name, number))
      }
    }
    remarks.remark(
      dropped, "row without a number above 0 is left out", "rows without a number above 0 are left out")
    let total = parts.reduce(0) { $0 + $1.value }
    guard total > 0 else { throw ChartProblem(sentence: "no value is above 0") }
    if !total.isFinite { throw .tooLarge }
    parts.sort { $0.value > $1.value }
    let styles = StatusInk.styles(of: parts.prefix(ChartLimits.series).map(\.name))
    var styled = zip(parts.prefix(ChartLimits.series), styles).map { ($0.name, $1, $0.value) }
    if parts.count > ChartLimits.series {
      let rest = parts.dropFirst(ChartLimits.series)
      let name = rest.count == 1 ? rest.first?.name ?? "other" : "other (\(rest.count))"
      styled.append((name, ChartLimits.series, rest.reduce(0) { $0 + $1.value }))
    }
    let tenths = Self.apportioned(1000, by: styled.map(\.2))
    return ShareContent(
      shares: zip(styled, tenths).map { ShareContent.Share(name: $0.0, style: $0.1, value: $0.2, tenths: $1) },
      total: total, valueName: value.name)
  }

  /// Whole numbers in the proportion of `weights` that add up to `total`, by largest remainders.
  static func apportioned(_ total: Int, by weights: [Double]) -> [Int] {
    let sum = weights.reduce(0, +)
    guard sum > 0, sum.isFinite else { return weights.map { _ in 0 } }
    let exact = weights.map { $0 / sum * Double(total) }
    var result = exact.map { Int(bounded: $0) }
    let order = exact.indices.sorted { lhs, rhs in
      let (left, right) = (exact[lhs] - Double(result[lhs]), exact[rhs] - Double(result[rhs]))
      return left == right ? lhs < rhs : left > right
    }
    for i in order.prefix(max(0, total - result.reduce(0, +))) { result[i] += 1 }
    return result
  }

  /// A treemap's rectangles, grouped by the first of two columns of text.
  func tiles(_ remarks: inout [String]) throws(ChartProblem) -> TileContent {
    let roles = try ChartRoles(table, visualization, form: form)
    let texts = ([roles.x].compactMap { $0 } + roles.series).filter { !$0.isNumber }
    guard let first = texts.first, let value = roles.values.first else {
      throw ChartProblem(sentence: "a treemap needs a column of names and one of numbers")
    }
    var groups: [(name: String, tiles: [(name: String, value: Double)])] = []
    var places: [String: Int] = [:]
    var dropped = 0
    for row in 0..<table.rowCount {
      guard let number = value.number(row), number > 0 else {
        dropped += 1
        continue
      }
      let name = texts.count > 1 ? first.text(row) : ""
      let place = places[name] ?? groups.count
      if place == groups.count {
        places[name] = place
        groups.append((name, []))
      }
      let tile = texts.count > 1 ? texts.dropFirst().map { $0.text(row) }.joined(separator: ", ") : first.text(row)
      groups[place].tiles.append((tile, number))
    }
    remarks.remark(
      dropped, "row without a number above 0 is left out", "rows without a number above 0 are left out")
    groups.sort { lhs, rhs in lhs.tiles.reduce(0) { $0 + $1.value } > rhs.tiles.reduce(0) { $0 + $1.value } }
    let all = groups.reduce(0) { $0 + $1.tiles.count }
    let total = groups.reduce(0) { $0 + $1.tiles.reduce(0) { $0 + $1.value } }
    guard total > 0 else { throw ChartProblem(sentence: "no value is above 0") }
    if !total.isFinite { throw .tooLarge }
    // Tiles too small to see are combined within their group.
    let smallest = total / Double(ChartLimits.tiles * 3)
    var styled: [TileContent.Group] = []
    for (i, group) in groups.enumerated() {
      var tiles = group.tiles.sorted { $0.value > $1.value }.map { TileContent.Tile(name: $0.name, value: $0.value) }
      let small = tiles.filter { $0.value < smallest }
      if small.count > 1 {
        tiles.removeAll { $0.value < smallest }
        tiles.append(TileContent.Tile(name: "other (\(small.count))", value: small.reduce(0) { $0 + $1.value }))
      }
      let style = texts.count > 1 ? min(i, ChartLimits.series) : 0
      styled.append(TileContent.Group(name: group.name, style: style, tiles: tiles))
    }
    if all > ChartLimits.tiles { remarks.append("the smallest of \(all) rectangles are combined") }
    return TileContent(groups: styled, total: total, valueName: value.name)
  }
}
