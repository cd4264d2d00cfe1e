import PlumbDiagnostics

/// The key of a partition, as a subquery with a source of its own reads it: a placeholder until the partition runs.
extension Expression {
  package static func partitionKey(_ name: String, _ type: ScalarType, _ span: SourceSpan) -> Expression {
    let overload = Overload.columns([], to: type) { arguments -> Vector in
      throw Diagnostic(
        "misplaced-key", "this operator cannot read the partition's key", at: arguments.span,
        help: "compute it in a column first, as in `extend key = toscalar(\(name))`")
    }
    return .call(
      FunctionCall(
        name: "partition key", overload: overload, arguments: [], type: type, span: span,
        traits: FunctionTraits(isVolatile: true, meaning: .partitionKey(name))))
  }

  /// The name of the key that the expression represents.
  fileprivate var keyName: String? {
    guard case .call(let call) = self, case .partitionKey(let name)? = call.traits.meaning else { return nil }
    return name
  }
}

extension LogicalPlan {
  /// The plan for the partition with this key. An inner partition that has a key of this name reads its own.
  func replacingKey(_ name: String, with value: Value) -> LogicalPlan {
    let below = mappingInputs { $0.replacingKey(name, with: value) }
    let plan = below.mappingExpressions { expression, _ in
      expression.rewritingUpwards { $0.keyName == name ? .literal(value, $0.span) : $0 }
    }
    guard var partition = plan.as(PartitionPlan.self), partition.keyName != name else { return plan }
    partition.plan = partition.plan.replacingKey(name, with: value)
    return .partition(partition)
  }

  /// Whether the plan reads the key of an enclosing partition.
  package var readsOuterKey: Bool { readsKey(besides: []) }

  private func readsKey(besides known: Set<String>) -> Bool {
    var found = false
    _ = mappingExpressions { expression, _ in
      expression.visit { if let name = $0.keyName, !known.contains(name) { found = true } }
      return expression
    }
    if found || inputs.contains(where: { $0.readsKey(besides: known) }) { return true }
    guard let partition = self.as(PartitionPlan.self) else { return false }
    return partition.plan.readsKey(besides: known.union([partition.keyName].compactMap { $0 }))
  }
}
