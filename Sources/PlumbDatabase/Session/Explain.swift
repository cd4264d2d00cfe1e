import PlumbEngine

/// The output of `explain`: the initial plan, the plan after each rule that changed it, and the operators that would run.
func explained(_ plan: LogicalPlan, _ context: ExecutionContext) throws -> Answer {
  var lines: [String] = []
  func add(_ title: String, _ outline: String) {
    lines.append("\(title):")
    lines += outline.split(separator: "\n", omittingEmptySubsequences: true).map { "   \($0)" }
  }
  let optimized = optimize(plan, context) { rule, rewritten in add(rule, rewritten.outline) }
  add("Physical", optimized.physicalOutline)
  return try Answer([ColumnInfo("Plan", .string)], rows: lines.map { [.string($0)] })
}

/// The output of `profile`: a row for each operator, outermost first.
func profiled(_ result: QueryResult) throws -> Answer {
  let schema = [
    ColumnInfo("operator", .string), ColumnInfo("rows", .long), ColumnInfo("time", .timespan),
    ColumnInfo("memory", .long),
  ]
  return try Answer(
    schema,
    rows: result.profile.map { line in
      [
        .string(String(repeating: "  ", count: line.depth) + line.name), .long(Int64(line.rows)),
        .timespan(Int64(line.nanoseconds / 100)), .long(Int64(line.bytes)),
      ]
    })
}

extension Answer {
  /// Rows of values, which must have the columns' types.
  package init(_ schema: Schema, rows: [[Value]]) throws {
    try self.init(Table(name: "", schema: schema, rows: rows))
  }

  /// All rows of a table.
  package init(_ table: Table) throws {
    self.init(schema: table.schema, chunks: try table.groups.map { Chunk(try $0.columns, count: $0.count) })
  }
}
