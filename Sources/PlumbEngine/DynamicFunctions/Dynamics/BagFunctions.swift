extension ScalarFunction {
  /// Functions over property bags.
  static let bagFunctions: [ScalarFunction] = packing + reading + changing

  private static let packing: [ScalarFunction] = [
    packer("bag_pack"), packer("pack"), packer("pack_dictionary"),
    ScalarFunction(
      "pack_all", "Packs all columns into a bag by name; with `ignoresEmpty` without null and empty values.",
      "[ignoresEmpty]",
      examples: [.init("toscalar(print a = 1, b = \"x\" | project pack_all())", is: #"{"a":1,"b":"x"}"#)],
      overloads: [
        .columns([.exactly(.bool)], rest: .any, result: { _ in .dynamic }) { arguments in
          let ignoresEmpty = Input<Bool>(arguments, 0)
          return try packed(arguments.replacing(Array(arguments.vectors.dropFirst())), leavesOutEmpty: { row in ignoresEmpty[row] })
        }
      ]),
    ScalarFunction(
      "bag_zip", "Combines `keys` as names and `values` as values into a bag; keys that are not strings are left out.",
      "keys, values",
      examples: [.init(#"bag_zip(dynamic(["a", 8, "b"]), dynamic([1, "2", 2.5]))"#, is: #"{"a":1,"b":2.5}"#)],
      overloads: [
        .maybeWriting(.dynamic) { (keys: CompactDynamic, values: CompactDynamic, out: inout ByteBuffer) -> Bool in
          guard keys.cursor.isArray else { return false }
          let list = values.cursor.elements
          var bag = BagWriter(&out)
          for (index, key) in keys.cursor.elements.enumerated() where key.tag == .string {
            bag.append(key.text, index < list.count ? list[index] : DynamicInputs.null, to: &out)
          }
          bag.end(&out)
          return true
        }
      ]),
  ]

  private static func packer(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Packs slots, each a `name` and its `value`, into a bag.", "name, value, ...",
      examples: [.init("\(name)(\"level\", \"info\", \"process\", 12)", is: #"{"level":"info","process":12}"#)],
      overloads: [
        .columns(
          [], rest: .any, result: { shapes in shapes.count.isMultiple(of: 2) ? .dynamic : nil }
        ) { arguments in try packed(arguments, leavesOutEmpty: nil) }
      ], traits: FunctionTraits(meaning: .packing(hasNames: true)))
  }

  /// Alternating names and values, the names the same for all rows and all different; nil if they are not.
  private static func packed(_ arguments: Arguments, under names: Arguments) throws -> Vector? {
    let places = arguments.vectors.indices
    let keys = places.filter { $0 % 2 == 0 }.map { names[$0] }
    guard keys.allSatisfy(\.isConstant) else { return nil }
    guard Set(keys.map { [UInt8]($0.bytes(at: 0)) }).count == keys.count else { return nil }
    let values = try PackedValues(arguments.replacing(places.filter { $0 % 2 == 1 }.map { arguments[$0] }))
    return writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
      let mark = out.beginObject()
      for index in 0..<values.count {
        out.appendKey(keys[index].bytes(at: 0))
        values.append(index, row, to: &out)
      }
      out.end(mark, count: values.count)
      return true
    }
  }

  /// Alternating names and values.
  private static func packed(_ arguments: Arguments, leavesOutEmpty: ((Int) -> Bool)?) throws -> Vector {
    let places = arguments.vectors.indices
    let names = try arguments.converting(places.filter { $0 % 2 == 0 }, to: .string)
    let keys = places.filter { $0 % 2 == 0 }.map { Input<Bytes>(names, $0) }
    if leavesOutEmpty == nil, let bags = try packed(arguments, under: names) { return bags }
    let values = try DynamicInputs(arguments.replacing(places.filter { $0 % 2 == 1 }.map { arguments[$0] }))
    return writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
      let skipsEmpty = leavesOutEmpty?(row) ?? false
      var bag = BagWriter(&out)
      for index in 0..<values.count {
        let value = values[index, row]
        if skipsEmpty && (value.isNull || value.tag == .string && value.text.isEmpty) { continue }
        bag.append(keys[index][row], value, to: &out)
      }
      bag.end(&out)
      return true
    }
  }

  private static let reading: [ScalarFunction] = [
    ScalarFunction(
      "bag_keys", "Returns the array of the names in `bag`; null if it is not a bag.", "bag",
      examples: [.init(#"bag_keys(dynamic({"a": 1, "b": {"c": 2}}))"#, is: #"["a","b"]"#)],
      overloads: [
        .maybeWriting(.dynamic) { (bag: CompactDynamic, out: inout ByteBuffer) -> Bool in
          guard bag.cursor.isObject else { return false }
          let mark = out.beginArray()
          bag.cursor.forEachMember { key, _ in out.appendString(key) }
          out.end(mark, count: bag.cursor.count)
          return true
        }
      ]),
    ScalarFunction(
      "bag_has_key", "Returns true if `bag` has a slot `key`, a name or a JSONPath.", "bag, key",
      examples: [
        .init(#"bag_has_key(dynamic({"a": 1}), "b")"#, is: "false"),
        .init(#"bag_has_key(dynamic({"a": {"b": 1}}), "$.a.b")"#, is: "true"),
      ],
      overloads: [
        .columns([.dynamic, .string], to: .bool) { arguments in
          let bags = Input<CompactDynamic>(arguments, 0), keys = Input<Bytes>(arguments, 1)
          let kept = arguments.prepared(from: 1..<2) { JSONPath(key: keys[0]) }
          return maybeRows(arguments, nullWithArguments: true) { row -> Bool? in
            guard bags[row].cursor.isObject else { return nil }
            return (kept ?? JSONPath(key: keys[row])).value(in: bags[row].cursor) != nil
          }
        }
      ]),
  ]

  private static let changing: [ScalarFunction] = [
    ScalarFunction(
      "bag_merge", "Merges `bags` into one; the leftmost value wins for duplicate names.", "bags, ...",
      examples: [.init(#"bag_merge(dynamic({"a": 1}), dynamic({"b": 2, "a": 3}))"#, is: #"{"a":1,"b":2}"#)],
      overloads: [
        .columns([], rest: .exactly(.dynamic), minimumRest: 2, result: { _ in .dynamic }) { arguments in
          let inputs = try DynamicInputs(arguments)
          return writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
            var bag = BagWriter(&out)
            var isBag = false
            for index in 0..<inputs.count {
              isBag = isBag || inputs[index, row].isObject
              inputs[index, row].forEachMember { key, value in bag.append(key, value, to: &out) }
            }
            bag.end(&out)
            return isBag
          }
        }
      ]),
    ScalarFunction(
      "bag_remove_keys", "Removes the slots `keys`, names or JSONPaths, from `bag`.", "bag, keys",
      examples: [
        .init(#"bag_remove_keys(dynamic({"a": 1, "b": {"c": 2, "d": 3}}), dynamic(["a", "$.b.c"]))"#, is: #"{"b":{"d":3}}"#)
      ],
      overloads: [
        .columns([.dynamic, .dynamic], to: .dynamic) { arguments in
          let bags = Input<CompactDynamic>(arguments, 0), keys = Input<CompactDynamic>(arguments, 1)
          let paths = { (row: Int) in
            keys[row].cursor.elements.filter { $0.tag == .string }.map { JSONPath(key: $0.text) }
          }
          let kept = arguments.prepared(from: 1..<2) { paths(0) }
          return writtenRows(arguments, as: .dynamic) { row, out in
            guard bags[row].cursor.isObject else { return false }
            JSONPath.remove(kept ?? paths(row), from: bags[row].cursor, to: &out)
            return true
          }
        }
      ]),
    ScalarFunction(
      "bag_set_key", "Sets the slot `key` of `bag`, a name or a JSONPath, to `value`.", "bag, key, value",
      examples: [
        .init(#"bag_set_key(dynamic({"a": 1}), "b", 2)"#, is: #"{"a":1,"b":2}"#),
        .init(#"bag_set_key(dynamic({"a": 1}), "$.b.c", "x")"#, is: #"{"a":1,"b":{"c":"x"}}"#),
      ],
      overloads: [
        .columns([.exactly(.dynamic), .exactly(.string), .any], result: { _ in .dynamic }) { arguments in
          let bags = Input<CompactDynamic>(arguments, 0), keys = Input<Bytes>(arguments, 1)
          let values = try DynamicInputs(arguments.replacing([arguments[2]]))
          let kept = arguments.prepared(from: 1..<2) { JSONPath(key: keys[0]) }
          return writtenRows(arguments.replacing([arguments[0]]), as: .dynamic) { row, out in
            guard bags[row].cursor.isObject else { return false }
            (kept ?? JSONPath(key: keys[row])).set(values[0, row], in: bags[row].cursor, to: &out)
            return true
          }
        }
      ]),
  ]
}

/// Writes a bag in which every name occurs once: the first value of a name wins.
struct BagWriter {
  private let mark: DynamicMark
  private var names: [Bytes] = []
  private var index: Set<[UInt8]>?

  init(_ out: inout ByteBuffer) { mark = out.beginObject() }

  mutating func append(_ name: Bytes, _ value: DynamicCursor, to out: inout ByteBuffer) {
    guard isNew(name) else { return }
    out.appendKey(name)
    out.append(value)
  }

  func end(_ out: inout ByteBuffer) { out.end(mark, count: names.count) }

  /// Few names are compared one by one; many use a set.
  private mutating func isNew(_ name: Bytes) -> Bool {
    if index != nil {
      guard index?.insert(Array(name)).inserted == true else { return false }
    } else if names.contains(where: { $0.equals(name) }) {
      return false
    } else if names.count == 64 {
      index = Set(names.map { Array($0) } + [Array(name)])
    }
    names.append(name)
    return true
  }
}
