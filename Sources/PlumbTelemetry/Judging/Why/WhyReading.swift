import PlumbDiagnostics
import PlumbEngine

/// What `why` knows: the pipelines around the one that is asked about, their pasts, and who depends on whom.
struct WhyReading {
  /// The pipeline that is asked about comes first.
  private(set) var pasts: [PipelinePast] = []
  private(set) var readings: [ErrorReading] = []
  /// By pipeline, which of the others it reads from, and how closely it depends on them, 0 to 1.
  private(set) var upstreams: [[(pipeline: Int, weight: Double)]] = []
  private(set) var downstreams: [[Int]] = []
  /// By pipeline, which of the others run as parts of it, such as the tasks of a DAG. They are no data it waits for.
  private(set) var parts: [[Int]] = []
  /// Others of the same source and vendor, those in the same region if regions are known.
  private(set) var siblings: [[Int]] = []
  /// Whether the tables tell of dependencies.
  let knowsEdges: Bool
  let moment: Int64
  /// The last run of the pipeline that is asked about, where it has none in the days that are looked at.
  private(set) var lastRun: Int64?

  private let tables: JudgedTables
  private let context: ExecutionContext
  private let run: (String) throws -> Table

  private static let upstreamLimit = 150
  private static let downstreamLimit = 40
  private static let siblingLimit = 60

  /// - Throws: `unknown-pipeline`, with the name that was probably meant, and what `run` throws.
  init(
    _ name: String, at moment: Int64, _ tables: JudgedTables, context: ExecutionContext,
    run: @escaping (String) throws -> Table
  ) throws {
    self.moment = moment
    self.tables = tables
    self.context = context
    self.run = run
    knowsEdges = tables.has("edges", [("upstream", .string), ("downstream", .string)])
    let known = try run(Self.namesText(tables, knowsEdges))
    var names = NameIndex()
    if let column = try TableColumn(known, "pipeline", .string) {
      try known.forEachPlace(context) { _ = names.insert(column.text($0)) }
    }
    let asked = try names.node(name)
    let edges = try readEdges(names)
    let facts = try readFacts(names)
    let chosen = choose(asked, names.count, edges, facts)
    var places = [Int32](repeating: -1, count: names.count)
    for (place, node) in chosen.enumerated() {
      places[Int(node)] = Int32(truncatingIfNeeded: place)
      var past = PipelinePast(name: names.text(node))
      past.origin = facts[Int(node)] ?? past.origin
      pasts.append(past)
    }
    upstreams = Array(repeating: [], count: pasts.count)
    downstreams = Array(repeating: [], count: pasts.count)
    parts = Array(repeating: [], count: pasts.count)
    for edge in edges {
      let (above, below) = (Int(places[Int(edge.upstream)]), Int(places[Int(edge.downstream)]))
      guard above >= 0, below >= 0, above != below else { continue }
      if edge.isPart {
        parts[above].append(below)
        continue
      }
      upstreams[below].append((above, edge.weight))
      downstreams[above].append(below)
    }
    siblings = pasts.indices.map { one in
      pasts.indices.filter { $0 != one && pasts[one].origin.hasVendor && pasts[one].origin == pasts[$0].origin }
    }
    var index = NameIndex()
    for node in chosen { _ = index.insert(names.names[Int(node)]) }
    try withExtendedLifetime(known) { try readPasts(index) }
    if let first = pasts.first, first.attempts.isEmpty { lastRun = try lastRun(of: first.name) }
  }

  /// When a pipeline ran that did not in the days that are looked at.
  private func lastRun(of name: String) throws -> Int64? {
    let table = try run(
      """
      \(tables.runs(with: []))
      | where pipeline == \(KQLText.string(name)) and started <= \(KQLText.moment(moment))
      | summarize last = max(started)
      """)
    guard let column = try TableColumn(table, "last", .datetime) else { return nil }
    var last: Int64?
    try table.forEachPlace(context) { last = column.word($0) }
    return last
  }

  // MARK: Who is near

  private static func namesText(_ tables: JudgedTables, _ knowsEdges: Bool) -> String {
    var parts = ["(runs | distinct pipeline)"]
    if tables.has("pipelines", [("name", .string)]) { parts.append("(pipelines | distinct pipeline = name)") }
    if knowsEdges {
      parts.append("(edges | distinct pipeline = upstream)")
      parts.append("(edges | distinct pipeline = downstream)")
    }
    return "union \(parts.joined(separator: ", ")) | distinct pipeline"
  }

  private struct Dependency {
    var upstream: Int32
    var downstream: Int32
    var weight: Double
    /// Whether the downstream runs as part of the upstream.
    var isPart: Bool
  }

  private func readEdges(_ names: NameIndex) throws -> [Dependency] {
    guard knowsEdges else { return [] }
    var text = "edges"
    let t = KQLText.moment(moment)
    if tables.has("edges", [("since", .datetime)]) { text += "\n| where isnull(since) or since <= \(t)" }
    if tables.has("edges", [("until", .datetime)]) { text += "\n| where isnull(until) or until > \(t)" }
    let kind = tables.has("edges", [("kind", .string)]) ? "kind" : "\"\""
    let table = try run(text + "\n| project upstream, downstream, kind = \(kind)")
    guard let uppers = try TableColumn(table, "upstream", .string),
      let lowers = try TableColumn(table, "downstream", .string), let kinds = try TableColumn(table, "kind", .string)
    else { return [] }
    var edges: [Dependency] = []
    try table.forEachPlace(context) { place in
      guard let upper = names.find(uppers.text(place)), let lower = names.find(lowers.text(place)) else { return }
      // A lookup is read beside the data and seldom stops a run.
      let kind = String(kinds.text(place))
      edges.append(
        Dependency(upstream: upper, downstream: lower, weight: kind == "lookup" ? 0.3 : 1, isPart: kind == "parent"))
    }
    return edges
  }

  private func readFacts(_ names: NameIndex) throws -> [PipelineOrigin?] {
    var facts = [PipelineOrigin?](repeating: nil, count: names.count)
    guard tables.has("pipelines", [("name", .string)]) else { return facts }
    func column(_ name: String) -> String {
      tables.has("pipelines", [(name, .string)]) ? name : "\(name) = \"\""
    }
    let table = try run("pipelines | project name, \(column("source")), \(column("region")), \(column("vendor"))")
    guard let name = try TableColumn(table, "name", .string), let source = try TableColumn(table, "source", .string),
      let region = try TableColumn(table, "region", .string), let vendor = try TableColumn(table, "vendor", .string)
    else { return facts }
    try table.forEachPlace(context) { place in
      guard let node = names.find(name.text(place)) else { return }
      facts[Int(node)] = PipelineOrigin(
        source: String(source.text(place)), region: String(region.text(place)), vendor: String(vendor.text(place)))
    }
    return facts
  }

  /// The one that is asked about, what it reads from, what reads from it, and others of its vendor.
  private func choose(_ asked: Int32, _ count: Int, _ edges: [Dependency], _ facts: [PipelineOrigin?]) -> [Int32] {
    let uppers = edges.map(\.upstream)
    let lowers = edges.map(\.downstream)
    let above = Adjacency(from: lowers, to: uppers, nodeCount: count).reach(from: [asked], limit: 8).order
    let below = Adjacency(from: uppers, to: lowers, nodeCount: count).reach(from: [asked], limit: 2).order
    var chosen = Array(above.prefix(Self.upstreamLimit)) + below.dropFirst().prefix(Self.downstreamLimit)
    // Vendors of all that data comes from: the nearest of theirs are enough.
    var isVendor: Set<String> = []
    for node in chosen { if let fact = facts[Int(node)], fact.hasVendor { isVendor.insert(fact.service) } }
    var others: [Int32] = []
    for (node, fact) in facts.enumerated() {
      if others.count >= Self.siblingLimit { break }
      if let fact, fact.hasVendor, isVendor.contains(fact.service) {
        others.append(Int32(truncatingIfNeeded: node))
      }
    }
    chosen += others
    var seen = [Bool](repeating: false, count: count)
    return chosen.filter { node in
      defer { seen[Int(node)] = true }
      return !seen[Int(node)]
    }
  }

  // MARK: Pasts

  private mutating func readPasts(_ index: NameIndex) throws {
    let list = pasts.map { KQLText.string($0.name) }.joined(separator: ", ")
    let t = KQLText.moment(moment)
    let seen = tables.runs(
      with: ["ended", "status", "error_code", "error_category", "error"] + Sign.allCases.map(\.column))
    try readUsual("\(seen)\n| where pipeline in (\(list)) and started >= \(t) - 21d and ended <= \(t)", index)
    try readAttempts("\(seen)\n| where pipeline in (\(list)) and started > \(t) - 2d and started <= \(t)", index)
    readSkips()
    let change = "strcat_delim(\" \", field, change, before, after)"
    try readEvents("schema_changes", list, change, ["field", "change"], index)
    try readEvents("alerts", list, "message", ["rule", "message"], index)
  }

  private mutating func readUsual(_ seen: String, _ index: NameIndex) throws {
    let medians = Sign.allCases.map { sign in
      "m\(sign.rawValue) = percentile(\(sign.expression), 50), s\(sign.rawValue) = percentile(\(sign.expression), 84)"
    }
    let table = try run(
      """
      let seen = \(seen);
      seen
      | where status in ("succeeded", "failed")
      | summarize failure_rate = countif(status == "failed") * 1.0 / count() by pipeline
      | join kind=leftouter (seen
          | where status == "succeeded"
          | summarize history = count(), gap = (max(ended) - min(ended)) / max_of(count() - 1, 1),
              \(medians.joined(separator: ",\n              "))
              by pipeline) on pipeline
      """)
    guard let names = try TableColumn(table, "pipeline", .string) else { return }
    let history = try TableColumn(table, "history", .long)
    let gap = try TableColumn(table, "gap", .timespan)
    let rate = try TableColumn(table, "failure_rate", .real)
    let middles = try Sign.allCases.map { try TableColumn(table, "m\($0.rawValue)", .real) }
    let highs = try Sign.allCases.map { try TableColumn(table, "s\($0.rawValue)", .real) }
    try table.forEachPlace(context) { place in
      guard let number = index.find(names.text(place)).map({ Int($0) }) else { return }
      pasts[number].history = history?.word(place) ?? 0
      pasts[number].gap = gap?.word(place) ?? 0
      pasts[number].failureRate = rate?.real(place) ?? .nan
      for sign in Sign.allCases {
        let middle = middles[sign.rawValue]?.real(place) ?? .nan
        pasts[number].usual[sign.rawValue] = middle
        pasts[number].spread[sign.rawValue] = (highs[sign.rawValue]?.real(place) ?? .nan) - middle
      }
    }
  }

  private mutating func readAttempts(_ seen: String, _ index: NameIndex) throws {
    // What was skipped without having begun waited for another. Airflow says it in a word. Of other skips the upstreams
    // tell, for a run that the schedule left out has its time, too.
    let isUnbegun = tables.hasRunsSeen ? " or is_unbegun == true" : ""
    let skips = "status == \"skipped\" and (error_code == \"upstream_failed\"\(isUnbegun)), 4, "
    let unbegun = tables.hasRunsSeen
      ? "\n| lookup kind=leftouter (runs_seen | distinct run_id | extend is_unbegun = true) on run_id" : ""
    let signs = Sign.allCases.map { "v\($0.rawValue) = todouble(\($0.expression))" }
    let table = try run(
      """
      \(seen)\(unbegun)
      | sort by started asc
      | extend outcome = case(\(skips)status == "skipped" and (isnull(ended) or ended <= \(KQLText.moment(moment))), 5,
          isnull(ended) and status == "failed", 2,
          isnull(ended) or ended > \(KQLText.moment(moment)), 3, status == "succeeded", 1, status == "failed", 2, 0)
      | project pipeline, started, ended = iff(outcome == 3, datetime(null), ended), outcome = tolong(outcome),
          error_code, error_category, error, \(signs.joined(separator: ", "))
      """)
    guard let names = try TableColumn(table, "pipeline", .string),
      let starts = try TableColumn(table, "started", .datetime), let ends = try TableColumn(table, "ended", .datetime),
      let outcomes = try TableColumn(table, "outcome", .long), let codes = try TableColumn(table, "error_code", .string),
      let texts = try TableColumn(table, "error", .string),
      let categories = try TableColumn(table, "error_category", .string)
    else { return }
    let columns = try Sign.allCases.map { try TableColumn(table, "v\($0.rawValue)", .real) }
    var places: [String: Int] = [:]
    try table.forEachPlace(context) { place in
      guard let number = index.find(names.text(place)).map({ Int($0) }), let start = starts.word(place)
      else { return }
      let outcome: PipelinePast.Attempt.Outcome
      switch outcomes.word(place) {
      case 1: outcome = .succeeded
      case 2: outcome = .failed
      case 3: outcome = .running
      case 4: outcome = .failed
      case 5: outcome = .skipped
      default: outcome = .other
      }
      var attempt = PipelinePast.Attempt(
        started: start, ended: ends.word(place) ?? (outcome == .running ? .max : start), outcome: outcome, error: -1)
      if attempt.outcome == .failed {
        let (code, category) = (String(codes.text(place)), String(categories.text(place)))
        let text = String(texts.text(place))
        let isSkip = outcomes.word(place) == 4
        let key = isSkip ? "" : "\(code)\u{1F}\(category)\u{1F}\(text)"
        if let known = places[key] {
          attempt.error = known
        } else if readings.count < 4_096 {
          attempt.error = readings.count
          places[key] = readings.count
          readings.append(isSkip ? .skipped : ErrorReading(code: code, category: category, message: text))
        }
      }
      pasts[number].append(attempt) { columns[$0.rawValue]?.real(place) ?? .nan }
    }
  }

  /// Counts as failed for want of data what was skipped when a direct upstream had failed, or had waited in vain itself.
  private mutating func readSkips() {
    let skipping = pasts.indices.filter { pasts[$0].attempts.contains { $0.outcome == .skipped } }
    guard !skipping.isEmpty else { return }
    let reading = readings.firstIndex(where: \.isSkip) ?? readings.count
    if reading == readings.count { readings.append(.skipped) }
    // A skip explains those further down; each round explains at least one, or is the last.
    var hasFound = true
    while hasFound {
      hasFound = false
      for pipeline in skipping {
        for place in pasts[pipeline].attempts.indices where hasWaited(pipeline, place) {
          pasts[pipeline].fail(place, reading: reading)
          hasFound = true
        }
      }
    }
  }

  /// Whether a skip is due to a direct upstream: its last run had failed, the day before or since this one's run before.
  private func hasWaited(_ pipeline: Int, _ place: Int) -> Bool {
    let attempts = pasts[pipeline].attempts
    let skip = attempts[place]
    guard skip.outcome == .skipped else { return false }
    // Its own run that is still going is a reason, too.
    if let before = attempts[..<place].last(where: { $0.outcome != .skipped }), before.ended > skip.started { return false }
    let day: Int64 = 864_000_000_000
    let earliest = Swift.min(skip.started &- day, place > 0 ? attempts[place - 1].started : .max)
    return upstreams[pipeline].contains { pasts[$0.pipeline].hadFailed(by: skip.started, after: earliest) }
  }

  private mutating func readEvents(
    _ name: String, _ list: String, _ text: String, _ columns: [String], _ index: NameIndex
  ) throws {
    guard tables.has(name, [("at", .datetime), ("pipeline", .string)] + columns.map { ($0, .string) }) else { return }
    let t = KQLText.moment(moment)
    let isAlert = name == "alerts"
    var shown = text
    if !isAlert, !tables.has(name, [("before", .string), ("after", .string)]) {
      shown = "strcat(field, \" \", change)"
    }
    let table = try run(
      """
      \(name)
      | where pipeline in (\(list)) and at > \(t) - 36h and at <= \(t)
      | sort by at asc
      | project at, pipeline, rule = \(isAlert ? "rule" : "change"), text = \(shown)
      """)
    guard let times = try TableColumn(table, "at", .datetime), let names = try TableColumn(table, "pipeline", .string),
      let rules = try TableColumn(table, "rule", .string), let texts = try TableColumn(table, "text", .string)
    else { return }
    try table.forEachPlace(context) { place in
      guard let number = index.find(names.text(place)).map({ Int($0) }), let at = times.word(place)
      else { return }
      let shown = String(texts.text(place))
      if isAlert {
        pasts[number].alerts.append((at, String(rules.text(place)), shown))
      } else {
        pasts[number].schemaChanges.append((at, shown))
      }
    }
  }
}

/// Where a pipeline's data comes from.
struct PipelineOrigin: Equatable, Sendable {
  var source = ""
  var region = ""
  var vendor = ""

  /// Whether the data comes from outside.
  var hasVendor: Bool { !vendor.isEmpty && vendor != "internal" }
  var service: String { "\(vendor)\u{1F}\(source)" }
}
