import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// `all`, `any`, `map` and `node_degree_...` in a graph operator; nil for any other call or place.
  func graphFunction(_ call: CallSyntax, at place: Place) throws -> BoundExpression? {
    guard let row = place.row, place.seesColumns else { return nil }
    switch call.name.text {
    case "node_degree_out", "node_degree_in":
      let isIn = call.name.text == "node_degree_in"
      if call.arguments.isEmpty, let degrees = row.degreeColumns {
        return .column(degrees + (isIn ? 1 : 0), .long, call.span)
      }
      guard let names = row.graph else { return nil }
      guard case .name(let name) = try onlyArgument(of: call).withoutParentheses, let node = names.nodes[name.text] else {
        throw Diagnostic("not-a-node", "`\(call.name.text)` needs a node of the pattern", at: call.span)
      }
      // The degrees stand behind the nodes' properties.
      return row.adding(.node(node, column: names.graph.nodeSchema.count + (isIn ? 1 : 0)), .long, at: call.span)
    case "all": return try along(call, .all, at: place)
    case "any": return try along(call, .any, at: place)
    case "map": return try along(call, .map, at: place)
    default: return nil
    }
  }

  /// An expression over the edges of a path, or with `inner_nodes` over the nodes within it.
  private func along(_ call: CallSyntax, _ fold: GraphPattern.Fold, at place: Place) throws -> BoundExpression? {
    guard let row = place.row, let names = row.graph else { return nil }
    guard call.arguments.count == 2 else { throw argumentCount(call, "an edge and an expression") }
    var path = call.arguments[0].value.withoutParentheses
    var overNodes = false
    if case .call(let inner) = path, inner.name.text == "inner_nodes" {
      path = try onlyArgument(of: inner).withoutParentheses
      overNodes = true
    }
    guard case .name(let name) = path, let hop = names.hops[name.text] else {
      throw Diagnostic(
        "not-an-edge", "`\(call.name.text)` needs an edge of the pattern", at: call.arguments[0].span,
        help: "for the nodes within a path, write `inner_nodes(edge)`")
    }
    var elements = Relation(.graphAsTable)
    elements.schema = overNodes ? names.graph.nodeSchema : names.graph.edgeSchema
    let inner = self.row(over: elements)
    inner.takesWindows = false
    if overNodes { inner.degreeColumns = names.graph.nodeSchema.count }
    let element = Place(scope: place.scope, row: inner, what: "`\(call.name.text)`")
    let expression = fold == .map
      ? try bind(call.arguments[1].value, at: element) : try condition(call.arguments[1].value, at: element)
    return row.adding(
      .path(hop: hop, overNodes: overNodes, fold, expression), fold == .map ? .dynamic : .bool, at: call.span)
  }
}

extension RowScope {
  /// A column that stands for no name of its own.
  fileprivate func adding(_ column: GraphPattern.Column, _ type: ScalarType, at span: SourceSpan) -> BoundExpression {
    graph?.columns.append(column)
    return .column((graph?.columns.count ?? 1) - 1, type, span)
  }
}
