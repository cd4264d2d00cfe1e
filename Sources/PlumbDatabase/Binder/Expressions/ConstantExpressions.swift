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
    let found: Value
    do {
      found = try value(syntax, what: "the number of rows")
    } catch var diagnostic as Diagnostic where diagnostic.code == "unknown-name" && name == "top" {
      if case .name(let column) = syntax.withoutParentheses { diagnostic.help = "write the number first, as in `top 10 by \(column.text)`" }
      throw diagnostic
    }
    var help: String?
    switch found {
    case .int(let number) where number >= 0: return Int(number)
    case .long(let number) where number >= 0: return Int(number)
    case .int(let number): help = "write `\(name) \(number.magnitude)`; for the last rows sort the other way before it"
    case .long(let number): help = "write `\(name) \(number.magnitude)`; for the last rows sort the other way before it"
    case .string(let text) where !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }: help = "write `\(name) \(text)`, without quotes"
    default: break
    }
    throw Diagnostic("not-a-count", "`\(name)` needs a whole number of rows that is not negative", at: syntax.span, help: help)
  }

  /// A parameter's value as text; a bare word is its own value.
  func text(of parameter: ParameterSyntax) throws -> String {
    if case .name(let word) = parameter.value.withoutParentheses { return word.text }
    return printed(try value(parameter.value, what: "`\(parameter.name.text)`"))
  }

  /// A value or a table; the names in the expression decide.
  func any(_ syntax: ExpressionSyntax) throws -> Bound { try binder.any(syntax) }
}
