import PlumbEngine

/// The result of one query: its rows, and how `render` asked for them to be shown.
public struct Answer: Sendable {
  public let schema: Schema
  /// In order.
  public let chunks: [Chunk]
  public let rowCount: Int
  public var visualization: Visualization?
  /// Remarks for the user beside the rows, such as an ignored hint.
  public var remarks: [String]
  /// Whether the query was cancelled before all rows had come.
  public let isPartial: Bool

  public init(
    schema: Schema, chunks: [Chunk], visualization: Visualization? = nil, remarks: [String] = [],
    isPartial: Bool = false
  ) {
    self.schema = schema
    self.chunks = chunks
    rowCount = chunks.reduce(0) { $0 + $1.count }
    self.visualization = visualization
    self.remarks = remarks
    self.isPartial = isPartial
  }
}

/// What `render` said: the kind of chart and its properties, as written.
public struct Visualization: Sendable, Hashable {
  public var kind: String
  public var properties: [String: String]

  public init(kind: String, properties: [String: String] = [:]) {
    self.kind = kind
    self.properties = properties
  }
}
