import PlumbDiagnostics

extension BoundExpression {
  /// The values for each row of `chunk`.
  ///
  /// - Throws: the diagnostics of the functions called, and of the context's limits.
  package func evaluate(_ chunk: Chunk, _ context: ExecutionContext) throws -> Vector {
    switch self {
    case .column(let index, _, _):
      return chunk.column(index)
    case .literal(let value, _):
      return .constant(value, count: chunk.count)
    case .call(let call):
      return try call.evaluate(chunk, context)
    case .lifted(let lift, let columns):
      return try lift.evaluate(columns.map { chunk.column($0) }, context)
    }
  }

  /// The value of an expression without columns, or nil if it has some or is volatile.
  package func folded(_ context: ExecutionContext) throws -> Value? {
    if let constant { return constant }
    guard columns.isEmpty, !isVolatile else { return nil }
    let vector = try evaluate(Chunk([], count: 1), context)
    try context.hold(vector)
    return vector.value(at: 0)
  }
}

extension BoundCall {
  func evaluate(_ chunk: Chunk, _ context: ExecutionContext) throws -> Vector {
    let n = chunk.count
    var vectors: [Vector] = []
    vectors.reserveCapacity(arguments.count)
    var allConstant = !isVolatile
    let literals = try constants.value { () -> [Vector?] in
      // The vectors are copies of the values.
      try context.checkRoom(arguments.reduce(0) { $0 + ($1.constant?.textSize ?? 0) })
      return arguments.map { $0.constant.map { Vector.constant($0) } }
    }
    for (argument, literal) in zip(arguments, literals) {
      let vector = try literal?.resized(to: n) ?? argument.evaluate(chunk, context)
      allConstant = allConstant && vector.isConstant
      vectors.append(vector)
    }
    if allConstant {
      // One row is computed and represents all. The kernels see plain vectors of one row.
      let single = try apply(vectors.map { $0.resized(to: 1) }, count: 1, context)
      return single.asConstant(count: n)
    }
    if let one = oneLevel(vectors) { return try apply(one, count: 1, context).asConstant(count: n) }
    return try apply(vectors, count: n, context)
  }

  /// The first row's arguments, if the moments of all rows have the same result.
  private func oneLevel(_ vectors: [Vector]) -> [Vector]? {
    guard let level = overload.level, let moments = vectors.first, moments.type == .datetime, !moments.isConstant, moments.count > 1,
      moments.nulls == nil, vectors.dropFirst().allSatisfy(\.isConstant),
      let range = level(moments.word(at: 0), vectors.dropFirst()), moments.allMoments(areIn: range)
    else { return nil }
    return [moments.slice(0, 1)] + vectors.dropFirst().map { $0.resized(to: 1) }
  }

  /// Applies the kernel to evaluated arguments.
  ///
  /// - Throws: also `memory-limit` and `cancelled`, so that values that double with every call end soon.
  func apply(_ vectors: [Vector], count: Int, _ context: ExecutionContext) throws -> Vector {
    let result = try overload.kernel(
      Arguments(
        vectors: vectors, count: count, type: type, context: context, span: span,
        argumentSpans: arguments.map(\.span), prepared: prepared))
    try context.checkpoint()
    return result
  }
}

extension Vector {
  /// The first value, representing `count` rows.
  func asConstant(count: Int) -> Vector {
    Vector(
      type, count: count, data: data, owner: owner, nulls: nulls, nullOwner: nullOwner,
      isConstant: true, encoding: encoding, dictionary: dictionary)
  }
}
