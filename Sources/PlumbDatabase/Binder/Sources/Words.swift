import PlumbDiagnostics
import PlumbSyntax

extension WordSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation { try relation(after: input, at: place) }

  /// A word of the pipeline vocabulary: a call of the table function that it means. What `let` defines is
  /// ignored, since the words are not names.
  func relation(after input: Relation?, at place: BindingPlace) throws -> Relation {
    let call = call
    guard let function = place.catalog.function(named: call.name.text) else {
      throw Diagnostic(
        "unknown-function", "this means a call of `\(call.name.text)`, which does not exist here", at: call.name.span)
    }
    return try place.table(function, call, input: input, form: input == nil ? .source : .step)
  }
}
