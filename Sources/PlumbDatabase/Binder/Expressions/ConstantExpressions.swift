import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Binds expressions that read no rows, such as the number after `take`.
struct ConstantExpressions {
  let binder: ExpressionBinder

  private var calls: CallBinding { binder.place.calls }

  func expression(_ syntax: ExpressionSyntax) throws -> BoundExpression { try binder.bind(syntax).overColumns() }

  func condition(_ syntax: ExpressionSyntax) throws -> BoundExpression { try binder.condition(syntax).overColumns() }

  /// The value of an expression.
  ///
  /// - Parameter what: the expression as messages call it.
  /// - Throws: `not-constant` when it is not known before the query runs.
  func value(_ syntax: ExpressionSyntax, what: String) throws -> Value {
    try calls.constant(binder.bind(syntax), what: what)
  }

  /// A whole number of rows.
  ///
  /// - Parameter name: the operator that needs it.
  func count(_ syntax: ExpressionSyntax, of name: String) throws -> Int {
    switch try value(syntax, what: "the number of rows") {
    case .int(let number) where number >= 0: return Int(number)
    case .long(let number) where number >= 0: return Int(number)
    default:
      throw Diagnostic(
        "not-a-count", "`\(name)` needs a whole number of rows that is not negative", at: syntax.span)
    }
  }

  /// A parameter's value as text; a bare word is its own value.
  func text(of parameter: ParameterSyntax) throws -> String {
    if case .name(let word) = parameter.value.withoutParentheses { return word.text }
    return printed(try value(parameter.value, what: "`\(parameter.name.text)`"))
  }

  /// A value or a table; the names in the expression decide.
  func any(_ syntax: ExpressionSyntax) throws -> Bound { try binder.any(syntax) }
}
