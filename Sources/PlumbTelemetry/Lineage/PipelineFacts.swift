import PlumbEngine

/// What `pipelines` says of each node, and for a moment in the past what `runs` says.
struct PipelineFacts {
  private let places: [RowPlace?]
  private let texts: [String: TableColumn]
  private let tiers: TableColumn?
  private let slas: TableColumn?
  private let freshness: TableColumn?
  private let durations: TableColumn?
  private let records: TableColumn?
  /// Set for a moment in the past.
  private let past: [PastState]?

  /// What had happened to a pipeline by a moment.
  struct PastState {
    var lastStart = Int64.min
    var status: Bytes = Bytes(start: nil, count: 0)
    var isRunning = false
    var freshness: Int64?
    var records: Int64 = 0
  }

  init(_ pipelines: Table?, places: [RowPlace?], past: [PastState]?) throws {
    self.places = places
    self.past = past
    var texts: [String: TableColumn] = [:]
    for name in ["status", "owner", "backup"] { texts[name] = try TableColumn(pipelines, name, .string) }
    self.texts = texts
    tiers = try TableColumn(pipelines, "tier", .long, .int)
    slas = try TableColumn(pipelines, "sla", .timespan)
    freshness = try TableColumn(pipelines, "freshness", .timespan)
    durations = try TableColumn(pipelines, "avg_duration", .timespan)
    records = try TableColumn(pipelines, "records_24h", .long, .int)
  }

  func text(_ column: String, _ node: Int32) -> Bytes {
    guard let place = places[Int(node)], let column = texts[column] else {
      return Bytes(start: nil, count: 0)
    }
    return column.text(place)
  }

  private func word(_ column: TableColumn?, _ node: Int32) -> Int64? {
    guard let column, let place = places[Int(node)] else { return nil }
    return column.word(place)
  }

  func tier(_ node: Int32) -> Int64? { word(tiers, node) }
  func sla(_ node: Int32) -> Int64? { word(slas, node) }
  /// What one run takes on average.
  func duration(_ node: Int32) -> Int64? { word(durations, node) }

  /// How old the newest data is; nil when there has never been any.
  func freshness(_ node: Int32) -> Int64? { past.map { $0[Int(node)].freshness } ?? word(freshness, node) }

  func records(_ node: Int32) -> Int64? { past.map { $0[Int(node)].records } ?? word(records, node) }

  func status(_ node: Int32) -> Bytes {
    guard let past else { return text("status", node) }
    let state = past[Int(node)]
    if state.isRunning { return Bytes(start: Self.running.utf8Start, count: Self.running.utf8CodeUnitCount) }
    return state.status
  }

  private static let running: StaticString = "running"

  /// Whether the pipeline gives no data that can be used: its last run failed, or it is stale.
  func isFailing(_ node: Int32) -> Bool {
    let status = String(self.status(node))
    if status == "failed" || status == "stale" { return true }
    guard past != nil, status != "running", let age = freshness(node), let sla = sla(node) else { return false }
    return age > sla
  }
}

extension PipelineFacts.PastState {
  /// Takes note of one run, as it stood at `moment`.
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
