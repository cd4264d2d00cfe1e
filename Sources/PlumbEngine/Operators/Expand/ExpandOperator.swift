import PlumbDiagnostics

/// `mv-expand`: one row for each element of the expanded columns; the other columns repeat.
///
/// - Nulls: a null counts as one null element, if the plan says so; an empty array or bag has no elements.
struct ExpandStep: PipelineStep {
  let plan: ExpandPlan

  func process(_ chunk: Chunk, _ context: ExecutionContext, emit: (Chunk) throws -> Void) throws {
    let sources = try plan.columns.map { try $0.expression.evaluate(chunk, context).decoded().expanded() }
    var row = 0
    /// The elements of `row` that were emitted before.
    var first = 0
    // A few rows can have very many elements: takes rows, or a part of one, until there is enough output.
    while row < chunk.count {
      var repeated = Growing<UInt32>(capacity: chunk.count)
      var indices = Growing<Int64>(capacity: chunk.count)
      while row < chunk.count, repeated.count < 4 &* Chunk.preferredCount {
        let count = elementCount(sources, row)
        let end = Swift.min(count, first + Self.longestPart)
        for element in first..<end {
          repeated.append(UInt32(truncatingIfNeeded: row))
          indices.append(Int64(element))
        }
        first = end < count ? end : 0
        if first > 0 { break }
        row += 1
      }
      try context.checkpoint()
      if repeated.count > 0 {
        let selection = Selection(buffer: repeated.buffer, count: repeated.count)
        let places = indices.view
        let elements = try zip(plan.columns, sources).map {
          try element(of: $1, as: $0.type, selection, places, context)
        }
        try emit(assembled(chunk.selecting(selection), elements, indices.buffer))
      }
    }
  }

  /// The elements of one row that one chunk takes.
  private static let longestPart = 65_536

  private func elementCount(_ sources: [Vector], _ row: Int) -> Int {
    var most = 0
    for source in sources {
      if source.isNull(row) {
        if plan.keepsEmpty { most = Swift.max(most, 1) }
        continue
      }
      let cursor = DynamicCursor(source.view(Bytes.self)[row])
      most = Swift.max(most, cursor.isArray || cursor.isObject ? cursor.count : 1)
    }
    return plan.rowLimit.map { Swift.min($0, most) } ?? most
  }

  private func element(
    of source: Vector, as type: ScalarType, _ selection: Selection, _ places: BufferView<Int64>,
    _ context: ExecutionContext
  ) throws -> Vector {
    let builder = VectorBuilder(.dynamic, capacity: selection.count, for: context)
    let values = source.view(Bytes.self)
    var scratch = ByteBuffer()
    // Elements of an array are found sequentially, so each row's cursor advances once.
    var i = 0
    while i < selection.count {
      let row = Int(selection.rows[i])
      var count = 1
      while i + count < selection.count, Int(selection.rows[i + count]) == row { count += 1 }
      var made = 0
      var left = Int(places[i])
      if !source.isNull(row) {
        let cursor = DynamicCursor(values[row])
        if cursor.isArray {
          cursor.forEachElement { element in
            left -= 1
            guard left < 0, made < count else { return }
            append(element, as: type, to: builder)
            made += 1
          }
        } else if cursor.isObject {
          cursor.forEachMember { key, element in
            left -= 1
            guard left < 0, made < count else { return }
            scratch.removeAll()
            if plan.bagsAsArrays {
              let mark = scratch.beginArray()
              scratch.appendString(key)
              scratch.append(element.bytes)
              scratch.end(mark, count: 2)
            } else {
              let mark = scratch.beginObject()
              scratch.appendKey(key)
              scratch.append(element.bytes)
              scratch.end(mark, count: 1)
            }
            scratch.withBytes { builder.append(bytes: $0) }
            made += 1
          }
        } else if places[i] == 0 {
          append(cursor, as: type, to: builder)
          made = 1
        }
      }
      while made < count {
        builder.appendNull()
        made += 1
      }
      i += count
    }
    let elements = builder.finish(holding: source.keepAlive)
    if type == .dynamic { return elements }
    let call = BoundExpression.column(0, .dynamic, .none).converted(to: type)
    return try call.evaluate(Chunk([elements], count: elements.count), context)
  }

  /// The element as it is, or null if it is not of the type: `to typeof` does not convert.
  private func append(_ cursor: DynamicCursor, as type: ScalarType, to builder: VectorBuilder) {
    if Self.isElement(cursor, of: type) { builder.append(borrowed: cursor.bytes) } else { builder.appendNull() }
  }

  /// Whole numbers are also reals and decimals. JSON has times and identifiers only as texts, which are therefore read, and
  /// every value has a text.
  private static func isElement(_ cursor: DynamicCursor, of type: ScalarType) -> Bool {
    switch cursor.tag {
    case .null: return false
    case .true, .false: return type == .bool || type == .string || type == .dynamic
    case .long: return type.isNumeric || type == .string || type == .dynamic
    case .real:
      if type == .long || type == .int { return cursor.number.map { $0 == $0.rounded() } ?? false }
      return type.isNumeric || type == .string || type == .dynamic
    case .decimal: return type == .decimal || type == .real || type == .string || type == .dynamic
    case .string: return !type.isNumeric && type != .bool
    case .datetime: return type == .datetime || type == .string || type == .dynamic
    case .timespan: return type == .timespan || type == .string || type == .dynamic
    case .guid: return type == .guid || type == .string || type == .dynamic
    case .array, .object: return type == .string || type == .dynamic
    }
  }

  private func assembled(_ repeated: Chunk, _ elements: [Vector], _ indices: Buffer) -> Chunk {
    var columns = (0..<repeated.columnCount).map { repeated.lazyColumn($0) }
    for (column, vector) in zip(plan.columns, elements) {
      let made = LazyColumn(base: vector, selection: nil)
      if let index = column.replaces { columns[index] = made } else { columns.append(made) }
    }
    if plan.indexName != nil {
      columns.append(
        LazyColumn(base: Vector(.long, count: repeated.count, buffer: indices), selection: nil))
    }
    return Chunk(columns: columns, count: repeated.count, order: repeated.order)
  }
}
