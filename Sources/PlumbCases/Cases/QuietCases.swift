import PlumbModel
import PlumbSimulator

extension Case {
  static let slow10x = Case(
    id: "slow-10x", title: "A pipeline is suddenly ten times slower", level: .easy,
    plant: { draft in
      guard
        let slow = draft.pick({ slow in
          (1...2).contains(draft.map.pipelines[slow].layer) && draft.isFrequent(slow)
            && draft.map.feeders[slow].contains { draft.isFrequent($0) }
        }), let feeder = draft.pick(from: draft.map.feeders[slow], { draft.isFrequent($0) })
      else { return false }
      let began = draft.ago(3.2, 6)
      let variant = [0, 0, 1, 2, 2][draft.random.below(5)]
      switch variant {
      case 0:
        let cause: Cause = draft.map.pipelines[feeder].layer == 0 ? .slowUpstream : .ioExhaustion
        draft.addCulprit(
          Scenario.Fault(feeder, cause, began: began) {
            $0.duration = 6
            if cause == .ioExhaustion { $0.ioWait = 0.45 } else { $0.lateness = 0.8 }
          })
        // It waits for the feeder.
        draft.add(Scenario.Fault(slow, cause, began: began + CaseDraft.minute) { $0.lateness = 0.9 })
      case 1:
        draft.addCulprit(
          Scenario.Fault(slow, .cpuExhaustion, began: began) {
            $0.duration = 8
            $0.queue = 40
            $0.cpu = 0.5
          })
      default:
        // What the feeder writes since its schema changed cannot be read.
        draft.add(
          Scenario.Fault(slow, .malformedRecords, began: began + 30_000) {
            $0.duration = 9
            $0.malformed = 0.35
          })
        draft.plan.scenario.schemaChanges.append(.init(feeder, at: began))
        draft.plan.culprits.append(CasePlan.Culprit(pipeline: draft.name(feeder), cause: Cause.schemaDrift.name, began: began))
      }
      if variant == 0 {
        draft.plan.scenario.builds.append(.init(slow, at: began - 12 * CaseDraft.minute))
        draft.plan.decoys.append("the build of \(draft.name(slow)) changed nothing: its own work takes as long as before")
      } else if variant == 2 {
        draft.addCoincidence(on: slow, near: began)
      } else {
        // The feeder has trouble of its own, later and too small to matter.
        draft.add(
          Scenario.Fault(feeder, .memoryExhaustion, began: began + 70 * CaseDraft.minute) {
            $0.failures = 0.3
            $0.memory = 2.2
            $0.duration = 1.8
          })
        draft.plan.decoys.append("\(draft.name(feeder)) fails now and then, but later, and nothing waits for it")
      }
      draft.plan.scenario.calm.formUnion([slow, feeder])
      draft.addDistractions(besides: draft.kin(of: slow))
      draft.brief(
        "Page from the rule for slow runs", about: slow,
        """
        \(draft.name(slow)) takes about ten times as long as usual from the time a run is due to its result. Its owners say that it is not \
        their code. Where does the time go, which pipeline is the cause, why, since when, and who is affected?
        """)
      return true
    },
    question: "Which part of the time has grown: waiting in the queue, waiting for the upstream, or working?",
    operation: "`runs | summarize percentile(queue_delay, 50), percentile(upstream_delay, 50), percentile(duration, 50) by recent = started > ago(2h)` separates the three.",
    route: { plan in
      let symptom = KQLQuote.text(plan.symptom ?? "")
      return [
        Step("Baseline: how long do its runs wait, and how long do they work, then and now?", """
          runs | where pipeline == \(symptom) and started > ago(4d) and status == "succeeded"
          | summarize runs = count(), queued = percentile(queue_delay, 50), waited = percentile(upstream_delay, 50),
              worked = percentile(duration, 50), malformed = 1.0 * sum(malformed) / (sum(records_in) + 1), cpu = avg(cpu), io = avg(io_wait)
            by recent = started > ago(2h)
          """),
        Step("Alone, or are its neighbours slow as well?", Evidence.signs + """
          union (print pipeline = \(symptom)), (edges | where downstream == \(symptom) and isnull(until) | project pipeline = upstream)
          | join kind=inner signs on pipeline | project pipeline, work_ratio, wait_hours, bad_excess, cpu_excess, io_excess, cause, since
          """),
        Step("What changed near its start?", """
          union (alerts | where rule == "build-changed" | project at, pipeline, what = message),
            (schema_changes | project at, pipeline, what = strcat(change, " ", field))
          | where at > ago(10h)
          | where pipeline == \(symptom) or pipeline in (edges | where downstream == \(symptom) | project upstream)
          """),
        Step("If it waits, the slow upstream is the cause; if it cannot read its input, whoever changed that; otherwise it is itself", Evidence.signs + """
          let own = materialize(signs | where pipeline == \(symptom));
          let waits = toscalar(own | project wait_excess > work_excess);
          let is_spoiled = toscalar(own | project bad_excess > 0.1);
          let began = toscalar(own | project since);
          let feeders = edges | where downstream == \(symptom) and isnull(until) | project pipeline = upstream;
          union (own | where not(waits) and not(is_spoiled) | project pipeline, cause, since, work_ratio),
            (signs | where waits and is_ill and pipeline in (feeders) | project pipeline, cause, since, work_ratio),
            (schema_changes | where is_spoiled and at between (began - 45m .. began + 15m) and (pipeline == \(symptom) or pipeline in (feeders))
              | project pipeline, cause = "schema-drift", since = at, work_ratio = 1.0)
          | top 1 by work_ratio | project pipeline, cause, since
          """),
      ]
    })

  static let silentLoss = Case(
    id: "silent-loss", title: "Silent data loss: every run succeeds", level: .medium,
    plant: { draft in
      guard let reader = draft.pick({ draft.map.pipelines[$0].layer >= 3 && draft.map.reach(from: $0, along: draft.map.feeders).count >= 5 }) else { return false }
      let above = draft.map.reach(from: reader, along: draft.map.feeders).keys.sorted()
      guard let culprit = draft.pick(from: above, { draft.isFrequent($0) && draft.map.pipelines[$0].layer <= 2 }) else { return false }
      let began = draft.ago(4, 8)
      let isIngest = draft.map.pipelines[culprit].layer == 0
      let cause: Cause = isIngest && draft.random.chance(0.4) ? .vendorOutage : draft.random.chance(0.5) ? .badDeployment : .schemaDrift
      draft.addCulprit(
        Scenario.Fault(culprit, cause, began: began) {
          if cause == .vendorOutage { $0.arrivals = 0.22 } else { $0.written = 0.25 }
        })
      if cause == .badDeployment { draft.plan.scenario.builds.append(.init(culprit, at: began)) }
      if cause == .schemaDrift { draft.plan.scenario.schemaChanges.append(.init(culprit, at: began)) }
      let related = draft.kin(of: reader)
      draft.addDistractions(besides: related)
      // Elsewhere a source sends less as well.
      if let other = draft.pick({ !related.contains($0) && draft.map.pipelines[$0].layer == 0 && draft.isFrequent($0) }) {
        draft.add(Scenario.Fault(other, .vendorOutage, began: draft.ago(5, 9)) { $0.arrivals = 0.1 })
        draft.plan.decoys.append("\(draft.name(other)) lost more, but \(draft.name(reader)) does not depend on it")
      }
      if let other = draft.pick(from: draft.map.upstreams[reader].filter { $0 != culprit }) { draft.addCoincidence(on: other, near: began) }
      draft.brief(
        "Mail from an analyst", about: reader,
        """
        \(draft.name(reader)) has far fewer rows than yesterday at this time, yet every run is green and nobody was paged. Where are the \
        records lost, why, since when, and whose numbers are wrong now?
        """)
      return true
    },
    question: "Where does volume fall first on the way: what comes in, or what goes out?",
    operation: "Compare `sum(records_in)` and `sum(records_out)` of the pipelines upstream with the same hours of earlier days; look for the first one whose input is usual and whose output is not, or a source that sends less.",
    route: { plan in
      let symptom = KQLQuote.text(plan.symptom ?? "")
      return [
        Step("Every run succeeds: the loss is in the volume", """
          lineage_upstream(\(symptom)) | project pipeline, depth
          | join kind=inner (runs | where started > ago(3h) | summarize runs = count(), failed = countif(status == "failed"), records_in = sum(records_in), records_out = sum(records_out) by pipeline) on pipeline
          """),
        Step("Compare with the same hours of earlier days", Evidence.volumes(symptom)),
        Step("Where is the first drop, and what happened there?", Evidence.loss(symptom)),
      ]
    })

  static let falseAlarm = Case(
    id: "false-alarm", title: "An alarm: real, or false?", level: .easy,
    plant: { draft in
      guard
        let alarmed = draft.pick({
          draft.map.pipelines[$0].layer == 0 && draft.isFrequent($0) && draft.map.pipelines[$0].human > 0.6
        })
      else { return false }
      let variant = draft.random.below(5)
      let began = draft.ago(4, 7)
      if variant >= 3 {
        draft.plan.culprits = [CasePlan.Culprit(pipeline: draft.name(alarmed), cause: CaseCause.falseAlarm, began: nil)]
        draft.plan.scenario.builds.append(.init(alarmed, at: began))
        draft.plan.decoys.append("the build of \(draft.name(alarmed)) changed nothing: weekends look like this")
      } else {
        let cause: Cause = variant == 0 ? .vendorOutage : variant == 1 ? .schemaDrift : .badDeployment
        draft.addCulprit(
          Scenario.Fault(alarmed, cause, began: began) {
            if cause == .vendorOutage { $0.arrivals = 0.15 } else { $0.written = 0.2 }
          })
        if cause == .schemaDrift { draft.plan.scenario.schemaChanges.append(.init(alarmed, at: began)) }
        if cause == .badDeployment { draft.plan.scenario.builds.append(.init(alarmed, at: began)) }
      }
      draft.plan.scenario.calm.insert(alarmed)
      draft.addDistractions(besides: draft.kin(of: alarmed))
      draft.brief(
        "Page from a new rule on volume", about: alarmed,
        """
        \(draft.name(alarmed)) wrote far fewer records in the last hours than yesterday at this time. It is Saturday, and the rule is new. \
        Is it real? If not, answer with cause=false-alarm; if it is, say why it loses records, and since when.
        """)
      return true
    },
    question: "Less than yesterday: but what is usual for this hour of this day of the week?",
    operation: "Compare with the same hours a week before (`started between (ago(7d) - 3h .. ago(7d))`), not with yesterday; and records_out with records_in.",
    route: { plan in
      let symptom = KQLQuote.text(plan.symptom ?? "")
      return [
        Step("The last hours, yesterday, and a week ago", Evidence.weeks(symptom)),
        Step("What changed?", "union (alerts | where rule == \"build-changed\" | project at, pipeline, what = message), (schema_changes | project at, pipeline, what = change) | where pipeline == \(symptom) and at > ago(1d)"),
        Step("Usual for a Saturday, or lost since some time?", Evidence.alarm(symptom)),
      ]
    }, days: 12)

  static let backpressure = Case(
    id: "backpressure", title: "A freshness breach by backpressure", level: .hard,
    plant: { draft in
      guard
        let sink = draft.pick({ sink in
          draft.map.pipelines[sink].layer == 3 && draft.isFrequent(sink)
            && draft.map.feeders[sink].contains { one in draft.isFrequent(one) && draft.map.feeders[one].contains { draft.isFrequent($0) } }
        }),
        let middle = draft.pick(from: draft.map.feeders[sink], { one in draft.isFrequent(one) && draft.map.feeders[one].contains { draft.isFrequent($0) } }),
        let breached = draft.pick(from: draft.map.feeders[middle], { draft.isFrequent($0) })
      else { return false }
      let began = draft.ago(4, 7)
      draft.addCulprit(
        Scenario.Fault(sink, .downstreamBackpressure, began: began, messages: .mute) {
          $0.duration = 2.2
          $0.queue = 14
          $0.capacity = 0.06
          $0.failures = 0.15
        })
      draft.add(Scenario.Fault(middle, .downstreamBackpressure, began: began + 35 * CaseDraft.minute) {
        $0.queue = 22
        $0.duration = 3
        $0.failures = 0.3
      })
      draft.add(Scenario.Fault(breached, .downstreamBackpressure, began: began + 75 * CaseDraft.minute, messages: .mute) {
        $0.queue = 40
        $0.duration = 4.5
        $0.failures = 0.45
      })
      draft.addDistractions(besides: draft.kin(of: sink))
      draft.plan.scenario.builds.append(.init(breached, at: began + 70 * CaseDraft.minute))
      draft.plan.decoys.append("the build of \(draft.name(breached)) came shortly before its own trouble, but those after it had it first")
      draft.brief(
        "Page: freshness", about: breached,
        """
        The data of \(draft.name(breached)) is older than agreed. Its own source is healthy and the vendor reports no problem. Its runs \
        queue for longer and longer. Which pipeline is the cause, why, since when, and who else is affected?
        """)
      return true
    },
    question: "Its source is healthy, yet its runs queue. Who has to take what it writes?",
    operation: "Follow `lineage downstream of`, and compare queue_delay and backlog of each with its usual. The cause is the last one that queues: those after it do not.",
    route: { plan in
      let symptom = KQLQuote.text(plan.symptom ?? "")
      return [
        Step("How does it queue, and how healthy are those before it?", Evidence.signs + "union (print pipeline = \(symptom)), (lineage_upstream(\(symptom)) | project pipeline) | join kind=inner signs on pipeline | where is_ill or has_failed or pipeline == \(symptom) | project pipeline, queue_ratio, work_ratio, since"),
        Step("And those that read from it?", Evidence.signs + "lineage_downstream(\(symptom), 3) | project pipeline, depth | join kind=inner signs on pipeline | where queue_ratio > 4 | sort by since asc | project pipeline, depth, queue_ratio, work_ratio, backlog, backlog_usual, since"),
        Step("The last one that queues: nobody after it does", Evidence.signs + """
          union (print pipeline = \(symptom), depth = 0), (lineage_downstream(\(symptom), 3) | project pipeline, depth = toint(depth))
          | join kind=inner signs on pipeline | where queue_ratio > 4
          | as queueing
          | join kind=leftanti (edges | where isnull(until) and kind != "lookup" and downstream in (queueing | project pipeline) | distinct pipeline = upstream) on pipeline
          | top 1 by queue_excess | project pipeline, cause = "downstream-backpressure", since = queued_since
          """),
      ]
    })

  static let capacity = Case(
    id: "capacity", title: "Which stage saturates first when volume doubles?", level: .medium,
    plant: { draft in
      guard
        let stage = draft.pick({ stage in
          (2...3).contains(draft.map.pipelines[stage].layer) && draft.isFrequent(stage) && draft.map.feeders[stage].count >= 2
            && ["eastus", "westeurope", "uksouth"].contains(draft.map.pipelines[stage].region)
            && draft.map.feeders[stage].allSatisfy { draft.isFrequent($0) }
            && draft.map.reach(from: stage, along: draft.map.feeders).keys.count { draft.map.pipelines[$0].layer == 0 && draft.isFrequent($0) } >= 3
        }),
        let reader = draft.pick(from: draft.map.readers[stage]) 
      else { return false }
      let sources = draft.map.reach(from: stage, along: draft.map.feeders).keys.filter { draft.map.pipelines[$0].layer == 0 }.sorted()
      guard !sources.isEmpty else { return false }
      // A load test in the last hours.
      let began = draft.ago(3, 4.5)
      for source in sources {
        draft.add(Scenario.Fault(source, .slowUpstream, began: began) { $0.arrivals = 2.8 })
      }
      draft.add(
        Scenario.Fault(stage, .downstreamBackpressure, began: began) { $0.capacity = 0.35 / draft.map.pipelines[stage].headroom })
      for other in draft.map.reach(from: reader, along: draft.map.feeders).keys.sorted() where other != stage && draft.map.pipelines[other].layer > 0 {
        draft.add(Scenario.Fault(other, .downstreamBackpressure, began: draft.now - 39 * CaseDraft.hour) { $0.capacity = 4 })
      }
      draft.plan.culprits = [CasePlan.Culprit(pipeline: draft.name(stage), cause: CaseCause.capacity, began: nil)]
      let related = draft.kin(of: reader)
      if let busy = draft.pick(from: draft.map.reach(from: reader, along: draft.map.feeders).keys.sorted(), { draft.map.pipelines[$0].layer >= 1 && $0 != stage && draft.isFrequent($0) }) {
        draft.add(Scenario.Fault(busy, .cpuExhaustion, began: draft.now - 30 * CaseDraft.hour) {
          $0.cpu = 0.5
          $0.duration = 1.8
        })
        draft.plan.decoys.append("\(draft.name(busy)) uses more processor time, but its backlog does not grow")
      }
      draft.addDistractions(besides: related)
      draft.brief(
        "Mail from the head of engineering", about: reader,
        """
        A customer will double the volume that arrives at \(draft.name(reader)). For the last hours a test has sent more than twice the usual. \
        Which stage on the way saturates first, and who waits for it? Answer with its name and cause=capacity.
        """)
      return true
    },
    question: "A busy stage is not a saturated one. What grows only where a stage does not keep up?",
    operation: "`backlog`: compare it with its usual for the pipelines of `lineage upstream of`, and find where it rises first.",
    route: { plan in
      let symptom = KQLQuote.text(plan.symptom ?? "")
      return [
        Step("What is on the way, and how busy is it?", Evidence.signs + "lineage_upstream(\(symptom)) | project pipeline, depth | join kind=inner signs on pipeline | top 10 by cpu_excess | project pipeline, depth, cpu_excess, work_ratio, backlog, backlog_usual"),
        Step("Where does the backlog grow?", Evidence.backlogs(symptom)),
        Step("The stage whose backlog grows although it is not a source", Evidence.backlogs(symptom) + "\n| where growth > 1 | top 1 by growth | project pipeline, cause = \"capacity\", since"),
      ]
    })
}
