import PlumbEngine

/// What `explain` shows: the plan at first, after each rule that changed it, and the operators that would run.
func explained(_ plan: LogicalPlan, _ context: ExecutionContext) -> Answer {
  var lines: [String] = []
  func add(_ title: String, _ outline: String) {
    lines.append("\(title):")
    lines += outline.split(separator: "\n", omittingEmptySubsequences: true).map { "   \($0)" }
  }
  let optimized = optimize(plan, context) { rule, rewritten in add(rule, rewritten.outline) }
  add("Physical", optimized.physicalOutline)
  return answer([ColumnInfo("Plan", .string)], rows: lines.map { [.string($0)] })
}

/// What `profile` shows: a row for each operator, outermost first.
func profiled(_ result: QueryResult) -> Answer {
  let schema = [
    ColumnInfo("operator", .string), ColumnInfo("rows", .long), ColumnInfo("time", .timespan),
    ColumnInfo("memory", .long),
  ]
  return answer(
    schema,
    rows: result.profile.map { line in
      [
        .string(String(repeating: "  ", count: line.depth) + line.name), .long(Int64(line.rows)),
        .timespan(Int64(line.nanoseconds / 100)), .long(Int64(line.bytes)),
      ]
    })
}

private func answer(_ schema: Schema, rows: [[Value]]) -> Answer {
  let table = Table(name: "", schema: schema, rows: rows)
  return Answer(schema: schema, chunks: table.groups.map { Chunk($0.columns, count: $0.count) })
}
