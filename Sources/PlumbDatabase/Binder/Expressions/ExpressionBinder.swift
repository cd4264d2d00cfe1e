import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// What an operator provides to its expressions beyond the columns of each row.
enum ExpressionOffer {
  case nothing
  /// Columns over neighbouring rows, and values that several columns share.
  case windows(WindowColumns)
  case aggregates(AggregateColumns)
  /// Within an aggregate's arguments: columns, and not another aggregate.
  case insideAggregate
}

/// Binds expressions: resolves their names, picks overloads and computes what is constant.
///
/// The result is open: the caller resolves the references to what the operator provides.
struct ExpressionBinder {
  /// The names that the expression can use.
  var place: BindingPlace
  /// The input rows of the expression; nil if it has no input.
  let rows: InputRows?
  /// False in a function's body, which sees its parameters and not the caller's columns.
  var seesColumns: Bool
  /// The operator's name in messages.
  let what: String
  var offer: ExpressionOffer

  var calls: CallBinding { place.calls }

  /// The rows whose columns can be named; nil if none can.
  var visibleRows: InputRows? { seesColumns ? rows : nil }

  /// A scalar expression with its names resolved and its constants computed.
  ///
  /// - Throws: the first mistake in it.
  func bind(_ expression: ExpressionSyntax) throws -> OpenExpression {
    switch expression {
    case .name(let name): return try value(of: name)
    case .literal(let literal): return .literal(try Value(literal), literal.span)
    case .parenthesized(let node): return try bind(node.expression)
    case .unary(let unary):
      let operand = try bind(unary.operand)
      switch unary.operator {
      case .minus: return try calls.calling("-", [operand], at: unary.span)
      case .plus:
        guard operand.type.isNumeric || operand.type == .timespan else {
          throw Diagnostic(
            "operand-types", "`+` does not work on \(operand.type.described)", at: unary.operatorSpan)
        }
        return operand
      }
    case .binary(let binary): return try bind(binary)
    case .logical(let logical):
      let operands = try logical.operands.map { try condition($0) }
      return try calls.calling(logical.operator.rawValue, operands, at: logical.span)
    case .between(let between): return try bind(between)
    case .membership(let membership): return try bind(membership)
    case .call(let call): return try bind(call)
    case .member(let member):
      if let column = try column(of: member) { return column }
      if let fact = try databaseFact(member) { return fact }
      let base = try self.base(of: member)
      guard base.type == .dynamic else {
        throw Diagnostic(
          "not-dynamic", "\(base.type.described) has no properties, so it cannot have `.\(member.name.text)`",
          at: member.name.span,
          help: ForeignWord.named(member.name.text, .function)?.advice
            ?? (base.type == .string ? "read it with `parse_json(...)` first" : base.type == .timespan ? "divide it for a number: `x / 1s` counts seconds" : nil))
      }
      return try calls.calling(
        "member", [base, .literal(.string(member.name.text), member.name.span)], at: member.span)
    case .element(let element):
      let base = try bind(element.base)
      guard base.type == .dynamic else {
        throw Diagnostic(
          "not-dynamic", "\(base.type.described) has no elements", at: element.base.span,
          help: base.type == .string ? "use `substring(...)`, or `parse_json(...)` first" : nil)
      }
      return try calls.calling("element", [base, try bind(element.index)], at: element.span)
    case .star(let span):
      throw Diagnostic("misplaced-star", "`*` cannot be used as a value here", at: span)
    case .path(let path):
      _ = try place.relation(.path(path))
      throw tableAsValue(path.span)
    case .query(let query): throw tableAsValue(query.span)
    }
  }

  /// The value before a dot; the name of a table there is not needed.
  private func base(of member: MemberSyntax) throws -> OpenExpression {
    do {
      return try bind(member.base)
    } catch var diagnostic as Diagnostic where diagnostic.code == "table-as-value" {
      diagnostic.help = "write `\(KQLName.inQuery(member.name.text))`, without the name of the table"
      throw diagnostic
    }
  }

  func tableAsValue(_ span: SourceSpan, _ name: String? = nil) -> Diagnostic {
    Diagnostic(
      "table-as-value", "\(name.map { "`\($0)` is a table" } ?? "this is a table"), but a value is expected here",
      at: span, help: "`toscalar(...)` returns the first value of a table")
  }

  // MARK: Names

  /// An expression that is true or false.
  func condition(_ expression: ExpressionSyntax) throws -> OpenExpression {
    let bound = try bind(expression)
    switch bound.type {
    case .bool: return bound
    case .dynamic: return try calls.folded(bound.converted(to: .bool))
    default:
      throw Diagnostic(
        "not-a-bool", "a condition must be true or false, but this is \(bound.type.described)", at: expression.span,
        help: bound.type == .string
          ? "compare it, as in `== \"...\"`, or use `isnotempty(...)`" : "compare it, as in `!= 0`")
    }
  }

  func value(of name: NameSyntax) throws -> OpenExpression {
    if let rows = visibleRows {
      if let index = rows.index(of: name.text) { return rows.column(index, at: name.span) }
      if rows.broken.contains(name.text) { throw AlreadyReported() }
    }
    switch place.scope.binding(named: name.text) {
    case .value(let expression, let read):
      if let value = expression.constant { return .literal(value, name.span) }
      if let read, read != rows?.id {
        throw Diagnostic(
          "row-value", "`\(name.text)` depends on a row, which a query inside a function cannot see", at: name.span)
      }
      return expression
    case .table: throw tableAsValue(name.span, name.text)
    case .function(let function, let scope):
      guard function.parameters.isEmpty else {
        throw Diagnostic(
          "function-as-value", "`\(name.text)` is a function and needs its arguments", at: name.span,
          help: "write `\(name.text)(...)`")
      }
      let call = CallSyntax(calling: name, at: name.span)
      switch try FunctionExpansion(function, from: scope, call, by: self).result() {
      case .scalar(let expression): return expression
      case .table: throw tableAsValue(name.span, name.text)
      }
    case .pattern(let pattern, _): throw pattern.missingValues(at: name.span)
    case .database, .entityGroup:
      throw Diagnostic(
        "database-as-value", "`\(name.text)` is a database, but a value is expected here", at: name.span,
        help: "write `\(name.text).table` where a table can be")
    case .broken: throw AlreadyReported()
    case nil: break
    }
    if place.catalog.hasTable(named: name.text) { throw tableAsValue(name.span, name.text) }
    throw unknownName(name)
  }

  /// `step.column`, if the row knows `step`; else nil.
  private func column(of member: MemberSyntax) throws -> OpenExpression? {
    guard let rows = visibleRows, case .name(let base) = member.base.withoutParentheses,
      rows.members[base.text] != nil || rows.graph?.hops[base.text] != nil
    else { return nil }
    guard let columns = rows.members[base.text] else {
      throw Diagnostic(
        "path-property", "`\(base.text)` is a path of several edges", at: member.span,
        help: "write `map(\(base.text), \(member.name.text))`, or `all(...)` or `any(...)` for a condition")
    }
    guard let index = columns[member.name.text] else {
      throw Diagnostic(
        "unknown-column", "`\(base.text)` has no column `\(member.name.text)`", at: member.name.span,
        help: Suggestion.nearest(to: member.name.text, in: columns.keys.sorted()))
    }
    return rows.column(index, at: member.span)
  }

  private func unknownName(_ name: NameSyntax) -> Diagnostic {
    let variables = place.scope.names
    guard let rows = visibleRows else {
      return Diagnostic(
        "unknown-name", "`\(name.text)` is not defined here", at: name.span,
        help: Suggestion.nearest(to: name.text, in: variables) ?? otherMeaning(of: name.text)
          ?? "write a value, or name one before with `let \(name.text) = ...;`")
    }
    if let graph = rows.graph, rows.members[name.text] == nil, graph.hops[name.text] != nil {
      return Diagnostic(
        "path-value", "`\(name.text)` is a path of several edges, not a single value", at: name.span,
        help: "`map(\(name.text), ...)` returns an array with a value for each edge, "
          + "as in `array_length(map(\(name.text), 1))`")
    }
    let table =
      rows.lastStep.map { "the rows after `\($0)` have" } ?? rows.tableName.map { "`\($0)` has" } ?? "the rows here have"
    var help = Suggestion.nearest(to: name.text, in: rows.schema.map(\.name) + variables) ?? otherMeaning(of: name.text)
    if help == nil, !rows.schema.isEmpty {
      let shown = rows.schema.prefix(8).map { "`\($0.name)`" }.joined(separator: ", ")
      help = "the columns are \(shown)\(rows.schema.count > 8 ? ", ..." : "")"
    }
    return Diagnostic("unknown-column", "\(table) no column `\(name.text)`", at: name.span, help: help)
  }

  /// What a name means that is not a column: a function without its brackets, or a value of another language.
  private func otherMeaning(of name: String) -> String? {
    if AggregateFunction.named(name) != nil {
      return "to call the function, write `\(name)(\(name == "count" ? "" : "column"))`"
    }
    if name.utf8.first.map({ $0 >= 0x30 && $0 <= 0x39 }) == true {
      let digits = name.prefix { $0.isNumber }
      return "write the number alone, `\(digits)`, or a timespan such as `\(digits)s`"
    }
    if let word = ForeignWord.named(name, .value) {
      if !word.namesMoment { return word.advice }
      let moments = visibleRows?.schema.filter { $0.type == .datetime }.map { "`\(KQLName.inQuery($0.name))`" } ?? []
      if !moments.isEmpty { return "the moments here are in \(moments.joined(separator: ", "))" }
    }
    guard let function = ScalarFunction.named(name), !function.isOperator else { return nil }
    return "to call the function, write `\(name)(\(function.parameters))`"
  }

  /// Binds a value that is compared with a text: an unknown name probably is a text without its quotes.
  func bind(_ expression: ExpressionSyntax, comparedWith other: OpenExpression) throws -> OpenExpression {
    do {
      return try bind(expression)
    } catch var diagnostic as Diagnostic {
      guard diagnostic.code == "unknown-column" || diagnostic.code == "unknown-name", other.type == .string else { throw diagnostic }
      switch expression.withoutParentheses {
      case .name(let name) where ForeignWord.named(name.text, .value) == nil && AggregateFunction.named(name.text) == nil:
        let other = diagnostic.help.flatMap { $0.hasPrefix("did you mean") ? ", or " + $0 : nil } ?? ""
        diagnostic.help = "write a text in quotes: `\"\(name.text)\"`\(other)"
      case .binary(let binary) where binary.operator == .subtract && binary.rhs.isNegated:
        diagnostic.help = "a comment starts with `//`"
      case .binary: diagnostic.help = "write a text in quotes, as in `\"office-audit-eastus\"`"
      default: break
      }
      throw diagnostic
    }
  }

  // MARK: Operators

  private func bind(_ binary: BinarySyntax) throws -> OpenExpression {
    if case .star = binary.lhs.withoutParentheses { return try anyColumn(binary) }
    let lhs = try bind(binary.lhs)
    let rhs = try bind(binary.rhs, comparedWith: lhs)
    remarkOnQuotedColumn(binary)
    let name = binary.operator.rawValue
    if binary.operator == .equal || binary.operator == .notEqual {
      return try equality(name, lhs, rhs, at: binary.span)
    }
    return try calls.calling(name, [lhs, rhs], at: binary.span)
  }

  /// `"status" == "failed"` compares two texts; somebody meant the column.
  private func remarkOnQuotedColumn(_ binary: BinarySyntax) {
    guard case .literal(let lhs) = binary.lhs, case .string(let text, _) = lhs.value, case .literal(let rhs) = binary.rhs, case .string = rhs.value,
      visibleRows?.schema.contains(where: { $0.name == text }) == true
    else { return }
    place.state.context.remark("`\"\(text)\"` in quotes is a text, not the column `\(text)`")
  }

  /// `* has "x"`: whether the test is true for any column, whatever its type.
  private func anyColumn(_ binary: BinarySyntax) throws -> OpenExpression {
    guard let rows = visibleRows else {
      throw Diagnostic("misplaced-star", "`*` means all columns, but the rows here have no columns", at: binary.lhs.span)
    }
    let rhs = try bind(binary.rhs)
    let isEquality = binary.operator == .equal || binary.operator == .notEqual
    var tests: [OpenExpression] = []
    for (index, column) in rows.schema.enumerated() {
      var operand = rows.column(index, at: binary.lhs.span)
      if isEquality {
        guard column.type == rhs.type || (column.type.isNumeric && rhs.type.isNumeric) else { continue }
      } else if column.type != .string {
        operand = operand.converted(to: .string)
      }
      tests.append(try calls.calling(binary.operator.rawValue, [operand, rhs], at: binary.span))
    }
    if tests.isEmpty { return .literal(.bool(false), binary.span) }
    return tests.count == 1 ? tests[0] : try calls.calling("or", tests, at: binary.span)
  }

  private func bind(_ between: BetweenSyntax) throws -> OpenExpression {
    let operand = try bind(between.operand)
    let lower = try bind(between.lower)
    var upper = try bind(between.upper)
    // A time range may be given by its start and its length.
    if lower.type == .datetime, upper.type == .timespan {
      upper = try calls.calling("+", [lower, upper], at: between.upper.span)
    }
    return try calls.calling(
      between.isNegated ? "!between" : "between", [operand, lower, upper], at: between.span)
  }

  private func bind(_ membership: MembershipSyntax) throws -> OpenExpression {
    let list: [OpenExpression]
    do {
      list = try self.items(of: membership)
    } catch var diagnostic as Diagnostic {
      if diagnostic.code == "unknown-column" || diagnostic.code == "unknown-name", let operand = try? bind(membership.operand) {
        for case .name(let name) in membership.list where name.span == diagnostic.span && operand.type == .string {
          diagnostic.help = "write a text in quotes: `\"\(name.text)\"`"
        }
      }
      throw diagnostic
    }
    let name = membership.operator.rawValue
    let looksForEquals = [.in, .notIn, .inIgnoringCase, .notInIgnoringCase].contains(membership.operator)
    if case .star = membership.operand.withoutParentheses, let rows = visibleRows {
      let tests = try rows.schema.indices.map { index in
        let operand = rows.column(index, at: membership.operand.span)
        return try calls.calling(name, [operand.converted(to: .string)] + texts(in: list), at: membership.span)
      }
      return try calls.calling("or", tests, at: membership.span)
    }
    let operand = try bind(membership.operand)
    var items = list
    if looksForEquals {
      let ignoresCase = membership.operator == .inIgnoringCase || membership.operator == .notInIgnoringCase
      items = try list.flatMap { try members(of: $0, for: operand, ignoresCase: ignoresCase, name) }
    } else {
      items = texts(in: list)
    }
    if items.isEmpty {
      let isNegated = membership.operator == .notIn || membership.operator == .notInIgnoringCase
      return .literal(.bool(isNegated || membership.operator == .hasAll), membership.span)
    }
    if membership.operator == .in || membership.operator == .notIn {
      items = try adapting(items, to: operand, name, at: membership.span)
    }
    return try calls.calling(name, [operand] + items, at: membership.span)
  }

  /// The items of a list: as written, or the values of a table's first column as an array.
  private func items(of membership: MembershipSyntax) throws -> [OpenExpression] {
    guard membership.list.count == 1, let only = membership.list.first else {
      return try membership.list.map { try bind($0) }
    }
    switch try any(only) {
    case .scalar(let expression): return [expression]
    case .table(let table):
      guard place.state.services.run != nil else {
        guard !table.schema.isEmpty else { return [] }
        return [.column(.unknown, .dynamic, only.span)]
      }
      let result = try place.state.run(table, at: only.span)
      guard !result.schema.isEmpty else { return [] }
      // The values become constants of the query.
      try place.state.context.hold(bytes: result.chunks.reduce(0) { $0 + $1.count } * 64)
      return [.literal(.dynamic(.array(result.firstColumn.map { Dynamic($0) })), only.span)]
    }
  }

  /// The longest constant array that is replaced by its elements, which the optimizer and other databases can read.
  private static let longestList = 256

  /// A short constant array as its elements, null left out; any other expression unchanged.
  private func texts(in list: [OpenExpression]) -> [OpenExpression] {
    list.flatMap { item -> [OpenExpression] in
      guard case .literal(.dynamic(.array(let elements)), let span) = item, elements.count <= Self.longestList else {
        return [item]
      }
      return elements.filter { $0 != .null }.map { .literal(Value($0), span) }
    }
  }

  /// A short constant array as those of its elements that can equal the operand, in the operand's type.
  private func members(
    of item: OpenExpression, for operand: OpenExpression, ignoresCase: Bool, _ name: String
  ) throws -> [OpenExpression] {
    // A dynamic null equals nothing, not even an empty text.
    if item.type == .dynamic, item.constant?.isNull == true, operand.type != .dynamic || ignoresCase { return [] }
    guard case .literal(.dynamic(.array(let elements)), let span) = item, elements.count <= Self.longestList else {
      return [item]
    }
    if operand.type == .dynamic, !ignoresCase {
      return elements.map { element in
        // An item that is an array would mean its elements.
        if case .array = element { return .literal(.dynamic(.array([element])), span) }
        return .literal(.dynamic(element), span)
      }
    }
    return elements.compactMap { element in
      Value.member(element, of: ignoresCase ? .string : operand.type).map { .literal($0, span) }
    }
  }
}

extension ExpressionSyntax {
  /// Whether a minus sign comes before it.
  fileprivate var isNegated: Bool { if case .unary(let unary) = self { unary.operator == .minus } else { false } }
}
