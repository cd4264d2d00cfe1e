import PlumbDatabase
import PlumbEngine
import PlumbSyntax

/// What completion knows about the data. Each question is answered within `patience`, or later for the next TAB.
package final class CompletionData: Sendable {
  private let workspace: Workspace
  private let schemas = LockedValue<[String: Schema?]>([:])
  private let values = LockedValue<[String: [[String]]]>([:])
  private let names = LockedValue<[Completion.Candidate]>([])

  private let deadline = LockedValue(0.0)

  /// Milliseconds that one TAB may take.
  package static let patience = 42.0
  /// The number of rows to read if all are too many for the time.
  private static let sample = 100_000

  private let makeSession: @Sendable () -> Session
  /// Whether a question that took too long is answered later, for the next TAB.
  private let continues: Bool

  /// - Parameters:
  ///   - continues: whether work goes on after the time for an answer; otherwise it is cancelled.
  ///   - session: makes the sessions in which queries for values run; nil for the workspace's own.
  package init(_ workspace: Workspace, continues: Bool = true, session: (@Sendable () -> Session)? = nil) {
    self.workspace = workspace
    self.continues = continues
    makeSession = session ?? { workspace.session() }
  }

  package var catalog: Catalog { workspace.catalog }

  /// Call when TAB is pressed.
  ///
  /// - Parameter patience: milliseconds that the answer may take.
  package func begin(patience: Double = patience) { deadline.withLock { $0 = Machine.milliseconds + patience } }

  /// The remaining time of this TAB.
  private var milliseconds: Int { max(1, Int(deadline.withLock { $0 } - Machine.milliseconds)) }

  /// Makes the tables that are needed first while the user is still reading the greeting.
  package func prepare() {
    let catalog = catalog
    _ = BackgroundRun { () -> Int in
      var rows = 0
      for name in ["pipelines", "runs"] { rows += try catalog.table(named: name)?.rowCount ?? 0 }
      return rows
    }
  }

  func rowsNote(ofTable name: String) -> String {
    guard catalog.isMade(tableNamed: name), let table = try? catalog.table(named: name) else { return "" }
    return "\(table.rowCount) rows"
  }

  /// Forgets what was learned about the data; call when tables may have changed.
  package func forget() {
    schemas.withLock { $0 = [:] }
    values.withLock { $0 = [:] }
    names.withLock { $0 = [] }
  }

  // MARK: Columns

  /// The columns that exist where the current step begins; if the text before it has errors, those of all tables.
  package func columns(at shape: QueryShape) -> [Completion.Candidate] {
    for input in shape.inputs {
      if let schema = schema(of: input) { return Self.candidates(schema) }
    }
    // Nothing comes before, as in `print`: no columns exist.
    if shape.inputs.isEmpty { return [] }
    return allColumns
  }

  /// The columns of all tables.
  package var allColumns: [Completion.Candidate] { Self.candidates(catalog.tableNames.flatMap { catalog.schema(ofTable: $0) ?? [] }) }

  package static func candidates(_ schema: Schema) -> [Completion.Candidate] {
    schema.map { Completion.Candidate(text: KQLName.inQuery($0.name), note: $0.type.name) }
  }

  /// The columns of a text's last query, from the binder; nothing is run, and no table is made.
  package func schema(of text: String) -> Schema? {
    let key = text + "\u{0}" + catalog.tableNames.joined(separator: "\u{0}")
    if let known = schemas.withLock({ $0[key] }) { return known }
    let session = Session(catalog: catalog.withoutMaking(), options: makeSession().options)
    let run = BackgroundRun { [self] () -> Schema? in
      let schema = session.schema(of: text)
      // `_` changes with each query.
      if !text.hasPrefix("_") {
        schemas.withLock {
          if $0.count > 200 { $0 = [:] }
          $0[key] = schema
        }
      }
      return schema
    }
    return (try? run.wait(milliseconds: milliseconds)?.get()) ?? nil
  }

  // MARK: Values

  /// The most frequent values of a column where the step begins, with their counts.
  func values(of column: ColumnInfo, in input: String, beginning prefix: String) -> [(value: String, count: String)] {
    // Texts that are grouped unchanged need only their codes.
    let name = column.type == .string ? KQLName.inQuery(column.name) : "tostring(\(KQLName.inQuery(column.name)))"
    let literal = KQLText.string(prefix)
    let end = "| summarize rows = count() by value = \(name) | where value startswith_cs \(literal) | top 40 by rows, value asc"
    // A sample is ready at once, and is used if all rows take longer.
    let first = rows(of: "\(Self.sampled(input))\n\(end)", within: milliseconds)
    let whole = rows(of: "\(input)\n\(end)", within: milliseconds)
    let found = whole ?? first ?? []
    return found.compactMap { row in row.count >= 2 ? (row[0], whole == nil ? "" : row[1]) : nil }
  }

  /// The query over only the first rows of its source.
  private static func sampled(_ query: String) -> String {
    let shape = QueryShape(query)
    let bytes = shape.bytes
    var depth = 0
    var quote: UInt8?
    for i in shape.statementStart..<bytes.count {
      let byte = bytes[i]
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "|") where depth == 0:
        return shape.text(0, i) + "| take \(sample) " + shape.text(i, bytes.count)
      default: break
      }
    }
    return query + "\n| take \(sample)"
  }

  /// The cells of a small result, or nil if it takes too long; then they are ready for the next TAB.
  private func rows(of text: String, within milliseconds: Int) -> [[String]]? {
    if let known = values.withLock({ $0[text] }) { return known }
    let session = makeSession()
    let run = BackgroundRun { [self] () -> [[String]] in
      let rows = (try session.run(text)).last?.texts(limit: 100) ?? []
      values.withLock {
        if $0.count > 50 { $0 = [:] }
        $0[text] = rows
      }
      return rows
    }
    switch run.wait(milliseconds: milliseconds) {
    case .success(let rows): return rows
    case .failure: return []
    case nil:
      if !continues { session.cancel() }
      return nil
    }
  }

  /// The names of the models that were saved or learned.
  package var modelNames: [String] { get throws { try workspace.predictor.modelNames() } }

  /// The names of all pipelines, if that table exists.
  package var pipelineNames: [String] { pipelines.map(\.text) }

  /// The pipelines with their states: those that fail first, the important ones before the others.
  package var pipelines: [Completion.Candidate] {
    let known = names.withLock { $0 }
    if !known.isEmpty { return known }
    guard let schema = catalog.schema(ofTable: "pipelines"), schema.contains(where: { $0.name == "name" }) else { return [] }
    let has = Set(schema.map(\.name))
    let query =
      has.contains("status") && has.contains("tier")
      ? "pipelines | project name, status = tostring(status), tier | order by status == 'failed' desc, tier asc, name asc | extend note = strcat(status, ', tier ', tier) | project name, note"
      : "pipelines | project name | sort by name asc"
    let session = makeSession()
    let run = BackgroundRun { [self] () -> [Completion.Candidate] in
      let rows = (try session.run(query)).last?.texts(limit: 20_000) ?? []
      let found = rows.enumerated().compactMap { place, row in
        row.first.map { Completion.Candidate(text: $0, note: row.count > 1 ? row[1] : "", rank: place) }
      }
      names.withLock { $0 = found }
      return found
    }
    return (try? run.wait(milliseconds: milliseconds)?.get()) ?? []
  }

  /// The keys of the bags at a path of a dynamic column, with their number of rows.
  func keys(ofDynamic path: String, in input: String) -> [(value: String, count: String)] {
    let query = "\(Self.sampled(input))\n| mv-expand key = bag_keys(\(path)) to typeof(string) | where isnotempty(key) | summarize rows = count() by key | top 40 by rows, key asc"
    let found = rows(of: query, within: milliseconds) ?? []
    return found.compactMap { $0.count >= 2 ? ($0[0], $0[1]) : nil }
  }
}
