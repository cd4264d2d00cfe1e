import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Plugin {
  /// Plugins that find values that occur together.
  static let patterns: [Plugin] = [
    Plugin(
      "autocluster",
      "Finds a few patterns of values that many rows share; `sizeWeight` from 0 to 1 (0.5) favours large ones over detailed ones. `~` leaves an argument out.",
      "[sizeWeight, [weight, [seeds, [wildcards, ...]]]]",
      columns: "`SegmentId`, `Count`, `Percent`, then the input's columns; those that a pattern leaves open are null, empty or a wildcard.",
      examples: [
        .init(
          #"datatable(s: string, r: string)["ok", "eu", "ok", "eu", "ok", "us", "bad", "us"] | evaluate autocluster()"#,
          is: "0,2,50,ok,eu")
      ]
    ) { try $0.autocluster() },

    Plugin(
      "basket",
      "Finds all patterns of values that at least `threshold` (0.05) of the rows share, with at most `dimensions` (5) independent values. `~` leaves an argument out.",
      "[threshold, [weight, [dimensions, [wildcards, ...]]]]",
      columns: "`SegmentId`, `Count`, `Percent`, then the input's columns; those that a pattern leaves open are null, empty or a wildcard.",
      examples: [
        .init(
          #"datatable(s: string, r: string)["ok", "eu", "ok", "eu", "ok", "us", "bad", "us"] | evaluate basket(0.6)"#,
          is: "0,3,75,ok,")
      ]
    ) { try $0.basket() },

    Plugin(
      "diffpatterns",
      "Finds patterns whose shares of the rows with `split` = `a` and of those with `split` = `b` differ by at least `threshold` (0.05). `~` leaves an argument out.",
      "split, a, b, [weight, [threshold, [dimensions, [wildcards, ...]]]]",
      columns: "`SegmentId`, `CountA`, `CountB`, `PercentA`, `PercentB`, `PercentDiffAB`, then the input's other columns.",
      examples: [
        .init(
          #"datatable(s: string, r: string)["ok", "eu", "ok", "eu", "bad", "us", "bad", "us"] | evaluate diffpatterns(s, "ok", "bad")"#,
          is: "0,2,0,100,0,100,eu")
      ]
    ) { try $0.diffpatterns() },
  ]
}

extension PluginCall {
  fileprivate func autocluster() throws -> Relation {
    let arguments = try PatternArguments(self, weight: 1, wildcardsFrom: 3)
    let sizeWeight = try arguments.number(0, in: 0...1) ?? 0.5
    return try arguments.relation(.typical(sizeWeight: sizeWeight), leaving: [])
  }

  fileprivate func basket() throws -> Relation {
    let arguments = try PatternArguments(self, weight: 1, wildcardsFrom: 3)
    let share = try arguments.number(0, in: 0.015...1) ?? 0.05
    let depth = try arguments.number(2, in: 1...100) ?? 5
    return try arguments.relation(.frequent(share: share, depth: Int(depth)), leaving: [])
  }

  fileprivate func diffpatterns() throws -> Relation {
    guard call.arguments.count >= 3 else { throw call.argumentCount("a column and two of its values") }
    let arguments = try PatternArguments(self, weight: 3, wildcardsFrom: 6)
    let split = try column(call.arguments[0].value, of: input)
    let share = try arguments.number(4, in: 0.015...1) ?? 0.05
    let depth = try arguments.number(5, in: 1...100) ?? 100
    let sides = try (1...2).map { index -> BoundExpression in
      let value = try place.constants.value(call.arguments[index].value, what: "a value of `\(input.schema[split].name)`")
      let text = BoundExpression.column(split, input.schema[split].type, span).converted(to: .string)
      return try place.calls.calling("==", [text, .literal(.string(printed(value)), span)], at: span)
    }
    return try arguments.relation(.different(share: share, depth: Int(depth)), sides: sides, leaving: [split])
  }
}

/// The arguments of a plugin that finds patterns, any of which `~` leaves out.
private struct PatternArguments {
  private let plugin: PluginCall
  /// The column of weights.
  private let weight: Int?
  private let wildcards: [ScalarType: Value]

  init(_ plugin: PluginCall, weight: Int, wildcardsFrom first: Int) throws {
    self.plugin = plugin
    let arguments = plugin.call.arguments
    if arguments.indices.contains(weight), !Self.isLeftOut(arguments[weight].value) {
      let index = try plugin.column(arguments[weight].value, of: plugin.input)
      guard plugin.input.schema[index].type.isNumeric else {
        throw Diagnostic(
          "argument-types", "a weight must be a number, but this is \(plugin.input.schema[index].type.described)", at: arguments[weight].span)
      }
      self.weight = index
    } else {
      self.weight = nil
    }
    var wildcards: [ScalarType: Value] = [:]
    for argument in arguments.dropFirst(first) where !Self.isLeftOut(argument.value) {
      let bound = try plugin.place.constants.expression(argument.value)
      wildcards[bound.type] = try plugin.place.constants.value(argument.value, what: "a wildcard")
    }
    self.wildcards = wildcards
  }

  /// A constant argument; nil if it is missing.
  func number(_ index: Int, in range: ClosedRange<Double>) throws -> Double? {
    let arguments = plugin.call.arguments
    guard arguments.indices.contains(index), !Self.isLeftOut(arguments[index].value) else { return nil }
    let value = try plugin.place.constants.value(arguments[index].value, what: "this argument of `\(plugin.call.name.text)`")
    guard case .real(let number)? = value.converted(to: .real), range.contains(number) else {
      throw Diagnostic(
        "argument-range", "this argument of `\(plugin.call.name.text)` is a number from \(printed(.real(range.lowerBound))) to \(printed(.real(range.upperBound)))",
        at: arguments[index].span, help: "write `~` in quotes for its usual value")
    }
    return number
  }

  private static func isLeftOut(_ expression: ExpressionSyntax) -> Bool {
    if case .literal(let literal) = expression.withoutParentheses, case .string("~", _) = literal.value { return true }
    return false
  }

  /// - Parameter sides: conditions for the rows of side A and of side B; without them all rows are on side A.
  func relation(_ kind: PatternRequest.Kind, sides: [BoundExpression] = [], leaving left: [Int]) throws -> Relation {
    let input = plugin.input, span = plugin.span
    let columns = input.schema.indices.filter { !left.contains($0) && $0 != weight }
    guard !columns.isEmpty else {
      throw Diagnostic("no-columns", "no columns are left in which `\(plugin.call.name.text)` could find patterns", at: span)
    }
    let zero = BoundExpression.literal(.real(0), span)
    let one = weight.map { BoundExpression.column($0, input.schema[$0].type, span).converted(to: .real) } ?? .literal(.real(1), span)
    let weights = try sides.isEmpty
      ? [plugin.place.calls.calling("coalesce", [one, zero], at: span), zero]
      : sides.map { try plugin.place.calls.calling("iff", [$0, plugin.place.calls.calling("coalesce", [one, zero], at: span), zero], at: span) }
    var projected = weights.enumerated().map { NamedExpression("$weight\($0)", $1) }
    for index in columns {
      let column = input.schema[index]
      let expression = BoundExpression.column(index, column.type, span)
      // Rows are grouped by the text of dynamic values.
      projected.append(NamedExpression(column.name, column.type == .dynamic ? expression.converted(to: .string) : expression))
    }
    return input.with(
      .patterns(.project(input.plan, projected), PatternRequest(kind, wildcards: wildcards)), isSerialized: false)
  }
}
