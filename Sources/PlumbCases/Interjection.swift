import PlumbModel
import PlumbSimulator

/// An interruption of an investigation: a question that wants a reply, a lead that leads nowhere, or a second fault.
package struct Interjection: Sendable {
  package enum Kind: String, CaseIterable, Sendable { case question, lead, fault }

  package let kind: Kind
  /// What the investigator reads.
  package let text: String
  /// The pipeline that it names.
  package let pipeline: String?
  /// What a good reaction is, for the interviewer.
  package let reaction: String

  /// How far the clock moves after a second fault, so that it shows.
  package static let timeToShow: Int64 = 45 * 60 * 10_000_000
}

extension CaseWorld {
  /// The interjection of a kind, which follows from the seed.
  package func interjection(_ kind: Interjection.Kind) -> Interjection {
    let random = CaseRandom(CaseRandom.seed(options.seed, kind.rawValue))
    switch kind {
    case .question:
      let asked = [
        "The hunting team asks whether they can trust today's alerts. What do you tell them, and for which time?",
        "The duty manager asks whether this is over by the next meeting, in an hour. What do you say?",
        "Customer care asks whom they must call, and what they should say. What is your reply?",
      ]
      return Interjection(
        kind: kind, text: "\(random.element(of: asked) ?? asked[0]) (.note TEXT replies.)", pipeline: nil,
        reaction: "A reply that says what is known, what is not known yet, and when there will be more")
    case .lead:
      let name = innocent(random)?.name ?? ""
      return Interjection(
        kind: kind, text: "A colleague writes: “\(name) looked odd this morning, it is certainly that. Shall I restart it?”", pipeline: name,
        reaction: "\(name) has nothing to do with it: a look at its runs or its lineage shows that, and nothing is restarted meanwhile")
    case .fault:
      let name = second?.name ?? ""
      return Interjection(
        kind: kind, text: "It is 45 minutes later, and a second page arrives: \(name) fails. Is that the same trouble?", pipeline: name,
        reaction: "\(name) fails by itself since the page (expired-credentials): its lineage and the time of its first failure tell the two apart")
    }
  }

  /// The interjection whose text this is; nil for one that somebody wrote by hand.
  package func interjection(withText text: String) -> Interjection? {
    Interjection.Kind.allCases.lazy.map { interjection($0) }.first { $0.text == text }
  }

  /// The fault that the second page is about, from a moment on, in ticks; nil if the world has no room for it.
  package func secondFault(from clock: Int64) -> Scenario.Fault? {
    guard let second, let place = map.index(of: second.name) else { return nil }
    return Scenario.Fault(place, .expiredCredentials, began: (clock &- options.start) / 10_000) { $0.failures = 0.97 }
  }

  /// The pipelines that neither a fault nor the brief has anything to do with.
  private var bystanders: [Int] {
    var involved: Set<Int> = Set(plan.scenario.faults.map(\.pipeline))
    for name in plan.culprits.map(\.pipeline) + [plan.symptom ?? ""] {
      guard let place = map.index(of: name) else { continue }
      involved.insert(place)
      involved.formUnion(map.reach(from: place, along: map.upstreams).keys)
      involved.formUnion(map.reach(from: place, along: map.downstreams).keys)
    }
    return map.pipelines.indices.filter { !involved.contains($0) }
  }

  /// One that ran into something else, or else a bystander.
  private func innocent(_ random: CaseRandom) -> WorldMap.Pipeline? {
    let culprits = Set(plan.culprits.map(\.pipeline) + [plan.symptom ?? ""])
    let odd = plan.scenario.faults.map { map.pipelines[$0.pipeline] }.filter { pipeline in
      !culprits.contains(pipeline.name) && plan.decoys.contains { $0.contains(pipeline.name) }
    }
    return random.element(of: odd) ?? random.element(of: bystanders).map { map.pipelines[$0] }
  }

  private var second: WorldMap.Pipeline? {
    let frequent = bystanders.filter { map.pipelines[$0].isSteady && map.pipelines[$0].interval <= 20 * CaseDraft.minute }
    return CaseRandom(CaseRandom.seed(options.seed, "second")).element(of: frequent.isEmpty ? bystanders : frequent).map { map.pipelines[$0] }
  }
}
