import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The syntax of an operator that can bind itself: the part of the binder for one operator.
protocol OperatorBinding: OperatorNode {
  /// The rows of `input` after the operator.
  ///
  /// - Parameter place: what the operator's expressions and subqueries can use.
  /// - Throws: the first error after which the columns are unknown.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation

  /// Whether the operator takes what `make-graph` makes.
  var takesGraph: Bool { get }
}

extension OperatorBinding {
  var takesGraph: Bool { false }
}

/// The bindings of all operators. The compiler checks that each operator has one.
struct OperatorBindings: Sendable {
  private var table: [ObjectIdentifier: @Sendable (any OperatorNode) -> (any OperatorBinding)?] = [:]

  static let known = OperatorBindings(KnownOperators.self)

  private init<each Node: OperatorBinding>(_ operators: OperatorSet<repeat each Node>.Type) {
    repeat add((each Node).self)
  }

  private mutating func add<Node: OperatorBinding>(_ type: Node.Type) {
    table[ObjectIdentifier(type)] = { $0 as? Node }
  }

  /// The part of the binder for an operator, found by the type of its node.
  ///
  /// - Throws: a diagnostic, should the node be of an unknown type.
  subscript(node: any OperatorNode) -> any OperatorBinding {
    get throws {
      guard let binding = table[ObjectIdentifier(type(of: node))]?(node) else {
        throw Diagnostic("unsupported-operator", "this operator is not supported", at: node.span)
      }
      return binding
    }
  }
}

/// An operator of KQL that Plumb does not have.
protocol UnsupportedOperator: OperatorBinding {
  var nameSpan: SourceSpan { get }
  var name: String { get }
}

extension UnsupportedOperator {
  /// Rejects the operator, pointing at its name only.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    if SourceDeclaration.named(name)?.isSupported == true {
      throw Diagnostic(
        "misplaced-source", "`\(name)` starts a query and cannot follow a pipe", at: nameSpan,
        help: "write the query in its brackets")
    }
    throw Diagnostic("unsupported-operator", "the operator `\(name)` is not supported", at: nameSpan)
  }
}

extension UnsupportedOperatorSyntax: UnsupportedOperator {}

extension SourceSpan {
  /// The first bytes of the span.
  func prefix(_ count: Int) -> SourceSpan { SourceSpan(lower, min(upper, lower + count)) }
}
