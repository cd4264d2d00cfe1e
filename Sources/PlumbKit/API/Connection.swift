import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// What the queries of a connection may use, and what they know of the world.
public struct ConnectionOptions: Sendable {
  /// Workers of one query; nil for the workspace's.
  public var threads: Int?
  /// Bytes that one query may hold; nil for the workspace's limit, which holds for all of its queries together besides.
  public var memoryLimit: Int?
  /// What `now()` gives; nil for the workspace's clock.
  public var now: Moment?
  /// Values for `declare query_parameters`, as texts.
  public var parameters: [String: String] = [:]
  /// What `rand()` begins with; nil for another each time.
  public var seed: UInt64?
  /// Whether queries may read files by `externaldata` and attach databases.
  public var readsFiles = true
  /// Whether a cancelled query gives the rows that had come until then.
  public var keepsPartialAnswers = false

  public init() {}
}

/// Runs queries and commands over a workspace, with limits of its own.
///
/// A connection runs one text at a time; connections of one workspace run theirs at once. Each text sees the tables as they
/// were when it began, whatever is written meanwhile, and what its own commands changed.
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

  /// Runs a text and gives the answers of its queries, in order.
  ///
  /// - Throws: `Problems` with the places in the text.
  public func run(_ text: String) throws -> [ResultTable] {
    do { return try session.run(text).map { ResultTable($0) } } catch { throw Problems(error, in: text) }
  }

  /// Runs a text and gives the answer of its last query; a table without columns when it has none.
  ///
  /// - Throws: `Problems` with the places in the text.
  public func query(_ text: String) throws -> ResultTable {
    try run(text).last ?? ResultTable(Answer(schema: [], chunks: []))
  }

  /// What is wrong with a text, found without running it.
  public func check(_ text: String) -> [Problem] { session.check(text).map { Problem($0, in: text) } }

  /// The columns that the last query of a text gives, found without running it; nil when the text has mistakes.
  public func columns(of text: String) -> [Column]? { session.schema(of: text)?.map { Column($0) } }

  /// Stops the text that is running, if there is one. May be called from any thread.
  public func cancel() { session.cancel() }

  /// The part of its rows that the running query has read, from 0 to 1; nil when that is not known.
  public var progress: Double? { session.progress }
}
