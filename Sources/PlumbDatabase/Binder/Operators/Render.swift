import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension RenderSyntax: OperatorBinding {
  /// `render`: the rows as they are, and how to draw them.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let kinds = ChartDeclaration.all.map(\.name) + ChartDeclaration.undrawn
    let kind = visualization.text
    if !kinds.contains(kind) {
      throw Diagnostic(
        "unknown-chart", "unknown chart `\(kind)`", at: visualization.span,
        help: kinds.first { $0 == kind + "chart" }.map { "write `render \($0)`" } ?? Suggestion.nearest(to: kind, in: kinds) ?? "try `timechart`, `barchart` or `table`")
    }
    var written: [String: String] = [:]
    for property in properties {
      if property.isBy {
        for case .name(let column) in property.values { _ = try place.columns(of: input, for: "`render`").expression(.name(column)) }
        place.context.remark("`by` of `render` has no effect; columns are chosen with `with (xcolumn=..., ycolumns=..., series=...)`")
        continue
      }
      let values = try property.values.map { value -> String in
        if case .name(let word) = value.withoutParentheses { return word.text }
        return printed(try place.constants.value(value, what: "a property of a chart"))
      }
      written[property.name.text] = values.joined(separator: ",")
    }
    var result = input
    result.visualization = Visualization(kind: kind, properties: written)
    return result
  }
}
