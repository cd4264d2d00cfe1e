import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbTelemetry

/// What rules and `why` compare with: what is usual for each pipeline, computed apart from rounds.
///
/// It is made once a day, in the background while rules are evaluated continuously. `baselines()` are stored with the time at which
/// they were computed in the table `alert_baselines`, so a single evaluation need not compute them.
final class Preparation: Sendable {
  let baselines = Baselines(.prepared)
  let origins = WhyOrigins(.prepared)

  private struct Work {
    /// The day that was prepared last.
    var day = Int64.min
    var isGoing = false
    var session: Session?
    /// What has to be stored.
    var made: Table?
    var hasLoaded = false
  }

  private let work = LockedValue(Work())

  /// Those of `baselines()`, when they were computed, and how many rows `runs` had then.
  static let schema: Schema = Baselines.schema + [ColumnInfo("computed", .datetime), ColumnInfo("run_rows", .long)]

  /// Takes the baselines that are stored, the first time, if they are of the same runs.
  func load(_ catalog: Catalog, _ options: SessionOptions) throws {
    let isFirst = work.withLock { work in
      defer { work.hasLoaded = true }
      return !work.hasLoaded
    }
    guard isFirst else { return }
    guard let stored = try catalog.table(named: AlertTables.baselines), stored.schema == Self.schema,
      let group = stored.groups.first, group.count > 0
    else { return }
    func number(_ name: String) throws -> Int64? {
      try Self.schema.firstIndex { $0.name == name }.flatMap { try group.column($0).value(at: 0).number }
    }
    let rows = try catalog.table(named: "runs")?.rowCount ?? 0
    // Data of another origin needs other baselines.
    guard let day = try number("made"), let known = try number("run_rows"), known <= rows, rows <= known + known / 4 + 1_000 else { return }
    let session = Session(catalog: catalog, options: options)
    guard let answer = try session.run("\(AlertTables.baselines) | project-away computed, run_rows | sort by pipeline asc").last else { return }
    baselines.take(
      Table(name: "baselines", QueryResult(schema: answer.schema, chunks: answer.chunks)), day: day, rowCount: Int(known))
    work.withLock { $0.day = day }
  }

  /// When the stored baselines were computed; nil if none are.
  static func computed(in catalog: Catalog) throws -> Int64? {
    guard let stored = try catalog.table(named: AlertTables.baselines), let place = stored.schema.firstIndex(of: ColumnInfo("computed", .datetime)),
      let group = stored.groups.first, group.count > 0
    else { return nil }
    return try group.column(place).value(at: 0).number
  }

  /// Computes what is usual up to the last midnight.
  ///
  /// - Parameter withOrigins: whether to prepare what `why` compares with, too, which is worth it if many rounds follow.
  /// - Throws: what is wrong with `runs`.
  func prepare(_ base: Catalog, _ options: SessionOptions, withOrigins: Bool) throws {
    let catalog = base.snapshot()
    catalog.store = nil
    catalog.add(baselines.preparation)
    catalog.add(origins.preparation)
    let now = options.clock()
    var options = options
    options.clock = { now }
    let session = Session(catalog: catalog, options: options)
    work.withLock { $0.session = session }
    defer { work.withLock { $0.session = nil } }
    let rows = try base.table(named: "runs")?.rowCount ?? 0
    let answer = try session.run("baselines() | extend computed = now(), run_rows = tolong(\(rows))").last
    if withOrigins { _ = try session.run("why_origins() | count") }
    guard let answer else { return }
    let table = Table(name: AlertTables.baselines, QueryResult(schema: answer.schema, chunks: answer.chunks))
    work.withLock {
      $0.made = table
      $0.day = now - now % (24 * TimeSpan.hour)
    }
  }

  /// Whether something newer could be prepared, and nobody is at it; then it is the caller who is.
  func begin(now: Int64) -> Bool {
    work.withLock { work in
      guard !work.isGoing, work.day != now - now % (24 * TimeSpan.hour) else { return false }
      work.isGoing = true
      return true
    }
  }

  /// - Parameter day: the day not to be tried again; nil if it was prepared.
  func end(failedOn day: Int64?) {
    work.withLock { work in
      work.isGoing = false
      if let day { work.day = day }
    }
  }

  /// The table that has to be stored, once.
  func takeMade() -> Table? {
    work.withLock { work in
      defer { work.made = nil }
      return work.made
    }
  }

  var hasLoaded: Bool { work.withLock { $0.hasLoaded } }
  var isGoing: Bool { work.withLock { $0.isGoing } }

  func cancel() { work.withLock { $0.session }?.cancel() }
}

extension AlertRunner {
  /// Starts to compute what rules compare with in the background if that of the last midnight is missing.
  package func prepareInBackground() {
    let now = options().clock()
    // It asks often; what is stored is read once.
    if !preparation.hasLoaded { try? reading { try preparation.load($0, options()) } }
    guard preparation.begin(now: now) else { return }
    let (work, base, settings) = (preparation, catalog, options)
    let isStarted = startThread(stackBytes: 512 << 20) {
      var failed: Int64?
      do {
        let reading = try base.reading()
        defer { reading.end() }
        try work.prepare(reading.catalog, settings(), withOrigins: true)
      } catch {
        // Rules that need it compute it themselves, and report what is wrong.
        failed = now - now % (24 * TimeSpan.hour)
      }
      work.end(failedOn: failed)
    }
    if !isStarted { preparation.end(failedOn: nil) }
  }

  /// Stops what computes in the background, and waits for it.
  package func stopPreparing() {
    while preparation.isGoing {
      preparation.cancel()
      pause(milliseconds: 10)
    }
  }
}
