/// The result of one query: its rows, and how `render` asked for them to be shown.
package struct Answer: Sendable {
  package let schema: Schema
  /// In order.
  package let chunks: [Chunk]
  package let rowCount: Int
  package var visualization: Visualization?
  /// What the rows are, when a function made them and they have its columns still.
  package var presentation: Presentation?
  /// Remarks for the user in addition to the rows, such as an ignored hint.
  package var remarks: [String]
  /// Whether the query was cancelled before all rows had arrived.
  package let isPartial: Bool
  /// Whether the rows are the lines of one text, which a person reads without a frame.
  package var isText = false
  /// What the query calls the table, as with `as`; nil if it has no name.
  package var name: String?
  /// Whether its query returns other tables too, so that a person needs its name.
  package var isOneOfSeveral = false

  package init(
    schema: Schema, chunks: [Chunk], visualization: Visualization? = nil, presentation: Presentation? = nil,
    remarks: [String] = [], isPartial: Bool = false
  ) {
    self.schema = schema
    self.chunks = chunks
    rowCount = chunks.reduce(0) { $0 + $1.count }
    self.visualization = visualization
    self.presentation = presentation.flatMap { $0.fits(schema) ? $0 : nil }
    self.remarks = remarks
    self.isPartial = isPartial
  }
}

/// What `render` said: the kind of chart and its properties, as written.
package struct Visualization: Sendable, Hashable {
  package var kind: String
  package var properties: [String: String]

  package init(kind: String, properties: [String: String] = [:]) {
    self.kind = kind
    self.properties = properties
  }
}
