import PlumbDiagnostics
import PlumbEngine

/// Grows a tree whose thresholds are bounds of bins: the rows of a node are counted by bin and class, not sorted.
final class BinnedGrower {
  private let data: TrainingData
  private let binned: BinnedFeatures
  private let options: TreeOptions
  private let context: ExecutionContext
  private var random: RandomGenerator
  /// The weight of each class in each bin, and the number of rows; all 0 between two scans.
  private let masses: Buffer
  private let tallies: Buffer
  private let sideCounts: Buffer

  /// A training row that takes part, and its weight.
  private struct Item: BitwiseCopyable {
    var row: UInt32
    var label: Int32
    var mass: Double
  }

  private struct Pending {
    var start: Int
    var end: Int
    var depth: Int
    var parent: Int
    var counts: [Double]
  }

  init(_ data: TrainingData, _ binned: BinnedFeatures, _ options: TreeOptions, _ context: ExecutionContext) throws {
    self.data = data
    self.binned = binned
    self.options = options
    self.context = context
    random = RandomGenerator(seed: options.seed)
    masses = Buffer.zeros(byteCount: 256 * data.classCount * 8)
    tallies = Buffer.zeros(byteCount: 256 * 8)
    sideCounts = Buffer.zeros(byteCount: 2 * data.classCount * 8)
  }

  /// - Parameter rowTimes: how often each row takes part; nil for once each.
  func grow(rowTimes: [UInt16]?) throws -> DecisionTree {
    let items = BufferView<Item>(count: data.rowCount)
    let room = BufferView<Item>(count: data.rowCount)
    var itemCount = 0
    var rootCounts = [Double](repeating: 0, count: data.classCount)
    for row in 0..<data.rowCount {
      let times = rowTimes?[row] ?? 1
      guard times > 0 else { continue }
      let mass = Double(times) * (data.weights?[row] ?? 1)
      items[itemCount] = Item(row: UInt32(truncatingIfNeeded: row), label: data.labels[row], mass: mass)
      rootCounts[Int(data.labels[row])] += mass
      itemCount += 1
    }
    var nodes: [DecisionTree.Node] = []
    var counts: [Double] = []
    let held = HeldMemory()
    let nodeBytes = HeldMemory.bytes(ofNodes: 1, classes: data.classCount)
    var pending = [Pending(start: 0, end: itemCount, depth: 0, parent: -1, counts: rootCounts)]
    while let task = pending.popLast() {
      held.add(nodeBytes)
      try context.checkpoint()
      let index = nodes.count
      if task.parent >= 0 { nodes[task.parent].right = Int32(truncatingIfNeeded: index) }
      let rows = task.end - task.start
      let impurity = Impurity.of(task.counts, options.criterion)
      counts += task.counts
      nodes.append(
        DecisionTree.Node(
          feature: -1, missingGoesLeft: false, sawMissing: false, right: -1,
          samples: Int32(truncatingIfNeeded: rows), threshold: 0, impurity: impurity))
      if options.isLeaf(depth: task.depth, rows: rows) || impurity <= Impurity.nothing { continue }
      let mine = items + task.start
      guard let (feature, split, hasMissing) = bestSplit(mine, rows, task.counts) else { continue }
      let bounds = binned.bounds[feature]
      let (leftRows, leftCounts) = part(mine, rows, feature, split, room)
      nodes[index].feature = Int32(truncatingIfNeeded: feature)
      nodes[index].threshold = split.position < bounds.count ? bounds[split.position] : .infinity
      nodes[index].sawMissing = hasMissing
      nodes[index].missingGoesLeft = hasMissing ? split.missingGoesLeft : leftRows > rows - leftRows
      let middle = task.start + leftRows
      pending.append(
        Pending(
          start: middle, end: task.end, depth: task.depth + 1, parent: index,
          counts: zip(task.counts, leftCounts).map { Swift.max(0, $0 - $1) }))
      pending.append(
        Pending(start: task.start, end: middle, depth: task.depth + 1, parent: -1, counts: leftCounts))
    }
    return DecisionTree(
      features: data.features.names, classes: data.classes, criterion: options.criterion, nodes: nodes, counts: counts)
  }

  private func bestSplit(
    _ items: BufferView<Item>, _ rows: Int, _ counts: [Double]
  ) -> (feature: Int, split: SplitCandidate, hasMissing: Bool)? {
    let featureCount = data.features.featureCount
    let wanted = options.featuresPerSplit.map { Swift.min(featureCount, Swift.max(1, $0)) } ?? featureCount
    var features = Array(0..<featureCount)
    var best: (feature: Int, split: SplitCandidate, hasMissing: Bool)?
    var visited = 0
    for place in 0..<featureCount where visited < wanted {
      if wanted < featureCount {
        let other = place + Int(truncatingIfNeeded: random.below(UInt64(featureCount - place)))
        features.swapAt(place, other)
      }
      guard let (split, hasMissing) = scan(features[place], items, rows, counts) else { continue }
      visited += 1
      if split.isFound, split.merit > best?.split.merit ?? -.infinity { best = (features[place], split, hasMissing) }
    }
    return best
  }

  /// Returns the best split on a feature; nil if all rows are in one bin.
  private func scan(
    _ feature: Int, _ items: BufferView<Item>, _ rows: Int, _ counts: [Double]
  ) -> (SplitCandidate, hasMissing: Bool)? {
    let classes = data.classCount
    let bins = binned.column(feature)
    let masses = masses.view(Double.self), tallies = tallies.view(Int.self)
    var lowest = 255, highest = 0
    for i in 0..<rows {
      let item = items[i]
      let bin = Int(bins[Int(item.row)])
      tallies[bin] &+= 1
      masses[bin &* classes &+ Int(item.label)] += item.mass
      lowest = Swift.min(lowest, bin)
      highest = Swift.max(highest, bin)
    }
    defer {
      tallies.fill(lowest, count: highest - lowest + 1, with: 0)
      masses.fill(lowest * classes, count: (highest - lowest + 1) * classes, with: 0)
    }
    guard lowest < highest else { return nil }
    let missing = tallies[BinnedFeatures.missing]
    let last = Swift.min(highest, BinnedFeatures.missing - 1)
    var best = SplitCandidate()
    for missingGoesLeft in missing > 0 ? [false, true] : [false] {
      if classes == 2 {
        scanTwo(lowest, last, rows, missing, missingGoesLeft, counts, &best)
      } else {
        scanMany(lowest, last, rows, missing, missingGoesLeft, counts, &best)
      }
    }
    return (best, missing > 0)
  }

  /// Moves the bins to the left one by one.
  private func scanTwo(
    _ lowest: Int, _ last: Int, _ rows: Int, _ missing: Int, _ missingGoesLeft: Bool, _ counts: [Double],
    _ best: inout SplitCandidate
  ) {
    let masses = masses.view(Double.self), tallies = tallies.view(Int.self)
    let minLeaf = Swift.max(1, options.minLeaf)
    let first = counts[0], second = counts[1]
    var leftRows = 0, a = 0.0, b = 0.0
    if missingGoesLeft {
      leftRows = missing
      a = masses[2 * BinnedFeatures.missing]
      b = masses[2 * BinnedFeatures.missing + 1]
    }
    for bin in lowest...last where tallies[bin] > 0 {
      leftRows &+= tallies[bin]
      a += masses[2 &* bin]
      b += masses[2 &* bin &+ 1]
      if leftRows < minLeaf || leftRows == rows { continue }
      if rows &- leftRows < minLeaf { break }
      let c = first - a, d = second - b
      let merit: Double
      switch options.criterion {
      case .gini: merit = (a * a + b * b) / (a + b) + (c * c + d * d) / (c + d)
      case .entropy: merit = Impurity.merit(left: (a, b), a + b, right: (c, d), c + d, .entropy)
      }
      if merit > best.merit { best = candidate(bin, merit, rows - leftRows == missing, missing, missingGoesLeft) }
    }
  }

  private func scanMany(
    _ lowest: Int, _ last: Int, _ rows: Int, _ missing: Int, _ missingGoesLeft: Bool, _ counts: [Double],
    _ best: inout SplitCandidate
  ) {
    let masses = masses.view(Double.self), tallies = tallies.view(Int.self)
    let classes = counts.count
    let minLeaf = Swift.max(1, options.minLeaf)
    let left = sideCounts.view(Double.self), right = left + classes
    var leftRows = 0, leftTotal = 0.0, total = 0.0
    for label in 0..<classes {
      left[label] = 0
      right[label] = counts[label]
      total += counts[label]
    }
    func move(_ bin: Int) {
      leftRows &+= tallies[bin]
      for label in 0..<classes {
        let mass = masses[bin &* classes &+ label]
        left[label] += mass
        right[label] -= mass
        leftTotal += mass
      }
    }
    if missingGoesLeft { move(BinnedFeatures.missing) }
    for bin in lowest...last where tallies[bin] > 0 {
      move(bin)
      if leftRows < minLeaf || leftRows == rows { continue }
      if rows &- leftRows < minLeaf { break }
      let merit = Impurity.merit(
        left: left, leftTotal, right: right, total - leftTotal, classes: classes, options.criterion)
      if merit > best.merit { best = candidate(bin, merit, rows - leftRows == missing, missing, missingGoesLeft) }
    }
  }

  /// Considers bins up to `bin` against the others; if only missing values remain, these against all known ones.
  private func candidate(
    _ bin: Int, _ merit: Double, _ isRest: Bool, _ missing: Int, _ missingGoesLeft: Bool
  ) -> SplitCandidate {
    SplitCandidate(
      merit: merit, position: isRest && missing > 0 && !missingGoesLeft ? BinnedFeatures.missing : bin,
      missingGoesLeft: missingGoesLeft)
  }

  /// Moves the rows that go left to the front, keeping the order on both sides; returns their number and weight.
  private func part(
    _ items: BufferView<Item>, _ rows: Int, _ feature: Int, _ split: SplitCandidate,
    _ room: BufferView<Item>
  ) -> (Int, [Double]) {
    let bins = binned.column(feature)
    var leftCounts = [Double](repeating: 0, count: data.classCount)
    var lefts = 0, rights = 0
    for i in 0..<rows {
      let item = items[i]
      let bin = Int(bins[Int(item.row)])
      let isLeft = bin == BinnedFeatures.missing ? split.missingGoesLeft : bin <= split.position
      items[lefts] = item
      room[rights] = item
      if isLeft {
        leftCounts[Int(item.label)] += item.mass
        lefts &+= 1
      } else {
        rights &+= 1
      }
    }
    items.copy(room, count: rights, to: lefts)
    return (lefts, leftCounts)
  }
}
