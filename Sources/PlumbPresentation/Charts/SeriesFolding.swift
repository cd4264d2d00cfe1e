/// Points of one series before they are styled.
struct RawSeries {
  let name: String
  var points: [(x: Double, y: Double?)]
  /// Its share of the whole, for choosing which series are shown individually.
  var weight: Double { points.reduce(0) { $0 + abs($1.y ?? 0) } }
}

/// At most six series, the largest; the others are combined into “other”, and a single one keeps its name.
struct FoldedSeries {
  var series: [RawSeries]
  /// Whether the last one is “other”.
  let hasOther: Bool
  private let styles: [Int]

  /// - Parameters:
  ///   - isMean: whether the others are averaged at each x rather than summed.
  ///   - isScattered: whether every point is drawn individually.
  init(_ all: [RawSeries], isMean: Bool, isScattered: Bool = false) {
    guard all.count > ChartLimits.series else {
      series = all
      hasOther = false
      styles = StatusInk.styles(of: all.map(\.name))
      return
    }
    let order = all.indices.sorted { lhs, rhs in
      let (left, right) = (all[lhs].weight, all[rhs].weight)
      return left == right ? lhs < rhs : left > right
    }
    let kept = Set(order.prefix(ChartLimits.series))
    series = all.indices.filter(kept.contains).map { all[$0] }
    styles = StatusInk.styles(of: series.map(\.name))
    hasOther = true
    let count = all.count - ChartLimits.series
    if count == 1 || isScattered {
      let rest = all.indices.filter { !kept.contains($0) }.map { all[$0] }
      let name = count == 1 ? rest.first?.name ?? "other" : "other (\(count))"
      series.append(RawSeries(name: name, points: rest.flatMap(\.points)))
      return
    }
    var sums: [Double: (sum: Double, count: Double)] = [:]
    for i in all.indices where !kept.contains(i) {
      for point in all[i].points {
        let old = sums[point.x] ?? (0, 0)
        if let y = point.y { sums[point.x] = (old.sum + y, old.count + 1) }
      }
    }
    let points = sums.sorted { $0.key < $1.key }.map { x, part in
      (x: x, y: Optional(isMean ? part.sum / max(part.count, 1) : part.sum))
    }
    series.append(RawSeries(name: "other (\(count), \(isMean ? "mean" : "sum"))", points: points))
  }

  func style(_ index: Int) -> Int {
    hasOther && index == series.count - 1 ? ChartLimits.series : styles[index]
  }

  /// Whether values of this name are averages, percentiles and the like, which cannot be added.
  static func isMean(_ name: String) -> Bool {
    ["avg", "mean", "percentile", "min", "max", "stdev", "variance", "median", "p50", "p9"]
      .contains { name.lowercased().hasPrefix($0) } || name.lowercased().contains("rate")
  }
}

/// The distance between the values on an axis; nil if they are not evenly spaced.
func evenStep(of values: [Double]) -> Double? {
  let sorted = Array(Set(values)).sorted()
  guard sorted.count >= 3 else { return nil }
  var smallest = Double.infinity
  for i in 1..<sorted.count { smallest = min(smallest, sorted[i] - sorted[i - 1]) }
  guard smallest > 0, smallest.isFinite, (sorted[sorted.count - 1] - sorted[0]) / smallest < 100_000 else { return nil }
  for i in 1..<sorted.count {
    let ratio = (sorted[i] - sorted[i - 1]) / smallest
    if abs(ratio - ratio.rounded()) > 0.01 { return nil }
  }
  return smallest
}
