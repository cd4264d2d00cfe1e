import PlumbEngine

/// Says nodes of a plan in ClickHouse's SQL.
struct Translation {
  let dialect: Dialect

  private var expressions: SQLExpressions { SQLExpressions(dialect: dialect) }

  /// - Parameter table: the relation of a scanned table of this database; nil for other tables.
  /// - Throws: an obstacle for a node that cannot be said with exactly the same meaning.
  func relation(
    for plan: LogicalPlan, over inputs: [Relation], table: (ScanPlan) throws -> Relation?
  ) throws -> Relation {
    switch plan.form {
    case .scan(let scan):
      guard let relation = try table(scan) else { return try listed(scan) }
      return try scanning(scan, relation)
    case .filter(let predicate):
      let input = try inputs[0].isFilterable ? inputs[0] : inputs[0].nestedInOrder()
      return try input.filtered(try expressions.condition(predicate, input.columns))
    case .project(let columns):
      return try inputs[0].projected(columns.map(\.name)) { input in
        try columns.map { try expressions.value($0.expression, input) }
      }
    case .limit(let count): return inputs[0].limited(count)
    case .sort(let keys): return try sorted(inputs[0], keys)
    case .top(let keys, let count): return try sorted(inputs[0], keys).limited(count)
    case .topOfEach(let key, let keys, let count, let columns):
      return try topOfEach(inputs[0], key, keys, count, columns)
    case .aggregate(let aggregate): return try aggregated(aggregate, inputs[0])
    case .union: return try united(plan, inputs)
    case .join(let join): return try JoinTranslation(expressions: expressions).joined(join, inputs[0], inputs[1])
    case .expand(let expand): return try expanded(inputs[0], expand)
    case .window(let columns): return try windowed(inputs[0], columns)
    case .other: throw Obstacle("this operator only runs here")
    }
  }

  // MARK: Sources

  private func scanning(_ scan: ScanPlan, _ table: Relation) throws -> Relation {
    var relation = table
    relation.columns = scan.columns.map { table.columns[$0] }
    relation.names = scan.columns.map { table.names[$0] }
    for filter in scan.filters { relation = try relation.filtered(try expressions.condition(filter, relation.columns)) }
    return relation
  }

  /// The most rows of a table here that travel within a query.
  private static let mostListedRows = 1000

  /// The rows of a small table here, as literals.
  private func listed(_ scan: ScanPlan) throws -> Relation {
    guard scan.table.external == nil, scan.table.rowCount <= Self.mostListedRows, !scan.columns.isEmpty else {
      throw Obstacle("the table `\(scan.table.name)` is here, and has more than \(Self.mostListedRows) rows")
    }
    let schema = scan.columns.map { scan.table.schema[$0] }
    var rows: [String] = []
    var nullable = [Bool](repeating: false, count: schema.count)
    for group in scan.table.groups {
      let vectors = try scan.columns.map { try group.column($0) }
      for row in 0..<group.count {
        var cells: [String] = [], nulls: [String] = []
        for (place, vector) in vectors.enumerated() {
          let cell = vector.value(at: row), isNull = cell.isNull && cell.type != .string
          if isNull { nullable[place] = true }
          cells.append(try isNull ? Self.filling(cell.type) : wrapped(try SQLValue.literal(cell), schema[place].type))
          nulls.append(isNull ? "1" : "0")
        }
        rows.append("tuple(\((cells + nulls).joined(separator: ", ")))")
      }
    }
    // Without rows, one whose values do not matter has their types.
    let isEmpty = rows.isEmpty
    if isEmpty { rows = ["tuple(\((try schema.map { try Self.filling($0.type) } + schema.map { _ in "0" }).joined(separator: ", ")))"] }
    // A list of tuples becomes rows. The second half of a tuple says which values are null.
    let source = "(SELECT arrayJoin([\(rows.joined(separator: ", "))]) AS `row`)"
    let columns = schema.indices.map { place in
      let item = "tupleElement(`row`, \(place + 1))"
      let isNull = "tupleElement(`row`, \(schema.count + place + 1))"
      return SQLValue(nullable[place] ? "if(\(isNull), NULL, \(item))" : item, schema[place].type, nullable: nullable[place])
    }
    var relation = Relation(columns: columns, names: schema.map(\.name), from: source, scope: ["row"])
    if isEmpty { relation = try relation.filtered("0") }
    relation = try relation.nested()
    relation.bound = isEmpty ? 0 : rows.count
    for filter in scan.filters { relation = try relation.filtered(try expressions.condition(filter, relation.columns)) }
    return relation
  }

  /// A value in place of a null.
  private static func filling(_ type: ScalarType) throws -> String {
    switch type.lane {
    case .word: "toInt64(0)"
    case .float: "toFloat64(0)"
    case .byte: "toUInt8(0)"
    case .bytes where type == .string: "''"
    case .bytes, .wide: throw Obstacle("values of type \(type.name) stay here")
    }
  }

  private func wrapped(_ literal: SQLValue, _ type: ScalarType) throws -> String {
    switch type.lane {
    case .word: "toInt64(\(literal.sql))"
    case .float: "toFloat64(\(literal.sql))"
    case .byte: "toUInt8(\(literal.sql))"
    case .bytes: literal.sql
    case .wide: throw Obstacle("values of type \(type.name) stay here")
    }
  }

  // MARK: Order

  private func sorted(_ input: Relation, _ keys: [SortKey]) throws -> Relation {
    let input = try input.isFilterable ? input : input.nestedInOrder()
    // Rows with equal keys stay in the order that they had.
    return input.sorted(try keys.flatMap { try order($0, input.columns) } + input.order)
  }

  /// The key as one or more keys of `ORDER BY`: nulls and NaN have places of their own, which differ there.
  private func order(_ key: SortKey, _ columns: [SQLValue]) throws -> [Relation.OrderKey] {
    let value = try expressions.value(key.expression, columns)
    guard value.type != .dynamic, value.type != .decimal, value.type != .guid else {
      throw Obstacle("values of type \(value.type.name) are sorted here")
    }
    // All values are equal, and a number there would be the position of a column.
    if value.constant != nil { return [] }
    var keys: [Relation.OrderKey] = []
    if value.isNullable { keys.append(Relation.OrderKey(sql: "isNull(\(value.sql))", isDescending: key.nullsFirst)) }
    // NaN is next to the nulls.
    if value.type == .real {
      let test = value.isNullable ? "ifNull(isNaN(\(value.sql)), 0)" : "isNaN(\(value.sql))"
      keys.append(Relation.OrderKey(sql: test, isDescending: key.nullsFirst))
    }
    return keys + [Relation.OrderKey(sql: value.sql, isDescending: key.isDescending)]
  }

  private func topOfEach(
    _ input: Relation, _ key: BoundExpression, _ keys: [SortKey], _ count: Int, _ columns: [NamedExpression]?
  ) throws -> Relation {
    var input = try sorted(input, keys)
    let group = try expressions.value(key, input.columns)
    guard group.constant == nil else { throw Obstacle("its parts have a constant key") }
    guard !group.isNullable else { throw Obstacle("the key of its parts may be null") }
    input.limitBy = (count, [group.sql])
    guard let columns else { return try input.nested() }
    return try input.projected(columns.map(\.name)) { below in
      try columns.map { try expressions.value($0.expression, below) }
    }.nested()
  }

  // MARK: Groups

  private func aggregated(_ plan: AggregatePlan, _ input: Relation) throws -> Relation {
    // Without columns it could not be told from the rows that it reads; one that only counts costs nothing here.
    guard !plan.schema.isEmpty else { throw Obstacle("it has one row, whatever it reads") }
    let isSorted = !input.order.isEmpty
    var input = input
    if input.limit != nil || input.limitBy != nil || input.hasWindows { input = try input.nested() }
    input.order = []
    let keys = try plan.keys.map { try expressions.value($0.expression, input.columns) }
    for key in keys where key.type == .dynamic || key.type == .real || key.type == .decimal {
      throw Obstacle("rows are grouped by values of type \(key.type.name) here")
    }
    let aggregates = SQLAggregates(expressions: expressions, isWhole: keys.isEmpty, isSorted: isSorted)
    var columns = keys
    for named in plan.aggregates { columns += try aggregates.results(named.aggregate, input.columns) }
    var grouped = input
    grouped.columns = columns
    grouped.names = plan.schema.map(\.name)
    // The clause is written with the conditions, which precede it.
    let bare = grouped
    let (text, names) = try bare.text()
    // A constant does not divide rows.
    let group = Array(Set(keys.filter { $0.constant == nil }.map(\.sql))).sorted()
    guard keys.isEmpty || !group.isEmpty else { throw Obstacle("it groups by constants") }
    let query = text + (group.isEmpty ? "" : " GROUP BY \(group.joined(separator: ", "))")
    let results = zip(columns, names).map { column, name in
      SQLValue(SQLValue.name(name), column.type, nullable: column.isNullable, form: column.form)
    }
    var result = Relation(columns: results, names: grouped.names, from: "(\(query))", scope: Set(names))
    result.bound = keys.isEmpty ? 1 : nil
    return result
  }

  // MARK: Rows of several inputs

  private func united(_ plan: LogicalPlan, _ inputs: [Relation]) throws -> Relation {
    let schema = plan.schema
    // Inputs may differ in how they represent a column, so each gives the plain form, nullable if any is.
    let plain = inputs.map { $0.columns.map(\.plain) }
    let nullable = schema.indices.map { place in plain.contains { $0[place].isNullable } }
    guard plain.allSatisfy({ $0.allSatisfy { $0.form == .plain } }) else { throw Obstacle("dynamic columns are united here") }
    let names = schema.indices.map { "u\($0)" }
    let texts = try zip(inputs, plain).map { input, columns in
      var input = input
      input.columns = try columns.enumerated().map { place, column in
        var column = column
        column.isNullable = nullable[place] && column.type != .string
        column.sql = try column.wire(dialect)
        column.constant = nil
        return column
      }
      input.names = names
      var whole = input
      if input.limit != nil || input.limitBy != nil { whole = try input.nested() }
      return try named(whole, names)
    }
    let columns = schema.indices.map { SQLValue(SQLValue.name(names[$0]), schema[$0].type, nullable: nullable[$0]) }
    var result = Relation(
      columns: columns, names: schema.map(\.name), from: "(\(texts.joined(separator: " UNION ALL ")))", scope: Set(names))
    let bounds = inputs.map(\.bound)
    if bounds.allSatisfy({ $0 != nil }) { result.bound = bounds.reduce(0) { $0 + ($1 ?? 0) } }
    return result
  }

  /// The text of a relation whose columns have exactly these names.
  private func named(_ relation: Relation, _ names: [String]) throws -> String {
    let (text, given) = try relation.text()
    if given == names { return text }
    let outputs = zip(given, names).map { "\(SQLValue.name($0)) AS \(SQLValue.name($1))" }
    return "SELECT \(outputs.joined(separator: ", ")) FROM (\(text))"
  }

  // MARK: Elements

  /// A row for each element of an array. Elements of JSON texts stay here, since `1.0` becomes `1` there.
  private func expanded(_ input: Relation, _ plan: ExpandPlan) throws -> Relation {
    guard plan.columns.count == 1, plan.indexName == nil, plan.rowLimit == nil else {
      throw Obstacle("arrays are expanded together, numbered or cut here")
    }
    guard input.order.isEmpty else { throw Obstacle("elements keep their order here") }
    var input = try input.isFilterable ? input : input.nested()
    let column = plan.columns[0]
    let array = try expressions.value(column.expression, input.columns)
    guard case .array(let type) = array.form else { throw Obstacle("elements of dynamic values are found here") }
    let item = "arrayJoin(\(array.sql))"
    let element = SQLValue(type == .long ? "toInt64(\(item))" : item, .dynamic, nullable: false, form: .element(type, presence: nil))
    guard [.dynamic, .string, type].contains(column.type) else { throw Obstacle("elements become values of type \(column.type.name) here") }
    let value = column.type == .dynamic ? element : try expressions.converted(element, to: column.type)
    if let place = column.replaces {
      input.columns[place] = value
    } else {
      input.columns.append(value)
      input.names.append(column.name)
    }
    var result = try input.nested()
    result.bound = nil
    return result
  }

  // MARK: Neighbours

  private func windowed(_ input: Relation, _ columns: [WindowColumn]) throws -> Relation {
    try dialect.require(.windowFunctions)
    guard !input.order.isEmpty else { throw Obstacle("its rows are not in an order that ClickHouse knows") }
    var input = input
    if input.limit != nil || input.limitBy != nil { input = try input.nestedInOrder() }
    let order = "ORDER BY \(input.order.map(\.text).joined(separator: ", "))"
    let frame = "OVER (\(order) ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    for column in columns {
      let arguments = column.arguments
      guard arguments.allSatisfy({ $0.columns.allSatisfy { $0 < input.columns.count } }) else {
        throw Obstacle("`\(column.function.rawValue)` reads another such column")
      }
      switch (column.function, arguments.count) {
      case (.rowNumber, 0), (.rowNumber, 1):
        guard let start = arguments.isEmpty ? 1 : arguments[0].constant?.wholeNumber else {
          throw Obstacle("the start of `row_number` is not constant")
        }
        input.columns.append(SQLValue("toInt64(row_number() \(frame)) + \(start &- 1)", .long, nullable: false))
      case (.prev, 1), (.next, 1), (.prev, 2), (.next, 2):
        let value = try expressions.value(arguments[0], input.columns).plain
        guard let offset = arguments.count == 1 ? 1 : arguments[1].constant?.wholeNumber, offset > 0, offset < 1 << 31,
          value.form == .plain, value.type != .dynamic
        else { throw Obstacle("`\(column.function.rawValue)` with these arguments runs here") }
        let function = column.function == .prev ? "lagInFrame" : "leadInFrame"
        let call = "\(function)(\(value.isNullable ? value.sql : "toNullable(\(value.sql))"), \(offset)) \(frame)"
        // A missing text is empty.
        input.columns.append(
          value.type == .string
            ? SQLValue("ifNull(\(call), '')", .string, nullable: false) : SQLValue(call, column.type, nullable: true))
      default: throw Obstacle("`\(column.function.rawValue)` runs here")
      }
      input.names.append(column.name)
    }
    input.hasWindows = true
    // Among equal rows the order must be the one in which they have neighbours.
    input.order = [Relation.OrderKey(sql: "row_number() \(frame)", isDescending: false)]
    return try input.nestedInOrder()
  }
}
