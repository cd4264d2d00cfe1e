import PlumbEngine
@testable import PlumbLearning
import Testing


/// The smallest change leads where it says, and nothing smaller does.
struct SmallestChangeTests {
  static let context = LearningData.context

  @Test func plainCase() throws {
    let data = try LearningData.data(
      ["queue": [1, 2, 3, 10, 11, 12], "hour": [5, 5, 5, 5, 5, 5]], positives: [false, false, false, true, true, true])
    let tree = try DecisionTree.train(data, context: Self.context)
    let change = try #require(tree.smallestChange(of: [9, 5], across: 0.5, spreads: [2, 1]))
    #expect(change.parts == [SmallestChange.Part(feature: 0, from: 9, to: 6.5, rises: false)])
    #expect(change.size == 1.25)
    let back = try #require(tree.smallestChange(of: [1, 5], across: 0.5, spreads: [2, 1]))
    #expect(back.parts.map(\.to) == [Double(6.5).nextUp] && back.parts.map(\.rises) == [true])
    #expect(tree.smallestChange(of: [9, 5], across: 0.5, spreads: [2, 1], changeable: [false, true]) == nil)
    #expect(tree.smallestChange(of: [.nan, 5], across: 0.5, spreads: [2, 1]) == nil)
  }

  /// Against changing each feature to just about every threshold of the tree.
  @Test func nothingSmallerFlips() throws {
    let data = try LearningData.made(rows: 900, missing: 0.05, noise: 0.2)
    let tree = try DecisionTree.train(data, TreeOptions(maxDepth: 6, minLeaf: 5), context: Self.context)
    let spreads = data.features.spreads()
    var single = 0
    for row in stride(from: 0, to: 900, by: 9) {
      let values = data.features.row(row)
      let isHigh = tree.probability(for: values) >= 0.5
      var least = Double.infinity
      for node in tree.nodes where !node.isLeaf && !values[Int(node.feature)].isNaN {
        for value in [node.threshold, node.threshold.nextUp] {
          var changed = values
          changed[Int(node.feature)] = value
          if (tree.probability(for: changed) >= 0.5) != isHigh {
            least = Swift.min(least, abs(value - values[Int(node.feature)]) / spreads[Int(node.feature)])
          }
        }
      }
      guard let change = tree.smallestChange(of: values, across: 0.5, spreads: spreads) else {
        #expect(least == .infinity)
        continue
      }
      var changed = values
      for part in change.parts { changed[part.feature] = part.to }
      #expect(tree.leaf(of: changed) == change.leaf)
      #expect((tree.probability(for: changed) >= 0.5) != isHigh)
      if change.parts.count == 1 {
        single += 1
        #expect(abs(change.size - least) < 1e-9)
      } else {
        #expect(least == .infinity)
      }
    }
    #expect(single > 50)
  }
}
