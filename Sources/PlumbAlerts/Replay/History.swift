import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax
import PlumbTelemetry

/// The tables of a workspace as they were known at any moment of the past.
///
/// Rows count from their arrival. A run is `running` from its start, and what only its end determines is null until it
/// has ended. An incident is known when it has ended. What `pipelines` says of runs is computed from the runs known then.
package final class History: Sendable {
  private let base: Catalog
  private let options: SessionOptions
  private let tables: [String: Part]
  private let baselines = Baselines(.history)
  private let origins = WhyOrigins(.history)
  private let gaps = LockedValue<[String: [Int64: Int64?]]>([:])
  /// When the first row of `runs` started, or the first row of any table arrived.
  package let first: Int64?

  private enum Part: Sendable {
    case fixed
    case rows(KnownRows)
    case runs(finished: KnownRows, started: KnownRows, going: GoingRuns)
    case edges(EdgeHistory)
    case pipelines
  }

  /// - Parameter catalog: as it is now; it must not change.
  package init(_ catalog: Catalog, _ options: SessionOptions, between start: Int64, and end: Int64) throws {
    base = catalog
    var options = options
    options.threads = 1
    self.options = options
    var tables: [String: Part] = [:]
    for name in catalog.tableNames {
      guard let schema = catalog.schema(ofTable: name) else { continue }
      tables[name] = try History.part(name, schema, catalog, options, start, end)
    }
    // `runs` decides when history begins, if it exists.
    if case .runs(_, let started, _)? = tables["runs"] {
      first = try started.earliest
    } else {
      first = try tables.values.compactMap { part in
        if case .rows(let rows) = part { try rows.earliest } else { nil }
      }.min()
    }
    self.tables = tables
  }

  private static func part(
    _ name: String, _ schema: Schema, _ catalog: Catalog, _ options: SessionOptions, _ start: Int64, _ end: Int64
  ) throws -> Part? {
    func sorted(by column: String, _ condition: String = "") throws -> KnownRows {
      let text = "\(KQLName.inQuery(name))\(condition) | sort by \(KQLName.inQuery(column)) asc nulls first"
      let session = Session(catalog: catalog, options: options)
      let rows = try session.run(text).last.map { Table(name: name, QueryResult(schema: $0.schema, chunks: $0.chunks)) }
      return try KnownRows(
        rows ?? Table(name: name, schema: schema, groups: []), arrival: schema.firstIndex { $0.name == column } ?? 0)
    }
    switch Arrival(table: name, schema) {
    case .always: return .fixed
    case .column(let column): return .rows(try sorted(by: column))
    case .run:
      let started = try sorted(by: "started")
      return .runs(
        finished: try sorted(by: "ended", " | where isnotnull(ended)"), started: started,
        going: try GoingRuns(started, from: start, until: end))
    case .edge: return try catalog.table(named: name).map { .edges(try EdgeHistory($0)) }
    case .pipeline: return .pipelines
    }
  }

  // MARK: Moments

  /// A catalog for one thread that shows moment after moment.
  package func reader() -> Reader { Reader(self) }

  /// Shows the tables as they were at a moment that moves on. Belongs to one thread.
  package final class Reader {
    private let history: History
    private let catalog: Catalog
    private let session: Session
    private let read = LockedValue<Set<String>>([])

    fileprivate init(_ history: History) {
      self.history = history
      catalog = history.base.snapshot()
      catalog.store = nil
      catalog.add(history.baselines.function)
      session = Session(catalog: catalog, options: history.options)
    }

    /// The names of the tables that queries read since the last call.
    package func takeRead() -> Set<String> {
      read.withLock { names in
        defer { names = [] }
        return names
      }
    }

    /// The answer of a query as of a moment.
    ///
    /// - Throws: `Diagnostics` of the query.
    package func answer(to statements: [StatementSyntax], at moment: Int64) throws -> Answer {
      show(moment)
      session.options.clock = { moment }
      var last: Answer?
      try ScriptRun(session).run(statements) { answer, _ in last = answer }
      return last ?? Answer(schema: [], chunks: [])
    }

    /// The origins to which `why` leads pipelines at a moment, by pipeline; empty if it cannot be asked.
    package func origins(of pipelines: [String], at moment: Int64) throws -> [String: String] {
      show(moment)
      session.options.clock = { moment }
      return try OriginRead.origins(of: pipelines, history.origins, catalog, session)
    }

    /// Stops the query that is running.
    package func cancel() { session.cancel() }

    private func show(_ moment: Int64) {
      for (name, part) in history.tables {
        guard let schema = history.base.schema(ofTable: name) else { continue }
        let make: @Sendable () throws -> Table
        switch part {
        case .fixed: continue
        case .rows(let rows): make = { Table(name: name, schema: schema, groups: try rows.groups(until: moment)) }
        case .runs(let finished, let started, let going):
          make = {
            let groups = try finished.groups(until: moment)
            let more = try going.group(at: moment, started)
            return Table(name: name, schema: schema, groups: groups + (more.map { [$0] } ?? []))
          }
        case .edges(let edges): make = { try edges.table(at: moment) }
        case .pipelines:
          let (history, catalog) = (history, catalog)
          make = { try PastPipelines.table(at: moment, schema, history.base, catalog, history.options) }
        }
        catalog.addLazy(name, schema: schema) { [read] in
          read.withLock { _ = $0.insert(name) }
          return try make()
        }
      }
    }
  }

  /// The latest arrival in a table by a moment; nil if it has none or its rows have no arrival.
  package func latest(in table: String, until moment: Int64) throws -> Int64? {
    switch tables[table] {
    case .rows(let rows)?: try rows.latest(until: moment)
    case .runs(let finished, let started, _)?:
      [try finished.latest(until: moment), try started.latest(until: moment)].compactMap { $0 }.max()
    default: nil
    }
  }

  /// Why the tables that a rule read are too old to judge at a moment; nil if they are not.
  func trouble(_ rule: AlertRule, reading names: Set<String>, at moment: Int64) throws -> String? {
    if rule.noData == .ok { return nil }
    for name in names.sorted() {
      guard let schema = base.schema(ofTable: name), TableAge.matters(name, schema) else { continue }
      let usual = rule.noData == .usual ? try usualGap(of: name, at: moment) : nil
      guard let limit = TableAge.limit(rule, usual: usual) else { continue }
      guard let latest = try latest(in: name, until: moment) else { continue }
      if moment - latest > limit { return TableAge.problem(name, age: moment - latest) }
    }
    return nil
  }

  /// The usual time between arrivals, up to the last midnight.
  private func usualGap(of name: String, at moment: Int64) throws -> Int64? {
    let day = moment - moment % (24 * TimeSpan.hour)
    if let known = gaps.withLock({ $0[name]?[day] }) { return known }
    let rows: KnownRows? =
      switch tables[name] {
      case .rows(let rows)?: rows
      case .runs(let finished, _, _)?: finished
      default: nil
      }
    let gap = try rows.flatMap { TableAge.usual(try $0.arrivals(after: day - TableAge.window, until: day)) }
    gaps.withLock { $0[name, default: [:]][day] = .some(gap) }
    return gap
  }
}
