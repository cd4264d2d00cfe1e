import PlumbDiagnostics
import PlumbSyntax

extension Binder {
  /// A word of the pipeline vocabulary: the call of the table function that it stands for. What `let` defines is
  /// not asked, since the words are no names.
  func relation(_ word: WordSyntax, input: Relation?, in scope: Scope) throws -> Relation {
    let call = word.call
    guard let function = catalog.function(named: call.name.text) else {
      throw Diagnostic(
        "unknown-function", "there is no function `\(call.name.text)` here, which this stands for", at: call.name.span)
    }
    return try table(function, call, input: input, in: scope, form: input == nil ? .source : .step)
  }
}
