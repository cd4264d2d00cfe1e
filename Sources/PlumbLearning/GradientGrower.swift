import PlumbDiagnostics
import PlumbEngine
import Synchronization

/// Grows one tree of regression over binned features, the leaf whose split gains most first.
///
/// A child's histogram is its parent's less that of its sibling, so that only the smaller child is counted.
final class GradientGrower: @unchecked Sendable {
  /// A row that takes part, the slope of its loss and the curvature.
  struct Item: BitwiseCopyable {
    var row: UInt32
    var gradient: Float
    var curvature: Float
  }

  /// What the rows of one bin add up to.
  struct Bin: BitwiseCopyable {
    var gradient = 0.0
    var curvature = 0.0
    var count = 0
  }

  struct Split {
    var gain = 0.0
    var feature = -1
    var bin = 0
    var missingGoesLeft = false
    var left = Bin()
  }

  /// A leaf that may still be split.
  private struct Leaf {
    var node: Int
    var start: Int
    var end: Int
    var total: Bin
    var histogram: Int
    var split: Split
  }

  private let features: FeatureMatrix
  private let binned: BinnedFeatures
  private let leaves: Int
  private let minLeaf: Int
  private let context: ExecutionContext
  /// One histogram of all features for each leaf.
  private let histograms: BufferView<Bin>
  private let width: Int
  private let room: BufferView<Item>
  /// Draws values of few rows towards 0.
  private let damping = 1.0

  init(
    _ features: FeatureMatrix, _ binned: BinnedFeatures, leaves: Int, minLeaf: Int, _ context: ExecutionContext
  ) throws {
    self.features = features
    self.binned = binned
    self.leaves = Swift.max(2, leaves)
    self.minLeaf = Swift.max(1, minLeaf)
    self.context = context
    width = features.featureCount * 256
    histograms = BufferView<Bin>(count: Swift.max(1, (self.leaves + 1) * width))
    room = BufferView<Item>(count: Swift.max(1, features.rowCount))
  }

  private func histogram(_ number: Int) -> BufferView<Bin> { histograms + number * width }

  /// - Parameters:
  ///   - items: put in another order.
  ///   - scale: what leaves' values are multiplied by.
  /// - Returns: the nodes in preorder; the values of leaves are `-scale * gradient / (curvature + damping)`.
  func grow(_ items: BufferView<Item>, _ count: Int, scale: Double) throws -> [Boosting.Node] {
    var total = Bin()
    for i in 0..<count {
      total.gradient += Double(items[i].gradient)
      total.curvature += Double(items[i].curvature)
    }
    total.count = count
    var nodes: [Boosting.Node] = []
    var children: [(left: Int, right: Int)] = []
    func append(_ bin: Bin) -> Int {
      let value = -scale * bin.gradient / (bin.curvature + damping)
      nodes.append(Boosting.Node(feature: -1, missingGoesLeft: false, right: -1, number: value))
      children.append((-1, -1))
      return nodes.count - 1
    }
    var root = Leaf(node: append(total), start: 0, end: count, total: total, histogram: 0, split: Split())
    root.split = try prepare(root, items, from: nil)
    var open = [root]
    var histogramCount = 1
    while histogramCount < leaves {
      guard let place = open.indices.max(by: { open[$0].split.gain < open[$1].split.gain }), open[place].split.gain > 1e-9
      else { break }
      let leaf = open[place]
      let split = leaf.split
      let middle = leaf.start + part(items + leaf.start, leaf.end - leaf.start, split)
      let rightTotal = Bin(
        gradient: leaf.total.gradient - split.left.gradient, curvature: leaf.total.curvature - split.left.curvature,
        count: leaf.total.count - split.left.count)
      let bounds = binned.bounds[split.feature]
      nodes[leaf.node].feature = Int32(truncatingIfNeeded: split.feature)
      nodes[leaf.node].missingGoesLeft = split.missingGoesLeft
      nodes[leaf.node].number = split.bin < bounds.count ? bounds[split.bin] : .infinity
      var left = Leaf(node: append(split.left), start: leaf.start, end: middle, total: split.left, histogram: leaf.histogram, split: Split())
      var right = Leaf(node: append(rightTotal), start: middle, end: leaf.end, total: rightTotal, histogram: histogramCount, split: Split())
      children[leaf.node] = (left.node, right.node)
      histogramCount += 1
      // The parent's histogram is in the left one's place: the smaller child is counted, the larger is the rest.
      if left.end - left.start <= right.end - right.start {
        swap(&left.histogram, &right.histogram)
        left.split = try prepare(left, items, from: right.histogram)
        right.split = try scan(right)
      } else {
        right.split = try prepare(right, items, from: left.histogram)
        left.split = try scan(left)
      }
      open[place] = left
      open.append(right)
    }
    return preorder(nodes, children)
  }

  private func preorder(_ nodes: [Boosting.Node], _ children: [(left: Int, right: Int)]) -> [Boosting.Node] {
    var ordered: [Boosting.Node] = []
    ordered.reserveCapacity(nodes.count)
    var pending: [(node: Int, parent: Int)] = [(0, -1)]
    while let (index, parent) = pending.popLast() {
      if parent >= 0 { ordered[parent].right = Int32(truncatingIfNeeded: ordered.count) }
      let place = ordered.count
      ordered.append(nodes[index])
      if nodes[index].feature >= 0 {
        pending.append((children[index].right, place))
        pending.append((children[index].left, -1))
      }
    }
    return ordered
  }

  /// Brings the rows that go left to the front; how many they are.
  private func part(_ items: BufferView<Item>, _ count: Int, _ split: Split) -> Int {
    let bins = binned.column(split.feature)
    var lefts = 0, rights = 0
    for i in 0..<count {
      let item = items[i]
      let bin = Int(bins[Int(item.row)])
      if bin == BinnedFeatures.missing ? split.missingGoesLeft : bin <= split.bin {
        items[lefts] = item
        lefts &+= 1
      } else {
        room[rights] = item
        rights &+= 1
      }
    }
    items.copy(room, count: rights, to: lefts)
    return lefts
  }

  /// Counts the leaf's rows, takes them from the histogram `larger` holds, and finds the best split.
  private func prepare(_ leaf: Leaf, _ items: BufferView<Item>, from larger: Int?) throws -> Split {
    let mine = histogram(leaf.histogram), other = larger.map { histogram($0) }
    let rows = items + leaf.start, count = leaf.end - leaf.start
    return try best(leaf, count) { feature in
      let bins = self.binned.column(feature)
      let target = mine + feature * 256
      target.fill(0, count: 256, with: Bin())
      for i in 0..<count {
        let item = rows[i]
        let bin = Int(bins[Int(item.row)])
        target[bin].gradient += Double(item.gradient)
        target[bin].curvature += Double(item.curvature)
        target[bin].count &+= 1
      }
      if let other {
        let rest = other + feature * 256
        for bin in 0..<256 where target[bin].count > 0 {
          rest[bin].gradient -= target[bin].gradient
          rest[bin].curvature -= target[bin].curvature
          rest[bin].count &-= target[bin].count
        }
      }
    }
  }

  private func scan(_ leaf: Leaf) throws -> Split { try best(leaf, 0) { _ in } }

  /// The best split of a leaf; `prepare` fills in a feature's histogram first. Of equal ones the first feature's.
  private func best(_ leaf: Leaf, _ rows: Int, _ prepare: @escaping @Sendable (Int) -> Void) throws -> Split {
    let count = features.featureCount
    let start = histogram(leaf.histogram)
    let total = leaf.total
    guard rows > 8_192, context.threads > 1 else {
      var best = Split()
      for feature in 0..<count {
        prepare(feature)
        let split = bestSplit(start + feature * 256, feature, total)
        if split.gain > best.gain { best = split }
      }
      return best
    }
    let found = LockedValue([Split](repeating: Split(), count: count))
    let next = Atomic<Int>(0)
    try WorkerPool.shared.run(workers: Swift.min(context.threads, count)) { _ in
      while true {
        let feature = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard feature < count else { return }
        prepare(feature)
        let split = self.bestSplit(start + feature * 256, feature, total)
        if split.gain > 0 { found.withLock { $0[feature] = split } }
      }
    }
    var best = Split()
    for split in found.withLock({ $0 }) where split.gain > best.gain { best = split }
    return best
  }

  private func bestSplit(_ bins: BufferView<Bin>, _ feature: Int, _ total: Bin) -> Split {
    var best = Split()
    let missing = bins[BinnedFeatures.missing]
    let whole = total.gradient * total.gradient / (total.curvature + damping)
    let last = binned.bounds[feature].count
    for missingGoesLeft in missing.count > 0 ? [false, true] : [false] {
      var left = missingGoesLeft ? missing : Bin()
      for bin in 0...last {
        let mine = bins[bin]
        if mine.count == 0 { continue }
        left.gradient += mine.gradient
        left.curvature += mine.curvature
        left.count &+= mine.count
        if left.count < minLeaf { continue }
        let rest = total.count &- left.count
        if rest < minLeaf { break }
        let gradient = total.gradient - left.gradient, curvature = total.curvature - left.curvature
        let gain = left.gradient * left.gradient / (left.curvature + damping) + gradient * gradient / (curvature + damping) - whole
        if gain > best.gain {
          best = Split(gain: gain, feature: feature, bin: bin, missingGoesLeft: missing.count > 0 ? missingGoesLeft : left.count > rest, left: left)
        }
      }
    }
    return best
  }
}
