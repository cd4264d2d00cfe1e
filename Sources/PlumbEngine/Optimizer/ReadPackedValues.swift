import PlumbDiagnostics

extension RewriteRule {
  /// An element of values that the query itself packs is read where it comes from: `pack_array(a, b)[1]` is `b`, and
  /// `bag_pack("x", a).x` is `a`.
  static let readPackedValues = RewriteRule(name: "Unpacking") { plan, _ in
    plan.rewritingUpwards { node in
      node.mappingExpressions { expression, _ in expression.unpacking() }.unpackingInput()
    }
  }
}

extension BoundExpression {
  /// The expression with elements of packed values replaced by these values.
  fileprivate func unpacking() -> BoundExpression { rewritingUpwards { $0.unpackedElement ?? $0.unpackedConversion ?? $0 } }

  /// For an element of packed values: the value.
  private var unpackedElement: BoundExpression? {
    guard case .call(let call) = self, call.traits.meaning == .element, case .call(let packing) = call.arguments[0],
      case .packing(let hasNames)? = packing.traits.meaning, !packing.isVolatile
    else { return nil }
    let values = packing.arguments
    switch (call.arguments[1].constant, hasNames) {
    case (.long(let index)?, false):
      let place = index < 0 ? index &+ Int64(values.count) : index
      guard 0..<Int64(values.count) ~= place else { return .literal(.null(.dynamic), span) }
      return values[Int(place)].converted(to: .dynamic)
    case (.string(let name)?, true):
      let names = stride(from: 0, to: values.count, by: 2).map { values[$0].constant }
      var found: Int?
      for (place, other) in names.enumerated() {
        guard case .string(let text)? = other else { return nil }
        if text != name { continue }
        if found != nil { return nil }
        found = place
      }
      return found.map { values[2 &* $0 &+ 1].converted(to: .dynamic) } ?? .literal(.null(.dynamic), span)
    case (_, _): return nil
    }
  }

  /// For a conversion of a dynamic value that was converted from the same type, or a whole number that becomes another number: the
  /// conversion without the dynamic value.
  private var unpackedConversion: BoundExpression? {
    guard let inner = converted, inner.type == .dynamic, let source = inner.converted else { return nil }
    if source.type == type { return source }
    let isWhole = source.type == .int || source.type == .long
    return isWhole && (type == .int || type == .long || type == .real) ? source.converted(to: type) : nil
  }

  /// What a conversion converts.
  private var converted: BoundExpression? {
    guard case .call(let call) = self, call.traits.meaning == .conversion, call.arguments.count == 1 else { return nil }
    return call.arguments[0]
  }

  /// Whether a part of the expression packs values.
  fileprivate var packs: Bool {
    var found = false
    visit { if case .call(let call) = $0, case .packing? = call.traits.meaning { found = true } }
    return found
  }
}

extension LogicalPlan {
  /// For a node over a projection that packs values: what the node reads of them becomes columns of the projection.
  fileprivate func unpackingInput() -> LogicalPlan {
    guard inputs.count == 1, let below = inputs[0].as(ProjectPlan.self) else { return self }
    let packed = below.columns.indices.filter { place in
      guard case .call(let call) = below.columns[place].expression, case .packing? = call.traits.meaning else { return false }
      return true
    }
    if packed.isEmpty { return self }
    var columns = below.columns
    /// The column of the value that an expression reads from packed values; nil for other expressions, and for values that are not
    /// worth computing beside the packed ones.
    func column(of expression: BoundExpression) -> BoundExpression? {
      guard expression.readsElement(of: packed) else { return nil }
      let value = expression.substituting { below.columns[$0].expression }.unpacking()
      guard !value.packs, value.size(atMost: sizeLimit + 1) <= sizeLimit else { return nil }
      columns.append(NamedExpression("$value\(columns.count)", value))
      return .column(columns.count - 1, value.type, expression.span)
    }
    func reading(_ expression: BoundExpression) -> BoundExpression {
      if let column = column(of: expression) { return column }
      guard case .call(var call) = expression else { return expression }
      call.arguments = call.arguments.map(reading)
      return .call(call)
    }
    let changed = mappingExpressions { expression, input in input.node is ProjectPlan ? reading(expression) : expression }
    if columns.count == below.columns.count { return self }
    let result = changed.mappingInputs { _ in .project(below.input, columns) }
    let names = schema.map(\.name)
    if result.schema.map(\.name) == names { return result }
    // A node whose rows are the input's passes the new columns on as well.
    guard node.traits.passesColumns, schema.count == inputs[0].schema.count else { return self }
    return result.picking(Array(schema.indices), names: names)
  }
}

/// The maximum number of nodes in an expression that is computed beside the packed values that contain it.
private let sizeLimit = 3

extension BoundExpression {
  /// Whether this is an element of one of these columns, or a conversion of one.
  fileprivate func readsElement(of packed: [Int]) -> Bool {
    guard case .call(let call) = self, let first = call.arguments.first else { return false }
    if call.traits.meaning == .conversion, call.arguments.count == 1 { return first.readsElement(of: packed) }
    guard call.traits.meaning == .element, case .column(let index, _, _) = first else { return false }
    return packed.contains(index) && call.arguments[1].constant != nil
  }
}
