/// Rows that another program stores, such as those of a database's table: a scan says what it needs, and the
/// source does as much of the work as it can.
package protocol ExternalRows: AnyObject, Sendable {
  var schema: Schema { get }
  /// A note about each column: how its type was determined.
  var columnNotes: [String] { get }
  /// An estimate of the number of rows.
  var rowEstimate: Int { get }
  /// How much of a condition over the table's columns the source can test.
  func help(with condition: BoundExpression) -> ExternalHelp
  /// Whether the source sorts the values of a column as a query here does.
  func canSort(by column: Int) -> Bool
  /// The request in the source's own language, as `explain` shows it.
  func text(of request: ExternalRequest) -> String
  /// The engine that runs whole parts of a plan over these rows; nil if the source only reads them.
  var engine: (any RemoteEngine)? { get }
  /// Starts reading; the cursor keeps open what it needs of the source.
  func open(_ request: ExternalRequest, _ context: ExecutionContext) throws -> any ExternalCursor
}

extension ExternalRows {
  package var engine: (any RemoteEngine)? { nil }
}

/// How a source handles a condition.
package enum ExternalHelp: Sendable {
  case nothing
  /// It leaves out some of the rows that fail.
  case some
  /// It returns exactly the rows that pass.
  case all
}

/// What a scan requests from a source.
package struct ExternalRequest: Sendable {
  /// Indices into the schema, in output order; if empty, rows are only counted.
  package var columns: [Int]
  /// Conditions that a row must pass, over the table's columns; the source may let too many pass if it says so.
  package var conditions: [BoundExpression] = []
  /// The order of the rows; any order if empty.
  package var order: [ExternalOrder] = []
  /// The most rows that are needed.
  package var limit: Int?

  package init(columns: [Int]) { self.columns = columns }
}

/// A column that rows are sorted by.
package struct ExternalOrder: Sendable {
  package let column: Int
  package let isDescending: Bool
  package let nullsFirst: Bool
}

/// Rows being read from a source; used by one thread at a time.
package protocol ExternalCursor: AnyObject, Sendable {
  /// The next rows, about as many as asked for; nil after the last.
  ///
  /// - Throws: diagnostics of reading, and `cancelled`.
  func next(rows: Int) throws -> RowGroup?
}

/// A database of another program, whose tables queries read as `name.table`.
package protocol ForeignDatabase: AnyObject, Sendable {
  /// Its location, as the user knows it.
  var path: String { get }
  /// How it was opened, for `.show attached`.
  var mode: String { get }
  /// A line stored with a workspace, from which it can be opened again.
  var reminder: String { get }
  /// In alphabetical order.
  var tableNames: [String] { get throws }
  /// The rows of a table; nil if it does not exist.
  func rows(ofTable name: String, _ context: ExecutionContext) throws -> (any ExternalRows)?
  /// What a user should know about a table before trusting it, such as columns of mixed types; a sentence each.
  func remarks(onTable name: String, _ context: ExecutionContext) throws -> [String]
}
