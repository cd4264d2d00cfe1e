import PlumbDiagnostics

/// A scalar expression, or a query where a value may stand (`toscalar(T | count)`).
///
/// A lone name or call can turn out to be a table: the parser cannot know, so it stays `.name`,
/// `.path` or `.call`, and `asQuery` reads it as a query.
public indirect enum ExpressionSyntax: Sendable {
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
  /// `a in (b, c)`, `a has_any (b, c)` and their kin.
  case membership(MembershipSyntax)
  case call(CallSyntax)
  /// `database("x").T`.
  case path(EntityPathSyntax)
  /// `a.b`
  case member(MemberSyntax)
  /// `a[0]`, `a["x"]`
  case element(ElementSyntax)
  /// `*`, where an argument or a searched column stands.
  case star(SourceSpan)
  case parenthesized(ParenthesizedSyntax)
  /// Has at least one operator, or a source that is a keyword such as `print` or `datatable`.
  case query(QuerySyntax)

  public var span: SourceSpan {
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
  public var withoutParentheses: ExpressionSyntax {
    var inner = self
    while case .parenthesized(let node) = inner { inner = node.expression }
    return inner
  }

  /// The expression read as a tabular one; nil when it can only be a value.
  public var asQuery: QuerySyntax? {
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

public struct UnarySyntax: Sendable {
  public enum Operator: String, Hashable, Sendable {
    case minus = "-"
    case plus = "+"
  }
  public var `operator`: Operator
  public var operatorSpan: SourceSpan
  public var operand: ExpressionSyntax
  public var span: SourceSpan
}

/// Two operands and the operator between them.
public struct BinarySyntax: Sendable {
  public var `operator`: BinaryOperator
  public var operatorSpan: SourceSpan
  public var lhs: ExpressionSyntax
  public var rhs: ExpressionSyntax
  public var span: SourceSpan
}

/// The operators that stand between exactly two operands, spelt as KQL spells them.
public enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
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

public struct LogicalSyntax: Sendable {
  public enum Operator: String, Hashable, Sendable {
    case and
    case or
  }
  public var `operator`: Operator
  /// Two or more, in order.
  public var operands: [ExpressionSyntax]
  public var span: SourceSpan
}

public struct BetweenSyntax: Sendable {
  public var operand: ExpressionSyntax
  public var isNegated: Bool
  public var operatorSpan: SourceSpan
  public var lower: ExpressionSyntax
  public var upper: ExpressionSyntax
  public var span: SourceSpan
}

public struct MembershipSyntax: Sendable {
  public enum Operator: String, Hashable, Sendable, CaseIterable {
    case `in`
    case notIn = "!in"
    case inIgnoringCase = "in~"
    case notInIgnoringCase = "!in~"
    case hasAny = "has_any"
    case hasAll = "has_all"
  }
  public var operand: ExpressionSyntax
  public var `operator`: Operator
  public var operatorSpan: SourceSpan
  /// The list in brackets. A single element may be a table, a query or a dynamic array.
  public var list: [ExpressionSyntax]
  public var span: SourceSpan
}

/// A function and its arguments.
public struct CallSyntax: Sendable {
  public var name: NameSyntax
  public var arguments: [ArgumentSyntax]
  public var span: SourceSpan
}

/// One argument: `x`, or `name = x`.
public struct ArgumentSyntax: Sendable {
  public var name: NameSyntax?
  public var value: ExpressionSyntax
  public var span: SourceSpan
}

/// A name behind the database or cluster it is in: `cluster("c").database("d").T`, or `d.T`.
public struct EntityPathSyntax: Sendable {
  public indirect enum Entity: Sendable {
    case name(NameSyntax)
    case call(CallSyntax)
  }
  /// `cluster(...)` and `database(...)`; none where the database's name stands alone.
  public var qualifiers: [CallSyntax]
  /// The database of `d.T`.
  public var database: NameSyntax?
  public var entity: Entity
  public var span: SourceSpan
}

public struct MemberSyntax: Sendable {
  public var base: ExpressionSyntax
  public var name: NameSyntax
  public var span: SourceSpan

  /// Read as a table: `pattern("x").name`, or `database.table`; nil when it can only be a value.
  public var asPath: EntityPathSyntax? {
    switch base {
    case .call(let call): EntityPathSyntax(qualifiers: [call], entity: .name(name), span: span)
    case .name(let database): EntityPathSyntax(qualifiers: [], database: database, entity: .name(name), span: span)
    case .literal, .unary, .binary, .logical, .between, .membership, .path, .member, .element, .star, .parenthesized,
      .query:
      nil
    }
  }
}

public struct ElementSyntax: Sendable {
  public var base: ExpressionSyntax
  public var index: ExpressionSyntax
  public var span: SourceSpan
}

public struct ParenthesizedSyntax: Sendable {
  public var expression: ExpressionSyntax
  public var span: SourceSpan
}
