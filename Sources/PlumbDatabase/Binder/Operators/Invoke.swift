import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension InvokeSyntax: OperatorBinding {
  /// `invoke`: a function of the query or of the catalog with the rows before the pipe as its table.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let scope = place.scope
    switch scope.binding(named: call.name.text) {
    case .function(let function, let outer):
      let expansion = FunctionExpansion(function, from: outer, call, by: place.constants.binder, input: input)
      guard case .table(let result) = try expansion.result() else {
        throw Diagnostic("value-as-table", "`\(call.name.text)` returns a value, but `invoke` needs a table", at: call.span)
      }
      return result
    case .broken: throw AlreadyReported()
    case .value, .table, .pattern, .database, .entityGroup:
      throw Diagnostic("not-a-function", "`\(call.name.text)` is not a function", at: call.name.span)
    case nil: break
    }
    if let function = place.catalog.function(named: call.name.text) {
      return try place.table(function, call, input: input, form: .invoked)
    }
    try UnsupportedName.refuse(call)
    let known = scope.names + place.catalog.functions.map(\.name)
    throw Diagnostic(
      "unknown-function", "unknown function `\(call.name.text)`", at: call.name.span,
      help: Suggestion.nearest(to: call.name.text, in: known))
  }
}
