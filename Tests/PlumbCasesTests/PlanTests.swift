import PlumbCases
import PlumbDiagnostics
import PlumbSimulator
import Testing

/// What a seed makes of a case.
struct PlanTests {
  private static func world(_ id: String, _ seed: UInt64, _ passphrase: String = "") throws -> CaseWorld {
    try CaseWorld(try #require(Case.named(id)), seed: seed, passphrase: passphrase, threads: 1)
  }

  @Test(arguments: Case.all.map(\.id)) func seedsMoveCulpritAndTime(id: String) throws {
    let plans = try (1...12).map { try Self.world(id, $0).plan }
    #expect(Set(plans.map { $0.culprits.map(\.pipeline) }).count >= 6)
    #expect(Set(plans.map(\.brief)).count >= (id == "missing-alert" ? 1 : 6))
    for plan in plans {
      #expect(!plan.brief.isEmpty && !plan.sender.isEmpty)
      // A brief names no culprit, unless the culprit is what it is about.
      for culprit in plan.culprits where culprit.pipeline != plan.symptom { #expect(!plan.brief.contains(culprit.pipeline)) }
    }
  }

  @Test func theSameSeedMakesTheSameCase() throws {
    let (one, other) = (try Self.world("two-faults", 5), try Self.world("two-faults", 5))
    #expect(one.plan.culprits == other.plan.culprits && one.options == other.options)
    #expect(try Self.world("two-faults", 5, "secret").options != one.options)
  }

  @Test func threeCausesHideInOneSymptom() throws {
    let causes = try Set((1...12).flatMap { try Self.world("slow-10x", $0).plan.culprits.map(\.cause) })
    #expect(causes.isSuperset(of: ["cpu-exhaustion", "schema-drift"]) && causes.count >= 3)
  }

  struct AnswerCase: Sendable, CustomTestStringConvertible {
    let text: String
    let stored: String?
    var testDescription: String { text }
  }

  static let answers: [AnswerCase] = [
    AnswerCase(text: "pipeline=a cause=schema", stored: "pipeline=a cause=schema-drift"),
    AnswerCase(text: "cause=cpu pipeline=a,b cause=memory,io", stored: "pipeline=a,b cause=memory-exhaustion,io-exhaustion"),
    AnswerCase(text: "pipeline=a cause=outage blast=b,c", stored: "pipeline=a cause=vendor-outage blast=b,c"),
    AnswerCase(text: "pipeline=a cause=outage blast=(pipelines | where name == 'b')", stored: "pipeline=a cause=vendor-outage blast=b"),
    AnswerCase(text: "pipeline=a cause=outage blast=none", stored: "pipeline=a cause=vendor-outage blast=none"),
    AnswerCase(text: "pipeline=a cause=outage since=10:30", stored: "pipeline=a cause=vendor-outage since=2026-03-12T10:30:00.0000000Z"),
    AnswerCase(text: "pipeline=a cause=outage since=23:30", stored: "pipeline=a cause=vendor-outage since=2026-03-11T23:30:00.0000000Z"),
    AnswerCase(text: "pipeline=a since=2026-03-12 10:30 cause=outage", stored: "pipeline=a cause=vendor-outage since=2026-03-12T10:30:00.0000000Z"),
    AnswerCase(text: "pipeline=a cause=outage since=ago(1h)", stored: "pipeline=a cause=vendor-outage since=2026-03-12T14:00:00.0000000Z"),
    AnswerCase(text: "", stored: nil), AnswerCase(text: "pipeline=a", stored: nil), AnswerCase(text: "pipeline=x cause=cpu", stored: nil),
    AnswerCase(text: "pipeline=a cause=gremlins", stored: nil), AnswerCase(text: "a cpu", stored: nil),
    AnswerCase(text: "pipeline=a cause=cpu since=soon", stored: nil), AnswerCase(text: "pipeline=a cause=cpu blast=(x", stored: nil),
    AnswerCase(text: "pipeline=a cause=cpu colour=red", stored: nil), AnswerCase(text: "pipeline=a cause=cpu blast=12", stored: nil),
  ]

  @Test(arguments: answers) func answersAreRead(_ example: AnswerCase) throws {
    let clock: Int64 = 639_089_244_000_000_000  // 2026-03-12T15:00:00Z
    func read() throws -> CaseAnswer { try CaseAnswer(example.text, pipelines: ["a", "b", "c"], clock: clock) { _ in ["b"] } }
    guard let stored = example.stored else {
      #expect(throws: Diagnostic.self) { try read() }
      return
    }
    let answer = try read()
    #expect(answer.stored == stored)
    #expect(CaseAnswer(stored: stored) == answer)
  }
}
