import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Functions that have a meaning over a graph's pattern, or over its nodes.
enum GraphFunctions {
  private static let all: [BinderFunction] = [
    BinderFunction("node_degree_out", naming: nil) { try degree($0, $1, isIn: false) },
    BinderFunction("node_degree_in", naming: nil) { try degree($0, $1, isIn: true) },
    BinderFunction("node_id", naming: nil) { try nodeID($0, $1) },
    BinderFunction("labels", naming: nil) { try labels($0, $1) },
    BinderFunction("all") { try along($0, .all, $1) },
    BinderFunction("any") { try along($0, .any, $1) },
    BinderFunction("map") { try along($0, .map, $1) },
  ]

  /// The names that a graph's expressions can call.
  static let names = all.map(\.name) + ["inner_nodes"]

  /// The function of that name; nil if the rows are not those of a graph.
  static func function(named name: String, over rows: InputRows?) -> BinderFunction? {
    guard let rows, rows.graph != nil || rows.degreeColumns != nil else { return nil }
    return all.first { $0.name == name }
  }

  /// `node_degree_in_n` for `node_degree_in(n)`; nil for other functions.
  static func columnName(_ call: CallSyntax, _ columns: [String?]) -> String? {
    guard let function = all.first(where: { $0.name == call.name.text }), function.naming == nil else { return nil }
    return columns.first.flatMap { $0 }.map { "\(function.name)_\($0)" } ?? function.name
  }

  private static func degree(
    _ call: CallSyntax, _ binder: ExpressionBinder, isIn: Bool
  ) throws -> OpenExpression? {
    try ofNode(call, isIn ? 1 : 0, .long, binder)
  }

  /// The text of a node's id.
  private static func nodeID(_ call: CallSyntax, _ binder: ExpressionBinder) throws -> OpenExpression? {
    try ofNode(call, 2, .string, binder)
  }

  /// One of the columns that follow the nodes' properties.
  private static func ofNode(
    _ call: CallSyntax, _ column: Int, _ type: ScalarType, _ binder: ExpressionBinder
  ) throws -> OpenExpression? {
    if call.arguments.isEmpty, let degrees = binder.rows?.degreeColumns { return .input(degrees + column, type, call.span) }
    guard let names = binder.rows?.graph else { return nil }
    guard case .name(let name) = try call.onlyArgument().withoutParentheses, let node = names.nodes[name.text] else {
      throw Diagnostic("not-a-node", "`\(call.name.text)` needs a node of the pattern", at: call.span)
    }
    return names.adding(.node(node, column: names.graph.nodeSchema.count + column), type, at: call.span)
  }

  /// Nodes and edges of `make-graph` have no labels.
  private static func labels(_ call: CallSyntax, _ binder: ExpressionBinder) throws -> OpenExpression? {
    if !call.arguments.isEmpty, let names = binder.rows?.graph {
      guard case .name(let name) = try call.onlyArgument().withoutParentheses,
        names.nodes[name.text] != nil || names.hops[name.text] != nil
      else { throw Diagnostic("not-a-node", "`labels` needs a node or an edge of the pattern", at: call.span) }
    }
    return .literal(.dynamic(.array([])), call.span)
  }

  /// An expression over the edges of a path, or with `inner_nodes` over the nodes within it.
  private static func along(
    _ call: CallSyntax, _ function: GraphPattern.PathFunction, _ binder: ExpressionBinder
  ) throws -> OpenExpression? {
    guard let names = binder.rows?.graph else { return nil }
    guard call.arguments.count == 2 else { throw call.argumentCount("an edge and an expression") }
    var path = call.arguments[0].value.withoutParentheses
    var overNodes = false
    if case .call(let inner) = path, inner.name.text == "inner_nodes" {
      path = try inner.onlyArgument().withoutParentheses
      overNodes = true
    }
    guard case .name(let name) = path, let hop = names.hops[name.text] else {
      throw Diagnostic(
        "not-an-edge", "`\(call.name.text)` needs an edge of the pattern", at: call.arguments[0].span,
        help: "for the nodes within a path, write `inner_nodes(edge)`")
    }
    var elements = Relation(.graphAsTable)
    elements.schema = overNodes ? names.graph.nodeSchema : names.graph.edgeSchema
    let state = binder.place.state
    let element = ColumnExpressions(
      rows: state.rows(of: elements, degreeColumns: overNodes ? names.graph.nodeSchema.count : nil), at: binder.place,
      for: "`\(call.name.text)`")
    let expression = function == .map
      ? try element.expression(call.arguments[1].value) : try element.condition(call.arguments[1].value)
    return names.adding(
      .path(hop: hop, overNodes: overNodes, function, expression), function == .map ? .dynamic : .bool, at: call.span)
  }
}

extension GraphScope {
  /// Adds a column that users cannot name.
  fileprivate func adding(_ column: GraphPattern.Column, _ type: ScalarType, at span: SourceSpan) -> OpenExpression {
    columns.append(column)
    return .input(columns.count - 1, type, span)
  }
}
