import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ReduceSyntax: OperatorBinding {
  /// `reduce`: texts under patterns, or each row with its pattern.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var keepsRows = false
    for parameter in parameters where parameter.name.text == "kind" {
      let kind = try place.constants.text(of: parameter)
      guard kind == "source" else {
        throw Diagnostic("unknown-kind", "unknown kind `\(kind)`; `reduce` has `kind=source` only", at: parameter.value.span)
      }
      keepsRows = true
    }
    var threshold = 0.1, separators = ""
    for property in properties {
      switch property.name.text {
      case "threshold":
        let value = try place.constants.value(property.value, what: "`threshold`")
        guard case .real(let share)? = value.converted(to: .real), (0...1).contains(share) else {
          throw Diagnostic("argument-range", "`threshold` is a number from 0 to 1", at: property.value.span)
        }
        threshold = share
      case "characters": separators = try place.constants.text(of: property)
      default:
        throw Diagnostic(
          "unknown-parameter", "`reduce` has no parameter `\(property.name.text)`", at: property.name.span,
          help: "it has `threshold` and `characters`")
      }
    }
    let rows = place.columns(of: input, for: "`reduce`")
    let text = try rows.expression(expression.expression).converted(to: .string)
    let kept = keepsRows
      ? input.schema.enumerated().map { NamedExpression($1.name, .column($0, $1.type, span)) } : []
    let plan = LogicalPlan.project(input.plan, kept + [NamedExpression("$text", text)])
    return input.with(
      .textPatterns(plan, threshold: threshold, separators: separators, keepsRows: keepsRows), isSerialized: false)
  }
}
