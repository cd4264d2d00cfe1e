import PlumbEngine

/// How sure a ranking's figures are when rows come in clusters, such as the moments of one pipeline: clusters are drawn
/// with replacement, not rows.
// Field and Welsh, "Bootstrapping clustered data" (2007), the cluster bootstrap.
package struct ClusterBootstrap: Sendable {
  private let clusters: [Int32]
  private let positives: [Bool]
  /// Whether a row is the last of those with its score.
  private let endsTie: [Bool]
  private let clusterCount: Int
  private static let draws = 200

  package init(scores: [Double], positives: [Bool], clusters: [Int32]) {
    let order = scores.indices.filter { !scores[$0].isNaN }.sorted { scores[$0] > scores[$1] }
    self.clusters = order.map { clusters[$0] }
    self.positives = order.map { positives[$0] }
    endsTie = order.indices.map { $0 + 1 == order.count || scores[order[$0]] != scores[order[$0 + 1]] }
    clusterCount = Int(clusters.max() ?? -1) + 1
  }

  /// The 95 % intervals of the area under the ROC curve and of average precision; nil with fewer than two clusters.
  package func intervals() -> (roc: Interval, precision: Interval)? {
    let present = Set(clusters).sorted()
    guard present.count > 1 else { return nil }
    var random = RandomGenerator(seed: 7)
    var areas: [Double] = [], precisions: [Double] = []
    var weights = [Double](repeating: 0, count: clusterCount)
    for _ in 0..<Self.draws {
      for cluster in present { weights[Int(cluster)] = 0 }
      for _ in present { weights[Int(present[Int(random.below(UInt64(present.count)))])] += 1 }
      guard let (area, precision) = figures(weights) else { continue }
      areas.append(area)
      precisions.append(precision)
    }
    guard areas.count >= Self.draws / 2 else { return nil }
    return (Self.middle(areas), Self.middle(precisions))
  }

  private func figures(_ weights: [Double]) -> (Double, Double)? {
    var yes = 0.0, rows = 0.0, tieYes = 0.0, tieRows = 0.0
    var area = 0.0, precision = 0.0
    for place in 0..<clusters.count {
      let weight = weights[Int(clusters[place])]
      tieRows += weight
      if positives[place] { tieYes += weight }
      guard endsTie[place] else { continue }
      // Negatives of the tie are beaten by all positives above and by half of those beside.
      area += (tieRows - tieYes) * (yes + tieYes / 2)
      yes += tieYes
      rows += tieRows
      if rows > 0 { precision += tieYes * (yes / rows) }
      (tieYes, tieRows) = (0, 0)
    }
    let no = rows - yes
    return yes > 0 && no > 0 ? (area / (yes * no), precision / yes) : nil
  }

  private static func middle(_ values: [Double]) -> Interval {
    let sorted = values.sorted()
    let edge = sorted.count / 40
    return Interval(sorted[edge], sorted[sorted.count - 1 - edge])
  }
}
