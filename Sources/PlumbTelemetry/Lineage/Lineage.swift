import PlumbDiagnostics
import PlumbEngine

/// The graph of which pipeline reads whose data at a moment, and questions about it.
///
/// It is read from a table `edges` (upstream, downstream, and if there are any since and until), whoever
/// filled it; `pipelines` and `runs` add what is known of the nodes.
public struct Lineage {
  let names: NameIndex
  let downstream: Adjacency
  let upstream: Adjacency
  let facts: PipelineFacts
  let context: ExecutionContext
  /// The tables that the names lie in.
  private let tables: [Table]

  /// - Parameters:
  ///   - moment: the time that is asked about, in ticks; nil for now.
  ///   - table: the tables by name; only `edges` must be there.
  /// - Throws: a diagnostic when `edges` is missing or lacks its columns, and what `table` throws.
  public init(
    asOf moment: Int64? = nil, context: ExecutionContext, table: (String) throws -> Table?
  ) throws {
    guard let edges = try table("edges") else {
      throw Diagnostic(
        "no-lineage", "there is no table `edges`, which says what depends on what",
        help: "load one with the columns upstream and downstream")
    }
    guard let uppers = try TableColumn(edges, "upstream", .string),
      let lowers = try TableColumn(edges, "downstream", .string)
    else {
      throw Diagnostic(
        "no-lineage", "the table `edges` needs the columns upstream and downstream, both strings",
        help: "`edges | getschema` shows its columns")
    }
    let since = try TableColumn(edges, "since", .datetime)
    let until = try TableColumn(edges, "until", .datetime)
    let at = moment ?? context.now
    var names = NameIndex()
    var sources: [Int32] = []
    var targets: [Int32] = []
    sources.reserveCapacity(edges.rowCount)
    targets.reserveCapacity(edges.rowCount)
    try edges.forEachPlace(context) { place in
      let source = names.insert(uppers.text(place))
      let target = names.insert(lowers.text(place))
      if let begin = since?.word(place), begin > at { return }
      if let end = until?.word(place), end <= at { return }
      sources.append(source)
      targets.append(target)
    }
    let pipelines = try table("pipelines")
    var places: [RowPlace?] = Array(repeating: nil, count: names.count)
    if let pipelines, let column = try TableColumn(pipelines, "name", .string) {
      try pipelines.forEachPlace(context) { place in
        let node = Int(names.insert(column.text(place)))
        if node >= places.count { places.append(place) } else { places[node] = place }
      }
    }
    var tables = [edges] + (pipelines.map { [$0] } ?? [])
    var past: [PipelineFacts.PastState]?
    if let moment, let runs = try table("runs") {
      past = try Self.states(runs, names, at: moment, context)
      tables.append(runs)
    }
    self.names = names
    self.tables = tables
    self.context = context
    downstream = Adjacency(from: sources, to: targets, nodeCount: names.count)
    upstream = Adjacency(from: targets, to: sources, nodeCount: names.count)
    facts = try PipelineFacts(pipelines, places: places, past: past)
  }

  private static func states(
    _ runs: Table, _ names: NameIndex, at moment: Int64, _ context: ExecutionContext
  ) throws -> [PipelineFacts.PastState] {
    var states = Array(repeating: PipelineFacts.PastState(), count: names.count)
    guard let pipelines = try TableColumn(runs, "pipeline", .string),
      let starts = try TableColumn(runs, "started", .datetime), let ends = try TableColumn(runs, "ended", .datetime),
      let statuses = try TableColumn(runs, "status", .string)
    else { return states }
    let records = try TableColumn(runs, "records_out", .long, .int)
    try runs.forEachPlace(context) { place in
      guard let start = starts.word(place), start <= moment,
        let node = names.find(pipelines.text(place))
      else { return }
      states[Int(node)].note(
        start: start, end: ends.word(place), status: statuses.text(place), records: records?.word(place), at: moment)
    }
    return states
  }

  /// - Throws: `unknown-pipeline` where the name was written, with the name that was probably meant.
  func node(_ name: PipelineName) throws -> Int32 {
    do {
      return try names.node(name.text)
    } catch var diagnostic as Diagnostic {
      diagnostic.span = name.span
      throw diagnostic
    }
  }

  func nodes(_ names: [PipelineName]) throws -> [Int32] { try names.map { try node($0) } }

  /// The nodes that `starts` lead to in `graph`, each by a shortest way; of several the one whose names come first,
  /// compared from its end.
  func reach(in graph: Adjacency, from starts: [Int32], limit: Int64 = .max, goal: Int32? = nil) -> Reach {
    graph.reach(from: starts, limit: limit, goal: goal) { names.isBefore($0, $1) }
  }
}
