/// The rows of an answer, in order, and what they cost.
package struct QueryResult: Sendable {
  package let schema: Schema
  /// In the order of the answer.
  package let chunks: [Chunk]
  package let rowCount: Int
  /// One entry per operator, outermost first, if profiling was requested.
  package let profile: [OperatorProfile]
  /// Whether the query was cancelled before all rows had arrived.
  package let isPartial: Bool

  package init(schema: Schema, chunks: [Chunk], profile: [OperatorProfile] = [], isPartial: Bool = false) {
    self.schema = schema
    self.chunks = chunks
    self.isPartial = isPartial
    rowCount = chunks.reduce(0) { $0 &+ $1.count }
    self.profile = profile
  }
}

/// What one operator did while a query was profiled.
package struct OperatorProfile: Sendable {
  /// Its depth below the outermost operator.
  package let depth: Int
  package let name: String
  package let rows: Int
  /// Over all workers.
  package let nanoseconds: Int
  /// The maximum growth of its buffers in bytes.
  package let bytes: Int
}
