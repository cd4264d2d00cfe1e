import PlumbDiagnostics

/// The parsed form of a word of the pipeline vocabulary.
package protocol WordNode: Sendable {
  /// The call that the word means; the rows before a pipe are not one of its arguments.
  var call: CallSyntax { get }
  func print(to printer: inout Printer)
}

/// A word of the pipeline vocabulary with its operands, which means a call of a table function; source and operator.
package struct WordSyntax: OperatorNode {
  package let node: any WordNode

  package static var declarations: [OperatorDeclaration] { WordDeclaration.all.compactMap(\.step) }
  package var call: CallSyntax { node.call }
  package var span: SourceSpan { node.call.span }
  package func print(to printer: inout Printer) { node.print(to: &printer) }
}

extension Parser {
  /// If only a query is possible, `why ["a name"]` is not an element of a column called `why`.
  var atWordBeforeQuotedName: Bool {
    at(.word) && WordDeclaration.named(token.text)?.takesNameFirst == true && isName(after: 1)
  }

  /// The expression of `as of T`, or nil.
  mutating func readMoment() throws(SyntaxFailure) -> ExpressionSyntax? {
    guard atWord("as") else { return nil }
    advance()
    try expectWord("of", "after `as`", help: "write `as of ago(1d)`")
    return try readOperand("a moment", "as of ago(1d)")
  }

  /// The expression after a clause's word; `example` is shown if it is missing.
  mutating func readOperand(_ purpose: String, _ example: String) throws(SyntaxFailure) -> ExpressionSyntax {
    switch token.kind {
    case .pipe, .end, .semicolon, .rightParen, .comma: throw unexpected(purpose, help: "write `\(example)`")
    default: return try parseExpression()
    }
  }
}

extension Printer {
  /// ` word expression`, or nothing.
  mutating func printClause(_ word: String, _ expression: ExpressionSyntax?) {
    guard let expression else { return }
    write(" \(word) ")
    printExpression(expression)
  }
}

extension CallSyntax {
  /// The call that a word means; arguments that were not written are omitted.
  init(
    word name: String, at wordSpan: SourceSpan, _ arguments: [ExpressionSyntax?],
    named: [(String, ExpressionSyntax?)] = [], span: SourceSpan
  ) {
    let placed = arguments.compactMap { $0 }.map { ArgumentSyntax(name: nil, value: $0, span: $0.span) }
    let labelled = named.compactMap { label, value in
      value.map { ArgumentSyntax(name: NameSyntax(naming: label, at: $0.span), value: $0, span: $0.span) }
    }
    self.init(name: NameSyntax(naming: name, at: wordSpan), arguments: placed + labelled, span: span)
  }
}

extension ExpressionSyntax {
  /// A string as an expression.
  static func text(_ text: String, at span: SourceSpan) -> ExpressionSyntax {
    .literal(LiteralSyntax(value: .string(text, isHidden: false), span: span))
  }

  /// An array of strings as an expression.
  static func texts(_ texts: [(text: String, span: SourceSpan)], at span: SourceSpan) -> ExpressionSyntax {
    let elements = texts.map { text, span in
      DynamicSyntax.scalar(LiteralSyntax(value: .string(text, isHidden: false), span: span))
    }
    return .literal(LiteralSyntax(value: .dynamic(.array(elements, span)), span: span))
  }
}
