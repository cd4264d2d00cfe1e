import PlumbEngine
import PlumbSyntax

extension DistinctSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let rows = place.columns(of: input, for: "`distinct`")
    var keys: [NamedExpression] = []
    var names = NameMaker()
    for column in columns {
      if case .star = column.expression.withoutParentheses {
        for (index, info) in input.schema.enumerated() {
          keys.append(NamedExpression(names.unique(info.name), .column(index, info.type, column.span)))
        }
        continue
      }
      let expression = try rows.expression(column.expression)
      let name = column.names.first?.text ?? automaticName(column.expression)
      keys.append(NamedExpression(name.map { names.unique($0) } ?? names.numbered(), expression))
    }
    return input.with(
      .aggregate(AggregatePlan(input: input.plan, keys: keys, aggregates: [])), isSerialized: false)
  }
}

extension SampleDistinctSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let limit = try place.constants.count(count, of: "sample-distinct")
    let value = try place.columns(of: input, for: "`sample-distinct`").expression(expression.expression)
    let name = expression.names.first?.text ?? automaticName(expression.expression) ?? "Column1"
    let groups = AggregatePlan(input: input.plan, keys: [NamedExpression(name, value)], aggregates: [])
    return input.with(.limit(.aggregate(groups), limit), isSerialized: false)
  }
}
