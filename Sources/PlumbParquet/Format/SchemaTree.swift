import PlumbEngine

/// A column, or a group of columns, of a file's schema.
struct SchemaNode: Sendable {
  let element: SchemaElement
  let children: [SchemaNode]
  /// How many parts of the path from the root to this one, inclusive, can be missing.
  let definition: Int
  /// How many of them are repeated.
  let repetition: Int
  /// The leaf columns below it, or the leaf itself.
  let leaves: Range<Int>

  var name: String { element.name }
  var isRepeated: Bool { element.repetition == .repeated }
  var isLeaf: Bool { element.type != nil }
  /// Below this level the value is null; 0 if it cannot be.
  var nullLevel: Int { element.repetition == .optional ? definition : 0 }

  private static let depthLimit = 64

  /// Returns the columns of a file.
  static func roots(_ schema: [SchemaElement]) throws(ParquetFault) -> [SchemaNode] {
    guard let root = schema.first, root.type == nil else { throw ParquetFault("its schema has no root") }
    var next = 1, leaf = 0
    let roots = try children(of: root, schema, &next, &leaf, definition: 0, repetition: 0, depth: 0)
    guard next == schema.count else { throw ParquetFault("its schema has columns outside the root") }
    return roots
  }

  private static func children(
    of parent: SchemaElement, _ schema: [SchemaElement], _ next: inout Int, _ leaf: inout Int, definition: Int,
    repetition: Int, depth: Int
  ) throws(ParquetFault) -> [SchemaNode] {
    guard depth < depthLimit else { throw ParquetFault("its columns nest more than \(depthLimit) deep") }
    guard parent.childCount >= 0, parent.childCount <= Int64(schema.count - next) else {
      throw ParquetFault("its schema is truncated")
    }
    var nodes: [SchemaNode] = []
    nodes.reserveCapacity(Int(parent.childCount))
    for _ in 0..<parent.childCount {
      guard next < schema.count else { throw ParquetFault("its schema is truncated") }
      let element = schema[next]
      next += 1
      let definition = definition + (element.repetition == .required ? 0 : 1)
      let repetition = repetition + (element.repetition == .repeated ? 1 : 0)
      let first = leaf
      var below: [SchemaNode] = []
      if element.type == nil {
        below = try children(
          of: element, schema, &next, &leaf, definition: definition, repetition: repetition, depth: depth + 1)
        guard !below.isEmpty else { throw ParquetFault("its column `\(element.name)` is an empty group") }
      } else {
        leaf += 1
      }
      nodes.append(
        SchemaNode(
          element: element, children: below, definition: definition, repetition: repetition, leaves: first..<leaf))
    }
    return nodes
  }
}
