import PlumbDiagnostics

extension NameSyntax {
  /// A name that the user did not write, at the position `span`.
  package init(naming text: String, at span: SourceSpan) {
    self.init(text: text, span: span, isQuoted: true)
  }
}

extension CallSyntax {
  /// A call that the user wrote in another form, such as a function's name alone.
  package init(calling name: NameSyntax, arguments: [ArgumentSyntax] = [], at span: SourceSpan) {
    self.init(name: name, arguments: arguments, span: span)
  }
}

extension WhereSyntax {
  /// A filter that the user did not write as a step.
  package init(predicate: ExpressionSyntax) {
    self.init(parameters: [], predicate: predicate, span: predicate.span)
  }
}

extension TakeSyntax {
  /// A limit that the user did not write.
  package init(count: Int64, at span: SourceSpan) {
    self.init(parameters: [], count: .literal(LiteralSyntax(value: .long(count), span: span)), span: span)
  }
}
