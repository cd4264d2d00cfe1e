extension ScalarFunction {
  /// Functions over arrays as sets; elements keep the order of their first occurrence.
  static let setFunctions: [ScalarFunction] = [
    ScalarFunction(
      "set_union", "Returns the set of all elements of `sets`.", "sets, ...",
      examples: [.init("set_union(dynamic([1, 2, 1]), dynamic([2, 8]))", is: "[1,2,8]")],
      overloads: [
        setOperation { sets in
          var union = DynamicSet()
          for set in sets { for element in set { union.insert(element) } }
          return union.elements
        }
      ]),
    ScalarFunction(
      "set_intersect", "Returns the set of the elements that are in all of `sets`.", "sets, ...",
      examples: [.init("set_intersect(dynamic([1, 2, 4]), dynamic([4, 1]))", is: "[1,4]")],
      overloads: [
        setOperation { sets in
          let others = sets.dropFirst().map { DynamicSet($0) }
          return DynamicSet(sets.first ?? []).elements.filter { element in
            others.allSatisfy { $0.contains(element) }
          }
        }
      ]),
    ScalarFunction(
      "set_difference", "Returns the set of the elements of the first of `sets` that are in no other.", "sets, ...",
      examples: [.init("set_difference(dynamic([1, 2, 1, 4]), dynamic([1, 2]))", is: "[4]")],
      overloads: [
        setOperation { sets in
          let others = sets.dropFirst().map { DynamicSet($0) }
          return DynamicSet(sets.first ?? []).elements.filter { element in
            !others.contains { $0.contains(element) }
          }
        }
      ]),
    ScalarFunction(
      "set_has_element", "Returns true if `set` contains `value`.", "set, value",
      examples: [.init(#"set_has_element(dynamic(["this", "is"]), "is")"#, is: "true")],
      overloads: [
        .columns([.exactly(.dynamic), .any], result: { _ in .bool }) { arguments in
          let inputs = try DynamicInputs(arguments)
          return maybeRows(arguments, nullWithArguments: false) { row -> Bool? in
            let set = inputs[0, row], value = inputs[1, row]
            guard set.isArray else { return nil }
            return set.elements.contains { DynamicBytes.compare($0, value) == 0 }
          }
        }
      ]),
    ScalarFunction(
      "jaccard_index", "Computes the share of the elements of `lhs` and `rhs` that are in both.", "lhs, rhs",
      examples: [.init("jaccard_index(dynamic([1, 2, 3]), dynamic([1, 2, 3, 4]))", is: "0.75")],
      overloads: [
        .maybe { (lhs: CompactDynamic, rhs: CompactDynamic) -> Double? in
          guard lhs.cursor.isArray, rhs.cursor.isArray else { return nil }
          let left = DynamicSet(lhs.cursor.elements), right = DynamicSet(rhs.cursor.elements)
          let shared = left.elements.filter { right.contains($0) }.count
          let all = left.elements.count + right.elements.count - shared
          return all == 0 ? .nan : Double(shared) / Double(all)
        }
      ]),
  ]

  private static func setOperation(_ body: @escaping @Sendable ([[DynamicCursor]]) -> [DynamicCursor]) -> Overload {
    .columns([], rest: .exactly(.dynamic), minimumRest: 2, result: { _ in .dynamic }) { arguments in
      let inputs = try DynamicInputs(arguments)
      return writtenRows(arguments, as: .dynamic) { row, out in
        let cursors = (0..<inputs.count).map { inputs[$0, row] }
        guard cursors.allSatisfy(\.isArray) else { return false }
        out.appendArray(body(cursors.map(\.elements)))
        return true
      }
    }
  }
}

/// Distinct dynamic values in order of arrival; they are borrowed.
struct DynamicSet {
  private(set) var elements: [DynamicCursor] = []
  private var places: [UInt64: [Int]] = [:]

  init(_ elements: [DynamicCursor] = []) {
    for element in elements { insert(element) }
  }

  mutating func insert(_ element: DynamicCursor) {
    let hash = DynamicBytes.hash(element)
    let alike = places[hash] ?? []
    if alike.contains(where: { DynamicBytes.compare(elements[$0], element) == 0 }) { return }
    places[hash, default: []].append(elements.count)
    elements.append(element)
  }

  func contains(_ element: DynamicCursor) -> Bool {
    places[DynamicBytes.hash(element)]?.contains { DynamicBytes.compare(elements[$0], element) == 0 } ?? false
  }
}
