extension ScalarFunction {
  /// Functions that read `dynamic` values, parse them from text and print them.
  static let dynamicFunctions: [ScalarFunction] = access + parsingJSON + describing

  /// The functions to which `value.name` and `value[index]` are bound.
  private static let access: [ScalarFunction] = [
    ScalarFunction(
      "member", "Returns the value of the slot `name` of `bag`; null if it is missing.", "bag, name",
      examples: [.init(#"dynamic({"a": 1}).a"#, is: "1"), .init(#"dynamic({"a": 1}).b"#, is: "")],
      overloads: [
        .maybe { (bag: CompactDynamic, name: Bytes) -> CompactDynamic? in CompactDynamic(bag.cursor.member(named: name)) }
      ], traits: FunctionTraits(notation: .element, meaning: .element)),
    ScalarFunction(
      "element", "Returns the element of `array` at `index`, counted from the end if negative; null if it is missing.",
      "array, index",
      examples: [.init("dynamic([1, 2])[0]", is: "1"), .init("dynamic([1, 2])[-1]", is: "2")],
      overloads: [
        .maybe { (array: CompactDynamic, index: Int64) -> CompactDynamic? in
          CompactDynamic(array.cursor.element(at: Int(index)))
        },
        .maybe { (bag: CompactDynamic, name: Bytes) -> CompactDynamic? in CompactDynamic(bag.cursor.member(named: name)) },
        .maybe { (value: CompactDynamic, key: CompactDynamic) -> CompactDynamic? in
          switch key.cursor.tag {
          case .long: return CompactDynamic(value.cursor.element(at: Int(key.cursor.int64)))
          case .string: return CompactDynamic(value.cursor.member(named: key.cursor.text))
          case .null, .false, .true, .real, .array, .object, .datetime, .timespan, .guid, .decimal: return nil
          }
        },
      ], traits: FunctionTraits(notation: .element, meaning: .element)),
  ]

  private static let parsingJSON: [ScalarFunction] = [
    parser("parse_json"), parser("todynamic"), parser("toobject"), parser("parsejson"),
    extractor("extract_json"), extractor("extractjson"),
  ]

  /// `extract_json`, and under its older name.
  private static func extractor(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Finds the JSONPath `path` in the JSON `text`, and returns it as text or converted to `type`.",
      "path, text, [type]",
      examples: [
        .init("\(name)(\"$.name\", '{\"name\": \"John\"}')", is: "John"),
        .init("\(name)(\"$.a[1]\", '{\"a\": [1, 2]}', typeof(long)) + 1", is: "3"),
      ],
      overloads: [
        .columns([.string, .string], to: .string) { try extractedJSON($0, parses: true) },
        .columns([.string, .dynamic], to: .string) { try extractedJSON($0, parses: false) },
        .columns(
          [.exactly(.string), .exactly(.string), .exactly(.string)], result: { literalType($0[2].constant) }
        ) { try extractedJSON($0, parses: true) },
        .columns(
          [.exactly(.string), .exactly(.dynamic), .exactly(.string)], result: { literalType($0[2].constant) }
        ) { try extractedJSON($0, parses: false) },
      ])
  }

  private static func parser(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Reads the JSON `text` as a dynamic value; text that is not JSON stays a text.", "text",
      examples: [.init("\(name)('{\"a\": [1, 2]}').a[1]", is: "2"), .init("\(name)(\"plain\")", is: "plain")],
      overloads: [
        .maybeWriting(.dynamic) { (text: Bytes, out: inout ByteBuffer) -> Bool in
          if text.trimmed.isEmpty { return false }
          do { try JSONText.parse(text, to: &out) } catch { out.appendString(text) }
          return true
        },
        .columns([.dynamic], to: .dynamic) { $0[0] },
        .columns([.any], result: { _ in .dynamic }) { try $0.converted(0, to: .dynamic) },
      ]).naming(.firstArgument)
  }

  private static func extractedJSON(_ arguments: Arguments, parses: Bool) throws -> Vector {
    let paths = Input<Bytes>(arguments, 0), texts = Input<Bytes>(arguments, 1)
    let kept = arguments.prepared(from: 0..<1) { JSONPath(paths[0]) }
    var tree = ByteBuffer()
    let found = writtenRows(arguments, as: .dynamic) { row, out in
      guard let path = kept ?? JSONPath(paths[row]) else { return false }
      guard parses else { return appendFound(path, in: texts[row], to: &out) }
      tree.removeAll()
      do { try JSONText.parse(texts[row], to: &tree) } catch { return false }
      return tree.withBytes { appendFound(path, in: $0, to: &out) }
    }
    return try arguments.replacing([found]).converted(0, to: arguments.type)
  }

  private static func appendFound(_ path: JSONPath, in bytes: Bytes, to out: inout ByteBuffer) -> Bool {
    guard let value = path.value(in: DynamicCursor(bytes)) else { return false }
    out.append(value)
    return true
  }

  private static let describing: [ScalarFunction] = [
    ScalarFunction(
      "gettype", "Names the type that `value` has at run time.", "value",
      examples: [
        .init("gettype(1s)", is: "timespan"), .init("gettype(dynamic([1]))", is: "array"),
        .init("gettype(dynamic({}))", is: "dictionary"), .init("gettype(dynamic(null))", is: "null"),
      ],
      overloads: [
        .columns([.any], result: { _ in .string }) { arguments in
          let vector = arguments[0]
          guard vector.type == .dynamic else {
            let name = vector.type.name
            return writtenRows(arguments, as: .string, seesNulls: true) { row, out in
              out.append(vector.isNull(row) ? "null" : name)
              return true
            }
          }
          let values = Input<CompactDynamic>(arguments, 0)
          return writtenRows(arguments, as: .string, seesNulls: true) { row, out in
            out.append(values.nullable(row)?.cursor.typeName ?? "null")
            return true
          }
        }
      ]),
    ScalarFunction(
      "dynamic_to_json", "Converts `value` to JSON, with the slots of each bag ordered by name.", "value",
      examples: [.init(#"dynamic_to_json(dynamic({"b": 1, "a": [2, {"d": 3, "c": 4}]}))"#, is: #"{"a":[2,{"c":4,"d":3}],"b":1}"#)],
      overloads: [
        .writing(.string) { (value: CompactDynamic, out: inout ByteBuffer) in printCanonical(value.cursor, to: &out) },
        .columns([.any], result: { _ in .string }) { try $0.converted(0, to: .string) },
      ]),
    ScalarFunction(
      "treepath", "Lists the paths to all values in `object`; `[0]` means every element.", "object",
      examples: [
        .init(#"treepath(dynamic({"a": "b", "c": [1, {"x": 2}]}))"#, is: #"["['a']","['c']","['c'][0]","['c'][0]['x']"]"#)
      ],
      overloads: [
        .writing(.dynamic) { (object: CompactDynamic, out: inout ByteBuffer) in
          var paths: [String] = []
          var known = Set<String>()
          collectPaths(object.cursor, "", &paths, &known)
          out.appendArray(paths)
        }
      ]),
  ]

  private static func printCanonical(_ cursor: DynamicCursor, to out: inout ByteBuffer) {
    switch cursor.tag {
    case .array:
      out.append(.openBracket)
      var isFirst = true
      cursor.forEachElement { element in
        if !isFirst { out.append(.comma) }
        isFirst = false
        printCanonical(element, to: &out)
      }
      out.append(.closeBracket)
    case .object:
      var members: [(Bytes, DynamicCursor)] = []
      cursor.forEachMember { members.append(($0, $1)) }
      members.sort { $0.0.compared(to: $1.0) < 0 }
      out.append(.openBrace)
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(.comma) }
        JSONText.printString(member.0, to: &out)
        out.append(.colon)
        printCanonical(member.1, to: &out)
      }
      out.append(.closeBrace)
    case .null, .false, .true, .long, .real, .string, .datetime, .timespan, .guid, .decimal:
      JSONText.print(cursor, to: &out)
    }
  }

  private static func collectPaths(
    _ cursor: DynamicCursor, _ prefix: String, _ paths: inout [String], _ known: inout Set<String>
  ) {
    func add(_ path: String) {
      if known.insert(path).inserted { paths.append(path) }
    }
    cursor.forEachMember { key, value in
      let path = "\(prefix)['\(String(key))']"
      add(path)
      collectPaths(value, path, &paths, &known)
    }
    cursor.forEachElement { element in
      let path = "\(prefix)[0]"
      add(path)
      collectPaths(element, path, &paths, &known)
    }
  }
}

extension DynamicCursor {
  /// The type's name as `gettype` gives it.
  var typeName: String {
    switch tag {
    case .null: "null"
    case .false, .true: "bool"
    case .long: Int32(exactly: int64) == nil ? "long" : "int"
    case .real: "real"
    case .string: "string"
    case .array: "array"
    case .object: "dictionary"
    case .datetime: "datetime"
    case .timespan: "timespan"
    case .guid: "guid"
    case .decimal: "decimal"
    }
  }
}
