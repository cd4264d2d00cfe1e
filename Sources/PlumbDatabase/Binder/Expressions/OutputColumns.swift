import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A column that an item of `project`, `extend` or `print` makes.
struct OutputColumn {
  /// The name in the query.
  let given: String?
  /// The name if the query does not give one; nil where columns are numbered.
  let automatic: String?
  let expression: OpenExpression
}

extension ExpressionBinder {
  /// The columns that one item makes: one for each result of functions such as `series_stats`, else one.
  func outputs(of column: NamedExpressionSyntax) throws -> [OutputColumn] {
    if case .call(let call) = column.expression.withoutParentheses, let results = try results(of: call, column) {
      return try outputs(of: column, call, results)
    }
    if column.names.count > 1, case .call(let call) = column.expression.withoutParentheses, isUnknown(call) { _ = try bind(call) }
    guard column.names.count <= 1 else {
      throw Diagnostic(
        "several-names", "several names need a function that returns several columns, such as `series_stats`",
        at: column.span)
    }
    let automatic = column.names.isEmpty ? automaticName(column.expression) : nil
    return [
      OutputColumn(
        given: column.names.first?.text, automatic: automatic, expression: try bind(column.expression))
    ]
  }

  /// Whether no function has this name, which is then what the message must say.
  private func isUnknown(_ call: CallSyntax) -> Bool {
    place.scope.binding(named: call.name.text) == nil && ScalarFunction.named(call.name.text) == nil
      && AggregateFunction.named(call.name.text) == nil
  }

  /// The results of a function of several, unless the query has a function of its name; nil for other calls.
  private func results(of call: CallSyntax, _ column: NamedExpressionSyntax) throws -> [ColumnInfo]? {
    guard place.scope.binding(named: call.name.text) == nil else { return nil }
    switch ScalarFunction.named(call.name.text)?.results {
    case nil: return nil
    case .fixed(let columns)?: return columns
    case .sortedArrays?:
      guard column.names.count != 1, let last = call.arguments.last else { return nil }
      // A bool at the end says where nulls go.
      let count = call.arguments.count - (try bind(last.value).type == .bool ? 1 : 0)
      return count > 1 ? (1...count).map { ColumnInfo("array\($0)_sorted", .dynamic) } : nil
    }
  }

  private func outputs(
    of column: NamedExpressionSyntax, _ call: CallSyntax, _ results: [ColumnInfo]
  ) throws -> [OutputColumn] {
    guard column.names.count <= results.count else {
      throw Diagnostic(
        "several-names", "`\(call.name.text)` returns \(results.count) columns, fewer than the names here",
        at: column.span)
    }
    var whole = try bind(call)
    if whole.constant == nil, case .windows(let columns) = offer { whole = columns.sharing(whole) }
    let argument = call.arguments.first.flatMap { automaticName($0.value) }
    let prefix = ([call.name.text] + (argument.map { [$0] } ?? [])).joined(separator: "_")
    var isSorted = false
    if case .sortedArrays? = ScalarFunction.named(call.name.text)?.results { isSorted = true }
    // The number of names in the query is the number of columns wanted.
    let wanted = column.names.isEmpty ? results.count : column.names.count
    return try results.prefix(wanted).enumerated().map { index, result in
      let element = try calls.calling("element", [whole, .literal(.long(Int64(index)), call.span)], at: call.span)
      return OutputColumn(
        given: index < column.names.count ? column.names[index].text : nil,
        automatic: isSorted ? result.name : "\(prefix)_\(result.name)", expression: try calls.folded(element.converted(to: result.type)))
    }
  }
}
