import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The comparison of a rule's query that decides how much is too much, such as `age > 2h` or `age > 1.5 * usual`.
struct Threshold {
  /// The query up to the comparison without it, with the compared value in the column `plumb_value`.
  let probe: String
  /// Whether large values are wrong.
  let isUpper: Bool
  /// Whether a value equal to the limit is wrong.
  let isInclusive: Bool
  /// The limit that the rule has; timespans in seconds.
  let current: Double
  let isTimespan: Bool
  /// The literal's place in the query.
  private let literal: SourceSpan
  private let text: String
  private let clause: SourceSpan
  private let otherConditions: String
  private let value: String

  static let column = "plumb_value"

  /// - Throws: `Diagnostic` if the query has no such comparison.
  init(_ rule: AlertRule) throws {
    let none = Diagnostic(
      "no-threshold", "the rule `\(rule.name)` has no threshold to choose",
      help: "its query needs a condition such as `| where age > 2h` or `| where age > 1.5 * usual` near its end")
    let text = RuleFile.body(of: rule.query)
    let parsed = parse(text)
    guard !parsed.hasErrors, case .query(let statement)? = parsed.script.statements.last else { throw none }
    let operators = statement.query.operators
    var found: (clause: WhereSyntax, binary: BinarySyntax, others: [ExpressionSyntax])?
    search: for node in operators.reversed() {
      guard let clause = node as? WhereSyntax else { continue }
      var terms = [clause.predicate]
      if case .logical(let logical) = clause.predicate, logical.operator == .and { terms = logical.operands }
      for (index, term) in terms.enumerated().reversed() {
        guard case .binary(let binary) = Threshold.bare(term), [">", ">=", "<", "<="].contains(binary.operator.rawValue),
          Threshold.limit(binary.rhs) != nil
        else { continue }
        found = (clause, binary, terms.enumerated().filter { $0.offset != index }.map(\.element))
        break search
      }
    }
    guard let found, let limit = Threshold.limit(found.binary.rhs) else { throw none }
    func source(_ span: SourceSpan) -> String { Threshold.slice(text, span.lower, span.upper) }
    self.text = text
    clause = found.clause.span
    literal = limit.literal.span
    isUpper = found.binary.operator.rawValue.hasPrefix(">")
    isInclusive = found.binary.operator.rawValue.hasSuffix("=")
    let left = source(found.binary.lhs.span)
    switch limit.literal.value {
    case .long(let number): (current, isTimespan) = (Double(number), false)
    case .real(let number): (current, isTimespan) = (number, false)
    default:
      guard let ticks = TimeSpan.parse(source(limit.literal.span)) else { throw none }
      (current, isTimespan) = (Double(ticks) / Double(TimeSpan.second), true)
    }
    if let factor = limit.factor {
      value = "todouble(\(left)) / todouble(\(source(factor.span)))"
    } else {
      value = isTimespan ? "(\(left)) / 1s" : "todouble(\(left))"
    }
    otherConditions = found.others.map { source($0.span) }.joined(separator: " and ")
    probe = Threshold.slice(text, 0, found.clause.span.lower) + "where \(otherConditions.isEmpty ? "true" : otherConditions)\n| extend \(Self.column) = \(value)"
  }

  private static func bare(_ expression: ExpressionSyntax) -> ExpressionSyntax {
    if case .parenthesized(let inner) = expression { return bare(inner.expression) }
    return expression
  }

  /// A literal, or a literal times something.
  private static func limit(_ expression: ExpressionSyntax) -> (literal: LiteralSyntax, factor: ExpressionSyntax?)? {
    func number(_ expression: ExpressionSyntax) -> LiteralSyntax? {
      guard case .literal(let literal) = bare(expression) else { return nil }
      switch literal.value {
      case .long, .real, .timespan: return literal
      default: return nil
      }
    }
    if let literal = number(expression) { return (literal, nil) }
    guard case .binary(let product) = bare(expression), product.operator == .multiply else { return nil }
    if let literal = number(product.lhs), number(product.rhs) == nil { return isNumber(literal) ? (literal, product.rhs) : nil }
    if let literal = number(product.rhs), number(product.lhs) == nil { return isNumber(literal) ? (literal, product.lhs) : nil }
    return nil
  }

  private static func isNumber(_ literal: LiteralSyntax) -> Bool {
    switch literal.value {
    case .long, .real: true
    default: false
    }
  }

  private static func slice(_ text: String, _ lower: Int, _ upper: Int) -> String {
    String(decoding: Array(text.utf8)[lower..<upper], as: UTF8.self)
  }

  /// A limit as KQL writes it.
  func written(_ limit: Double) -> String {
    if isTimespan {
      let seconds = limit.rounded()
      if seconds >= 3600, seconds.truncatingRemainder(dividingBy: 3600) == 0 { return "\(Int64(seconds) / 3600)h" }
      if seconds >= 60, seconds.truncatingRemainder(dividingBy: 60) == 0 { return "\(Int64(seconds) / 60)m" }
      return "\(Int64(seconds))s"
    }
    return limit == limit.rounded() && abs(limit) < 1e15 ? String(Int64(limit)) : NumberText.text(limit)
  }

  /// A limit rounded as a person would write it, to the safe side.
  func rounded(_ limit: Double) -> Double {
    if limit == 0 || !limit.isFinite { return limit }
    if isTimespan {
      let unit: Double = abs(limit) >= 7_200 ? 900 : abs(limit) >= 600 ? 60 : 1
      return (limit / unit).rounded(isUpper ? .up : .down) * unit
    }
    var unit = 1.0
    while abs(limit) / unit >= 1_000 { unit *= 10 }
    while abs(limit) / unit < 100 { unit /= 10 }
    // Whole numbers stay whole.
    if limit == limit.rounded(), unit < 1 { return limit }
    let count = (limit / unit).rounded(isUpper ? .up : .down)
    // Dividing by a power of ten gives the nearest number to what is written.
    return unit < 1 ? count / (1 / unit).rounded() : count * unit
  }

  /// The query with another limit.
  func query(limit: Double) -> String {
    Threshold.slice(text, 0, literal.lower) + written(limit) + Threshold.slice(text, literal.upper, text.utf8.count)
  }

  /// The query with a limit for each value of a column.
  func query(limits: [(key: String, limit: Double)], column: String) -> String {
    let name = KQLName.inQuery(column)
    let rows = limits.sorted { $0.key < $1.key }.map { "  \(Value.string($0.key).literal), \(NumberText.text($0.limit))," }.joined(separator: "\n")
    let comparison = (isUpper ? ">" : "<") + (isInclusive ? "=" : "")
    return "let plumb_limits = datatable(\(KQLName.inSchema(column)): string, plumb_limit: real) [\n\(rows)\n];\n"
      + Threshold.slice(text, 0, clause.lower) + "where \(otherConditions.isEmpty ? "true" : otherConditions)\n"
      + "| lookup kind=inner plumb_limits on \(name)\n| where \(value) \(comparison) plumb_limit"
      + Threshold.slice(text, clause.upper, text.utf8.count)
  }

  /// The query with a limit for each hour of the week, from Sunday at 0:00 on.
  func query(hourlyLimits: [Double]) -> String {
    let rows = hourlyLimits.enumerated().map { "  \($0.offset), \(NumberText.text($0.element))," }.joined(separator: "\n")
    let comparison = (isUpper ? ">" : "<") + (isInclusive ? "=" : "")
    return "let plumb_limits = datatable(plumb_hour: long, plumb_limit: real) [\n\(rows)\n];\n"
      + "let plumb_now = toscalar(plumb_limits | where plumb_hour == tolong(dayofweek(now()) / 1h) + hourofday(now()) | project plumb_limit);\n"
      + Threshold.slice(text, 0, clause.lower) + "where \(otherConditions.isEmpty ? "true" : otherConditions)\n| where \(value) \(comparison) plumb_now"
      + Threshold.slice(text, clause.upper, text.utf8.count)
  }

  /// The hour of the week of a moment, 0 to 167 from Sunday at 0:00 on, as `dayofweek` and `hourofday` count.
  static func hourOfWeek(_ moment: Int64) -> Int {
    // The first day of the calendar, 0001-01-01, was a Monday.
    Int((moment / TimeSpan.hour + 24) % 168)
  }
}
