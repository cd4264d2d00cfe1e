import PlumbEngine

/// How groups of columns become dynamic values.
///
/// Lists and maps have three levels according to the specification, and fewer in files of older writers, whose rules apply.
// Apache Parquet, "LogicalTypes.md", Lists and Maps, with their backward-compatibility rules.
extension SchemaNode {
  /// Returns the value's shape, with leaves counted from the first one of the column.
  func shape(from first: Int) -> NestedShape {
    // A repeated column outside a list is a list itself.
    if isRepeated { return list(of: self, definition: 0, from: first) }
    return value(from: first)
  }

  /// Whether it is a value of the type VARIANT, or contains one.
  var hasVariant: Bool { element.logical == .variant || children.contains { $0.hasVariant } }

  private func value(from first: Int) -> NestedShape {
    if !isLeaf, children.count == 1, children[0].isRepeated {
      if isMap { return map(children[0], from: first) }
      if isList { return list(of: children[0], definition: nullLevel, from: first) }
    }
    let own = leaves.lowerBound - first..<leaves.upperBound - first
    if isLeaf { return NestedShape(.leaf(own.lowerBound), definition: nullLevel, leaves: own) }
    return NestedShape(.bag(slots(from: first)), definition: nullLevel, leaves: own)
  }

  /// A bag contains each key once.
  private func slots(from first: Int) -> [(key: String, value: NestedShape)] {
    zip(uniqueNames(children.map(\.name)), children).map { ($0, $1.shape(from: first)) }
  }

  private var isList: Bool { element.logical == .list || element.logical == nil && element.converted == 3 }
  private var isMap: Bool {
    element.logical == .map || element.logical == nil && (element.converted == 1 || element.converted == 2)
  }

  /// Returns the list that `repeated` forms, null below `definition`.
  private func list(of repeated: SchemaNode, definition: Int, from first: Int) -> NestedShape {
    let own = repeated.leaves.lowerBound - first..<repeated.leaves.upperBound - first
    // A group with one column is a level of the list unless it is named as an element or is the list itself.
    let isElement =
      repeated.isLeaf || repeated.children.count != 1 || repeated.children[0].isRepeated || repeated.name == "array"
      || repeated.name == "\(name)_tuple" || !isList
    let element = isElement ? repeated.value(from: first) : repeated.children[0].shape(from: first)
    return NestedShape(
      .list(element, definition: repeated.definition, repetition: repeated.repetition), definition: definition,
      leaves: own)
  }

  private func map(_ pairs: SchemaNode, from first: Int) -> NestedShape {
    let own = pairs.leaves.lowerBound - first..<pairs.leaves.upperBound - first
    guard !pairs.isLeaf, pairs.children.count <= 2 else { return list(of: pairs, definition: nullLevel, from: first) }
    return NestedShape(
      .map(
        key: pairs.children[0].shape(from: first), value: pairs.children.count > 1 ? pairs.children[1].shape(from: first) : nil,
        definition: pairs.definition, repetition: pairs.repetition), definition: nullLevel, leaves: own)
  }
}
