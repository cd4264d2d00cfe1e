import PlumbDiagnostics

extension ScalarFunction {
  /// The overload that fits with the cheapest conversions: for each argument the type to convert to, or nil.
  func resolving(_ shapes: [ArgumentShape]) -> (Overload, [ScalarType?], ScalarType)? {
    var best: (cost: Int, Overload, [ScalarType?], ScalarType)?
    let hasDynamic = shapes.contains { $0.type == .dynamic }
    for overload in overloads {
      // Two plain values of different types do not compare as dynamic ones.
      if !hasDynamic, traits.meaning?.comparison != nil, overload.parameters.contains(.exactly(.dynamic)) { continue }
      guard let (cost, conversions) = overload.fitting(shapes.map(\.type)) else { continue }
      // Nothing is converted to dynamic only to match another conversion to dynamic: `1 == "1"` is an error.
      if conversions.contains(.dynamic), !shapes.contains(where: { $0.type == .dynamic }) { continue }
      if let best, best.cost <= cost { continue }
      let converted = zip(shapes, conversions).map { shape, target in
        ArgumentShape(
          type: target ?? shape.type,
          constant: target.map { shape.constant?.converted(to: $0) } ?? shape.constant)
      }
      guard let result = overload.result(converted) else { continue }
      best = (cost, overload, conversions, result)
    }
    return best.map { ($0.1, $0.2, $0.3) }
  }

  /// Why no overload fits these arguments.
  func mismatch(_ types: [ScalarType], at span: SourceSpan) -> Diagnostic {
    let counts = overloads.map { $0.parameters.count + $0.minimumRest }
    let open = overloads.contains { $0.rest != nil }
    let fewest = counts.min() ?? 0
    let most = counts.max() ?? 0
    let usage = isOperator ? "" : "`\(name)(\(parameters))`"
    if types.count < fewest || (!open && types.count > most) {
      let wanted =
        open ? "at least \(fewest)" : fewest == most ? "\(fewest)" : "\(fewest) to \(most)"
      return Diagnostic(
        "argument-count",
        "`\(name)` takes \(wanted) argument\(wanted == "1" ? "" : "s"), but this call has \(types.count)",
        at: span, help: "usage: \(usage)")
    }
    if isOperator, types.count == 2 {
      return Diagnostic(
        "operand-types", "`\(name)` does not work on \(types[0].name) and \(types[1].name)", at: span,
        help: conversionHelp(types))
    }
    var help = usage.isEmpty ? nil : "usage: \(usage)"
    if isOperator, name == "-" {
      help = "`-` negates numbers and timespans; `desc` reverses an order, and `project-away` leaves a column out"
    } else if types.first == .datetime || types.first == .timespan, types.dropFirst().contains(.string) {
      help = "usage: \(usage); a span of time is written without quotes, as in `1h`"
    }
    return Diagnostic(
      "argument-types", "`\(name)` does not take \(types.map(\.name).joined(separator: ", "))", at: span, help: help)
  }

  /// Whether the function is written between or before its operands.
  package var isOperator: Bool { traits.notation != .call }

  private func conversionHelp(_ types: [ScalarType]) -> String? {
    if name == "+", types.contains(.string) { return "to join texts, write `strcat(a, b)`" }
    let isNumber = types.contains { $0.isNumeric }
    if types.contains(.datetime), isNumber { return "write a moment as `datetime(2026-03-31)`, and a span of time as `1d` or `5m`" }
    if types.contains(.datetime), types.contains(.string) {
      return "write a moment as `datetime(2026-03-31)`, `ago(1h)` for an hour before now, and convert texts with `todatetime(...)`"
    }
    if types.contains(.datetime), types.contains(.timespan), name != "+", name != "-" {
      return "a moment is compared with a moment: `ago(1h)` is an hour before now, and `t - u` is a span of time"
    }
    if types.contains(.timespan), isNumber {
      return "write a span of time with its unit, as in `300s` or `5m`; `x / 1s` is a number of seconds"
    }
    if types.contains(.timespan), types.contains(.string) { return "write a span of time without quotes, as in `5m` or `1d`" }
    if types == [.datetime, .datetime], name == "+" { return "a span of time is added to a moment, as in `t + 1d`" }
    if types.allSatisfy({ $0 == .bool }) { return "combine conditions with `and` and `or`" }
    if types.contains(.string), let other = types.first(where: { $0 != .string }) {
      return "convert one side, as in `to\(other.name)(...)` or `tostring(...)`"
    }
    if types.contains(.dynamic) { return "convert the dynamic value, as in `tolong(...)` or `tostring(...)`" }
    return nil
  }
}

extension Overload {
  fileprivate func fitting(_ types: [ScalarType]) -> (Int, [ScalarType?])? {
    fittingParameters(parameters, rest, minimumRest: minimumRest, types)
  }
}

/// The cost of passing these types to these parameters and the conversions needed; nil if they do not fit.
func fittingParameters(
  _ parameters: [ParameterType], _ rest: ParameterType?, minimumRest: Int, _ types: [ScalarType]
) -> (Int, [ScalarType?])? {
  guard types.count >= parameters.count + minimumRest else { return nil }
  if rest == nil && types.count > parameters.count { return nil }
  let hasTime = types.contains { $0 == .datetime || $0 == .timespan }
  var cost = rest == nil ? 0 : 1
  var conversions: [ScalarType?] = []
  conversions.reserveCapacity(types.count)
  for (place, type) in types.enumerated() {
    let parameter = place < parameters.count ? parameters[place] : rest ?? .any
    switch parameter {
    case .any:
      cost += 20
      conversions.append(nil)
    case .number:
      if type.isNumeric {
        cost += 1
        conversions.append(nil)
      } else if type == .dynamic {
        cost += 40
        conversions.append(.real)
      } else {
        return nil
      }
    case .exactly(let target):
      guard let step = ScalarType.implicitCost(from: type, to: target) else { return nil }
      cost += step
      // A dynamic value is a time only next to one, or where only a time fits: `d.x - d.y` are numbers.
      if type == .dynamic, !hasTime, target == .datetime || target == .timespan { cost += 60 }
      conversions.append(type == target ? nil : target)
    }
  }
  return (cost, conversions)
}

extension ScalarType {
  /// The cost of an implicit conversion in overload resolution; nil if no such conversion exists.
  static func implicitCost(from source: ScalarType, to target: ScalarType) -> Int? {
    if source == target { return 0 }
    switch (source, target) {
    case (.int, .long): return 1
    case (.int, .real), (.long, .real): return 3
    case (.int, .decimal), (.long, .decimal): return 4
    case (.real, .decimal): return 5
    case (.dynamic, .string): return 30
    // Numbers next to a dynamic value are compared as dynamic values (50), and used as reals in arithmetic.
    case (.dynamic, .real): return 52
    case (.dynamic, .long): return 60
    case (.dynamic, .bool), (.dynamic, .datetime), (.dynamic, .timespan), (.dynamic, .guid): return 33
    case (.string, .dynamic), (.int, .dynamic), (.long, .dynamic), (.real, .dynamic), (.bool, .dynamic),
      (.datetime, .dynamic), (.timespan, .dynamic), (.guid, .dynamic), (.decimal, .dynamic):
      return 50
    default: return nil
    }
  }
}
