import PlumbDiagnostics

/// A parsed command: which one, its arguments, and the steps its rows are piped through.
package struct CommandSyntax: Sendable {
  package enum Value: Sendable {
    case name(NameSyntax)
    /// `shop.orders`
    case path([NameSyntax])
    /// What is left to the command, without white space at its ends.
    case text(String, SourceSpan)
    case schema(SchemaSyntax)
    case properties([ParameterSyntax])
    case expression(ExpressionSyntax)
    case query(EmbeddedQuerySyntax)
    case function(EmbeddedFunctionSyntax)
    case script(EmbeddedScriptSyntax)
    case tables([NewTableSyntax])
    case names([NameSyntax])
    case renames([RenameSyntax])
    case bindings([StatementSyntax])
    case strings([StringSyntax])
    case columnTexts([(column: NameSyntax, text: StringSyntax)])
    case type(TypeSyntax)
  }

  package struct Place: Sendable {
    /// As the usage has it, such as `T`.
    package var name: String
    package var value: Value
  }

  /// That of its declaration, such as `.show tables`.
  package var name: String
  /// The name as it was written.
  package var nameSpan: SourceSpan
  package var places: [Place]
  /// The words that may be left out or chosen, such as `ifexists`.
  package var words: [String]
  /// `.show tables | where RowCount > 0`
  package var pipes: [any OperatorNode]
  /// As it was written.
  package var text: String
  package var span: SourceSpan

  package var declaration: CommandDeclaration? { CommandDeclaration.named(name) }

  /// Whether it ends with its line.
  var isLine: Bool { declaration?.isLine ?? true }
}

/// `T (a: long)`
package struct NewTableSyntax: Sendable {
  package var name: NameSyntax
  package var schema: SchemaSyntax
}

/// `A = B ifexists`; the old name may be a path, as in `a = T.b`.
package struct RenameSyntax: Sendable {
  package var newName: NameSyntax
  package var old: [NameSyntax]
  package var isOptional: Bool
}

/// A text in quotes, as its value.
package struct StringSyntax: Sendable {
  package var text: String
  package var span: SourceSpan
}

/// A query inside a command, and the statements before it: `let n = 5; T | take n`.
package struct EmbeddedQuerySyntax: Sendable {
  package var statements: [StatementSyntax]
  /// The rows: a query, or a command that has rows.
  package var result: StatementSyntax
  package var comments: [CommentSyntax]
  package var text: String

  package init(statements: [StatementSyntax], result: StatementSyntax, comments: [CommentSyntax], text: String) {
    self.statements = statements
    self.result = result
    self.comments = comments
    self.text = text
  }

  package var span: SourceSpan { SourceSpan.joining((statements.first ?? result).span, result.span) }
}

/// A function inside a command, and its text.
package struct EmbeddedFunctionSyntax: Sendable {
  package var function: FunctionSyntax
  /// With their brackets.
  package var parameters: String
  /// With its braces.
  package var body: String
}

/// Statements inside a command, up to the end of the text.
package struct EmbeddedScriptSyntax: Sendable {
  package var statements: [StatementSyntax]
  /// The text of each statement.
  package var texts: [String]
}

extension CommandSyntax {
  /// What is in a place, by its name in the usage.
  package subscript(name: String) -> Value? { places.first { $0.name == name }?.value }

  /// Whether a word was written that may be left out.
  package func has(_ word: String) -> Bool { words.contains(word) }

  /// The name in a place that the usage requires, or nil in one that may be empty.
  package func name(_ place: String) -> NameSyntax? {
    switch self[place] {
    case .name(let name)?: name
    case .path(let names)?: names.last
    default: nil
    }
  }

  /// The text in a place, empty when there is none.
  package func text(_ place: String) -> String {
    if case .text(let text, _)? = self[place] { text } else { "" }
  }

  package func query(_ place: String) -> EmbeddedQuerySyntax? {
    if case .query(let query)? = self[place] { query } else { nil }
  }

  /// The texts in a place, empty when there are none.
  package func strings(_ place: String) -> [StringSyntax] {
    if case .strings(let strings)? = self[place] { strings } else { [] }
  }

  package func expression(_ place: String) -> ExpressionSyntax? {
    if case .expression(let expression)? = self[place] { expression } else { nil }
  }

  /// What `with (...)` says: names in lower case, and values as texts.
  package var properties: [String: String] {
    var result: [String: String] = [:]
    for place in places {
      guard case .properties(let list) = place.value else { continue }
      for property in list { result[property.name.text.lowercased()] = property.value.plainText }
    }
    return result
  }
}

extension ExpressionSyntax {
  /// A literal or a name as a text, as properties have it.
  fileprivate var plainText: String {
    switch self {
    case .name(let name): return name.text
    case .literal(let literal):
      if case .string(let text, _) = literal.value { return text }
      return PlumbSyntax.print(self)
    default: return PlumbSyntax.print(self)
    }
  }
}

extension Printer {
  /// Commands stay as they are written, with the comments in them.
  mutating func printCommand(_ node: CommandSyntax) {
    write(node.text)
    passComments(before: node.span.upper)
  }
}
