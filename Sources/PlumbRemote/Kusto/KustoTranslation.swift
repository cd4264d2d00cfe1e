import PlumbEngine

/// Writes nodes of a plan as KQL. The language is the same, so that what can be written has the same meaning.
struct KustoTranslation {
  let database: KustoDatabase

  func part(for plan: LogicalPlan, over inputs: [KustoPart]) throws -> KustoPart {
    switch plan.form {
    case .scan(let scan):
      guard let table = scan.table.external as? KustoTable, table.database === database else {
        throw Obstacle("the table `\(scan.table.name)` is here")
      }
      var part = KustoPart(database: database, text: KustoName.quoted(table.name), schema: plan.schema, isOrdered: false)
      for filter in scan.filters { part.text += " | where \(try text(filter, plan.schema))" }
      if scan.columns != Array(table.schema.indices) {
        let list = plan.schema.map { KustoName.quoted($0.name) }.joined(separator: ", ")
        part.text += plan.schema.isEmpty ? " | project one = 1" : " | project \(list)"
      }
      return part
    case .filter(let predicate): return try extended(inputs[0], "where \(try text(predicate, inputs[0].schema))")
    case .project(let columns):
      let list = try columns.map { "\(KustoName.quoted($0.name)) = \(try text($0.expression, inputs[0].schema))" }
      return try extended(inputs[0], "project \(list.isEmpty ? "one = 1" : list.joined(separator: ", "))", plan.schema)
    case .limit(let count):
      var part = try extended(inputs[0], "take \(count)")
      part.bound = min(inputs[0].bound ?? .max, count)
      return part
    case .sort(let keys):
      var part = try extended(inputs[0], "sort by \(try order(keys, inputs[0].schema))")
      part.isOrdered = true
      return part
    case .top(let keys, let count):
      var part = try extended(inputs[0], "sort by \(try order(keys, inputs[0].schema)) | take \(count)")
      part.isOrdered = true
      part.bound = min(inputs[0].bound ?? .max, count)
      return part
    case .aggregate(let aggregate): return try aggregated(aggregate, plan, inputs[0])
    case .join(let join): return try joined(join, plan, inputs[0], inputs[1])
    case .union, .expand, .window, .topOfEach, .other: throw Obstacle("this operator is not sent")
    }
  }

  private func extended(_ input: KustoPart, _ step: String, _ schema: Schema? = nil) throws -> KustoPart {
    var part = input
    part.text += " | " + step
    part.schema = schema ?? input.schema
    guard part.text.utf8.count < 200_000 else { throw Obstacle("its KQL would be longer than Kusto reads") }
    return part
  }

  private func order(_ keys: [SortKey], _ schema: Schema) throws -> String {
    try keys.map {
      "\(try text($0.expression, schema)) \($0.isDescending ? "desc" : "asc") nulls \($0.nullsFirst ? "first" : "last")"
    }.joined(separator: ", ")
  }

  private func aggregated(_ aggregate: AggregatePlan, _ plan: LogicalPlan, _ input: KustoPart) throws -> KustoPart {
    let results = try aggregate.aggregates.map { named -> String in
      let arguments = try named.aggregate.arguments.map { try text($0, input.schema) }.joined(separator: ", ")
      guard named.names.count == 1 else { throw Obstacle("`\(named.aggregate.name)` has several results") }
      return "\(KustoName.quoted(named.names[0])) = \(named.aggregate.name)(\(arguments))"
    }
    let keys = try aggregate.keys.map { "\(KustoName.quoted($0.name)) = \(try text($0.expression, input.schema))" }
    let by = keys.isEmpty ? "" : " by \(keys.joined(separator: ", "))"
    // Kusto puts the keys first, as here.
    var part = try extended(input, "summarize \(results.joined(separator: ", "))\(by)", plan.schema)
    part.isOrdered = false
    part.bound = keys.isEmpty ? 1 : nil
    return part
  }

  private func joined(_ join: JoinPlan, _ plan: LogicalPlan, _ left: KustoPart, _ right: KustoPart) throws -> KustoPart {
    func side(_ part: KustoPart, _ letter: String, _ keys: [BoundExpression]) throws -> String {
      var columns = part.schema.indices.map { "\(letter)\($0) = \(KustoName.quoted(part.schema[$0].name))" }
      columns += try keys.enumerated().map { "\(letter)k\($0) = \(try text($1, part.schema))" }
      return "\(part.text) | project \(columns.joined(separator: ", "))"
    }
    let on = join.keys.indices.map { "$left.lk\($0) == $right.rk\($0)" }.joined(separator: ", ")
    let lhs = try side(left, "l", join.keys.map(\.left)), rhs = try side(right, "r", join.keys.map(\.right))
    let columns: [String] = switch join.kind {
    case .leftSemi, .leftAnti: left.schema.indices.map { "l\($0)" }
    case .rightSemi, .rightAnti: right.schema.indices.map { "r\($0)" }
    case .innerUnique, .inner, .leftOuter, .rightOuter, .fullOuter:
      left.schema.indices.map { "l\($0)" } + right.schema.indices.map { "r\($0)" }
    }
    let list = zip(plan.schema, columns).map { "\(KustoName.quoted($0.name)) = \($1)" }.joined(separator: ", ")
    let query = "\(lhs) | join kind=\(join.kind.rawValue) (\(rhs)) on \(on) | project \(list.isEmpty ? "one = 1" : list)"
    return try extended(KustoPart(database: database, text: query, schema: plan.schema, isOrdered: false), "where true")
  }

  // MARK: Expressions

  private func text(_ expression: BoundExpression, _ schema: Schema) throws -> String {
    switch expression {
    case .column(let index, _, _): return KustoName.quoted(schema[index].name)
    case .literal(let value, _):
      switch value {
      // A number without its type would be of another one.
      case .real(let number) where number.isFinite: return "real(\(number))"
      case .long(let number): return "long(\(number))"
      default: return value.literal
      }
    case .lifted: throw Obstacle("it is evaluated once for each text of a dictionary here")
    case .call(let call):
      guard ScalarFunction.named(call.name) != nil, !call.isVolatile else { throw Obstacle("`\(call.name)` is a function of Plumb's own") }
      let parts = try call.arguments.map { try text($0, schema) }
      let others = parts.dropFirst().joined(separator: call.traits.notation.isRange ? " .. " : ", ")
      switch call.traits.notation {
      case .call: return "\(call.name)(\(parts.joined(separator: ", ")))"
      case .element: return "\(parts[0])[\(others)]"
      case .infix where parts.count == 1: return "\(call.name)(\(parts[0]))"
      case .infix: return "(\(parts.joined(separator: " \(call.name) ")))"
      case .list, .range: return "(\(parts[0]) \(call.name) (\(others)))"
      }
    }
  }
}

extension FunctionTraits.Notation {
  fileprivate var isRange: Bool {
    if case .range = self { return true }
    return false
  }
}
