/// The rows of an answer, in order, and what they cost.
public struct QueryResult: Sendable {
  public let schema: Schema
  /// In the order of the answer.
  public let chunks: [Chunk]
  public let rowCount: Int
  /// One entry per operator, outermost first, when profiling was asked for.
  public let profile: [OperatorProfile]
  /// Whether the query was cancelled before all rows had come.
  public let isPartial: Bool

  public init(schema: Schema, chunks: [Chunk], profile: [OperatorProfile] = [], isPartial: Bool = false) {
    self.schema = schema
    self.chunks = chunks
    self.isPartial = isPartial
    rowCount = chunks.reduce(0) { $0 &+ $1.count }
    self.profile = profile
  }
}

/// What one operator did while a query was profiled.
public struct OperatorProfile: Sendable {
  /// How deep it stands below the outermost operator.
  public let depth: Int
  public let name: String
  public let rows: Int
  /// Over all workers.
  public let nanoseconds: Int
  /// Bytes that its buffers grew by at the most.
  public let bytes: Int
}
