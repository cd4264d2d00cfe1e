import Glibc
import PlumbDiagnostics

/// The nested subtrees that weakest-link pruning produces, from the whole tree to its root.
///
/// Breiman, Friedman, Olshen, Stone (1984), chapter 3: the branch with the smallest decrease of impurity per leaf is
/// pruned first.
package struct PruningPath: Sendable {
  /// The replacement of one branch by a leaf.
  package struct Step: Hashable, Sendable {
    package let node: Int
    /// The decrease of impurity, by share of the training weight, per leaf of the branch: increases along the path.
    package let alpha: Double
    /// The number of remaining leaves.
    package let leafCount: Int
  }

  package let steps: [Step]

  init(_ tree: DecisionTree) {
    let parents = tree.parents()
    var leaves = [Int](repeating: 1, count: tree.nodes.count)
    var isLeaf = tree.nodes.map(\.isLeaf)
    let cost = tree.nodes.indices.map { tree.cost($0) }
    var branchCost = cost
    // Children follow their parents, so a backward pass meets them first.
    for index in tree.nodes.indices.reversed() where !isLeaf[index] {
      let right = Int(tree.nodes[index].right)
      leaves[index] = leaves[index + 1] + leaves[right]
      branchCost[index] = branchCost[index + 1] + branchCost[right]
    }
    func alpha(_ node: Int) -> Double { (cost[node] - branchCost[node]) / Double(leaves[node] - 1) }
    var versions = [Int32](repeating: 0, count: tree.nodes.count)
    var queue = WeakestLinks()
    for index in tree.nodes.indices where !isLeaf[index] {
      queue.insert(WeakestLinks.Link(alpha: alpha(index), node: Int32(truncatingIfNeeded: index), version: 0))
    }
    var steps: [Step] = []
    var last = 0.0
    while let link = queue.removeFirst() {
      let node = Int(link.node)
      guard !isLeaf[node], versions[node] == link.version else { continue }
      last = Swift.max(last, link.alpha)
      let fewerLeaves = leaves[node] - 1, moreCost = cost[node] - branchCost[node]
      // Nodes below it are no longer links.
      var below = [node]
      while let index = below.popLast() {
        guard !isLeaf[index] else { continue }
        isLeaf[index] = true
        below.append(index + 1)
        below.append(Int(tree.nodes[index].right))
      }
      leaves[node] = 1
      branchCost[node] = cost[node]
      var above = parents[node]
      while above >= 0 {
        leaves[above] -= fewerLeaves
        branchCost[above] += moreCost
        versions[above] += 1
        queue.insert(
          WeakestLinks.Link(
            alpha: alpha(above), node: Int32(truncatingIfNeeded: above), version: versions[above]))
        above = parents[above]
      }
      steps.append(Step(node: node, alpha: last, leafCount: leaves[0]))
    }
    self.steps = steps
  }
}

/// A heap of branches, weakest first; among equals the first in the tree.
private struct WeakestLinks {
  struct Link {
    let alpha: Double
    let node: Int32
    let version: Int32

    func isBefore(_ other: Link) -> Bool { alpha != other.alpha ? alpha < other.alpha : node < other.node }
  }

  private var links: [Link] = []

  mutating func insert(_ link: Link) {
    links.append(link)
    var place = links.count - 1
    while place > 0, links[place].isBefore(links[(place - 1) / 2]) {
      links.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func removeFirst() -> Link? {
    guard let last = links.popLast() else { return nil }
    guard let first = links.first else { return last }
    links[0] = last
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < links.count && links[child].isBefore(links[least]) {
        least = child
      }
      if least == place { return first }
      links.swapAt(place, least)
      place = least
    }
  }
}

/// What pruning on a validation set minimizes.
package enum PruningLoss: String, Hashable, Sendable, CaseIterable {
  /// The mean squared difference between probabilities and outcomes.
  case brier
  /// The mean negative log probability in nats, with the leaves' shares smoothed by a count of one per class.
  case logLoss
  /// The share of rows whose class is not the most probable one.
  case errors
}

extension DecisionTree {
  /// Returns the order in which weakest-link pruning takes the tree apart.
  package func pruningPath() -> PruningPath { PruningPath(self) }

  /// Returns the tree without the branches that save no more than `alpha` per leaf.
  package func pruned(alpha: Double) -> DecisionTree {
    cut(at: pruningPath().steps.prefix { $0.alpha <= alpha }.map(\.node))
  }

  /// Returns the subtree of the pruning path that does best on rows it was not trained on; among equals the smallest.
  ///
  /// For honest figures the rows of `validation` must be later than those of training.
  package func pruned(
    by validation: TrainingData, loss: PruningLoss = .brier
  ) -> (tree: DecisionTree, alpha: Double, loss: Double) {
    let path = pruningPath()
    let losses = lossesAsLeaf(validation, loss)
    var branch = losses
    for index in nodes.indices.reversed() where !nodes[index].isLeaf {
      branch[index] = branch[index + 1] + branch[Int(nodes[index].right)]
    }
    let parents = parents()
    var best = (steps: 0, loss: branch[0])
    for (index, step) in path.steps.enumerated() {
      let change = losses[step.node] - branch[step.node]
      var node = step.node
      while node >= 0 {
        branch[node] += change
        node = parents[node]
      }
      // Sums in another order differ in their last bits, which must not decide.
      if branch[0] <= best.loss + 1e-12 * abs(best.loss) { best = (index + 1, branch[0]) }
    }
    let alpha = best.steps > 0 ? path.steps[best.steps - 1].alpha : 0
    let rows = Double(Swift.max(1, validation.rowCount))
    return (cut(at: path.steps.prefix(best.steps).map(\.node)), alpha, best.loss / rows)
  }

  /// Returns the loss of the validation rows at each node if it were a leaf.
  private func lossesAsLeaf(_ validation: TrainingData, _ loss: PruningLoss) -> [Double] {
    var seen = [Double](repeating: 0, count: counts.count)
    for (row, leaf) in leaves(of: validation.features).enumerated() {
      seen[Int(leaf) * classCount + Int(validation.labels[row])] += validation.weights?[row] ?? 1
    }
    for index in nodes.indices.reversed() where !nodes[index].isLeaf {
      for label in 0..<classCount {
        seen[index * classCount + label] +=
          seen[(index + 1) * classCount + label] + seen[Int(nodes[index].right) * classCount + label]
      }
    }
    return nodes.indices.map { index in
      let own = Array(counts(of: index))
      let total = own.reduce(0, +)
      let squares = own.reduce(0) { $0 + $1 * $1 } / (total * total)
      let majority = majority(in: index)
      var sum = 0.0
      for label in 0..<classCount {
        let rows = seen[index * classCount + label]
        guard rows > 0 else { continue }
        switch loss {
        case .brier: sum += rows * (squares - 2 * own[label] / total + 1)
        case .logLoss: sum -= rows * log((own[label] + 1) / (total + Double(classCount)))
        case .errors: sum += label == majority ? 0 : rows
        }
      }
      return sum
    }
  }

  /// Returns the tree in which these nodes are leaves.
  private func cut(at stops: [Int]) -> DecisionTree {
    guard !stops.isEmpty else { return self }
    var isStop = [Bool](repeating: false, count: nodes.count)
    for stop in stops { isStop[stop] = true }
    var kept: [Node] = []
    var keptCounts: [Double] = []
    var pending: [(node: Int, parent: Int)] = [(0, -1)]
    while let (index, parent) = pending.popLast() {
      let place = kept.count
      if parent >= 0 { kept[parent].right = Int32(truncatingIfNeeded: place) }
      var node = nodes[index]
      let right = Int(node.right)
      if isStop[index] {
        node.feature = -1
        node.right = -1
        node.threshold = 0
        node.missingGoesLeft = false
        node.sawMissing = false
      }
      kept.append(node)
      keptCounts += counts(of: index)
      if !node.isLeaf {
        pending.append((right, place))
        pending.append((index + 1, -1))
      }
    }
    return DecisionTree(
      features: features, classes: classes, criterion: criterion, nodes: kept, counts: keptCounts)
  }
}
