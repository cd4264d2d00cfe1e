import PlumbDiagnostics
import PlumbEngine

/// The rows that an operator's expressions read: their columns, and the names for them.
final class InputRows {
  /// Distinguishes these rows from those of other operators.
  let id: Int
  let schema: Schema
  let tableName: String?
  /// The last step that replaced the columns; nil for those of the table.
  let lastStep: String?
  let isSerialized: Bool
  /// Columns whose expressions had an error that was reported.
  let broken: Set<String>
  private let places: [String: Int]

  /// Columns read as `name.column`: by the steps of `scan`, and the nodes and edges of a graph's pattern.
  let members: [String: [String: Int]]

  /// The graph pattern that the expressions are about.
  let graph: GraphScope?
  /// Over a graph's nodes: the column with the number of outgoing edges; the number of incoming edges follows it.
  let degreeColumns: Int?

  init(_ relation: Relation, id: Int, members: [String: [String: Int]], graph: GraphScope?, degreeColumns: Int?) {
    self.members = members
    self.graph = graph
    self.degreeColumns = degreeColumns
    self.id = id
    schema = relation.schema
    tableName = relation.name
    lastStep = relation.lastStep
    isSerialized = relation.isSerialized
    broken = relation.broken
    places = Dictionary(schema.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func index(of name: String) -> Int? { places[name] }

  /// The column as an expression.
  func column(_ index: Int, at span: SourceSpan) -> OpenExpression { .input(index, schema[index].type, span) }
}
