import PlumbEngine
import PlumbLearning

/// Explains in sentences why a model gives a pipeline its risk, with the pipeline's own numbers.
struct RiskReasons {
  /// The explanation for one pipeline.
  struct Said {
    var reasons: String
    var path: String
    /// The smallest change that would reverse the prediction; empty if no two features are enough.
    var flip: String
  }

  private let model: RiskModel
  private let changeable = Feature.all.map(\.isChangeable)
  init(_ model: RiskModel) {
    self.model = model
  }

  func of(_ row: FeatureRow, risk: Double) -> Said {
    let tree = model.tree
    let leaf = tree.leaf(of: row.values)
    let facts = tree.facts(of: leaf)
    let path = tree.path(of: row.values)
    var sentences = telling(row, raises: risk >= model.baseRate)
    sentences.append("leaf: \(Feature.brief(facts.positives)) of \(Int(facts.total)) failed")
    return Said(
      reasons: sentences.joined(separator: "; "), path: RiskReasons.text(path), flip: flip(row))
  }

  /// Returns the conditions on the path to the leaf that moved the risk most towards it, for at most three features.
  private func telling(_ row: FeatureRow, raises: Bool) -> [String] {
    let tree = model.tree
    var found: [(feature: Int, gain: Double)] = []
    var node = 0
    while !tree.nodes[node].isLeaf {
      let question = tree.nodes[node]
      let feature = Int(question.feature)
      let value = row.values[feature]
      let goesLeft = value.isNaN ? question.missingGoesLeft : value <= question.threshold
      let child = goesLeft ? node + 1 : Int(question.right)
      let gain = (tree.probability(in: child) - tree.probability(in: node)) * (raises ? 1 : -1)
      if gain > 0, !value.isNaN {
        if let known = found.firstIndex(where: { $0.feature == feature }) {
          found[known].gain += gain
        } else {
          found.append((feature, gain))
        }
      }
      node = child
    }
    return found.sorted { $0.gain > $1.gain }.prefix(3).map { Feature.all[$0.feature].words(row.values[$0.feature], row) }
  }

  /// Returns `hours_since_failure <= 0.93 and queue > 1.7`, the narrowest condition of each side of a feature.
  private static func text(_ path: [TreeCondition]) -> String {
    var kept: [TreeCondition] = []
    for condition in path {
      kept.removeAll { $0.feature == condition.feature && $0.direction == condition.direction }
      kept.append(condition)
    }
    return kept.map { condition in
      let name = Feature.all[condition.feature].name
      if condition.value.isNaN { return "\(name) is missing" }
      if condition.threshold == .infinity { return "\(name) is known" }
      return "\(name) \(condition.direction == .atMost ? "<=" : ">") \(number(condition.threshold))"
    }.joined(separator: " and ")
  }

  private func flip(_ row: FeatureRow) -> String {
    let tree = model.tree
    guard
      let change = tree.smallestChange(
        of: row.values, across: model.treeThreshold, spreads: model.spreads, changeable: changeable)
    else { return "" }
    func sentence(_ value: (SmallestChange.Part) -> Double) -> String {
      change.parts.map { Feature.all[$0.feature].words(value($0), row) }.joined(separator: " and ")
    }
    let share = tree.facts(of: change.leaf)
    return "now \(sentence(\.from)); if instead \(sentence(\.to)), then \(Feature.brief(share.positives)) of \(Int(share.total)) failed"
  }

  /// Formats a number with at most three significant digits.
  private static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    while abs(value) * scale < 100, scale < 1e4 { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
  }
}
