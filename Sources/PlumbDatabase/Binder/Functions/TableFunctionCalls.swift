import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension BindingPlace {
  /// Calls a table function of the catalog now, with the input's rows if it has one.
  func table(
    _ function: TableFunction, _ call: CallSyntax, input: Relation?,
    form: Expansion.Form = .source
  ) throws -> Relation {
    var arguments: [TableFunction.Argument] = []
    var named: [String: TableFunction.Argument] = [:]
    var rows = input
    for argument in call.arguments {
      switch try constants.any(argument.value) {
      case .scalar(let expression):
        let value = try calls.constant(expression, what: "an argument of `\(function.name)`")
        let given = TableFunction.Argument(
          value: value, span: argument.value.span, elements: argument.value.elementSpans)
        if let label = argument.name { named[label.text.lowercased()] = given } else { arguments.append(given) }
      case .table(let table):
        guard rows == nil else {
          throw Diagnostic("argument-types", "`\(function.name)` takes one table at the most", at: argument.span)
        }
        rows = table
      }
    }
    let table = try rows.map { Table(name: $0.name ?? "", try state.run($0, at: call.span)) }
    guard state.services.run != nil else { throw AlreadyReported() }
    do {
      let given = TableFunction.Call(
        arguments: arguments, named: named, input: table, span: call.span, context: context, runner: run(_:for:))
      if let record = state.record {
        // A table among the arguments has no place in the text that would stand for the call.
        let text = form == .source && table != nil ? nil : try function.expansion?(given)
        record.calls.append(Expansion(name: function.name, span: call.span, form: form, text: text))
      }
      let made = try function.call(given)
      var relation = Relation(.scan(ScanPlan(table: made)), isSerialized: true, name: function.name)
      relation.ranking = function.ranking
      return relation
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = call.span }
      throw diagnostic
    }
  }
}

extension ExpressionSyntax {
  /// Where the elements of an array stand that is written out; else empty.
  fileprivate var elementSpans: [SourceSpan] {
    guard case .literal(let literal) = withoutParentheses, case .dynamic(.array(let elements, _)) = literal.value else {
      return []
    }
    return elements.map(\.span)
  }
}
