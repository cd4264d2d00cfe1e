import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbParquet

/// Lists, structures and maps come back as the values that were taken apart.
@Suite struct NestedTests {
  /// A column's shape, as a test takes values apart by it.
  indirect enum Shape: Sendable {
    /// A whole number, perhaps null.
    case number(isOptional: Bool)
    case bag([(String, Shape)], isOptional: Bool)
    /// A list of three levels, or of two as old writers had it.
    case list(Shape, isOptional: Bool, isOld: Bool)
    case map(Shape, isOptional: Bool)

    func elements(_ name: String) -> [SchemaElement] {
      switch self {
      case .number(let isOptional): return [MadeFile.leaf(name, 2, isOptional ? .optional : .required)]
      case .bag(let slots, let isOptional):
        return [MadeFile.group(name, slots.count, isOptional ? .optional : .required)] + slots.flatMap { $1.elements($0) }
      case .list(let element, let isOptional, let isOld):
        let outer = MadeFile.group(name, 1, isOptional ? .optional : .required, converted: 3)
        if isOld {
          var inner = element.elements("array")
          inner[0].repetition = .repeated
          return [outer] + inner
        }
        return [outer, MadeFile.group("list", 1, .repeated)] + element.elements("element")
      case .map(let value, let isOptional):
        return [MadeFile.group(name, 1, isOptional ? .optional : .required, converted: 1), MadeFile.group("key_value", 2, .repeated)]
          + [MadeFile.leaf("key", 2)] + value.elements("value")
      }
    }

    var isOptional: Bool {
      switch self {
      case .number(let isOptional), .bag(_, let isOptional), .list(_, let isOptional, _), .map(_, let isOptional): isOptional
      }
    }
  }

  struct Entry { var repetition, definition: Int; var value: Int64? }

  /// The entries of each leaf for one value; a null of the path above has the level at which it ended.
  private static func shred(
    _ value: Dynamic, _ shape: Shape, _ repetition: Int, _ definition: Int, lists: Int, isOldElement: Bool = false
  ) -> [[Entry]] {
    let own = definition + (shape.isOptional && !isOldElement ? 1 : 0)
    if case .null = value { return missing(shape, repetition, definition) }
    switch (shape, value) {
    case (.number, .long(let number)): return [[Entry(repetition: repetition, definition: own, value: number)]]
    case (.bag(let slots, _), .object(let members)):
      return zip(slots, members).flatMap { shred($1.value, $0.1, repetition, own, lists: lists) }
    case (.list(let element, _, let isOld), .array(let values)):
      if values.isEmpty { return missing(element, repetition, own) }
      return joined(
        values.enumerated().map {
          shred($1, element, $0 == 0 ? repetition : lists + 1, own + 1, lists: lists + 1, isOldElement: isOld)
        })
    case (.map(let inner, _), .object(let members)):
      if members.isEmpty { return [[Entry(repetition: repetition, definition: own, value: nil)]] + missing(inner, repetition, own) }
      return joined(
        members.enumerated().map { place, member in
          let level = place == 0 ? repetition : lists + 1
          return [[Entry(repetition: level, definition: own + 1, value: Int64(member.key))]]
            + shred(member.value, inner, level, own + 1, lists: lists + 1)
        })
    default: preconditionFailure("values are made for their shapes")
    }
  }

  private static func joined(_ parts: [[[Entry]]]) -> [[Entry]] {
    parts[0].indices.map { leaf in parts.flatMap { $0[leaf] } }
  }

  private static func missing(_ shape: Shape, _ repetition: Int, _ definition: Int) -> [[Entry]] {
    let entry = [Entry(repetition: repetition, definition: definition, value: nil)]
    switch shape {
    case .number: return [entry]
    case .bag(let slots, _): return slots.flatMap { missing($0.1, repetition, definition) }
    case .list(let element, _, _): return missing(element, repetition, definition)
    case .map(let value, _): return [entry] + missing(value, repetition, definition)
    }
  }

  private static func value(_ shape: Shape, _ dice: inout Dice, isOldElement: Bool = false) -> Dynamic {
    if shape.isOptional && !isOldElement && dice.roll(4) == 0 { return .null }
    switch shape {
    case .number: return .long(Int64(dice.roll(100)))
    case .bag(let slots, _): return .object(slots.map { (key: $0.0, value: value($0.1, &dice)) })
    case .list(let element, _, let isOld): return .array((0..<dice.roll(4)).map { _ in value(element, &dice, isOldElement: isOld) })
    case .map(let inner, _): return .object((0..<dice.roll(4)).map { (key: "\($0)", value: value(inner, &dice)) })
    }
  }

  static let shapes: [Shape] = [
    .list(.number(isOptional: true), isOptional: true, isOld: false),
    .list(.number(isOptional: false), isOptional: false, isOld: true),
    .list(.list(.number(isOptional: true), isOptional: true, isOld: false), isOptional: true, isOld: false),
    .bag([("a", .number(isOptional: true)), ("b", .number(isOptional: false))], isOptional: true),
    .list(.bag([("a", .number(isOptional: true)), ("b", .list(.number(isOptional: true), isOptional: true, isOld: false))], isOptional: true), isOptional: true, isOld: false),
    .list(.bag([("a", .number(isOptional: true)), ("c", .number(isOptional: true))], isOptional: false), isOptional: true, isOld: true),
    .map(.number(isOptional: true), isOptional: true),
    .map(.list(.number(isOptional: true), isOptional: true, isOld: false), isOptional: false),
    .bag([("m", .map(.bag([("x", .number(isOptional: true))], isOptional: true), isOptional: true)), ("n", .number(isOptional: true))], isOptional: false),
  ]

  @Test(arguments: shapes.indices) func takenApartAndPutTogether(_ number: Int) throws {
    let shape = Self.shapes[number]
    var dice = Dice(seed: UInt64(number) + 1)
    for rows in [0, 1, 3, 200] {
      let values = (0..<rows).map { _ in Self.value(shape, &dice) }
      let file = try Self.file(shape, values, &dice)
      let cells = try MadeFile.cells(file.bytes)[0]
      #expect(cells == values.map { if case .null = $0 { "-" } else { $0.json } }, "shape \(number), \(rows) rows")
    }
  }

  private static func file(_ shape: Shape, _ values: [Dynamic], _ dice: inout Dice) throws -> MadeFile {
    let elements = shape.elements("n")
    let nodes = try SchemaNode.roots([MadeFile.root(1)] + elements)
    var leaves: [SchemaNode] = []
    func collect(_ node: SchemaNode) { if node.isLeaf { leaves.append(node) } else { node.children.forEach(collect) } }
    nodes.forEach(collect)
    var entries = [[Entry]](repeating: [], count: leaves.count)
    for value in values {
      for (leaf, more) in shred(value, shape, 0, 0, lists: 0).enumerated() { entries[leaf] += more }
    }
    let chunks = zip(leaves, entries).map { leaf, entries -> MadeFile.Chunk in
      // Pages of the first version end anywhere in a row.
      var pages: [MadeFile.Page] = []
      var start = 0
      while start < entries.count {
        let part = entries[start..<min(entries.count, start + 1 + dice.roll(60))]
        start += part.count
        func levels(_ most: Int, _ level: (Entry) -> Int) -> [UInt8] {
          most == 0 ? [] : Encoding.hybrid(part.map { UInt64(level($0)) }, width: Int.bitWidth - most.leadingZeroBitCount, &dice)
        }
        let values = part.compactMap { $0.definition == leaf.definition ? $0.value : nil }
        pages.append(
          MadeFile.Page(
            count: part.count, repetition: levels(leaf.repetition) { $0.repetition },
            definition: levels(leaf.definition) { $0.definition }, values: values.flatMap { MadeFile.little($0) },
            hasRepetition: leaf.repetition > 0, hasDefinition: leaf.definition > 0))
      }
      return MadeFile.Chunk(pages: pages)
    }
    return MadeFile(schema: [MadeFile.root(1)] + elements, groups: [(values.count, chunks)])
  }

  /// Leaves that do not belong together are reported, whatever they contain.
  @Test func leavesOfDifferentLengths() throws {
    let shape = Self.shapes[4]
    var dice = Dice(seed: 9)
    let values = (0..<20).map { _ in Self.value(shape, &dice) }
    var file = try Self.file(shape, values, &dice)
    file.groups[0].chunks[1].pages.removeLast()
    #expect(MadeFile.outcome(file.bytes).hasPrefix("bad-parquet: `t.parquet` is damaged: column `n`, rows 1 to 20:"))
  }
}
