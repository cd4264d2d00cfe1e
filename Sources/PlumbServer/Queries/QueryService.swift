import PlumbDatabase
import PlumbEngine
import PlumbKit

/// The workspace that a server answers from, with the queries that are running.
final class QueryService: Sendable {
  let workspace: Workspace
  let settings: ServerSettings
  let limiter: QueryLimiter
  let metrics = Metrics()
  let background = BackgroundAnswers()
  let startedAt = Clock.now
  private let completions = LockedValue<(mark: Int, Completion)?>(nil)
  private let running = LockedValue<[QueryRun]>([])
  private let draining = LockedValue(false)

  init(_ workspace: Workspace, _ settings: ServerSettings) {
    self.workspace = workspace
    self.settings = settings
    limiter = QueryLimiter(places: settings.mostQueries, mostWaiting: settings.mostWaiting)
  }

  /// Whether the server stops, so that streams of events end.
  var isDraining: Bool { draining.withLock { $0 } }

  func drain() { draining.withLock { $0 = true } }

  var memory: Int { workspace.memory.limit }

  var dashboards: DashboardFiles { settings.dashboards }

  // MARK: Running queries

  var runningQueries: [QueryRun] { running.withLock { $0 } }

  func add(_ run: QueryRun) { running.withLock { $0.append(run) } }

  func remove(_ run: QueryRun) { running.withLock { $0.removeAll { $0 === run } } }

  /// Ends the queries that a client started under an identifier.
  ///
  /// - Returns: whether there were any.
  func cancel(clientRequestID: String) -> Bool {
    let runs = runningQueries.filter { $0.request.clientRequestID == clientRequestID && !$0.request.isAboutServer }
    for run in runs { run.stop(.cancelled) }
    return !runs.isEmpty
  }

  func cancelAll() { for run in runningQueries { run.stop(.cancelled) } }

  /// What fits at a place of a query; what it learned about the data is forgotten when that has changed.
  func completion() -> Completion {
    let mark = tablesMark
    return completions.withLock { known in
      if let known, known.mark == mark { return known.1 }
      let made = Completion(CompletionData(workspace, continues: false) { [unowned self] in session(ClientOptions(), parameters: [:]) })
      known = (mark, made)
      return made
    }
  }

  // MARK: Sessions

  func unknownDatabase(_ name: String) -> WireError {
    let known = settings.databaseNames.map { "`\($0)`" }.joined(separator: ", ")
    return .badRequest(
      "Semantic error: SEM0100: the database `\(name)` does not exist; this server has \(known)", name: "unknown-database")
  }

  /// A session for one query, which reaches nothing beyond the workspace.
  ///
  /// - Parameter catalog: the tables it sees; nil for the workspace's.
  func session(_ options: ClientOptions, parameters: [String: String], catalog: Catalog? = nil) -> Session {
    var sessionOptions = workspace.sessionOptions
    sessionOptions.seed = UInt64.random(in: .min ... .max)
    sessionOptions.memoryLimit = min(sessionOptions.memoryLimit, settings.queryMemory)
    sessionOptions.threads = max(1, settings.threads / max(1, limiter.runningCount))
    sessionOptions.readExternal = nil
    sessionOptions.openForeign = { path, _, _, _ in throw Safety.refusal("cannot attach files such as `\(path)`") }
    for (name, value) in parameters { sessionOptions.parameters[name] = value }
    if let now = options.now { sessionOptions.clock = { now } }
    return Session(catalog: catalog ?? workspace.catalog, options: sessionOptions)
  }
}
