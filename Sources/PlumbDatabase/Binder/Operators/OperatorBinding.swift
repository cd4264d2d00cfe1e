import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The syntax of an operator that knows what it means: the part of the binder for one operator.
protocol OperatorBinding {
  /// The rows of `input` after the operator.
  ///
  /// - Parameter place: what the operator's expressions and subqueries can use.
  /// - Throws: the first mistake after which the columns are not known.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation

  /// Whether the operator takes what `make-graph` makes.
  var takesGraph: Bool { get }
}

extension OperatorBinding {
  var takesGraph: Bool { false }
}

extension OperatorSyntax {
  /// The part of the binder for the operator. This is the one list of operators in the binder.
  var binding: any OperatorBinding {
    switch self {
    case .asName(let syntax): syntax
    case .assertSchema(let syntax): syntax
    case .consume(let syntax): syntax
    case .count(let syntax): syntax
    case .distinct(let syntax): syntax
    case .evaluate(let syntax): syntax
    case .extend(let syntax): syntax
    case .facet: UnsupportedOperator(name: "facet", span: span)
    case .fork: UnsupportedOperator(name: "fork", span: span)
    case .getSchema(let syntax): syntax
    case .invoke(let syntax): syntax
    case .join(let syntax): syntax
    case .lookup(let syntax): syntax
    case .makeSeries(let syntax): syntax
    case .mvApply(let syntax): syntax
    case .mvExpand(let syntax): syntax
    case .parse(let syntax): syntax
    case .parseKV(let syntax): syntax
    case .partition(let syntax): syntax
    case .project(let syntax): syntax
    case .projectAway(let syntax): syntax
    case .projectByNames(let syntax): syntax
    case .projectKeep(let syntax): syntax
    case .projectRename(let syntax): syntax
    case .projectReorder(let syntax): syntax
    case .reduce: UnsupportedOperator(name: "reduce", span: span)
    case .render(let syntax): syntax
    case .sample(let syntax): syntax
    case .sampleDistinct(let syntax): syntax
    case .scan(let syntax): syntax
    case .search(let syntax): syntax
    case .serialize(let syntax): syntax
    case .sort(let syntax): syntax
    case .summarize(let syntax): syntax
    case .take(let syntax): syntax
    case .top(let syntax): syntax
    case .topHitters(let syntax): syntax
    case .topNested(let syntax): syntax
    case .union(let syntax): syntax
    case .filter(let syntax): syntax
    case .makeGraph(let syntax): syntax
    case .graphMatch(let syntax): syntax
    case .graphToTable(let syntax): syntax
    case .graphMarkComponents(let syntax): syntax
    case .word(let syntax): syntax
    case .unsupported(let syntax): UnsupportedOperator(name: syntax.name, span: syntax.nameSpan)
    }
  }
}

/// An operator of KQL that Plumb does not have; its refusal marks the name alone.
private struct UnsupportedOperator: OperatorBinding {
  let name: String
  let span: SourceSpan

  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    throw Diagnostic(
      "unsupported-operator", "the operator `\(name)` is not supported", at: span.prefix(name.utf8.count))
  }
}

extension SourceSpan {
  /// The first bytes of the span.
  func prefix(_ count: Int) -> SourceSpan { SourceSpan(lower, min(upper, lower + count)) }
}
