import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension Binder {
  /// A scalar expression with its names resolved and its constants computed.
  ///
  /// - Throws: the first mistake in it.
  func bind(_ expression: ExpressionSyntax, at place: Place) throws -> BoundExpression {
    switch expression {
    case .name(let name): return try value(of: name, at: place)
    case .literal(let literal): return .literal(try Value(literal), literal.span)
    case .parenthesized(let node): return try bind(node.expression, at: place)
    case .unary(let unary):
      let operand = try bind(unary.operand, at: place)
      switch unary.operator {
      case .minus: return try calling("-", [operand], at: unary.span)
      case .plus:
        guard operand.type.isNumeric || operand.type == .timespan else {
          throw Diagnostic(
            "operand-types", "`+` does not work on \(operand.type.described)", at: unary.operatorSpan)
        }
        return operand
      }
    case .binary(let binary): return try bind(binary, at: place)
    case .logical(let logical):
      let operands = try logical.operands.map { try condition($0, at: place) }
      return try calling(logical.operator.rawValue, operands, at: logical.span)
    case .between(let between): return try bind(between, at: place)
    case .membership(let membership): return try bind(membership, at: place)
    case .call(let call): return try bind(call, at: place)
    case .member(let member):
      if let column = try column(of: member, at: place) { return column }
      let base = try bind(member.base, at: place)
      guard base.type == .dynamic else {
        throw Diagnostic(
          "not-dynamic", "\(base.type.described) has no properties, so `.\(member.name.text)` means nothing here",
          at: member.name.span, help: base.type == .string ? "read it with `parse_json(...)` first" : nil)
      }
      return try calling(
        "member", [base, .literal(.string(member.name.text), member.name.span)], at: member.span)
    case .element(let element):
      let base = try bind(element.base, at: place)
      guard base.type == .dynamic else {
        throw Diagnostic(
          "not-dynamic", "\(base.type.described) has no elements", at: element.base.span,
          help: base.type == .string ? "use `substring(...)`, or `parse_json(...)` first" : nil)
      }
      return try calling("element", [base, try bind(element.index, at: place)], at: element.span)
    case .star(let span):
      throw Diagnostic("misplaced-star", "`*` is no value here", at: span)
    case .path(let path):
      _ = try relation(.path(path), in: place.scope, implied: nil)
      throw tableAsValue(path.span)
    case .query(let query): throw tableAsValue(query.span)
    }
  }

  func tableAsValue(_ span: SourceSpan, _ name: String? = nil) -> Diagnostic {
    Diagnostic(
      "table-as-value", "\(name.map { "`\($0)` is a table" } ?? "this is a table"), and a value is needed here",
      at: span, help: "`toscalar(...)` gives the first value of a table")
  }

  // MARK: Names

  func value(of name: NameSyntax, at place: Place) throws -> BoundExpression {
    if place.seesColumns, let row = place.row {
      if let index = row.index(of: name.text) { return .column(index, row.schema[index].type, name.span) }
      if row.broken.contains(name.text) { throw AlreadyReported() }
    }
    switch place.scope.binding(named: name.text) {
    case .value(let expression, let row):
      if let value = expression.constant { return .literal(value, name.span) }
      if let row, row != place.row?.id {
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
      switch try expand(function, from: scope, call, at: place, input: nil) {
      case .scalar(let expression): return expression
      case .table: throw tableAsValue(name.span, name.text)
      }
    case .pattern(let pattern, _): throw patternWithoutValues(pattern, at: name.span)
    case .broken: throw AlreadyReported()
    case nil: break
    }
    if catalog.hasTable(named: name.text) { throw tableAsValue(name.span, name.text) }
    throw unknownName(name, at: place)
  }

  /// `step.column`, where the row knows `step`; nil where it does not.
  private func column(of member: MemberSyntax, at place: Place) throws -> BoundExpression? {
    guard place.seesColumns, let row = place.row, case .name(let base) = member.base.withoutParentheses,
      row.members[base.text] != nil || row.graph?.hops[base.text] != nil
    else { return nil }
    guard let columns = row.members[base.text] else {
      throw Diagnostic(
        "path-property", "`\(base.text)` is a path of several edges", at: member.span,
        help: "write `map(\(base.text), \(member.name.text))`, or `all(...)` or `any(...)` for a condition")
    }
    guard let index = columns[member.name.text] else {
      throw Diagnostic(
        "unknown-column", "`\(base.text)` has no column `\(member.name.text)`", at: member.name.span,
        help: Suggestion.nearest(to: member.name.text, in: columns.keys.sorted()))
    }
    return .column(index, row.schema[index].type, member.span)
  }

  private func unknownName(_ name: NameSyntax, at place: Place) -> Diagnostic {
    let variables = place.scope.names
    guard place.seesColumns, let row = place.row else {
      return Diagnostic(
        "unknown-name", "there is no `\(name.text)` here", at: name.span,
        help: Suggestion.nearest(to: name.text, in: variables))
    }
    if let graph = row.graph, row.members[name.text] == nil, graph.hops[name.text] != nil {
      return Diagnostic(
        "path-value", "`\(name.text)` is a path of several edges, which is no value", at: name.span,
        help: "`map(\(name.text), ...)` gives an array with a value for each edge, "
          + "as in `array_length(map(\(name.text), 1))`")
    }
    let table = row.tableName.map { "`\($0)` has" } ?? "the rows here have"
    var help = Suggestion.nearest(to: name.text, in: row.schema.map(\.name) + variables)
    if help == nil, !row.schema.isEmpty {
      let shown = row.schema.prefix(8).map { "`\($0.name)`" }.joined(separator: ", ")
      help = "the columns are \(shown)\(row.schema.count > 8 ? ", ..." : "")"
    }
    return Diagnostic("unknown-column", "\(table) no column `\(name.text)`", at: name.span, help: help)
  }

  // MARK: Operators

  private func bind(_ binary: BinarySyntax, at place: Place) throws -> BoundExpression {
    if case .star = binary.lhs.withoutParentheses { return try anyColumn(binary, at: place) }
    let lhs = try bind(binary.lhs, at: place)
    let rhs = try bind(binary.rhs, at: place)
    return try calling(binary.operator.rawValue, [lhs, rhs], at: binary.span)
  }

  /// `* has "x"`: whether it is so for any column, texts or not.
  private func anyColumn(_ binary: BinarySyntax, at place: Place) throws -> BoundExpression {
    guard let row = place.row, place.seesColumns else {
      throw Diagnostic("misplaced-star", "`*` stands for columns, and there are none here", at: binary.lhs.span)
    }
    let rhs = try bind(binary.rhs, at: place)
    let isEquality = binary.operator == .equal || binary.operator == .notEqual
    var tests: [BoundExpression] = []
    for (index, column) in row.schema.enumerated() {
      var operand = BoundExpression.column(index, column.type, binary.lhs.span)
      if isEquality {
        guard column.type == rhs.type || (column.type.isNumeric && rhs.type.isNumeric) else { continue }
      } else if column.type != .string {
        operand = operand.converted(to: .string)
      }
      tests.append(try calling(binary.operator.rawValue, [operand, rhs], at: binary.span))
    }
    if tests.isEmpty { return .literal(.bool(false), binary.span) }
    return tests.count == 1 ? tests[0] : try calling("or", tests, at: binary.span)
  }

  private func bind(_ between: BetweenSyntax, at place: Place) throws -> BoundExpression {
    let operand = try bind(between.operand, at: place)
    let lower = try bind(between.lower, at: place)
    var upper = try bind(between.upper, at: place)
    // A range of time may be given by its start and its length.
    if lower.type == .datetime, upper.type == .timespan {
      upper = try calling("+", [lower, upper], at: between.upper.span)
    }
    return try calling(
      between.isNegated ? "!between" : "between", [operand, lower, upper], at: between.span)
  }

  private func bind(_ membership: MembershipSyntax, at place: Place) throws -> BoundExpression {
    let items = try items(of: membership, at: place)
    let name = membership.operator.rawValue
    if case .star = membership.operand.withoutParentheses, let row = place.row, place.seesColumns {
      let tests = try row.schema.enumerated().map { index, column in
        let operand = BoundExpression.column(index, column.type, membership.operand.span)
        return try calling(name, [operand.converted(to: .string)] + items, at: membership.span)
      }
      return try calling("or", tests, at: membership.span)
    }
    let operand = try bind(membership.operand, at: place)
    if items.isEmpty {
      let isNegated = membership.operator == .notIn || membership.operator == .notInIgnoringCase
      return .literal(.bool(isNegated || membership.operator == .hasAll), membership.span)
    }
    return try calling(name, [operand] + matching(items, operand.type), at: membership.span)
  }

  /// The items of a list: as written, or those of a table or of a dynamic array.
  private func items(of membership: MembershipSyntax, at place: Place) throws -> [BoundExpression] {
    guard membership.list.count == 1, let only = membership.list.first else {
      return try membership.list.map { try bind($0, at: place) }.flatMap(unfolded)
    }
    switch try any(only, at: place) {
    case .scalar(let expression): return unfolded(expression)
    case .table(let table):
      let result = try run(table, at: only.span)
      guard !result.schema.isEmpty else { return [] }
      return unfolded(.literal(.dynamic(.array(firstColumn(result).map { Dynamic($0) })), only.span))
    }
  }

  /// A short constant array as its elements; anything else as it is.
  private func unfolded(_ expression: BoundExpression) -> [BoundExpression] {
    guard case .literal(.dynamic(.array(let elements)), let span) = expression, elements.count <= 256 else {
      return [expression]
    }
    return elements.map { .literal(Value($0), span) }
  }

  /// Constants in the type they are compared with, where that loses nothing.
  private func matching(_ items: [BoundExpression], _ type: ScalarType) -> [BoundExpression] {
    let types = Set(items.map(\.type))
    // Items of one type are left to the function; a mixture is brought to the operand's type.
    guard types.count > 1, type != .dynamic else { return items }
    return items.map { item in
      guard item.type != type, let value = item.constant, let same = value.converted(to: type) else { return item }
      return .literal(same, item.span)
    }
  }

  // MARK: Parts of operators

  /// An expression that is true or false.
  func condition(_ expression: ExpressionSyntax, at place: Place) throws -> BoundExpression {
    let bound = try bind(expression, at: place)
    switch bound.type {
    case .bool: return bound
    case .dynamic: return try folded(bound.converted(to: .bool))
    default:
      throw Diagnostic(
        "not-a-bool", "a condition is true or false, and this is \(bound.type.described)", at: expression.span,
        help: bound.type == .string
          ? "compare it, as in `== \"...\"`, or use `isnotempty(...)`" : "compare it, as in `!= 0`")
    }
  }

  /// The call of a function or operator by name, computed at once when its arguments are known.
  func calling(_ name: String, _ arguments: [BoundExpression], at span: SourceSpan) throws -> BoundExpression {
    guard let function = ScalarFunction.named(name) ?? ScalarFunction.parsing.first(where: { $0.name == name })
    else { throw Diagnostic("unsupported-function", "`\(name)` is not supported", at: span) }
    return try folded(BoundExpression.calling(function, arguments, at: span))
  }

  /// The expression, or its value when it reads no rows.
  func folded(_ expression: BoundExpression) throws -> BoundExpression {
    guard case .call(let call) = expression, !call.isVolatile,
      call.arguments.allSatisfy({ $0.constant != nil })
    else { return expression }
    guard let value = try expression.folded(context) else { return expression }
    return .literal(value, expression.span)
  }

  /// The value of an expression that must not need rows.
  func constant(_ expression: BoundExpression, what: String) throws -> Value {
    if let value = expression.constant { return value }
    if let value = try expression.folded(context) { return value }
    throw Diagnostic("not-constant", "\(what) must be a constant, and this depends on the rows", at: expression.span)
  }

  func constant(_ expression: ExpressionSyntax, in scope: Scope, what: String) throws -> Value {
    try constant(bind(expression, at: Place(scope: scope, row: nil)), what: what)
  }

  /// A whole number of rows.
  func count(_ expression: ExpressionSyntax, in scope: Scope, of name: String) throws -> Int {
    let bound = try bind(expression, at: Place(scope: scope, row: nil))
    let value = try constant(bound, what: "the number of rows")
    switch value {
    case .int(let number) where number >= 0: return Int(number)
    case .long(let number) where number >= 0: return Int(number)
    default:
      throw Diagnostic(
        "not-a-count", "`\(name)` needs a whole number of rows that is not negative", at: expression.span)
    }
  }

  /// An expression in another type, where that is no surprise: numbers widen, dynamic values and nulls fit.
  func converting(_ expression: BoundExpression, to type: ScalarType, of name: String) throws -> BoundExpression {
    if expression.type == type { return expression }
    let isWidening: Bool
    switch (expression.type, type) {
    case (.int, .long), (.int, .real), (.long, .real), (.int, .decimal), (.long, .decimal), (.real, .decimal),
      (.long, .int), (.dynamic, _), (_, .dynamic), (.decimal, .real):
      isWidening = true
    default: isWidening = expression.constant?.isNull ?? false
    }
    guard isWidening else {
      throw Diagnostic(
        "argument-types", "`\(name)` is \(type.described), and this is \(expression.type.described)", at: expression.span,
        help: "convert it with `to\(type.name)(...)`")
    }
    return try folded(expression.converted(to: type))
  }

  // MARK: Running a query for its values

  /// The rows of a query, now.
  func run(_ relation: Relation, at span: SourceSpan) throws -> QueryResult {
    guard let run = services.run else { throw AlreadyReported() }
    guard !relation.plan.readsOuterRows, !relation.plan.readsOuterKey else {
      throw Diagnostic(
        "unsupported-inner-query", "this must be run before the query, and its rows are not known before", at: span,
        help: "do it outside of `partition` or `mv-apply`")
    }
    do {
      return try run(relation.plan)
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = span }
      throw diagnostic
    }
  }

  func firstColumn(_ result: QueryResult) -> [Value] {
    result.chunks.flatMap { chunk in
      let column = chunk.column(0)
      return (0..<chunk.count).map { column.value(at: $0) }
    }
  }
}
