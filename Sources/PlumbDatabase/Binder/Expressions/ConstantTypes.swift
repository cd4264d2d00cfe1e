import PlumbDiagnostics
import PlumbEngine

/// Constants in the type of what they are compared with for equality: `ResultType == 0` where the column is a string.
///
/// Kusto's `==`, `!=`, `in` and `!in` take values of any two types. A constant that the other type can hold is
/// converted; one that it cannot hold, such as "abc" beside a long, is a mistake that the message shows. Two columns
/// of different types are not comparable, and neither are `<` and its kin between types, as in Kusto.
extension ExpressionBinder {
  /// `lhs == rhs` or `lhs != rhs`, in which a constant takes the type of the other side.
  func equality(
    _ name: String, _ lhs: OpenExpression, _ rhs: OpenExpression, at span: SourceSpan
  ) throws -> OpenExpression {
    // Of two constants, as after `let` or in the body of a function, the right one adapts.
    if lhs.needsConversion(to: rhs.type) {
      if let same = try adapted(rhs, to: lhs.type) { return try calls.calling(name, [lhs, same], at: span) }
      if let same = try adapted(lhs, to: rhs.type) { return try calls.calling(name, [same, rhs], at: span) }
      throw mismatch(name, lhs, rhs, at: span)
    }
    return try calls.calling(name, [lhs, rhs], at: span)
  }

  /// The items of a list in the type of the value that is looked for among them.
  func adapting(_ items: [OpenExpression], to value: OpenExpression, _ name: String, at span: SourceSpan) throws
    -> [OpenExpression]
  {
    if value.isConstant, let item = items.first(where: { !$0.isConstant && value.needsConversion(to: $0.type) }) {
      throw mismatch(name, value, item, at: span)
    }
    return try items.map { item in
      guard value.needsConversion(to: item.type) else { return item }
      guard let same = try adapted(item, to: value.type) else { throw mismatch(name, value, item, at: item.span) }
      return same
    }
  }

  /// A constant as a value of `type`; nil when it is not a constant, or when the type cannot hold it.
  private func adapted(_ expression: OpenExpression, to type: ScalarType) throws -> OpenExpression? {
    if let value = expression.constant { return value.asEqual(of: type).map { .literal($0, expression.span) } }
    return expression.isConstant ? expression.converted(to: type) : nil
  }

  private func mismatch(
    _ name: String, _ lhs: OpenExpression, _ rhs: OpenExpression, at span: SourceSpan
  ) -> Diagnostic {
    let isRight = rhs.isConstant
    let (constant, other) = isRight ? (rhs, lhs) : (lhs, rhs)
    let help: String
    if let value = constant.constant {
      help = "`\(printed(value))` cannot be converted to \(other.type.name)"
    } else {
      let target = lhs.type == .string ? rhs.type : lhs.type
      help = "convert one side, as in `to\(target.name)(...)` or `tostring(...)`"
    }
    return Diagnostic(
      "operand-types", "`\(name)` does not work between \(lhs.type.name) and \(rhs.type.name)", at: span, help: help)
  }
}

extension OpenExpression {
  /// Whether the value is the same for all rows, known or not before the text runs.
  fileprivate var isConstant: Bool { constant != nil || (isUnknown && !readsRows) }

  /// Whether equality needs one of the two types converted, beyond numbers that widen and dynamic values.
  fileprivate func needsConversion(to other: ScalarType) -> Bool {
    type != other && type != .dynamic && other != .dynamic && !(type.isNumeric && other.isNumeric)
  }
}

extension Value {
  /// The value of `target` that equals this one; nil where there is none.
  ///
  /// Text is read as `toint`, `tobool` and so on read it, and anything becomes text as `tostring` writes it. Of
  /// numbers, 0 and 1 are bools. Nothing else converts: 5 is not a timespan, and "4624.5" is not an int.
  func asEqual(of target: ScalarType) -> Value? {
    if isNull { return target == .string ? nil : .null(target) }
    switch (type, target) {
    case (.string, .int), (.string, .long):
      // Whole numbers only: `toint("4624.5")` would cut off.
      guard let value = converted(to: target), let real = converted(to: .real), let back = value.converted(to: .real),
        printed(real) == printed(back)
      else { return nil }
      return value
    case (.string, _), (_, .string): return converted(to: target)
    case (.bool, _) where target.isNumeric: return converted(to: target)
    case (_, .bool) where type.isNumeric:
      guard let value = converted(to: .bool), let back = value.converted(to: .real), let own = converted(to: .real),
        printed(back) == printed(own)
      else { return nil }
      return value
    default: return nil
    }
  }
}
