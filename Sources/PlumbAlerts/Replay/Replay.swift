import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax
import Synchronization

/// An alert of a rule from the moment it fired until it was over.
package struct Episode: Hashable, Sendable {
  package let rule: String
  package let key: String
  /// The pipeline that it is about; empty if the rule's rows name none.
  package let pipeline: String
  package let began: Int64
  /// Nil if it still fired at the end.
  package var ended: Int64?
}

/// What a rule would have done over a time.
package struct RuleReplay: Sendable {
  package let rule: AlertRule
  package internal(set) var transitions: [Transition] = []
  package internal(set) var episodes: [Episode] = []
  package internal(set) var evaluations = 0
  /// Evaluations at which the rule was unknown.
  package internal(set) var unknown = 0
  /// Why it was unknown first.
  package internal(set) var problem: String?
  /// The pipeline of each key.
  var pipelines: [String: String] = [:]
}

/// Replays rules over history: each evaluation sees the tables as they were known at its moment.
package struct Replay {
  package let history: History
  /// The first and last moment, in ticks.
  package let start: Int64
  package let end: Int64
  private let threads: Int
  private let memory: MemoryAccount
  /// Whether to stop.
  private let isCancelled: @Sendable () -> Bool

  /// - Throws: `Diagnostic` if no table has rows in that time.
  package init(
    _ catalog: Catalog, _ options: SessionOptions, over: Int64, now: Int64, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    let reading = try catalog.reading()
    defer { reading.end() }
    let base = reading.catalog
    base.store = nil
    history = try History(base, options, between: now - over, and: now)
    guard let first = history.first else {
      throw Diagnostic(
        "no-history", "nothing can be replayed: no table has rows with a time",
        help: "load telemetry with a table `runs` that has pipeline, started, ended and status")
    }
    start = Swift.max(now - over, first)
    end = now
    guard start < end else {
      throw Diagnostic("no-history", "nothing happened in the time to replay", help: "the first row is of \(DateTime.text(first))")
    }
    threads = options.threads
    memory = catalog.memory
    self.isCancelled = isCancelled
  }

  /// The moments at which a rule is evaluated: whole multiples of `every`, after the start and up to the end.
  package func moments(of rule: AlertRule) -> [Int64] {
    let first = (start / rule.every + 1) * rule.every
    return first > end ? [] : Array(stride(from: first, through: end, by: Int(rule.every)))
  }

  /// The evaluations of one rule that follow each other in one piece of work.
  private struct Job: Sendable {
    let rule: Int
    let moments: Range<Int>
  }

  /// What was found at one moment.
  private struct Found: Sendable {
    var keys: Set<String> = []
    var trouble: String?
    /// The rows with the values of the wanted column.
    var values: [KeyedValue] = []
  }

  /// A row's key, the value of a column in it, and its pipeline.
  struct KeyedValue: Sendable {
    let key: String
    let value: Double
    let pipeline: String
  }

  /// - Parameter progress: called with the share that is done; on any thread.
  /// - Throws: `ReplayStopped`, and what is wrong with the text of a rule.
  package func run(_ rules: [AlertRule], progress: @escaping @Sendable (Double) -> Void = { _ in }) throws -> [RuleReplay] {
    let (found, pipelines) = try find(rules, progress: progress)
    return rules.indices.map { judge(rules[$0], moments(of: rules[$0]), found[$0], pipelines[$0]) }
  }

  /// The values of a column in a rule's rows at each moment; rows without a value are left out.
  ///
  /// - Throws: as `run`, and the rule's problem if it could not be evaluated at any moment.
  func values(
    of rule: AlertRule, column: String, progress: @escaping @Sendable (Double) -> Void
  ) throws -> (moments: [Int64], values: [[KeyedValue]]) {
    let (found, _) = try find([rule], column: column, progress: progress)
    if let trouble = found[0].first?.trouble, found[0].allSatisfy({ $0.trouble != nil }) {
      throw Diagnostic("failed", "the rule `\(rule.name)` cannot be evaluated: \(trouble)")
    }
    return (moments(of: rule), found[0].map(\.values))
  }

  /// Runs the state machine over sets of keys.
  func judge(_ rule: AlertRule, _ moments: [Int64], _ keys: [Set<String>], _ pipelines: [String: String]) -> RuleReplay {
    judge(rule, moments, keys.map { Found(keys: $0) }, pipelines)
  }

  private func find(
    _ rules: [AlertRule], column: String? = nil, progress: @escaping @Sendable (Double) -> Void
  ) throws -> (found: [[Found]], pipelines: [[String: String]]) {
    let statements = try rules.map { rule -> [StatementSyntax] in
      let parsed = parse(rule.query)
      if parsed.hasErrors { throw Diagnostics(parsed.diagnostics) }
      return parsed.script.statements
    }
    let moments = rules.map { self.moments(of: $0) }
    var jobs: [Job] = []
    for index in rules.indices {
      var from = 0
      while from < moments[index].count {
        let to = Swift.min(from + 144, moments[index].count)
        jobs.append(Job(rule: index, moments: from..<to))
        from = to
      }
    }
    // Neighbouring jobs read the same rows.
    jobs.sort { (moments[$0.rule][$0.moments.lowerBound], $0.rule) < (moments[$1.rule][$1.moments.lowerBound], $1.rule) }
    let results = LockedValue([[Found]](repeating: [], count: jobs.count))
    let pipelines = LockedValue([[String: String]](repeating: [:], count: rules.count))
    let (work, allMoments) = (jobs, moments)
    try inParallel(work.count, progress: progress) { number in
      let job = work[number]
      let found = try evaluate(
        rules[job.rule], statements[job.rule], allMoments[job.rule][job.moments], column
      ) { names in pipelines.withLock { $0[job.rule].merge(names) { old, _ in old } } }
      results.withLock { $0[number] = found }
    }
    let found = results.withLock { $0 }
    let ordered = rules.indices.map { index in
      jobs.indices.filter { jobs[$0].rule == index }.sorted { jobs[$0].moments.lowerBound < jobs[$1].moments.lowerBound }
        .flatMap { found[$0] }
    }
    return (ordered, pipelines.withLock { $0 })
  }

  /// Does pieces of work on several threads.
  private func inParallel(
    _ count: Int, progress: @escaping @Sendable (Double) -> Void = { _ in }, _ body: @escaping @Sendable (Int) throws -> Void
  ) throws {
    let failure = LockedValue<(any Error)?>(nil)
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    let step: @Sendable () -> Void = {
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < count, failure.withLock({ $0 == nil }) else { return }
        do { try body(number) } catch { failure.withLock { if $0 == nil { $0 = error } } }
        progress(Double(done.wrappingAdd(1, ordering: .relaxed).newValue) / Double(count))
      }
    }
    let account = memory
    let workers = (0..<Swift.min(threads, Swift.max(1, count))).map { _ in
      SystemThread(stackBytes: 512 << 20) { account.bound(step) }
    }
    if workers.allSatisfy({ $0 == nil }) { step() }
    for worker in workers { worker?.join() }
    if let problem = failure.withLock({ $0 }) { throw problem }
  }

  /// The origins to which `why` led pipelines when alerts of rules that group by cause began, by moment.
  ///
  /// - Throws: `ReplayStopped`.
  func origins(of replays: [RuleReplay]) throws -> [Int64: [String: String]] {
    var began: [Int64: Set<String>] = [:]
    for replay in replays where replay.rule.groupsByCause {
      for episode in replay.episodes where !episode.pipeline.isEmpty { began[episode.began, default: []].insert(episode.pipeline) }
    }
    let moments = began.keys.sorted()
    let size = 32
    let asked = began
    let found = LockedValue<[Int64: [String: String]]>([:])
    try inParallel((moments.count + size - 1) / size) { number in
      let reader = history.reader()
      for moment in moments[(number * size)..<Swift.min((number + 1) * size, moments.count)] {
        if isCancelled() { throw ReplayStopped() }
        // Where `why` cannot be asked, the lineage decides.
        let origins = (try? reader.origins(of: (asked[moment] ?? []).sorted(), at: moment)) ?? [:]
        found.withLock { $0[moment] = origins }
      }
    }
    return found.withLock { $0 }
  }

  private func evaluate(
    _ rule: AlertRule, _ statements: [StatementSyntax], _ moments: ArraySlice<Int64>, _ column: String?,
    _ learn: ([String: String]) -> Void
  ) throws -> [Found] {
    let reader = history.reader()
    var known: [String: String] = [:]
    var found: [Found] = []
    for moment in moments {
      if isCancelled() { throw ReplayStopped() }
      var now = Found()
      do {
        let evaluation = try Evaluation(try reader.answer(to: statements, at: moment), of: rule)
        now.keys = evaluation.keys
        if let column { now.values = evaluation.values(of: column) }
        now.trouble = try history.trouble(rule, reading: reader.takeRead(), at: moment)
        if now.keys.contains(where: { known[$0] == nil }) {
          for (key, evidence) in evaluation.evidence({ known[$0] == nil }) { known[key] = evidence.text("pipeline") ?? "" }
        }
      } catch let problems as Diagnostics {
        now.trouble = problems.list.first?.message ?? "the query failed"
      } catch let problem as Diagnostic {
        now.trouble = problem.message
      }
      found.append(now)
    }
    learn(known)
    return found
  }

  /// Runs the state machine over what was found.
  private func judge(_ rule: AlertRule, _ moments: [Int64], _ found: [Found], _ pipelines: [String: String]) -> RuleReplay {
    var replay = RuleReplay(rule: rule)
    replay.pipelines = pipelines
    var machine = StateMachine(rule)
    var open: [String: Int] = [:]
    for (moment, found) in zip(moments, found) {
      replay.evaluations += 1
      if let trouble = found.trouble {
        replay.unknown += 1
        if replay.problem == nil { replay.problem = trouble }
        continue
      }
      for change in machine.advance(found.keys, at: moment) {
        replay.transitions.append(change)
        switch (change.from, change.to) {
        case (.recovering, .firing): break
        case (_, .firing):
          open[change.key] = replay.episodes.count
          replay.episodes.append(
            Episode(rule: rule.name, key: change.key, pipeline: pipelines[change.key] ?? "", began: moment, ended: nil))
        case (_, .ok):
          if let place = open.removeValue(forKey: change.key) { replay.episodes[place].ended = moment }
        default: break
        }
      }
    }
    return replay
  }
}

/// The replay was stopped before its end.
package struct ReplayStopped: Error {}
