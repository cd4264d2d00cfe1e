import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// One page while it is made, on a thread of its own: the URL's parameters, and the queries that fill it.
final class PageRun: @unchecked Sendable {
  let service: QueryService
  let path: String
  let parameters: [String: String]
  /// Whether the game master of a case asks.
  let isMaster: Bool
  private let lock = Lock()
  // The following properties are used inside `lock`.
  private var session: Session?
  private var isStopped = false

  init(_ service: QueryService, path: String, _ parameters: [String: String], isMaster: Bool = false) {
    self.service = service
    self.isMaster = isMaster
    self.path = path
    self.parameters = parameters
  }

  func parameter(_ name: String) -> String { parameters[name] ?? "" }

  /// Ends the query that is running; the rest of the page reports that it was cancelled.
  func stop() {
    let session = lock.locked { () -> Session? in
      isStopped = true
      return self.session
    }
    session?.cancel()
  }

  /// The answer of a query, or of the last one in a text.
  ///
  /// - Throws: `Problems` with positions in the text.
  func answer(_ text: String) throws -> Answer {
    let session = try ownSession()
    do {
      let started = Machine.milliseconds
      let answer = try session.run(text).last ?? Answer(schema: [], chunks: [])
      var statistics = QueryStatistics()
      statistics.rows = answer.rowCount
      statistics.milliseconds = Machine.milliseconds - started
      service.metrics.count(statistics, nil)
      return answer
    } catch {
      throw Problems(error, in: text)
    }
  }

  func table(_ text: String) throws -> ResultTable { ResultTable(try answer(text)) }

  /// A session that `stop` cancels.
  func ownSession() throws -> Session {
    let session = service.session(ClientOptions(), parameters: [:])
    let isStopped = lock.locked {
      self.session = session
      return self.isStopped
    }
    if isStopped { throw Problems(Diagnostic("cancelled", "the page took too long and was stopped")) }
    return session
  }

  // MARK: Time

  /// The length of the window that the page shows, in hours.
  var hours: Int { min(max(Int(parameter("hours")) ?? 24, 1), 24 * 90) }

  /// The length of one cell of a strip, in minutes: a window has 24 to 48 cells.
  var cellMinutes: Int { max(1, hours * 60 / (hours % 24 == 0 ? 24 : 30)) }

  var cells: Int { (hours * 60 + cellMinutes - 1) / cellMinutes }

  /// The workspace's clock.
  lazy var now = service.workspace.sessionOptions.clock()

  /// A KQL timespan literal of the window, with its multiple.
  var window: String { "\(hours)h" }

  /// Whether the workspace has the tables of telemetry that a page reads.
  func has(_ tables: String...) -> Bool {
    guard let reading = try? service.workspace.catalog.reading() else { return false }
    defer { reading.end() }
    return tables.allSatisfy { reading.catalog.hasTable(named: $0) }
  }

  /// A link to another page, or to this one, that keeps the window.
  func link(_ path: String, _ more: [(String, String)] = []) -> String {
    Markup.path(path, more + (parameters["hours"].map { [("hours", $0)] } ?? []))
  }
}

extension PageRun {
  /// Makes a page on a thread of its own, so that no query occupies the threads that serve connections.
  static func make(_ run: PageRun, _ body: @escaping @Sendable (PageRun) -> String) async -> String {
    let limit = run.service.settings.queryTime
    let timer = Task {
      try await Task.sleep(for: limit)
      run.stop()
    }
    defer { timer.cancel() }
    return await withCheckedContinuation { continuation in
      if !startThread(stackBytes: 512 << 20, { continuation.resume(returning: body(run)) }) {
        continuation.resume(returning: Frame.page("Busy", run, "<p>The server cannot start another thread.</p>"))
      }
    }
  }
}
