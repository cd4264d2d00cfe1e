import PlumbEngine

/// What `pipelines` says about each node, and for a time in the past what `runs` says.
struct PipelineFacts {
  /// The row of each node in the columns below; -1 for nodes that `pipelines` lacks.
  private let rows: [Int32]
  /// The storage of the texts.
  private let kept: [Vector]
  private let statuses: [Bytes]
  private let owners: [Bytes]
  private let backups: [Bytes]
  private let tiers: [Int64]
  private let slas: [Int64]
  private let ages: [Int64]
  private let durations: [Int64]
  private let records: [Int64]
  /// Set for a time in the past.
  private let past: [PastState]?

  /// What had happened to a pipeline by a point in time.
  struct PastState {
    var lastStart = Int64.min
    var status: Bytes = Bytes(start: nil, count: 0)
    var isRunning = false
    var freshness: Int64?
    var records: Int64 = 0
  }

  /// - Parameter nodes: the node of each row of `pipelines`; among rows of the same name the last counts.
  init(_ pipelines: Table?, nodes: [Int32], nodeCount: Int, past: [PastState]?) throws {
    var rows = [Int32](repeating: -1, count: nodeCount)
    for (row, node) in nodes.enumerated() { rows[Int(node)] = Int32(truncatingIfNeeded: row) }
    self.rows = rows
    self.past = past
    var kept: [Vector] = []
    statuses = try Self.texts(pipelines, "status", &kept)
    owners = try Self.texts(pipelines, "owner", &kept)
    backups = try Self.texts(pipelines, "backup", &kept)
    self.kept = kept
    tiers = try Self.words(pipelines, "tier", .long, .int)
    slas = try Self.words(pipelines, "sla", .timespan)
    ages = try Self.words(pipelines, "freshness", .timespan)
    durations = try Self.words(pipelines, "avg_duration", .timespan)
    records = try Self.words(pipelines, "records_24h", .long, .int)
  }

  /// Returns a column of strings; empty if it is missing. The bytes live as long as what is added to `kept`.
  private static func texts(_ table: Table?, _ name: String, _ kept: inout [Vector]) throws -> [Bytes] {
    guard let table, let index = table.schema.firstIndex(of: ColumnInfo(name, .string)) else { return [] }
    var texts: [Bytes] = []
    for group in table.groups {
      let vector = try group.column(index)
      kept.append(vector)
      vector.appendTexts(to: &texts)
    }
    return texts
  }

  /// Returns a column of numbers with `null` for nulls; empty if there is none of these types.
  private static func words(_ table: Table?, _ name: String, _ types: ScalarType...) throws -> [Int64] {
    guard let table, let index = table.schema.firstIndex(where: { $0.name == name && types.contains($0.type) })
    else { return [] }
    return try table.groups.flatMap { try $0.column(index).words(null: null) }
  }

  /// Represents null; no timespan or count is this small.
  private static let null = Int64.min

  private func text(_ column: [Bytes], _ node: Int32) -> Bytes {
    let row = Int(rows[Int(node)])
    return row >= 0 && row < column.count ? column[row] : Bytes(start: nil, count: 0)
  }

  private func word(_ column: [Int64], _ node: Int32) -> Int64? {
    let row = Int(rows[Int(node)])
    return row >= 0 && row < column.count && column[row] != Self.null ? column[row] : nil
  }

  func owner(_ node: Int32) -> Bytes { text(owners, node) }
  func backup(_ node: Int32) -> Bytes { text(backups, node) }
  func tier(_ node: Int32) -> Int64? { word(tiers, node) }
  func sla(_ node: Int32) -> Int64? { word(slas, node) }
  /// Returns the average duration of a run.
  func duration(_ node: Int32) -> Int64? { word(durations, node) }

  /// Returns the age of the newest data; nil if there has never been any.
  func freshness(_ node: Int32) -> Int64? { past.map { $0[Int(node)].freshness } ?? word(ages, node) }

  func records(_ node: Int32) -> Int64? { past.map { $0[Int(node)].records } ?? word(records, node) }

  func status(_ node: Int32) -> Bytes {
    guard let past else { return text(statuses, node) }
    let state = past[Int(node)]
    if state.isRunning { return Bytes(start: Self.running.utf8Start, count: Self.running.utf8CodeUnitCount) }
    return state.status
  }

  private static let running: StaticString = "running"

  /// Returns whether the pipeline provides no usable data: its last run failed, or it is stale.
  func isFailing(_ node: Int32) -> Bool {
    let status = String(self.status(node))
    if status == "failed" || status == "stale" { return true }
    guard past != nil, status != "running", let age = freshness(node), let sla = sla(node) else { return false }
    return age > sla
  }
}

extension PipelineFacts.PastState {
  /// Records one run as it was at `moment`.
  mutating func note(start: Int64, end: Int64?, status: Bytes, records: Int64?, at moment: Int64) {
    guard start <= moment else { return }
    guard let end, end <= moment else {
      if start >= lastStart { isRunning = true }
      lastStart = Swift.max(lastStart, start)
      return
    }
    let text = String(status)
    if start >= lastStart, text != "skipped" {
      lastStart = start
      self.status = status
      isRunning = false
    }
    if text == "succeeded" { freshness = Swift.min(freshness ?? .max, moment &- end) }
    if moment &- end < 864_000_000_000 { self.records &+= records ?? 0 }
  }
}
