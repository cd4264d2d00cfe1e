import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A column that an item of `project`, `extend` or `print` makes.
struct OutputColumn {
  /// The name in the query.
  let given: String?
  /// The name when the query gives none; nil where columns are numbered.
  let automatic: String?
  let expression: OpenExpression
}

extension ExpressionBinder {
  /// The columns that one item makes: one for each result of functions such as `series_stats`, else one.
  func outputs(of column: NamedExpressionSyntax) throws -> [OutputColumn] {
    if case .call(let call) = column.expression.withoutParentheses,
      let results = ScalarFunction.resultColumns[call.name.text], place.scope.binding(named: call.name.text) == nil
    {
      return try outputs(of: column, call, results)
    }
    if column.names.count > 1, case .call(let call) = column.expression.withoutParentheses,
      let results = try sortedArrays(call)
    {
      return try outputs(of: column, call, results)
    }
    guard column.names.count <= 1 else {
      throw Diagnostic(
        "several-names", "several names need a function that gives several columns, as `series_stats` does",
        at: column.span)
    }
    let automatic = column.names.isEmpty ? automaticName(column.expression) : nil
    return [
      OutputColumn(
        given: column.names.first?.text, automatic: automatic, expression: try bind(column.expression))
    ]
  }

  /// The arrays that `array_sort_asc` and `array_sort_desc` give when there are several; nil for other calls.
  private func sortedArrays(_ call: CallSyntax) throws -> [ColumnInfo]? {
    guard ["array_sort_asc", "array_sort_desc"].contains(call.name.text),
      place.scope.binding(named: call.name.text) == nil, let last = call.arguments.last
    else { return nil }
    // A bool at the end says where nulls go.
    let count = call.arguments.count - (try bind(last.value).type == .bool ? 1 : 0)
    return count > 1 ? (1...count).map { ColumnInfo("array\($0)_sorted", .dynamic) } : nil
  }

  private func outputs(
    of column: NamedExpressionSyntax, _ call: CallSyntax, _ results: [ColumnInfo]
  ) throws -> [OutputColumn] {
    guard column.names.count <= results.count else {
      throw Diagnostic(
        "several-names", "`\(call.name.text)` gives \(results.count) columns, which are fewer than the names here",
        at: column.span)
    }
    var whole = try bind(call)
    if whole.constant == nil, case .windows(let columns) = offer { whole = columns.sharing(whole) }
    let argument = call.arguments.first.flatMap { automaticName($0.value) }
    let prefix = ([call.name.text] + (argument.map { [$0] } ?? [])).joined(separator: "_")
    // Names in the query say how many columns are wanted.
    let wanted = column.names.isEmpty ? results.count : column.names.count
    return try results.prefix(wanted).enumerated().map { index, result in
      let element = try calls.calling("element", [whole, .literal(.long(Int64(index)), call.span)], at: call.span)
      return OutputColumn(
        given: index < column.names.count ? column.names[index].text : nil,
        automatic: "\(prefix)_\(result.name)", expression: try calls.folded(element.converted(to: result.type)))
    }
  }
}
