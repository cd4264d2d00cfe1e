import PlumbDiagnostics

extension ScalarFunction {
  /// Functions that sort arrays, alone or together.
  static let arraySorting: [ScalarFunction] = [
    ScalarFunction(
      "array_sort_asc", "Sorts the first of `arrays`, and the others in the same order; several arrays return an array of arrays.",
      "arrays, ..., [nullsLast]",
      examples: [
        .init("array_sort_asc(dynamic([3, null, 1]))", is: "[1,3,null]"),
        .init("array_sort_asc(dynamic([3, null, 1]), false)", is: "[null,1,3]"),
      ],
      overloads: [sort(ascending: true)]).resulting(in: .sortedArrays),
    ScalarFunction(
      "array_sort_desc", "Sorts the first of `arrays` in descending order, and the others alike; several arrays return an array of arrays.",
      "arrays, ..., [nullsLast]",
      examples: [.init("array_sort_desc(dynamic([1, null, 3]))", is: "[3,1,null]")],
      overloads: [sort(ascending: false)]).resulting(in: .sortedArrays),
  ]

  private static func sort(ascending: Bool) -> Overload {
    .columns(
      [.exactly(.dynamic)], rest: .any,
      result: { shapes in
        let others = shapes.dropFirst().dropLast().allSatisfy { $0.type == .dynamic }
        let last = shapes.last.map { $0.type == .dynamic || $0.type == .bool } ?? true
        return others && last ? .dynamic : nil
      }
    ) { arguments in
      let last = arguments.vectors.count - 1
      let hasFlag = arguments[last].type == .bool
      let inputs = try DynamicInputs(arguments.replacing(Array(arguments.vectors.prefix(hasFlag ? last : last + 1))))
      let flags = hasFlag ? Input<Bool>(arguments, last) : nil
      return writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
        let nullsLast = flags?.nullable(row) ?? true
        let first = inputs[0, row]
        guard first.isArray else { return false }
        let order = sortedPlaces(first.elements, ascending: ascending, nullsLast: nullsLast)
        let mark = inputs.count > 1 ? out.beginArray() : nil
        for index in 0..<inputs.count {
          let elements = inputs[index, row].elements
          if elements.count == order.count { out.appendArray(order.map { elements[$0] }) } else { out.appendNull() }
        }
        if let mark { out.end(mark, count: inputs.count) }
        return true
      }
    }
  }

  private static func sortedPlaces(_ elements: [DynamicCursor], ascending: Bool, nullsLast: Bool) -> [Int] {
    /// Numbers and times, then texts, then guids, then the rest.
    func rank(_ cursor: DynamicCursor) -> Int {
      switch cursor.tag {
      case .null: nullsLast ? 9 : -1
      case .long, .real, .decimal, .datetime, .timespan: 0
      case .string: 1
      case .guid: 2
      case .false, .true, .array, .object: 3
      }
    }
    let ranks = elements.map(rank)
    return elements.indices.sorted { a, b in
      if ranks[a] != ranks[b] { return ranks[a] < ranks[b] }
      let order = DynamicBytes.compare(elements[a], elements[b])
      if order == 0 { return a < b }
      return ascending ? order < 0 : order > 0
    }
  }
}
