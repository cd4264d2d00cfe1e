/// Rows that another program keeps, such as those of a database's table: a scan says what it needs of them, and the
/// source does what it can of the work.
package protocol ExternalRows: AnyObject, Sendable {
  var schema: Schema { get }
  /// What is known of each column: how its type was found.
  var columnNotes: [String] { get }
  /// A guess at how many rows there are.
  var rowEstimate: Int { get }
  /// How much of a condition over the table's columns the source can test.
  func help(with condition: BoundExpression) -> ExternalHelp
  /// Whether the source sorts the values of a column as a query here does.
  func canSort(by column: Int) -> Bool
  /// The request in the source's own language, as `explain` shows it.
  func text(of request: ExternalRequest) -> String
  /// Begins to read; the cursor keeps what it needs of the source open.
  func open(_ request: ExternalRequest, _ context: ExecutionContext) throws -> any ExternalCursor
}

/// What a source does about a condition.
package enum ExternalHelp: Sendable {
  case nothing
  /// It leaves out rows that fail, though not all of them.
  case some
  /// The rows that it gives are those that pass.
  case all
}

/// What a scan asks of a source.
package struct ExternalRequest: Sendable {
  /// Indices into the schema, in output order; without any, rows are only counted.
  package var columns: [Int]
  /// Conditions that a row must pass, over the table's columns; the source may let too many pass where it says so.
  package var conditions: [BoundExpression] = []
  /// The order in which rows come; any order when empty.
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

/// Rows on their way from a source; used by one thread at a time.
package protocol ExternalCursor: AnyObject, Sendable {
  /// The next rows, about as many as asked for; nil after the last.
  ///
  /// - Throws: diagnostics of reading, and `cancelled`.
  func next(rows: Int) throws -> RowGroup?
}

/// A database of another program, whose tables queries read as `name.table`.
package protocol ForeignDatabase: AnyObject, Sendable {
  /// Where it is, as the user can find it.
  var path: String { get }
  /// How it was opened, for `.show attached`.
  var mode: String { get }
  /// What opens it again: a line that is kept with a workspace.
  var reminder: String { get }
  /// In alphabetical order.
  var tableNames: [String] { get throws }
  /// The rows of a table; nil when there is none of that name.
  func rows(ofTable name: String, _ context: ExecutionContext) throws -> (any ExternalRows)?
  /// What a user should know of a table before trusting it, such as columns of mixed types; a sentence each.
  func remarks(onTable name: String, _ context: ExecutionContext) throws -> [String]
}
