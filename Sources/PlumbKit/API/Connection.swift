import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// What the queries of a connection may use, and what they know about the world.
public struct ConnectionOptions: Sendable {
  /// The number of workers of one query; nil for the workspace's.
  public var threads: Int?
  /// The bytes that one query may hold; nil for the workspace's limit, which also applies to all of its queries together.
  public var memoryLimit: Int?
  /// The value of `now()`; nil for the workspace's clock.
  public var now: Moment?
  /// Values for `declare query_parameters`, as texts.
  public var parameters: [String: String] = [:]
  /// The seed of `rand()`; nil for a different one each time.
  public var seed: UInt64?
  /// Whether queries may read files with `externaldata` and attach databases.
  public var readsFiles = true
  /// Whether a cancelled query returns the rows that it has produced so far.
  public var keepsPartialAnswers = false

  public init() {}
}

/// Runs queries and commands over a workspace, with limits of its own.
///
/// A connection runs one text at a time; connections of one workspace run concurrently. Each text sees the tables as they
/// were when it began, whatever others write meanwhile, plus the changes of its own commands.
public final class Connection: Sendable {
  public let workspace: Workspace
  package let session: Session

  init(_ workspace: Workspace, _ options: ConnectionOptions) {
    self.workspace = workspace
    session = workspace.session()
    var own = session.options
    if let threads = options.threads { own.threads = min(max(threads, 1), 1024) }
    if let limit = options.memoryLimit { own.memoryLimit = limit }
    if let now = options.now { own.clock = { now.ticks } }
    if let seed = options.seed { own.seed = seed }
    own.parameters.merge(options.parameters) { $1 }
    if !options.readsFiles {
      own.readExternal = nil
      own.openForeign = nil
    }
    own.keepsPartialAnswers = options.keepsPartialAnswers
    session.options = own
  }

  /// Runs a text and returns the answers of its queries, in order.
  ///
  /// - Throws: `Problems` with positions in the text.
  public func run(_ text: String) throws -> [ResultTable] {
    do { return try session.run(text).map { ResultTable($0) } } catch { throw Problems(error, in: text) }
  }

  /// Runs a text and returns the answer of its last query; a table without columns if it has no query.
  ///
  /// - Throws: `Problems` with positions in the text.
  public func query(_ text: String) throws -> ResultTable {
    try run(text).last ?? ResultTable(Answer(schema: [], chunks: []))
  }

  /// The problems of a text, found without running it.
  public func check(_ text: String) -> [Problem] { session.check(text).map { Problem($0, in: text) } }

  /// The columns that the last query of a text returns, found without running it; nil if the text has errors.
  public func columns(of text: String) -> [Column]? { session.schema(of: text)?.map { Column($0) } }

  /// Stops the text that is running, if there is one. May be called from any thread.
  public func cancel() { session.cancel() }

  /// The fraction of its rows that the running query has read, from 0 to 1; nil if unknown.
  public var progress: Double? { session.progress }
}
