import PlumbDiagnostics

/// A scalar expression, or a query where a value is allowed (`toscalar(T | count)`).
///
/// A single name or call can turn out to be a table: the parser cannot know, so it stays `.name`,
/// `.path` or `.call`, and `asQuery` reads it as a query.
package indirect enum ExpressionSyntax: Sendable {
  case name(NameSyntax)
  case literal(LiteralSyntax)
  /// `-a`, `+a`.
  case unary(UnarySyntax)
  /// Arithmetic, comparison and string operators: always two operands.
  case binary(BinarySyntax)
  /// `a and b and c`, `a or b or c`: two operands or more.
  case logical(LogicalSyntax)
  /// `a between (b .. c)`.
  case between(BetweenSyntax)
  /// `a in (b, c)`, `a has_any (b, c)` and similar operators.
  case membership(MembershipSyntax)
  case call(CallSyntax)
  /// `database("x").T`.
  case path(EntityPathSyntax)
  /// `a.b`
  case member(MemberSyntax)
  /// `a[0]`, `a["x"]`
  case element(ElementSyntax)
  /// `*`, as an argument or a searched column.
  case star(SourceSpan)
  case parenthesized(ParenthesizedSyntax)
  /// Has at least one operator, or a source that is a keyword such as `print` or `datatable`.
  case query(QuerySyntax)

  package var span: SourceSpan {
    switch self {
    case .name(let node): node.span
    case .literal(let node): node.span
    case .unary(let node): node.span
    case .binary(let node): node.span
    case .logical(let node): node.span
    case .between(let node): node.span
    case .membership(let node): node.span
    case .call(let node): node.span
    case .path(let node): node.span
    case .member(let node): node.span
    case .element(let node): node.span
    case .star(let span): span
    case .parenthesized(let node): node.span
    case .query(let node): node.span
    }
  }

  /// The expression inside any brackets around it.
  package var withoutParentheses: ExpressionSyntax {
    var inner = self
    while case .parenthesized(let node) = inner { inner = node.expression }
    return inner
  }

  /// The expression read as a tabular one; nil if it can only be a value.
  package var asQuery: QuerySyntax? {
    switch withoutParentheses {
    case .query(let query): query
    case .name(let name): QuerySyntax(source: .name(name), operators: [], span: name.span)
    case .call(let call): QuerySyntax(source: .call(call), operators: [], span: call.span)
    case .path(let path): QuerySyntax(source: .path(path), operators: [], span: path.span)
    case .member(let member):
      member.asPath.map { QuerySyntax(source: .path($0), operators: [], span: member.span) }
    case .literal, .unary, .binary, .logical, .between, .membership, .element, .star, .parenthesized:
      nil
    }
  }
}

package struct UnarySyntax: Sendable {
  package enum Operator: String, Hashable, Sendable {
    case minus = "-"
    case plus = "+"
  }
  package var `operator`: Operator
  package var operatorSpan: SourceSpan
  package var operand: ExpressionSyntax
  package var span: SourceSpan
}

/// Two operands and the operator between them.
package struct BinarySyntax: Sendable {
  package var `operator`: BinaryOperator
  package var operatorSpan: SourceSpan
  package var lhs: ExpressionSyntax
  package var rhs: ExpressionSyntax
  package var span: SourceSpan
}

/// The binary operators, spelt as in KQL.
package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case modulo = "%"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equalIgnoringCase = "=~"
  case notEqualIgnoringCase = "!~"
  case has
  case notHas = "!has"
  case hasCS = "has_cs"
  case notHasCS = "!has_cs"
  case hasPrefix = "hasprefix"
  case notHasPrefix = "!hasprefix"
  case hasPrefixCS = "hasprefix_cs"
  case notHasPrefixCS = "!hasprefix_cs"
  case hasSuffix = "hassuffix"
  case notHasSuffix = "!hassuffix"
  case hasSuffixCS = "hassuffix_cs"
  case notHasSuffixCS = "!hassuffix_cs"
  case contains
  case notContains = "!contains"
  case containsCS = "contains_cs"
  case notContainsCS = "!contains_cs"
  case startsWith = "startswith"
  case notStartsWith = "!startswith"
  case startsWithCS = "startswith_cs"
  case notStartsWithCS = "!startswith_cs"
  case endsWith = "endswith"
  case notEndsWith = "!endswith"
  case endsWithCS = "endswith_cs"
  case notEndsWithCS = "!endswith_cs"
  case like
  case notLike = "!like"
  case likeCS = "like_cs"
  case notLikeCS = "!like_cs"
  case matchesRegex = "matches regex"
}

package struct LogicalSyntax: Sendable {
  package enum Operator: String, Hashable, Sendable {
    case and
    case or
  }
  package var `operator`: Operator
  /// Two or more, in order.
  package var operands: [ExpressionSyntax]
  package var span: SourceSpan
}

package struct BetweenSyntax: Sendable {
  package var operand: ExpressionSyntax
  package var isNegated: Bool
  package var operatorSpan: SourceSpan
  package var lower: ExpressionSyntax
  package var upper: ExpressionSyntax
  package var span: SourceSpan
}

package struct MembershipSyntax: Sendable {
  package enum Operator: String, Hashable, Sendable, CaseIterable {
    case `in`
    case notIn = "!in"
    case inIgnoringCase = "in~"
    case notInIgnoringCase = "!in~"
    case hasAny = "has_any"
    case hasAll = "has_all"
  }
  package var operand: ExpressionSyntax
  package var `operator`: Operator
  package var operatorSpan: SourceSpan
  /// The list in brackets. A single element may be a table, a query or a dynamic array.
  package var list: [ExpressionSyntax]
  package var span: SourceSpan
}

/// A function and its arguments.
package struct CallSyntax: Sendable {
  package var name: NameSyntax
  package var arguments: [ArgumentSyntax]
  package var span: SourceSpan
}

/// One argument: `x`, or `name = x`.
package struct ArgumentSyntax: Sendable {
  package var name: NameSyntax?
  package var value: ExpressionSyntax
  package var span: SourceSpan
}

/// A name after the database or cluster that contains it: `cluster("c").database("d").T`, or `d.T`.
package struct EntityPathSyntax: Sendable {
  package indirect enum Entity: Sendable {
    case name(NameSyntax)
    case call(CallSyntax)
    /// `database("x").T*`; only inside `union`, `search` and `find`.
    case pattern(NamePatternSyntax)
  }
  /// `cluster(...)` and `database(...)`; empty if only the database's name is written.
  package var qualifiers: [CallSyntax]
  /// The database of `d.T`.
  package var database: NameSyntax?
  package var entity: Entity
  package var span: SourceSpan
}

package struct MemberSyntax: Sendable {
  package var base: ExpressionSyntax
  package var name: NameSyntax
  package var span: SourceSpan

  /// Read as a table: `pattern("x").name`, or `database.table`; nil if it can only be a value.
  package var asPath: EntityPathSyntax? {
    switch base {
    case .call(let call): EntityPathSyntax(qualifiers: [call], entity: .name(name), span: span)
    case .name(let database): EntityPathSyntax(qualifiers: [], database: database, entity: .name(name), span: span)
    case .literal, .unary, .binary, .logical, .between, .membership, .path, .member, .element, .star, .parenthesized,
      .query:
      nil
    }
  }
}

package struct ElementSyntax: Sendable {
  package var base: ExpressionSyntax
  package var index: ExpressionSyntax
  package var span: SourceSpan
}

package struct ParenthesizedSyntax: Sendable {
  package var expression: ExpressionSyntax
  package var span: SourceSpan
}
