import PlumbDiagnostics
import PlumbEngine

/// The graph of which pipeline reads the data of which at a point in time, and queries about it.
///
/// It is read from a table `edges` (upstream, downstream, and optionally since and until) of any origin; `pipelines` and
/// `runs` add details of the nodes.
package struct Lineage {
  let names: NameIndex
  let downstream: Adjacency
  let upstream: Adjacency
  let facts: PipelineFacts
  let context: ExecutionContext
  /// Keeps alive the storage of names and statuses, since a table in a file may read a column again each time.
  private let kept: [Vector]

  /// - Parameters:
  ///   - moment: the time in question, in ticks; nil for now.
  ///   - table: returns a table by name; only `edges` is required.
  /// - Throws: A diagnostic if `edges` is missing or lacks its columns, and whatever `table` throws.
  package init(
    asOf moment: Int64? = nil, context: ExecutionContext, table: (String) throws -> Table?
  ) throws {
    guard let edges = try table("edges") else {
      throw Diagnostic(
        "no-lineage", "the table `edges` is missing; lineage is read from it",
        help: "load one with the columns upstream and downstream")
    }
    guard let upper = edges.schema.firstIndex(of: ColumnInfo("upstream", .string)),
      let lower = edges.schema.firstIndex(of: ColumnInfo("downstream", .string))
    else {
      throw Diagnostic(
        "no-lineage", "the table `edges` needs the columns upstream: string and downstream: string",
        help: "`edges | getschema` shows its columns")
    }
    let since = edges.schema.firstIndex(of: ColumnInfo("since", .datetime))
    let until = edges.schema.firstIndex(of: ColumnInfo("until", .datetime))
    let at = moment ?? context.now
    var names = NameIndex(capacity: edges.rowCount / 4)
    var links = Links()
    var kept: [Vector] = []
    for group in edges.groups {
      try context.checkpoint()
      let ends = [try group.column(upper), try group.column(lower)]
      kept += ends
      try links.append(
        from: ends[0].numbers(in: &names), to: ends[1].numbers(in: &names),
        since: since.map { try group.column($0).words(null: .min) },
        until: until.map { try group.column($0).words(null: .max) }, at: at)
    }
    let pipelines = try table("pipelines")
    var pipelineNodes: [Int32] = []
    if let pipelines, let column = pipelines.schema.firstIndex(of: ColumnInfo("name", .string)) {
      for group in pipelines.groups {
        try context.checkpoint()
        let vector = try group.column(column)
        kept.append(vector)
        pipelineNodes += vector.numbers(in: &names)
      }
    }
    var past: [PipelineFacts.PastState]?
    if let moment, let runs = try table("runs") {
      let states = try Self.states(runs, names, at: moment, context)
      past = states.past
      kept += states.kept
    }
    self.names = names
    self.kept = kept
    self.context = context
    downstream = Adjacency(from: links.sources, to: links.targets, nodeCount: names.count)
    upstream = Adjacency(from: links.targets, to: links.sources, nodeCount: names.count)
    facts = try PipelineFacts(pipelines, nodes: pipelineNodes, nodeCount: names.count, past: past)
  }

  private static func states(
    _ runs: Table, _ names: NameIndex, at moment: Int64, _ context: ExecutionContext
  ) throws -> (past: [PipelineFacts.PastState], kept: [Vector]) {
    var states = Array(repeating: PipelineFacts.PastState(), count: names.count)
    guard let pipelines = try TableColumn(runs, "pipeline", .string),
      let starts = try TableColumn(runs, "started", .datetime), let ends = try TableColumn(runs, "ended", .datetime),
      let statuses = try TableColumn(runs, "status", .string)
    else { return (states, []) }
    let records = try TableColumn(runs, "records_out", .long, .int)
    try runs.forEachPlace(context) { place in
      guard let start = starts.word(place), start <= moment,
        let node = names.find(pipelines.text(place))
      else { return }
      states[Int(node)].note(
        start: start, end: ends.word(place), status: statuses.text(place), records: records?.word(place), at: moment)
    }
    return (states, statuses.vectors)
  }

  /// - Throws: `unknown-pipeline` where the name was written, with the closest name.
  func node(_ name: PipelineName) throws -> Int32 {
    do {
      return try names.node(name.text)
    } catch var diagnostic as Diagnostic {
      diagnostic.span = name.span
      throw diagnostic
    }
  }

  func nodes(_ names: [PipelineName]) throws -> [Int32] { try names.map { try node($0) } }

  /// Returns the nodes reachable from `starts` in `graph`, each by a shortest path; among several, the one whose names
  /// come first, compared from its end.
  func reach(in graph: Adjacency, from starts: [Int32], limit: Int64 = .max, goal: Int32? = nil) -> Reach {
    graph.reach(from: starts, limit: limit, goal: goal) { names.isBefore($0, $1) }
  }
}

/// The edges that existed at a point in time.
private struct Links {
  var sources: [Int32] = []
  var targets: [Int32] = []

  /// - Parameters:
  ///   - since: when each began, `Int64.min` for always; nil for all.
  ///   - until: when each ended, `Int64.max` for never; nil for all.
  mutating func append(from sources: [Int32], to targets: [Int32], since: [Int64]?, until: [Int64]?, at moment: Int64) {
    if since == nil, until == nil {
      self.sources += sources
      self.targets += targets
      return
    }
    for row in sources.indices {
      if let since, since[row] > moment { continue }
      if let until, until[row] <= moment, until[row] != .max { continue }
      self.sources.append(sources[row])
      self.targets.append(targets[row])
    }
  }
}

extension Vector {
  /// Returns the number of each row's name.
  fileprivate func numbers(in names: inout NameIndex) -> [Int32] {
    var numbers: [Int32] = []
    numbers.reserveCapacity(count)
    appendNumbers(to: &numbers) { names.insert($0) }
    return numbers
  }
}
