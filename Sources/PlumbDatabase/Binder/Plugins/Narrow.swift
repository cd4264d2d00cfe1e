import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension PluginCall {
  /// One row for each column, with the row's number, the column's name and its value as text.
  func narrow() throws -> Relation {
    let width = input.schema.count
    let number = WindowColumn(
      name: "Row", function: .rowNumber, arguments: [.literal(.long(0), span)], type: .long, span: span)
    let numbered = LogicalPlan.window(input.plan, [number])
    let cells = try input.schema.enumerated().map { index, column in
      try place.calls.calling(
        "pack_array",
        [
          .literal(.string(column.name), span),
          BoundExpression.column(index, column.type, span).converted(to: .string),
        ], at: span)
    }
    let packed = LogicalPlan.project(
      numbered,
      [
        NamedExpression("Row", .column(width, .long, span)),
        NamedExpression("$cell", try place.calls.calling("pack_array", cells, at: span)),
      ])
    let expanded = LogicalPlan.expand(
      ExpandPlan(
        input: packed,
        columns: [
          ExpandedColumn(expression: .column(1, .dynamic, span), replaces: 1, name: "$cell", type: .dynamic)
        ], indexName: nil, rowLimit: nil, bagsAsArrays: false))
    func part(_ index: Int64) throws -> BoundExpression {
      try place.calls.calling("element", [.column(1, .dynamic, span), .literal(.long(index), span)], at: span).converted(to: .string)
    }
    return input.with(
      .project(
        expanded,
        [
          NamedExpression("Row", .column(0, .long, span)), NamedExpression("Column", try part(0)),
          NamedExpression("Value", try part(1)),
        ]), isSerialized: false)
  }
}
