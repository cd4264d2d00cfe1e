import PlumbDiagnostics
import PlumbEngine

/// What somebody answers to a case.
package struct CaseAnswer: Sendable, Equatable {
  package var pipelines: [String] = []
  package var causes: [String] = []
  /// In ticks; nil if it was not said.
  package var since: Int64?
  package var blast: [String]?

  package init() {}

  /// The answer without some pipelines and their causes.
  package func without(_ names: Set<String>) -> CaseAnswer {
    var answer = self
    answer.pipelines = pipelines.filter { !names.contains($0) }
    if causes.count == pipelines.count { answer.causes = zip(pipelines, causes).filter { !names.contains($0.0) }.map(\.1) }
    return answer
  }
}

/// How an answer compares with what happened.
package struct CaseVerdict: Sendable {
  /// How many of the culprits were named, of how many.
  package let pipelines: (right: Int, of: Int)
  package let causes: (right: Int, of: Int)
  /// Nil if it was not said, or if nothing began.
  package let isSinceRight: Bool?
  package let since: Int64?
  /// The share of the named pipelines that are affected, and of the affected ones that were named.
  package let precision: Double?
  package let recall: Double?
  /// From the first named pipeline to the nearest culprit.
  package let hops: Int?
  package let truth: [CasePlan.Culprit]

  /// Whether every culprit was named with its cause, and nothing else.
  package var isSolved: Bool { pipelines.right == pipelines.of && causes.right == causes.of && !hasExtra }
  let hasExtra: Bool
}

extension CaseWorld {
  /// Compares an answer with what happened.
  ///
  /// - Parameter firstRun: the start of the first run of a pipeline after a moment, both in ticks.
  package func judge(_ answer: CaseAnswer, firstRun: (String, Int64) throws -> Int64?) rethrows -> CaseVerdict {
    let truth = plan.culprits
    let named = truth.filter { answer.pipelines.contains($0.pipeline) }
    var causes = 0
    for culprit in truth {
      guard let place = answer.pipelines.firstIndex(of: culprit.pipeline) else { continue }
      let cause = answer.causes.indices.contains(place) ? answer.causes[place] : answer.causes.count == 1 && truth.count == 1 ? answer.causes[0] : ""
      if cause == culprit.cause { causes += 1 }
    }
    var isSinceRight: Bool?
    var began: Int64?
    if let first = truth.filter({ $0.began != nil }).min(by: { ($0.began ?? 0) < ($1.began ?? 0) }), let moment = first.began {
      let start = ticks(moment)
      began = start
      if let since = answer.since {
        // The first run that could show it, and five minutes.
        let shown = try firstRun(first.pipeline, start) ?? start
        let slack: Int64 = 5 * 60 * 10_000_000
        isSinceRight = since >= start - slack && since <= shown + slack
      }
    }
    var precision: Double?
    var recall: Double?
    if let named = answer.blast {
      let affected = blast
      let hit = Double(Set(named).intersection(affected).count)
      precision = named.isEmpty ? (affected.isEmpty ? 1 : 0) : hit / Double(Set(named).count)
      recall = affected.isEmpty ? 1 : hit / Double(affected.count)
    }
    let hops = answer.pipelines.first.flatMap { first in truth.compactMap { self.hops(from: first, to: $0.pipeline) }.min() }
    return CaseVerdict(
      pipelines: (named.count, truth.count), causes: (causes, truth.count), isSinceRight: isSinceRight, since: began, precision: precision,
      recall: recall, hops: hops, truth: truth, hasExtra: answer.pipelines.count > truth.count)
  }
}
