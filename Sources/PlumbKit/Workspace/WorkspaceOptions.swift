import PlumbDatabase
import PlumbEngine
import PlumbStorage

/// What the queries of a workspace may use, and how its files are read.
public struct WorkspaceOptions: Sendable {
  /// Workers of one query, 1 to 1024; as many as the machine has processors unless set.
  public var threads = Machine.processors
  /// Bytes that one query may hold; half of the machine's memory unless set.
  public var memoryLimit = Machine.memory / 2
  /// Whether to load the undamaged parts of a damaged file, which is then not written to.
  public var salvages = false
  /// The folder that a leading `~` in a path stands for; nil when such paths are taken as they are.
  public var home: String?
  /// What `now()` gives, in ticks; nil for the workspace's own clock.
  package var now: Int64?
  /// Values for `declare query_parameters`, as texts.
  package var parameters: [String: String] = [:]
  /// How files are read.
  package var reading = ReadingOptions()

  public init() {}
}

/// How files of data and telemetry are read.
package struct ReadingOptions: Sendable {
  /// The format of files of rows; nil to find out.
  package var format: FileFormat?
  /// The byte between two fields; nil to find out.
  package var delimiter: UInt8?
  /// Whether files start with a row of names; nil to find out.
  package var hasHeader: Bool?
  /// The columns of the files; empty to find out.
  package var columns: Schema = []
  /// Whether a header that has some of their names leaves the columns in their order, and is no mistake.
  var takesColumnsByPlace = false
  package var badRows = BadRowPolicy.reject
  /// Which telemetry the files hold; nil to find out.
  package var kind: TelemetryKind?
  /// A file of queries that make telemetry of other files' rows.
  package var mapping: String?
  /// Where rejected rows are written.
  package var rejects: String?

  package init() {}
}
