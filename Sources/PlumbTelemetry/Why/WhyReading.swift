import PlumbDiagnostics
import PlumbEngine

/// What `why` knows: the pipelines around the one in question, their pasts, and who depends on whom.
struct WhyReading {
  /// The pipelines in question come first.
  var pasts: [PipelinePast] = []
  var readings: [ErrorReading] = []
  /// For each pipeline, which of the others it reads from, and how closely it depends on them, 0 to 1.
  private(set) var upstreams: [[(pipeline: Int, weight: Double)]] = []
  private(set) var downstreams: [[Int]] = []
  /// For each pipeline, which of the others are parts of it, such as the tasks of a DAG. It does not wait for their data.
  private(set) var parts: [[Int]] = []
  /// Other pipelines with the same source and vendor, in the same region if regions are known.
  private(set) var siblings: [[Int]] = []
  /// Whether the tables have dependencies.
  let knowsEdges: Bool
  let moment: Int64
  /// The last run of the pipeline in question, if it has none in the days considered.
  private(set) var lastRun: Int64?
  /// For each reading, its code, or its text without numbers and ids.
  var families: [String] = []
  /// What the workspace knows about the codes at hand.
  private(set) var history: CodeHistory?
  /// What `slow`, `stale` and `volume` found about the pipeline in question.
  private(set) var findings: Findings?

  let tables: AnomalyTables
  let context: ExecutionContext
  let run: (String) throws -> Table

  private static let upstreamLimit = 150
  private static let downstreamLimit = 40
  private static let siblingLimit = 60
  /// The siblings of each origin if there are several pipelines in question.
  private static let fewSiblings = 6
  private static let familyLimit = 20

  /// - Throws: `unknown-pipeline` with the closest name, and whatever `run` throws.
  init(
    _ name: String, at moment: Int64, _ tables: AnomalyTables, context: ExecutionContext,
    run: @escaping (String) throws -> Table
  ) throws {
    try self.init(at: moment, tables, context: context, run: run) { names in [try names.node(name)] }
    if let first = pasts.first, first.attempts.isEmpty { lastRun = try lastRun(of: first.name) }
    findings = try Findings(tables.only(name), at: moment, context: context, run: run)
    let unsure = readings.indices.filter { !readings[$0].isSkip && readings[$0].certainty < 0.75 }
    let doubtful = Set(unsure.map { families[$0] }.filter { !$0.isEmpty }).sorted().prefix(Self.familyLimit)
    history = try CodeHistory(Array(doubtful), tables, at: moment, context: context, run: run)
  }

  /// Reads what surrounds several pipelines, which come first, without `findings` and `history`.
  ///
  /// - Parameters:
  ///   - names: those that are not known are left out.
  ///   - usual: what was usual for all pipelines, as `usualText` returns it; read for the pipelines around if nil.
  init(
    _ names: [String], at moment: Int64, _ tables: AnomalyTables, usual: Table?, context: ExecutionContext,
    run: @escaping (String) throws -> Table
  ) throws {
    try self.init(at: moment, tables, usual: usual, context: context, run: run) { index in
      names.compactMap { name in name.withUTF8Bytes { index.find($0) } }
    }
  }

  private init(
    at moment: Int64, _ tables: AnomalyTables, usual: Table? = nil, context: ExecutionContext,
    run: @escaping (String) throws -> Table, asking: (NameIndex) throws -> [Int32]
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
    let asked = try asking(names)
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
    var alike: [PipelineOrigin: [Int]] = [:]
    for (place, past) in pasts.enumerated() where past.origin.hasVendor { alike[past.origin, default: []].append(place) }
    siblings = pasts.indices.map { one in alike[pasts[one].origin]?.filter { $0 != one } ?? [] }
    var index = NameIndex()
    for node in chosen { _ = index.insert(names.names[Int(node)]) }
    try readPasts(index, usual)
  }

  /// Returns when a pipeline last ran if it did not run in the days considered.
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

  private static func namesText(_ tables: AnomalyTables, _ knowsEdges: Bool) -> String {
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
    /// Whether the downstream is part of the upstream.
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
      // A lookup is read in addition to the data and seldom stops a run.
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

  /// Returns pipelines of the same vendors: for vendors of all data, the nearest of their pipelines are enough.
  private func vendorMates(of chosen: [Int32], _ facts: [PipelineOrigin?]) -> [Int32] {
    var isVendor: Set<String> = []
    for node in chosen { if let fact = facts[Int(node)], fact.hasVendor { isVendor.insert(fact.service) } }
    var others: [Int32] = []
    for (node, fact) in facts.enumerated() {
      if others.count >= Self.siblingLimit { break }
      if let fact, fact.hasVendor, isVendor.contains(fact.service) { others.append(Int32(truncatingIfNeeded: node)) }
    }
    return others
  }

  /// Returns a few pipelines with the same origin for each of those with a vendor.
  private func siblings(of chosen: [Int32], _ facts: [PipelineOrigin?]) -> [Int32] {
    var missing: [PipelineOrigin: Int] = [:]
    for node in chosen { if let fact = facts[Int(node)], fact.hasVendor { missing[fact] = Self.fewSiblings } }
    let known = Set(chosen)
    var others: [Int32] = []
    for (place, fact) in facts.enumerated() {
      let node = Int32(truncatingIfNeeded: place)
      guard let fact, let count = missing[fact], count > 0, !known.contains(node) else { continue }
      missing[fact] = count - 1
      others.append(node)
    }
    return others
  }

  /// Chooses the pipelines in question, what they read from, what reads from them, and others of their vendors.
  private func choose(_ asked: [Int32], _ count: Int, _ edges: [Dependency], _ facts: [PipelineOrigin?]) -> [Int32] {
    let uppers = edges.map(\.upstream)
    let lowers = edges.map(\.downstream)
    let above = Adjacency(from: lowers, to: uppers, nodeCount: count).reach(from: asked, limit: 8).order
    let below = Adjacency(from: uppers, to: lowers, nodeCount: count).reach(from: asked, limit: 2).order
    let times = Swift.max(asked.count, 1)
    var chosen = Array(above.prefix(Self.upstreamLimit * times)) + below.dropFirst(asked.count).prefix(Self.downstreamLimit * times)
    chosen += asked.count == 1 ? vendorMates(of: chosen, facts) : siblings(of: chosen, facts)
    var seen = [Bool](repeating: false, count: count)
    return chosen.filter { node in
      defer { seen[Int(node)] = true }
      return !seen[Int(node)]
    }
  }
}

/// The origin of a pipeline's data.
struct PipelineOrigin: Hashable, Sendable {
  var source = ""
  var region = ""
  var vendor = ""

  /// Whether the data comes from outside.
  var hasVendor: Bool { !vendor.isEmpty && vendor != "internal" }
  var service: String { "\(vendor)\u{1F}\(source)" }
}
