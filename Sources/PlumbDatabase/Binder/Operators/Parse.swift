import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ParseSyntax: OperatorBinding {
  /// `parse` and `parse-where`: the pattern becomes one regular expression with a group for each column.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    var pattern = ParsePattern()
    for parameter in parameters {
      let value = try place.constants.text(of: parameter)
      switch parameter.name.text {
      case "kind":
        guard let kind = ParsePattern.Kind(rawValue: value) else {
          throw Diagnostic(
            "unknown-kind", "`parse` has no kind `\(value)`", at: parameter.value.span,
            help: "the kinds are `simple`, `relaxed` and `regex`")
        }
        pattern.kind = kind
      case "flags": pattern.flags = value
      default: break
      }
    }
    try pattern.read(parts)
    let bound = try place.columns(of: input, for: "`parse`").expression(expression)
    let groups = Dynamic.array(pattern.columns.map { .long(Int64($0.group)) })
    let match = try place.calls.calling(
      "parse_match",
      [
        bound.type == .string ? bound : bound.converted(to: .string),
        .literal(.string(pattern.regex), span), .literal(.dynamic(groups), span),
        .literal(.string(pattern.kind == .relaxed ? "" : pattern.typeLetters), span), .literal(.dynamic(pattern.parts), span),
      ], at: expression.span)
    let columns = pattern.columns.enumerated().map { place, column in
      (name: column.name, index: BoundExpression.literal(.long(Int64(place)), span), type: column.type)
    }
    return try input.extracting(columns, from: match, dropsUnmatched: dropsUnmatched, at: span, place.calls)
  }
}

extension ParseKVSyntax: OperatorBinding {
  /// `parse-kv`: the values of some keys as columns.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let keys = try self.keys.columnInfos()
    var options: [(key: String, value: Dynamic)] = []
    for property in properties {
      let name = property.name.text
      guard ["pair_delimiter", "kv_delimiter", "quote", "escape", "greedy", "regex"].contains(name) else {
        throw Diagnostic("unknown-option", "`parse-kv` has no option `\(name)`", at: property.name.span)
      }
      let value: Dynamic = name == "greedy"
        ? .bool(try place.constants.text(of: property) == "true") : .string(try place.constants.text(of: property))
      if let index = options.firstIndex(where: { $0.key == name }) {
        // `quote` and `escape` may come several times.
        if case .array(let several) = options[index].value { options[index].value = .array(several + [value]) }
        else { options[index].value = .array([options[index].value, value]) }
      } else {
        options.append((name, value))
      }
    }
    let bound = try place.columns(of: input, for: "`parse-kv`").expression(expression)
    let bag = try place.calls.calling(
      "parse_kv",
      [
        bound.type == .string ? bound : bound.converted(to: .string),
        .literal(.dynamic(.array(keys.map { .string($0.name) })), span),
        .literal(.dynamic(.object(options)), span),
      ], at: expression.span)
    let columns = keys.map { (name: $0.name, index: BoundExpression.literal(.string($0.name), span), type: $0.type) }
    return try input.extracting(columns, from: bag, dropsUnmatched: false, at: span, place.calls)
  }
}

extension Relation {
  /// Columns extracted from the elements of a dynamic value that is computed once per row.
  fileprivate func extracting(
    _ columns: [(name: String, index: BoundExpression, type: ScalarType)], from match: BoundExpression,
    dropsUnmatched: Bool, at span: SourceSpan, _ calls: CallBinding
  ) throws -> Relation {
    let own = schema.enumerated().map { index, column in
      NamedExpression(column.name, .column(index, column.type, span))
    }
    var extracted = LogicalPlan.project(self.plan, own + [NamedExpression("$match", match)])
    let matched = BoundExpression.column(schema.count, .dynamic, span)
    if dropsUnmatched {
      let length = try calls.calling("array_length", [matched], at: span)
      extracted = .filter(extracted, try calls.calling("isnotnull", [length], at: span))
    }
    var outputs = own
    for column in columns {
      let element = try calls.calling("element", [matched, column.index], at: span)
      let expression = column.type == .dynamic ? element : element.converted(to: .string).converted(to: column.type)
      if let index = outputs.firstIndex(where: { $0.name == column.name }) {
        outputs[index].expression = expression
      } else {
        outputs.append(NamedExpression(column.name, expression))
      }
    }
    return with(.project(extracted, outputs))
  }
}

/// The pattern of `parse` while it is translated to a regular expression.
struct ParsePattern {
  enum Kind: String {
    case simple, relaxed, regex
  }

  struct Column {
    let name: String
    let type: ScalarType
    /// The group that holds the column's text.
    let group: Int
  }

  var kind = Kind.simple
  var flags = ""
  private(set) var columns: [Column] = []
  private var body = ""
  private var groups = 0

  /// The whole expression. It starts at the text's start unless the pattern begins with a star.
  var regex: String {
    let letters = kind == .regex ? String(flags.filter { "imsU".contains($0) }) : "s"
    return (letters.isEmpty ? "" : "(?\(letters))") + body
  }

  /// One letter per column that tells the engine how to check the captured texts.
  var typeLetters: String {
    String(
      columns.map { column -> Character in
        switch column.type {
        case .bool: "b"
        case .int: "i"
        case .long: "l"
        case .real: "r"
        case .decimal: "c"
        case .datetime: "d"
        case .timespan: "t"
        case .guid: "g"
        case .string, .dynamic: "s"
        }
      })
  }

  /// The parts for the engine to read without the regular expression; null if only that says what matches.
  private(set) var parts = Dynamic.null

  mutating func read(_ parts: [ParsePartSyntax]) throws {
    if case .star? = parts.first {} else { body = "^" }
    for (place, part) in parts.enumerated() {
      let isLast = place == parts.count - 1
      switch part {
      case .star: body += kind == .regex ? ".*" : isLast ? "" : ".*?"
      case .text(let text, _):
        body += kind == .regex ? text : regexQuoted(text)
        if kind == .regex { groups += capturingGroups(in: text) }
      case .column(let name, let type):
        if columns.contains(where: { $0.name == name.text }) {
          throw Diagnostic("duplicate-column", "the column `\(name.text)` appears twice", at: name.span)
        }
        let scalar = type.map { ScalarType($0.type) } ?? .string
        groups += 1
        columns.append(Column(name: name.text, type: scalar, group: groups))
        body += group(scalar, next: isLast ? nil : parts[place + 1])
      }
    }
    if kind != .regex, let described = described(parts) { self.parts = .array(described) }
  }

  /// The parts by kind, if each column and star is followed by a text or is the last one, or is a column of whole numbers.
  private func described(_ parts: [ParsePartSyntax]) -> [Dynamic]? {
    var described: [Dynamic] = []
    var column = 0
    for (place, part) in parts.enumerated() {
      let isLast = place == parts.count - 1
      var isBeforeText = false
      if !isLast, case .text(let text, _) = parts[place + 1] { isBeforeText = !text.isEmpty }
      func open(_ number: Int) -> Dynamic? {
        isBeforeText || isLast ? .array([.string(isLast ? "rest" : "before"), .long(Int64(number))]) : nil
      }
      switch part {
      case .text(let text, _):
        if text.isEmpty { return nil }
        described.append(.string(text))
      case .star:
        guard let part = open(-1) else { return nil }
        described.append(part)
      case .column(_, let type):
        let scalar = type.map { ScalarType($0.type) } ?? .string
        switch scalar {
        case .real, .decimal: return nil
        case .int where kind == .simple, .long where kind == .simple:
          described.append(.array([.string("integer"), .long(Int64(column))]))
        case .bool, .int, .long, .datetime, .timespan, .guid, .string, .dynamic:
          guard let part = open(column) else { return nil }
          described.append(part)
        }
        column += 1
      }
    }
    return described
  }

  private func group(_ type: ScalarType, next: ParsePartSyntax?) -> String {
    var isBeforeText = false
    if case .text? = next { isBeforeText = true }
    var isBeforeStar = false
    if case .star? = next { isBeforeStar = true }
    switch type {
    case .int, .long:
      if kind != .relaxed { return #"\s*([-+]?\d+)"# }
      // A star takes what follows the number; without a number the column is null.
      if isBeforeStar { return #"(?:\s*([-+]?\d+))?"# }
    case .real, .decimal:
      let number = #"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"#
      if kind != .relaxed { return number }
      if isBeforeStar { return "(?:\(number))?" }
    case .bool, .datetime, .timespan, .guid, .string, .dynamic: break
    }
    if kind == .regex { return "(.*)" }
    // Up to the next text; without one, to the end.
    return isBeforeText ? "(.*?)" : "(.*)"
  }
}

/// How many groups a regular expression captures.
private func capturingGroups(in pattern: String) -> Int {
  var count = 0
  var isEscaped = false, isInClass = false
  var rest = pattern[...]
  while let character = rest.first {
    rest.removeFirst()
    if isEscaped {
      isEscaped = false
    } else if character == "\\" {
      isEscaped = true
    } else if isInClass {
      if character == "]" { isInClass = false }
    } else if character == "[" {
      isInClass = true
    } else if character == "(" {
      if !rest.hasPrefix("?") || rest.hasPrefix("?P<") || rest.hasPrefix("?<") { count += 1 }
    }
  }
  return count
}
