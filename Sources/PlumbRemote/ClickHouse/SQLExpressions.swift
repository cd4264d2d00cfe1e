import PlumbEngine

/// Says expressions of a plan in ClickHouse's SQL, each with exactly the same meaning or not at all.
struct SQLExpressions {
  let dialect: Dialect

  /// - Throws: an obstacle for an expression whose meaning there differs, or is not known to be equal.
  func value(_ expression: BoundExpression, _ columns: [SQLValue]) throws -> SQLValue {
    switch expression {
    case .column(let index, _, _): return columns[index]
    case .literal(let value, _): return try SQLValue.literal(value)
    case .lifted: throw Obstacle("it is evaluated once for each text of a dictionary here")
    case .call(let call): return try called(call, columns)
    }
  }

  /// The expression as a condition of `WHERE`, where null means false.
  func condition(_ expression: BoundExpression, _ columns: [SQLValue]) throws -> String {
    if case .call(let call) = expression {
      switch call.traits.meaning {
      case .conjunction: return "(" + (try call.arguments.map { try condition($0, columns) }).joined(separator: " AND ") + ")"
      case .disjunction: return "(" + (try call.arguments.map { try condition($0, columns) }).joined(separator: " OR ") + ")"
      case .comparison(let comparison) where comparison != .notEqual:
        if let test = try comparing(comparison, call, columns) { return test.sql }
      case .membership(isOutside: false):
        if let test = try membership(call, columns) { return test.sql }
      default: break
      }
    }
    let value = try value(expression, columns)
    return value.isNullable ? "ifNull(\(value.sql), 0)" : value.sql
  }

  // MARK: Calls

  private func called(_ call: BoundCall, _ columns: [SQLValue]) throws -> SQLValue {
    let arguments = call.arguments
    func at(_ place: Int) throws -> SQLValue { try value(arguments[place], columns).plain }
    let types = arguments.map(\.type)
    switch call.traits.meaning {
    case .conjunction: return try joined(call, " AND ", columns)
    case .disjunction: return try joined(call, " OR ", columns)
    case .negation:
      return try at(0).negation(dialect)
    case .comparison(let comparison):
      guard let test = try comparing(comparison, call, columns) else { break }
      return try withNulls(test, comparison, call, columns)
    case .range(let isOutside):
      let parts = try (0..<3).map { try at($0) }
      try requireComparable(parts.map(\.type))
      let test = SQLValue(
        "(\(parts[0].sql) >= \(parts[1].sql) AND \(parts[0].sql) <= \(parts[2].sql))", .bool, nullable: parts.contains(where: \.isNullable))
      return isOutside ? test.negation(dialect) : test
    case .membership(let isOutside):
      guard let test = try membership(call, columns) else { break }
      let inside = SQLValue(test.isNullable ? "ifNull(\(test.sql), 0)" : test.sql, .bool, nullable: false)
      return isOutside ? inside.negation(dialect) : inside
    case .nullness(let isNull):
      if types[0] == .string { return try SQLValue.literal(.bool(!isNull)) }
      let inner = try value(arguments[0], columns)
      if !inner.isNullable, inner.form == .plain { return try SQLValue.literal(.bool(!isNull)) }
      if case .element(_, let presence) = inner.form {
        guard let presence else { return try SQLValue.literal(.bool(!isNull)) }
        let present = SQLValue(presence, .bool, nullable: false)
        return isNull ? present.negation(dialect) : present
      }
      guard inner.form != .json else { break }
      return SQLValue("\(isNull ? "isNull" : "isNotNull")(\(inner.sql))", .bool, nullable: false)
    case .emptiness(let isEmpty):
      guard types[0] == .string else { break }
      return SQLValue("(\(try at(0).sql) \(isEmpty ? "=" : "!=") '')", .bool, nullable: false)
    case .search(let test, let ignoresCase):
      return try search(test, ignoresCase: ignoresCase, try at(0), arguments[1].constant)
    case .conversion:
      return try converted(try value(arguments[0], columns), to: call.type)
    case .packing, .element, .partitionKey: break
    case nil: break
    }
    if let value = try arithmetic(call, columns) { return value }
    if let value = try texts(call, columns) { return value }
    if let value = try times(call, columns) { return value }
    if let value = try choices(call, columns) { return value }
    if let value = try members(call, columns) { return value }
    throw Obstacle("`\(call.name)` does not have a counterpart with exactly the same meaning")
  }

  private func joined(_ call: BoundCall, _ word: String, _ columns: [SQLValue]) throws -> SQLValue {
    let parts = try call.arguments.map { try value($0, columns) }
    if parts.contains(where: \.isNullable), !dialect.has(.threeValuedLogic) {
      // There a null is null whatever the other side is.
      let decisive = word == " AND " ? 0 : 1
      let decides = parts.map { $0.isNullable ? "ifNull(\($0.sql) = \(decisive), 0)" : "\($0.sql) = \(decisive)" }
      let isNull = parts.filter(\.isNullable).map { "isNull(\($0.sql))" }
      let open = "if(\(isNull.joined(separator: " OR ")), NULL, \(1 - decisive))"
      return SQLValue("if(\(decides.joined(separator: " OR ")), \(decisive), \(open))", .bool, nullable: true)
    }
    return SQLValue("(\(parts.map(\.sql).joined(separator: word)))", .bool, nullable: parts.contains(where: \.isNullable))
  }

  // MARK: Comparisons

  private func requireComparable(_ types: [ScalarType]) throws {
    for type in types where type == .dynamic || type == .decimal || type == .guid {
      throw Obstacle("values of type \(type.name) are compared here")
    }
  }

  /// The comparison, null where either side is null.
  private func comparing(_ comparison: Comparison, _ call: BoundCall, _ columns: [SQLValue]) throws -> SQLValue? {
    guard call.arguments.count == 2 else { return nil }
    let lhs = try value(call.arguments[0], columns), rhs = try value(call.arguments[1], columns)
    if let test = equal(lhs, comparison, rhs) { return test }
    try requireComparable([lhs.type, rhs.type])
    guard lhs.type == rhs.type || lhs.type.isInteger && rhs.type.isInteger else { return nil }
    let nullable = lhs.isNullable || rhs.isNullable
    // Times are compared in the column's own form, so that ClickHouse can use its index.
    if let constant = rhs.constant, let sql = native(lhs, comparison, constant) { return SQLValue(sql, .bool, nullable: nullable) }
    if let constant = lhs.constant, let sql = native(rhs, comparison.mirrored, constant) {
      return SQLValue(sql, .bool, nullable: nullable)
    }
    if lhs.form == rhs.form, lhs.form == .date || lhs.form == .seconds {
      return SQLValue("(\(lhs.sql) \(comparison.sql) \(rhs.sql))", .bool, nullable: nullable)
    }
    return SQLValue("(\(lhs.plain.sql) \(comparison.sql) \(rhs.plain.sql))", .bool, nullable: nullable)
  }

  /// An element of a dynamic value compared with a constant of its type; nil for other comparisons. It is never null.
  private func equal(_ element: SQLValue, _ comparison: Comparison, _ other: SQLValue) -> SQLValue? {
    guard case .element(let type, let presence) = element.form, other.type == type, other.constant?.isNull == false,
      comparison == .equal || comparison == .notEqual
    else { return nil }
    let test = SQLValue("(\(presence.map { $0 + " AND " } ?? "")\(element.sql) = \(other.sql))", .bool, nullable: false)
    return comparison == .equal ? test : test.negation(dialect)
  }

  /// A time column compared with a constant; nil if the constant cannot be said in the column's form.
  private func native(_ column: SQLValue, _ comparison: Comparison, _ constant: Value) -> String? {
    guard case .datetime(let ticks) = constant else { return nil }
    let since1970 = ticks &- SQLValue.epoch
    // Within 1971 and 2099 every form can represent the time.
    guard since1970 > 366 * SQLValue.day, since1970 < 47_000 * SQLValue.day else { return nil }
    switch column.form {
    case .seconds:
      guard since1970 % SQLValue.second == 0 else { return nil }
      return "(\(column.sql) \(comparison.sql) toDateTime(\(since1970 / SQLValue.second)))"
    case .fractions(let digits):
      let unit = digits >= 7 ? 1 : (0..<(7 - digits)).reduce(Int64(1)) { unit, _ in unit * 10 }
      guard digits <= 9, since1970 % unit == 0 else { return nil }
      var comparison = comparison, ticks = since1970
      if digits > 7 {
        // A tick there has a hundred parts, or ten: it ends where the next begins.
        switch comparison {
        case .greater, .lessOrEqual:
          comparison = comparison == .greater ? .greaterOrEqual : .less
          ticks += 1
        case .greaterOrEqual, .less: break
        case .equal, .notEqual: return nil
        }
      }
      let fraction = String(ticks % SQLValue.second + SQLValue.second).dropFirst()
      let text = "\(ticks / SQLValue.second).\(fraction)"
      return "(\(column.sql) \(comparison.sql) toDateTime64('\(text)', \(max(digits, 7)), 'UTC'))"
    case .plain, .date, .array, .map, .element, .json: return nil
    }
  }

  /// The value of a comparison as KQL has it: equal and unequal are null only if both sides are.
  private func withNulls(
    _ test: SQLValue, _ comparison: Comparison, _ call: BoundCall, _ columns: [SQLValue]
  ) throws -> SQLValue {
    guard test.isNullable, comparison == .equal || comparison == .notEqual else { return test }
    let sql = "ifNull(\(test.sql), \(comparison == .equal ? 0 : 1))"
    let sides = try call.arguments.map { try value($0, columns) }
    guard sides.allSatisfy(\.isNullable) else { return SQLValue(sql, .bool, nullable: false) }
    return SQLValue("if(isNull(\(sides[0].sql)) AND isNull(\(sides[1].sql)), NULL, \(sql))", .bool, nullable: true)
  }

  private func membership(_ call: BoundCall, _ columns: [SQLValue]) throws -> SQLValue? {
    let subject = try value(call.arguments[0], columns).plain
    guard subject.type != .dynamic, subject.type != .decimal, subject.type != .guid, subject.type != .real,
      call.arguments.count > 1, call.arguments.count <= 5000
    else { return nil }
    var items: [String] = []
    for argument in call.arguments.dropFirst() {
      guard let constant = argument.constant, !constant.isNull, constant.type == subject.type || constant.type.isInteger && subject.type.isInteger
      else { return nil }
      items.append(try SQLValue.literal(constant).sql)
    }
    return SQLValue("(\(subject.sql) IN (\(items.joined(separator: ", "))))", .bool, nullable: subject.isNullable)
  }
}

extension Comparison {
  var sql: String {
    switch self {
    case .equal: "="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }
}
