/// How well somebody investigated: points for facts and for the route, each with the queries that earned or missed them.
package struct ScoreSheet: Sendable {
  package struct Line: Sendable {
    package let name: String
    package let points: Double
    package let most: Double
    /// Why, in a sentence.
    package let reason: String
    /// The numbers of the entries that show it, from 1.
    package let entries: [Int]
  }

  package let facts: [Line]
  package let route: [Line]
  /// What hints cost.
  package let price: Int
  package let verdict: CaseVerdict?

  /// From 0 to 100.
  package var points: Int {
    let sum = (facts + route).reduce(0) { $0 + $1.points }
    return Int(min(max((sum - Double(price)).rounded(), 0), 100))
  }

  /// The points for facts, and for the route if all of its lines apply.
  private static let mostForStatistics = 55.0
  private static let mostForRoute = 45.0

  /// - Parameters:
  ///   - verdict: on the last answer; nil if nobody answered.
  ///   - isAssisted: whether an assistant was allowed, so that what was asked of it and what was verified counts.
  package init(_ world: CaseWorld, _ entries: [RouteEntry], _ verdict: CaseVerdict?, isAssisted: Bool = false) {
    self.verdict = verdict
    facts = ScoreSheet.facts(verdict, entries)
    let judge = RouteJudge(world, entries, isAssisted: isAssisted)
    let lines = judge.lines
    let total = lines.reduce(0) { $0 + $1.most }
    let scale = total > 0 ? ScoreSheet.mostForRoute / total : 0
    route = lines.map {
      Line(name: $0.name, points: $0.points * scale, most: $0.most * scale, reason: $0.reason, entries: $0.entries)
    }
    let hints = entries.filter { $0.kind == .hint }.count
    price = world.about.hints.prefix(hints).reduce(0) { $0 + $1.price }
  }

  private static func facts(_ verdict: CaseVerdict?, _ entries: [RouteEntry]) -> [Line] {
    let place = entries.lastIndex { $0.kind == .answer }.map { [$0 + 1] } ?? []
    guard let verdict else {
      return [Line(name: "facts", points: 0, most: mostForStatistics, reason: "Nothing was answered.", entries: [])]
    }
    let truth = verdict.truth
    func share(_ part: (right: Int, of: Int)) -> Double { part.of == 0 ? 0 : Double(part.right) / Double(part.of) }
    let culprits = truth.map { "`\($0.pipeline)`" }.joined(separator: " and ")
    let causes = truth.map(\.cause).joined(separator: " and ")
    let near: Double = verdict.hops == 1 ? 6 : 0
    var lines = [
      Line(
        name: "pipeline", points: share(verdict.pipelines) * 22 > 0 ? share(verdict.pipelines) * 22 : near, most: 22,
        reason: verdict.pipelines.right == verdict.pipelines.of
          ? "The culprit is \(culprits)."
          : verdict.hops.map { "The culprit is \(culprits), \($0) \($0 == 1 ? "hop" : "hops") from the named pipeline." }
            ?? "The culprit is \(culprits), which has nothing to do with the named pipeline.", entries: place),
      Line(
        name: "cause", points: share(verdict.causes) * 15, most: 15,
        reason: verdict.causes.right == verdict.causes.of ? "The cause is \(causes)." : "The cause is \(causes), which was not named with its pipeline.",
        entries: place),
    ]
    if verdict.since != nil {
      let right = verdict.isSinceRight
      lines.append(
        Line(
          name: "start", points: right == true ? 8 : 0, most: 8,
          reason: right == nil ? "No start was named." : right == true ? "The start is right to five minutes." : "The start is off by more than five minutes.",
          entries: place))
    }
    if truth.allSatisfy({ $0.cause != CaseCause.falseAlarm }) {
      let precision = verdict.precision ?? 0, recall = verdict.recall ?? 0
      let both = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
      lines.append(
        Line(
          name: "blast radius", points: both * 10, most: 10,
          reason: verdict.precision == nil
            ? "No affected pipelines were named."
            : "\(percent(precision)) of the named pipelines are affected, and \(percent(recall)) of the affected ones were named.", entries: place))
    }
    let total = lines.reduce(0) { $0 + $1.most }
    return lines.map {
      Line(name: $0.name, points: $0.points * mostForStatistics / total, most: $0.most * mostForStatistics / total, reason: $0.reason, entries: $0.entries)
    }
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
