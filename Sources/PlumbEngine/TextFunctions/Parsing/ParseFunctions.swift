import PlumbDiagnostics

extension ScalarFunction {
  /// The functions that implement `parse` and `parse-kv`; users write the operators instead.
  package static let parsing: [ScalarFunction] = [
    ScalarFunction(
      "parse_match",
      "Extracts the groups `groups` of the first match of `pattern` in `text`, if they match `types`, else false; `parts` is the same pattern in parts, or null.",
      "text, pattern, groups, types, parts",
      examples: [.init(#"parse_match("a=1", "a=(.*)", dynamic([1]), "l", dynamic(["a=", ["rest", 0]]))"#, is: #"["1"]"#)],
      overloads: [.columns([.string, .string, .dynamic, .string, .dynamic], to: .dynamic) { try parseMatch($0) }]),

    ScalarFunction(
      "parse_kv", "Extracts the values of `keys` from the `key=value` pairs of `text`, using `options`.",
      "text, keys, options",
      examples: [
        .init(
          #"parse_kv("a=1,b=2", dynamic(["a"]), dynamic({"pair_delimiter":",","kv_delimiter":"="}))"#,
          is: #"{"a":"1"}"#)
      ],
      overloads: [.columns([.string, .dynamic, .dynamic], to: .dynamic) { try parseKeyValues($0) }]),
  ]
}

// MARK: parse

/// Each type's letter in `types`: whether a captured text is a value of the type. `s` accepts all texts.
private func fits(_ text: Bytes, _ type: UInt8) -> Bool {
  switch type {
  case UInt8(ascii: "l"): NumberText.parseInt64(text.trimmed) != nil
  case UInt8(ascii: "i"): NumberText.parseInt64(text.trimmed).flatMap { Int32(exactly: $0) } != nil
  case UInt8(ascii: "r"): NumberText.parseDouble(text.trimmed) != nil
  case UInt8(ascii: "c"): Decimal128.parse(text.trimmed) != nil
  case UInt8(ascii: "d"): DateTime.parse(text.trimmed) != nil
  case UInt8(ascii: "t"): TimeSpan.parse(text.trimmed) != nil
  case UInt8(ascii: "g"): GUID.parse(text.trimmed) != nil
  case UInt8(ascii: "b"): ["true", "false", "1", "0"].contains(String(text.trimmed).lowercased())
  default: true
  }
}

private func parseMatch(_ arguments: Arguments) throws -> Vector {
  guard case .string(let pattern)? = arguments.constant(1), case .dynamic(.array(let list))? = arguments.constant(2),
    case .string(let types)? = arguments.constant(3)
  else {
    throw Diagnostic("not-constant", "the pattern of `parse` must be a constant", at: arguments.span)
  }
  let regex: RegularExpression
  do {
    regex = try arguments.prepared.value { try RegularExpression.cached(pattern) }
  } catch let failure as RegularExpression.Failure {
    throw Diagnostic(
      "bad-regex", "the pattern of `parse` is not a valid regular expression: \(failure.sentence)", at: arguments.argumentSpans[1])
  }
  let groups = list.map { element -> Int in
    if case .long(let number) = element { return Int(number) }
    return 0
  }
  let wanted = Array(types.utf8)
  let scanner = arguments.constant(4).flatMap { if case .dynamic(let parts) = $0 { PartScanner(parts) } else { nil } }
  let texts = arguments.plain(0)
  return try withUnsafeTemporaryAllocation(of: Bytes.self, capacity: Swift.max(groups.count, 1)) { found in
    found.initialize(repeating: Bytes(start: nil, count: 0))
    /// Matches a row's text; false without a match.
    func match(_ row: Int) throws -> Bool {
      if row & 1023 == 0 { try arguments.context.checkpoint() }
      let text = texts.bytes(at: texts.isConstant ? 0 : row)
      switch scanner?.match(text, into: found) ?? .undecided {
      case .matches: break
      case .differs: return false
      case .undecided:
        guard let match = regex.firstMatch(in: text) else { return false }
        for place in groups.indices { found[place] = match.group(groups[place], of: text) ?? Bytes(start: nil, count: 0) }
      }
      return !wanted.indices.contains { $0 < groups.count && !fits(found[$0], wanted[$0]) }
    }
    return try writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
      // Not null, so that the values of few texts stay codes.
      guard try match(row) else {
        out.append(false)
        return true
      }
      let mark = out.beginArray()
      for place in groups.indices { out.appendString(found[place]) }
      out.end(mark, count: groups.count)
      return true
    }
  }
}

extension Dynamic {
  /// A value of any type as a dynamic one.
  package init(_ value: Value) {
    switch value {
    case .null(let type): self = type == .string ? .string("") : .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .long(Int64(number))
    case .long(let number): self = .long(number)
    case .real(let number): self = .real(number)
    case .decimal(let number): self = .decimal(number)
    case .datetime(let ticks): self = .datetime(ticks)
    case .timespan(let ticks): self = .timespan(ticks)
    case .string(let text): self = .string(text)
    case .guid(let guid): self = .guid(guid)
    case .dynamic(let tree): self = tree
    }
  }
}
