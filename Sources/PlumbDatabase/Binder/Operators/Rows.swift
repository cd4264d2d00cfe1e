import PlumbEngine
import PlumbSyntax

// Operators that keep or drop rows without reading their values.

extension TakeSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    input.keepingColumns(.limit(input.plan, try place.constants.count(count, of: "take")))
  }
}

extension SampleSyntax: OperatorBinding {
  /// `sample`: every row gets a random number, and those with the least numbers are taken.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let own = input.schema.enumerated().map { index, column in
      NamedExpression(column.name, .column(index, column.type, span))
    }
    let numbered = LogicalPlan.project(
      input.plan, own + [NamedExpression("$random", try place.calls.calling("rand", [], at: span))])
    let key = SortKey(.column(own.count, .real, span), isDescending: false, nullsFirst: false)
    let drawn = LogicalPlan.top(numbered, [key], try place.constants.count(count, of: "sample"))
    return input.keepingColumns(.project(drawn, own), isSerialized: false)
  }
}

extension ConsumeSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    input.keepingColumns(.limit(input.plan, 0))
  }
}

extension CountSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let count = NamedAggregate([name?.text ?? "Count"], try .calling("count", [], at: span))
    return input.with(
      .aggregate(AggregatePlan(input: input.plan, keys: [], aggregates: [count])), isSerialized: false)
  }
}

extension SerializeSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let serialized = input.keepingColumns(input.plan, isSerialized: true)
    if columns.isEmpty { return serialized }
    return try serialized.extended(with: columns, at: place, for: "`serialize`")
  }
}

extension AsSyntax: OperatorBinding {
  /// `as`: a name that the rest of the query can use for the rows.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var named = input
    named.name = name.text
    named.resultName = name.text
    place.scope.frame.define(name.text, .table(named))
    return named
  }
}
