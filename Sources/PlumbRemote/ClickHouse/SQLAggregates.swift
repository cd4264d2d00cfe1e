import PlumbEngine

/// Says aggregates in ClickHouse's SQL.
struct SQLAggregates {
  let expressions: SQLExpressions
  /// Whether the result has one group even without rows.
  let isWhole: Bool
  /// Whether the rows are sorted, which some aggregates would have to follow.
  let isSorted: Bool

  private var dialect: Dialect { expressions.dialect }

  /// The results of an aggregate, one or more.
  ///
  /// - Throws: an obstacle for an aggregate whose meaning there differs.
  func results(_ aggregate: BoundAggregate, _ columns: [SQLValue]) throws -> [SQLValue] {
    let inputs = try aggregate.arguments.map { try expressions.value($0, columns) }
    func number(_ sql: String) -> [SQLValue] { [SQLValue("toInt64(\(sql))", aggregate.results[0], nullable: false)] }
    /// A condition, the last argument. Null is false; old versions give null for a group whose conditions are all null.
    func condition() throws -> String {
      guard let last = aggregate.arguments.last, last.type == .bool else { throw Obstacle("`\(aggregate.name)` has an unknown form") }
      let value = try expressions.value(last, columns)
      return value.isNullable ? "ifNull(\(value.sql), 0)" : value.sql
    }
    let isConditional = aggregate.name.hasSuffix("if") && inputs.last?.type == .bool
    let suffix = isConditional ? "If" : ""
    let test = isConditional ? ", \(try condition())" : ""
    let base = isConditional ? String(aggregate.name.dropLast(2)) : aggregate.name
    switch base {
    case "count":
      if isConditional { return number("countIf(\(try condition()))") }
      guard inputs.isEmpty else { break }
      return number("count()")
    case "sum":
      guard let value = inputs.first?.plain, [.long, .int, .timespan, .real].contains(value.type) else { break }
      let sql = "sum\(suffix)(\(value.sql)\(test))"
      let total = value.isNullable ? "ifNull(\(sql), 0)" : sql
      return aggregate.results[0] == .real ? [SQLValue("toFloat64(\(total))", .real, nullable: false)] : number(total)
    case "avg":
      guard let value = inputs.first?.plain, value.type == .long || value.type == .int || value.type == .real else { break }
      let sql = "avg\(suffix)(toFloat64(\(value.sql))\(test))"
      return [SQLValue(value.isNullable ? "ifNull(\(sql), nan)" : sql, .real, nullable: false)]
    case "stdev", "variance":
      guard let value = inputs.first?.plain, value.type == .long || value.type == .int || value.type == .real else { break }
      // In old versions shards cannot exchange its state.
      try dialect.require(.stableVariance)
      let function = base == "stdev" ? "stddevSampStable" : "varSampStable"
      // Of fewer than two values it is 0.
      guard !isConditional else { break }
      let sql = "\(function)(toFloat64(\(value.sql)))"
      return [SQLValue("if(count(\(value.sql)) < 2, 0, \(value.isNullable ? "ifNull(\(sql), 0)" : sql))", .real, nullable: false)]
    case "min", "max":
      guard let value = inputs.first?.plain, value.type != .dynamic, value.type != .decimal, value.type != .guid, value.type != .bool
      else { break }
      if value.type == .string {
        guard base == "max" || !isWhole && !isConditional else { break }
        return [SQLValue("\(base)\(suffix)(\(value.sql)\(test))", .string, nullable: false)]
      }
      if value.type == .real {
        // NaN is only the result if there is nothing else, and no values give null.
        let numbers = "\(base)\(suffix)(if(isNaN(\(value.sql)), NULL, \(value.sql))\(test))"
        let others = "sum\(suffix)(toInt64(\(value.isNullable ? "ifNull(isNaN(\(value.sql)), 0)" : "isNaN(\(value.sql))"))\(test))"
        return [SQLValue("ifNull(\(numbers), if(\(others) > 0, nan, NULL))", .real, nullable: true)]
      }
      let isNullable = value.isNullable || isWhole || isConditional
      let argument = isNullable && !value.isNullable ? "toNullable(\(value.sql))" : value.sql
      return [SQLValue("\(base)\(suffix)(\(argument)\(test))", aggregate.results[0], nullable: isNullable)]
    case "dcount", "count_distinct":
      guard let value = inputs.first?.plain, value.form == .plain, value.type != .dynamic, value.type != .decimal else { break }
      guard inputs.count == (isConditional ? 2 : 1) || inputs.count >= 2 && base == "dcount" && !isConditional else { break }
      let distinct = "\(base == "dcount" ? "uniqCombined" : "uniqExact")\(suffix)(\(value.sql)\(test))"
      // Of nothing but nulls it is null in some versions.
      return number(value.isNullable ? "ifNull(\(distinct), 0)" : distinct)
    case "percentile", "percentiles":
      guard let value = inputs.first?.plain, [.long, .int, .real, .datetime, .timespan].contains(value.type) else { break }
      return try zip(aggregate.arguments.dropFirst(), aggregate.results).map { percentage, type in
        let share: Double
        switch percentage.constant {
        case .long(let whole)?: share = Double(whole)
        case .int(let whole)?: share = Double(whole)
        case .real(let real)?: share = real
        default: throw Obstacle("a percentage is not constant")
        }
        guard share >= 0, share <= 100, value.type != .real || !value.isNullable else { throw Obstacle("its percentages are ranked here") }
        // By nearest rank, as here: the approximate forms there choose another neighbour in one group of ten.
        let rank = "toUInt64(greatest(ceil(\(share) * count(\(value.sql)) / 100), 1))"
        let values = value.isNullable ? "assumeNotNull(\(value.sql))" : value.sql
        let list = value.isNullable
          ? "groupArrayIf(\(values), isNotNull(\(value.sql)))" : "groupArray(\(values))"
        let item = "arrayElement(arraySort(\(list)), \(rank))"
        let isNullable = isWhole || value.isNullable
        return SQLValue(isNullable ? "if(count(\(value.sql)) = 0, NULL, \(item))" : item, type, nullable: isNullable)
      }
    case "make_list", "make_set", "makelist", "makeset":
      guard !isSorted else { throw Obstacle("`\(aggregate.name)` keeps the order of its rows") }
      guard let value = inputs.first?.plain, value.form == .plain, value.type == .long || value.type == .int || value.type == .string,
        inputs.count == (isConditional ? 2 : 1)
      else { break }
      let function = base.hasSuffix("set") ? "groupUniqArray" : "groupArray(1048576)"
      let element: ScalarType = value.type == .string ? .string : .long
      let name = function.replacing("(1048576)", with: "\(suffix)(1048576)")
      let sql = value.isNullable
        ? "arrayMap(x -> assumeNotNull(x), \(name)(\(value.sql)\(test)))" : "\(name)(\(value.sql)\(test))"
      return [SQLValue(sql, .dynamic, nullable: false, form: .array(element))]
    case "take_any", "any":
      guard !isConditional, inputs.count == 1, let value = inputs.first, value.form == .plain, !isWhole, !value.isNullable else { break }
      return [SQLValue("any(\(value.sql))", value.type, nullable: value.isNullable)]
    case "arg_max", "arg_min":
      return try extremum(aggregate, base == "arg_max" ? "argMax" : "argMin", inputs)
    default: break
    }
    throw Obstacle("`\(aggregate.name)` does not have a counterpart with exactly the same meaning")
  }

  /// The row with the largest or the smallest value, as a tuple: an aggregate of one column would pass over its nulls.
  private func extremum(_ aggregate: BoundAggregate, _ function: String, _ inputs: [SQLValue]) throws -> [SQLValue] {
    guard !isWhole, let key = inputs.first?.plain, key.type.lane == .word || key.type == .string else {
      throw Obstacle("`\(aggregate.name)` of such values, or of all rows, is computed here")
    }
    let values = inputs.map(\.plain)
    guard values.allSatisfy({ $0.form == .plain }) else { throw Obstacle("`\(aggregate.name)` returns arrays here") }
    guard values.count == aggregate.results.count else { throw Obstacle("`\(aggregate.name)` has an unknown form") }
    if values.count == 1 { return [SQLValue("\(function == "argMax" ? "max" : "min")(\(key.sql))", key.type, nullable: key.isNullable)] }
    if values.contains(where: \.isNullable) { try dialect.require(.statesOfNulls) }
    // Nulls come after all values.
    let rank = key.isNullable
      ? "tuple(\(function == "argMax" ? "isNotNull" : "isNull")(\(key.sql)), assumeNotNull(\(key.sql)))" : key.sql
    let tuple = "\(function)(tuple(\(values.map(\.sql).joined(separator: ", "))), \(rank))"
    return zip(values, 1...).map { value, place in
      SQLValue("tupleElement(\(tuple), \(place))", value.type, nullable: value.isNullable)
    }
  }
}
