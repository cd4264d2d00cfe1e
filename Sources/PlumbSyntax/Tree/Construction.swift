import PlumbDiagnostics

extension NameSyntax {
  /// A name that the user did not write, standing where `span` is.
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
