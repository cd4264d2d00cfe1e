import PlumbEngine
import PlumbSyntax

extension PartitionSyntax: OperatorBinding {
  /// `partition`: runs the subquery once for the rows of each value of the key.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let key = try place.columns(of: input, for: "`partition`").expression(self.key)
    var rows = Relation(.input(input.schema), isSerialized: input.isSerialized, name: input.name)
    rows.broken = input.broken
    let (scope, keyName) = scope(with: key, at: place)
    let inner = try place.seeing(scope).relation(query, implied: rows)
    var result = input.with(
      .partition(PartitionPlan(input: input.plan, key: key, plan: inner.plan, keyName: keyName)),
      schema: inner.schema, isSerialized: false)
    result.weight = input.weight &+ inner.weight
    return result
  }

  /// In braces the subquery has a source of its own and reads the key as a value: `toscalar(key)`, or by just
  /// its name where that has no other meaning.
  private func scope(with value: BoundExpression, at place: BindingPlace) -> (Scope, String?) {
    guard isLegacy, case .name(let name) = key else { return (place.scope, nil) }
    let frame = Frame(parent: place.scope)
    let value = Binding.value(.partitionKey(name.text, value.type, name.span), rows: nil)
    frame.define(Self.key(named: name.text), value)
    if place.scope.binding(named: name.text) == nil, !place.catalog.hasTable(named: name.text) {
      frame.define(name.text, value)
    }
    return (frame.now, name.text)
  }

  /// The name of the partition key in the scope of its subquery.
  static func key(named name: String) -> String { "toscalar(\(name))" }
}
