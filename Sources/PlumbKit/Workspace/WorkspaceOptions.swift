/// What the queries of a workspace may use, and how its files are read.
public struct WorkspaceOptions: Sendable {
  /// The number of workers of one query, 1 to 1024; the number of processors unless set.
  public var threads = Machine.processors
  /// The bytes that one query may hold; half of the machine's memory unless set.
  public var memoryLimit = Machine.memory / 2
  /// Whether to load the undamaged parts of a damaged file, which is then not written to.
  public var salvages = false
  /// The folder that a leading `~` in a path means; nil if such paths are used as they are.
  public var home: String?
  /// The value of `now()`; nil for the workspace's own clock.
  public var now: Moment?
  /// Values for `declare query_parameters`, as texts.
  public var parameters: [String: String] = [:]
  /// The rows that a query may fetch from a remote engine where an operator after them runs here.
  public var fetchRows = 5_000_000
  /// The value of a variable of the environment, such as one with a password; nil if it is not set.
  public var variable: @Sendable (_ name: String) -> String? = { _ in nil }
  /// A command that prints a token for Kusto services; nil for the variable `PLUMB_KUSTO_TOKEN`, or none.
  public var tokenCommand: String?
  /// Asks the user for a password without showing it; nil if nobody can be asked.
  public var askPassword: (@Sendable (_ prompt: String) -> String?)?
  /// What addresses begin with that queries may read, such as `https://example.com/data/`; none unless set.
  public var allowedURLs: [String] = []
  /// How files are read.
  public var reading = ReadingOptions()

  public init() {}
}
