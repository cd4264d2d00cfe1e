import PlumbModel
import PlumbSimulator

extension Case {
  static let criticalFeed = Case(
    id: "critical-feed", title: "A critical threat feed fails", level: .easy,
    plant: { draft in
      guard
        let feed = draft.pick({ feed in
          let pipeline = draft.map.pipelines[feed]
          return pipeline.layer == 0 && pipeline.isThreatFeed && draft.isFrequent(feed)
            && draft.map.reach(from: feed, along: draft.map.readers).count >= 3
        }),
        let reader = draft.pick(from: Array(draft.map.reach(from: feed, along: draft.map.readers).keys).sorted(), { draft.map.pipelines[$0].layer >= 2 })
      else { return false }
      let began = draft.ago(3.2, 6)
      let cause: Cause = [.expiredCredentials, .vendorOutage, .schemaDrift][draft.random.below(3)]
      draft.addCulprit(
        Scenario.Fault(feed, cause, began: began, messages: cause == .schemaDrift ? .shared : .mute) { $0.failures = 0.97 })
      switch cause {
      case .schemaDrift: draft.plan.scenario.schemaChanges.append(.init(feed, at: began))
      case .expiredCredentials: draft.plan.scenario.credentialWarnings.append(.init(feed, at: began - 26 * CaseDraft.hour))
      default:
        // The vendor's other streams fail with it, and say why.
        let vendor = draft.map.pipelines[feed].vendor
        for other in draft.map.pipelines.indices
        where other != feed && draft.map.pipelines[other].vendor == vendor && draft.map.pipelines[other].layer == 0
          && draft.map.reach(from: other, along: draft.map.downstreams)[reader] == nil
        {
          draft.add(Scenario.Fault(other, cause, began: began + Int64(draft.random.below(300)) * 1_000) { $0.failures = 0.6 })
        }
      }
      let related = draft.kin(of: reader).union(draft.kin(of: feed))
      draft.addDistractions(besides: related)
      if let other = draft.pick(from: draft.map.upstreams[reader].filter { $0 != feed }) { draft.addCoincidence(on: other, near: began) }
      let substitutes = draft.map.pipelines.indices.filter { other in
        other != feed && draft.map.pipelines[other].isThreatFeed && draft.map.pipelines[other].layer == 0
          && draft.map.pipelines[other].vendor != draft.map.pipelines[feed].vendor
          && !draft.plan.scenario.faults.contains { $0.pipeline == other }
      }
      guard !substitutes.isEmpty else { return false }
      draft.plan.failover = (draft.name(feed), substitutes.map { draft.name($0) })
      draft.brief(
        "Mail from the lead of the hunting team", about: reader,
        """
        Our hunters work with \(draft.name(reader)), and the indicators in it look old today. Something that feeds it must have \
        failed. Which feed is it, why, since when, and what else is affected? And can another feed stand in meanwhile \
        (.mitigate failover X to Y)?
        """)
      return true
    },
    question: "Which feeds does the pipeline depend on, and which of them has had no success for unusually long?",
    operation: "`lineage upstream of` lists them; join `runs`, and look for the start of a streak of failures. Then read `errors`, `alerts` and `schema_changes` around that time.",
    route: { plan in
      let symptom = KQLQuote.text(plan.symptom ?? "")
      return [
        Step("Scope: which pipelines have failed lately, compared with their usual", Evidence.failing),
        Step("What does \(plan.symptom ?? "it") depend on?", "lineage_upstream(\(symptom)) | sort by depth asc | project pipeline, depth, tier, status"),
        Step(
          "Which of those fail, since when, and why?",
          Evidence.signs + """
            lineage_upstream(\(symptom)) | project pipeline, depth | join kind=inner signs on pipeline
            | where has_failed and is_ingest
            """),
        Step(
          "The feed without a success, its cause, and its start",
          Evidence.signs + """
            lineage_upstream(\(symptom)) | project pipeline, depth | join kind=inner signs on pipeline
            | where has_failed and is_ingest
            | top 1 by failure_excess | project pipeline, cause, since
            """),
      ]
    })

  static let cascade = Case(
    id: "cascade", title: "A cascade whose root is three hops up", level: .hard,
    plant: { draft in
      // From the root on, each reads from the one before it.
      var chains: [[Int]] = []
      for root in draft.map.pipelines.indices where draft.map.pipelines[root].layer == 0 && draft.isFrequent(root) {
        for second in draft.map.readers[root] where draft.isFrequent(second) && draft.map.pipelines[second].layer == 1 {
          for third in draft.map.readers[second] where draft.isFrequent(third) && draft.map.pipelines[third].layer == 2 {
            for last in draft.map.readers[third] where draft.isFrequent(last, within: 60) && draft.map.pipelines[last].layer == 3 {
              chains.append([root, second, third, last])
            }
          }
        }
      }
      guard let chain = draft.random.element(of: chains) else { return false }
      let began = draft.ago(9, 12)
      let cause: Cause = [.expiredCredentials, .schemaDrift, .badDeployment][draft.random.below(3)]
      draft.addCulprit(Scenario.Fault(chain[0], cause, began: began, messages: .mute) { $0.failures = 0.985 })
      switch cause {
      case .schemaDrift: draft.plan.scenario.schemaChanges.append(.init(chain[0], at: began))
      case .expiredCredentials: draft.plan.scenario.credentialWarnings.append(.init(chain[0], at: began - 25 * CaseDraft.hour))
      default: draft.plan.scenario.builds.append(.init(chain[0], at: began))
      }
      for (one, next) in zip(chain, chain.dropFirst()) { draft.plan.scenario.tightEdges.append(.init(one, next)) }
      draft.plan.scenario.calm.formUnion(chain)
      // Changes that came later, or elsewhere, explain nothing.
      draft.plan.scenario.builds.append(.init(chain[1], at: began + 25 * CaseDraft.minute))
      draft.plan.scenario.builds.append(.init(chain[2], at: began + 55 * CaseDraft.minute))
      draft.plan.decoys.append("\(draft.name(chain[1])) and \(draft.name(chain[2])) were deployed when \(draft.name(chain[0])) was already failing")
      let related = draft.kin(of: chain[3])
      draft.addDistractions(besides: related)
      // Another pipeline that it reads from fails with a clear message, but only since an hour.
      if let other = draft.pick(from: draft.map.feeders[chain[3]].filter { !chain.contains($0) }, { draft.isFrequent($0, within: 60) }) {
        draft.add(Scenario.Fault(other, .memoryExhaustion, began: draft.ago(1.2, 1.8)) {
          $0.failures = 0.97
          $0.memory = 2
        })
        draft.plan.decoys.append("\(draft.name(other)) failed hours after the trouble had begun")
      }
      draft.brief(
        "Page at night", about: chain[3],
        """
        \(draft.name(chain[3])) fails or waits since this morning, and says only that its input is missing. The team that owns it has \
        changed nothing. Find where this began: which pipeline, why, since when, and who else is affected.
        """)
      return true
    },
    question: "Its input is missing. Which of the pipelines that it depends on failed first?",
    operation: "`lineage upstream of` gives the distance; compute when each of those last succeeded (`summarize maxif(ended, status == \"succeeded\") by pipeline`), and go to the oldest.",
    route: { plan in
      let symptom = KQLQuote.text(plan.symptom ?? "")
      return [
        Step("What does it say of itself?", "errors | where at > ago(12h) and pipeline == \(symptom) | summarize count() by category, code, message = substring(message, 0, 60)"),
        Step("What does it depend on, and how old is the last success of each?", """
          lineage_upstream(\(symptom)) | project pipeline, depth
          | join kind=inner (runs | where started > ago(2d) | summarize last_success = maxif(ended, status == "succeeded") by pipeline) on pipeline
          | sort by last_success asc | take 15
          """),
        Step("Which of them failed first, and why?", Evidence.signs + """
          lineage_upstream(\(symptom)) | project pipeline, depth | join kind=inner signs on pipeline
          | where has_failed | sort by since asc
          """),
        Step("The root has no failing upstream of its own", Evidence.signs + """
          let ill = lineage_upstream(\(symptom)) | project pipeline, depth | join kind=inner signs on pipeline | where has_failed;
          let follow = edges | where isnull(until) | join kind=inner (ill | project upstream = pipeline, above = since) on upstream
            | summarize earliest = min(above) by pipeline = downstream;
          ill | join kind=leftouter follow on pipeline
          | where isnotnull(since) and (isnull(earliest) or earliest > since - 1m)
          | top 1 by since asc | project pipeline, cause, since
          """),
      ]
    })

  static let riskyDeploy = Case(
    id: "risky-deploy", title: "A risky deployment among innocent coincidences", level: .medium,
    plant: { draft in
      guard
        let reader = draft.pick({ draft.map.pipelines[$0].layer >= 3 && draft.map.reach(from: $0, along: draft.map.upstreams).keys.filter { draft.isFrequent($0) }.count >= 6 })
      else { return false }
      let above = draft.map.reach(from: reader, along: draft.map.upstreams).keys.sorted().filter { draft.isFrequent($0) }
      guard let culprit = draft.random.element(of: above) else { return false }
      let began = draft.ago(3.2, 6)
      draft.addCulprit(
        Scenario.Fault(culprit, .badDeployment, began: began, messages: .mute) {
          $0.failures = 0.6
          $0.duration = 2
          $0.memory = 1.6
        })
      draft.plan.scenario.builds.append(.init(culprit, at: began))
      var others = above.filter { $0 != culprit }
      // Builds of the same hour.
      for _ in 0..<5 {
        guard let other = draft.random.element(of: others) else { break }
        others.removeAll { $0 == other }
        draft.plan.scenario.calm.insert(other)
        draft.plan.scenario.builds.append(.init(other, at: began + Int64(draft.random.between(-45, 45)) * CaseDraft.minute))
        draft.plan.decoys.append("\(draft.name(other)) was deployed as well, and runs as before")
      }
      // One was deployed after it had begun to fail.
      if let other = draft.random.element(of: others) {
        draft.add(Scenario.Fault(other, .vendorOutage, began: began - 100 * CaseDraft.minute) { $0.failures = 0.8 })
        draft.plan.scenario.builds.append(.init(other, at: began + 5 * CaseDraft.minute))
        draft.plan.decoys.append("\(draft.name(other)) failed before it was deployed")
      }
      draft.addDistractions(besides: draft.kin(of: reader))
      draft.brief(
        "Message in the channel of the release manager", about: reader,
        """
        Several builds went out today, and the pipelines above \(draft.name(reader)) have become unreliable. I can roll back one. \
        Which pipeline is it, since when, and what would have been hit if I had waited?
        """)
      return true
    },
    question: "Which pipelines were deployed today, and which of them behave differently after than before?",
    operation: "`alerts | where rule == \"build-changed\"` lists the builds; join `runs` and compare failures and `memory_mb` before and after the time of each: who only suffers from another needs no more memory.",
    route: { plan in
      let symptom = KQLQuote.text(plan.symptom ?? "")
      return [
        Step("What was deployed today?", "alerts | where at > ago(12h) and rule == \"build-changed\" | project at, pipeline, message"),
        Step("Which of the pipelines above it were deployed, and how did they fare before and after?", Evidence.builds(symptom)),
        Step("Which of them fails since its build, and works differently since? Who only waits for another needs no more memory", Evidence.builds(symptom) + "\n| where after_rate > 0.2 and memory_ratio > 1.25 | top 1 by memory_ratio | project pipeline, cause = \"bad-deployment\", since = built"),
      ]
    })

  static let twoFaults = Case(
    id: "two-faults", title: "Two faults at once", level: .hard,
    plant: { draft in
      guard let reader = draft.pick({ draft.map.pipelines[$0].layer == 4 && draft.map.reach(from: $0, along: draft.map.feeders).count >= 8 }) else { return false }
      let above = draft.map.reach(from: reader, along: draft.map.feeders).keys.sorted()
      guard let first = draft.pick(from: above, { draft.map.pipelines[$0].layer == 0 && draft.isFrequent($0) }) else { return false }
      let hidden = draft.kin(of: first)
      guard let second = draft.pick(from: above, { !hidden.contains($0) && draft.map.pipelines[$0].layer >= 1 && draft.isFrequent($0) }) else { return false }
      let began = draft.ago(4, 7)
      draft.addCulprit(Scenario.Fault(first, .schemaDrift, began: began, messages: .shared) { $0.failures = 0.97 })
      draft.plan.scenario.schemaChanges.append(.init(first, at: began))
      let later = began + Int64(draft.random.between(40, 110)) * CaseDraft.minute
      let cause: Cause = draft.random.chance(0.5) ? .memoryExhaustion : .ioExhaustion
      draft.addCulprit(
        Scenario.Fault(second, cause, began: later, messages: .mute) {
          $0.failures = 0.75
          if cause == .memoryExhaustion { $0.memory = 2.8 } else { $0.ioWait = 0.5 }
          $0.duration = 1.8
        })
      draft.addDistractions(besides: draft.kin(of: reader))
      if let other = draft.pick(from: draft.map.upstreams[reader].filter { $0 != first && $0 != second }) { draft.addCoincidence(on: other, near: began) }
      draft.brief(
        "Page, and a second one", about: reader,
        """
        What \(draft.name(reader)) shows is wrong since this morning. A colleague found one fault, fixed it in the staging copy, and the \
        copy is still wrong. So there are two. Name both (.answer pipeline=a,b cause=x,y, in the same order).
        """)
      return true
    },
    question: "If you set aside the first failing pipeline and everything that follows from it, what is left?",
    operation: "List the failing pipelines upstream with `lineage upstream of`, and remove those that have a failing upstream of their own: `edges | join`.",
    route: { plan in
      let symptom = KQLQuote.text(plan.symptom ?? "")
      return [
        Step("Which pipelines upstream have failed?", Evidence.signs + "lineage_upstream(\(symptom)) | project pipeline, depth | join kind=inner signs on pipeline | where has_failed | sort by since asc"),
        Step("Which of them fail by themselves, and not for their input?", Evidence.signs + """
          lineage_upstream(\(symptom)) | project pipeline, depth | join kind=inner signs on pipeline
          | where has_failed and cause != "upstream" | top 2 by failure_excess | project pipeline, cause, since
          """),
      ]
    })

  static let missingAlert = Case(
    id: "missing-alert", title: "An alert rule that should have fired", level: .medium,
    plant: { draft in
      var candidates = draft.map.pipelines.indices.filter { draft.isFrequent($0) && draft.map.pipelines[$0].tier <= 2 }
      var picked: [Int] = []
      for _ in 0..<4 {
        guard let next = draft.random.element(of: candidates) else { return false }
        picked.append(next)
        let kin = draft.kin(of: next)
        candidates.removeAll { kin.contains($0) }
      }
      let culprit = picked[0]
      let began = draft.ago(5, 8)
      let cause: Cause = [.memoryExhaustion, .ioExhaustion, .cpuExhaustion][draft.random.below(3)]
      draft.addCulprit(
        Scenario.Fault(culprit, cause, began: began, messages: .mute) {
          $0.failures = 0.9
          switch cause {
          case .memoryExhaustion: $0.memory = 2.8
          case .ioExhaustion: $0.ioWait = 0.5
          default: $0.cpu = 0.5
          }
        })
      for rule in ["failed-three-times", "sla-missed"] { draft.plan.scenario.mutedAlerts.append(.init(culprit, rule: rule)) }
      for other in picked.dropFirst() {
        draft.add(Scenario.Fault(other, [.vendorOutage, .badDeployment, .malformedRecords][draft.random.below(3)], began: draft.ago(6, 10)) { $0.failures = 0.98 })
        draft.plan.decoys.append("\(draft.name(other)) failed, and its alert fired")
      }
      draft.brief(
        "Mail from the service owner, after the fact", about: nil,
        """
        Four pipelines failed for hours today. Three of them paged somebody. For one no alert came, although it failed three times in a \
        row more than once. Which one, why does it fail, and since when? (The report also wants the rule and how it would have performed.)
        """)
      return true
    },
    question: "Which pipelines should have fired `failed-three-times`, and which did?",
    operation: "Count failures in a row (`sort by pipeline, started | extend n = row_cumsum(...)` or `prev`), and `join kind=leftanti` with `alerts`.",
    route: { _ in
      [
        Step("Which rules exist, and how often did they fire today?", "alerts | where at > ago(12h) | summarize count() by rule, severity"),
        Step("Who failed three times in a row?", Evidence.streaks),
        Step("Who of them has no alert?", Evidence.streaks + "\n| join kind=leftanti (alerts | where at > ago(14h) and rule == \"failed-three-times\") on pipeline"),
        Step("Why does it fail?", Evidence.signs + "let silent = \(Evidence.streaks)\n| join kind=leftanti (alerts | where at > ago(14h) and rule == \"failed-three-times\") on pipeline | project pipeline, streaks;\nsilent | join kind=inner signs on pipeline | top 1 by failure_excess | project pipeline, cause, since"),
      ]
    })
}
