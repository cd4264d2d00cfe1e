import PlumbEngine
@testable import PlumbLearning
import TestSupport
import Testing


/// Weakest-link pruning gives nested trees, and validation picks one of them.
@Suite(.enabled(if: LongTests.areRun)) struct PruningTests {
  static let context = LearningData.context

  @Test func treesAreNested() throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let data = try LearningData.made(rows: 600, classes: seed % 2 == 0 ? 3 : 2, noise: 0.4, seed: seed)
      let tree = try DecisionTree.train(data, context: Self.context)
      let path = tree.pruningPath()
      #expect(path.steps.last?.leafCount == 1)
      #expect(zip(path.steps, path.steps.dropFirst()).allSatisfy { $0.alpha <= $1.alpha && $0.leafCount > $1.leafCount })
      var larger = tree
      for alpha in [0.0005, 0.001, 0.002, 0.005, 0.02, 0.1, 1] {
        let smaller = tree.pruned(alpha: alpha)
        #expect(smaller.leafCount == path.steps.last { $0.alpha <= alpha }?.leafCount ?? tree.leafCount)
        // Every node of the smaller tree is one of the larger tree, with the same counts.
        #expect(Self.isTop(smaller, of: larger))
        larger = smaller
      }
      #expect(larger.nodes.count == 1)
    }
  }

  /// Whether `small` is what is left of `large` when some of its branches become leaves.
  static func isTop(_ small: DecisionTree, of large: DecisionTree) -> Bool {
    var pending = [(0, 0)]
    while let (a, b) = pending.popLast() {
      guard small.counts(of: a).elementsEqual(large.counts(of: b)) else { return false }
      if small.nodes[a].isLeaf { continue }
      guard small.nodes[a].feature == large.nodes[b].feature, small.nodes[a].threshold == large.nodes[b].threshold else {
        return false
      }
      pending.append((a + 1, b + 1))
      pending.append((Int(small.nodes[a].right), Int(large.nodes[b].right)))
    }
    return true
  }

  /// Each step takes the branch with the least saving for each leaf, found by looking at all of them.
  @Test func weakestGoesFirst() throws {
    let tree = try DecisionTree.train(try LearningData.made(rows: 200, noise: 0.5), context: Self.context)
    var current = tree
    for step in tree.pruningPath().steps.prefix(30) {
      var weakest = Double.infinity
      for index in current.nodes.indices where !current.nodes[index].isLeaf {
        let leaves = Self.leaves(current, below: index)
        let saved = current.cost(index) - leaves.reduce(0) { $0 + current.cost($1) }
        weakest = Swift.min(weakest, saved / Double(leaves.count - 1))
      }
      #expect(abs(step.alpha - weakest) < 1e-12)
      current = tree.pruned(alpha: step.alpha)
      #expect(current.leafCount <= step.leafCount)
      if current.leafCount < step.leafCount { break }
    }
  }

  static func leaves(_ tree: DecisionTree, below root: Int) -> [Int] {
    var leaves: [Int] = []
    var pending = [root]
    while let index = pending.popLast() {
      if tree.nodes[index].isLeaf { leaves.append(index) } else { pending += [index + 1, Int(tree.nodes[index].right)] }
    }
    return leaves
  }

  @Test(arguments: PruningLoss.allCases)
  func validationPicksTheBest(loss: PruningLoss) throws {
    let (training, validation) = try LearningData.made(rows: 3000, noise: 0.4).split(at: 0.7)
    let tree = try DecisionTree.train(training, context: Self.context)
    let (pruned, alpha, value) = tree.pruned(by: validation, loss: loss)
    #expect(pruned.leafCount < tree.leafCount / 4 && pruned.leafCount > 1)
    #expect(abs(Self.mean(pruned, validation, loss) - value) < 1e-9)
    for step in tree.pruningPath().steps {
      let other = tree.pruned(alpha: step.alpha)
      #expect(Self.mean(other, validation, loss) >= value - 1e-9)
    }
    #expect(alpha > 0)
  }

  static func mean(_ tree: DecisionTree, _ data: TrainingData, _ loss: PruningLoss) -> Double {
    var sum = 0.0
    for (row, leaf) in tree.leaves(of: data.features).enumerated() {
      let p = tree.probability(in: Int(leaf)), label = Int(data.labels[row])
      switch loss {
      case .brier: sum += 2 * (p - Double(label)) * (p - Double(label))
      case .errors: sum += tree.majority(in: Int(leaf)) == label ? 0 : 1
      case .logLoss:
        let facts = tree.facts(of: Int(leaf))
        let smooth = (facts.positives + 1) / (facts.total + 2)
        sum += logLoss([smooth], [label == 1]).value
      }
    }
    return sum / Double(data.rowCount)
  }
}
