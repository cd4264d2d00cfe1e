import PlumbDatabase
import PlumbEngine

/// The rows of another engine's tables that a search from some pipelines can meet, asked for hop by hop; of tables that are
/// here, all rows.
struct LineageHops {
  /// The pipelines in question, and others that must exist.
  let starts: [PipelineName]
  var others: [PipelineName] = []
  let direction: LineageDirection
  var depth = Int64.max

  /// Reads the tables of a lineage.
  func reader(_ run: TableFunction.Run) throws -> (String) throws -> Table? {
    let all: (String) throws -> Table? = { try run.fetchedTable(named: $0) }
    guard let edges = try run.table(named: "edges"), edges.isRemote,
      let upper = edges.schema.firstIndex(of: ColumnInfo("upstream", .string)),
      let lower = edges.schema.firstIndex(of: ColumnInfo("downstream", .string))
    else { return all }
    do {
      let found = try hops(edges, upper, lower, run.context)
      let pipelines = try rows(of: run.table(named: "pipelines"), "name", among: found.names, run.context)
      let known = found.edged.union(try pipelines?.texts(named: "name") ?? [])
      // The message about an unknown name suggests one of all others.
      guard (starts + others).allSatisfy({ known.contains($0.text) }) else { return all }
      return { name in
        switch name {
        case "edges": found.edges
        case "pipelines": pipelines
        case "runs":
          try rows(
            of: run.table(named: name), "pipeline", among: found.names, run.context,
            columns: ["pipeline", "started", "ended", "status", "records_out"])
        default: try all(name)
        }
      }
    } catch is RemoteObstacle {
      return all
    }
  }

  /// The edges met, the names of the pipelines met, and those of the pipelines in question that an edge has.
  private func hops(
    _ edges: Table, _ upper: Int, _ lower: Int, _ context: ExecutionContext
  ) throws -> (edges: Table, names: Set<String>, edged: Set<String>) {
    let columns = Array(edges.schema.indices)
    let (near, far) = direction == .downstream ? (upper, lower) : (lower, upper)
    func met(_ column: Int, _ names: Set<String>) throws -> Table {
      try edges.rows(where: column, isAmong: names.sorted(), columns: columns, for: "lineage", context)
    }
    // Those in question exist even if no edge leads on from them.
    var frontier = Set(starts.map(\.text))
    let before = try met(far, frontier.union(others.map(\.text))), after = try met(near, Set(others.map(\.text)))
    var groups = before.groups + after.groups
    var edged = try before.texts(at: far).union(after.texts(at: near))
    var names = frontier.union(others.map(\.text)), step: Int64 = 0
    var asked = frontier
    while !frontier.isEmpty, step < depth {
      let hop = try met(near, frontier)
      groups += hop.groups
      let reached = try hop.texts(at: far)
      edged.formUnion(try hop.texts(at: near))
      names.formUnion(reached)
      frontier = reached.subtracting(asked)
      asked.formUnion(frontier)
      step += 1
    }
    return (Table(name: edges.name, schema: edges.schema, groups: groups), names, edged)
  }

  /// The rows of a table about the pipelines; all of it if it is here.
  private func rows(
    of table: Table?, _ column: String, among names: Set<String>, _ context: ExecutionContext, columns wanted: [String]? = nil
  ) throws -> Table? {
    guard let table else { return nil }
    guard table.isRemote, let place = table.schema.firstIndex(of: ColumnInfo(column, .string)) else { return try table.fetched(context) }
    let columns = table.schema.indices.filter { wanted?.contains(table.schema[$0].name) ?? true }
    return try table.rows(where: place, isAmong: names.sorted(), columns: columns, for: "lineage", context)
  }
}

extension Table {
  /// The different texts of a column.
  fileprivate func texts(at column: Int) throws -> Set<String> {
    var texts = Set<String>()
    for group in groups {
      let vector = try group.column(column)
      for row in 0..<group.count { texts.insert(String(vector.cellBytes(at: row))) }
    }
    return texts
  }

  fileprivate func texts(named name: String) throws -> Set<String> {
    try schema.firstIndex(of: ColumnInfo(name, .string)).map { try texts(at: $0) } ?? []
  }
}
