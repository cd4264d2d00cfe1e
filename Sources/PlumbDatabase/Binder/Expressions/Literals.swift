import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ScalarType {
  package init(_ syntax: ScalarTypeSyntax) {
    switch syntax {
    case .bool: self = .bool
    case .int: self = .int
    case .long: self = .long
    case .real: self = .real
    case .decimal: self = .decimal
    case .datetime: self = .datetime
    case .timespan: self = .timespan
    case .string: self = .string
    case .guid: self = .guid
    case .dynamic: self = .dynamic
    }
  }

  /// The type's name with its article, for messages.
  var described: String { self == .int ? "an int" : "a \(name)" }

  /// The name of the .NET type that Kusto's `getschema` shows.
  package var systemName: String {
    switch self {
    case .bool: "System.SByte"
    case .int: "System.Int32"
    case .long: "System.Int64"
    case .real: "System.Double"
    case .decimal: "System.Data.SqlTypes.SqlDecimal"
    case .datetime: "System.DateTime"
    case .timespan: "System.TimeSpan"
    case .string: "System.String"
    case .guid: "System.Guid"
    case .dynamic: "System.Object"
    }
  }
}

extension Value {
  /// The value of a literal.
  ///
  /// - Throws: `bad-literal` if the text is not a valid value of its type.
  init(_ literal: LiteralSyntax) throws {
    switch literal.value {
    case .bool(let flag): self = .bool(flag)
    case .long(let number): self = .long(number)
    case .real(let number): self = .real(number)
    case .string(let text, _): self = .string(text)
    case .timespan(let number, .nanosecond):
      guard let count = Int64(number), count % 100 == 0 else {
        throw Diagnostic(
          "bad-literal", "`\(number)ns` is not a whole number of ticks, which are 100 nanoseconds long", at: literal.span,
          help: "the shortest timespan is `1tick`")
      }
      self = .timespan(count / 100)
    case .timespan(let number, let unit):
      guard let ticks = TimeSpan.parse(number + unit.rawValue) else {
        throw Diagnostic(
          "bad-literal", "`\(number)\(unit.rawValue)` is longer than the longest timespan", at: literal.span)
      }
      self = .timespan(ticks)
    case .typed(let type, let text, let span):
      guard let value = Value(text: text, as: ScalarType(type)) else {
        throw Diagnostic(
          "bad-literal", "`\(text)` is not \(ScalarType(type).described)", at: span.isEmpty ? literal.span : span,
          help: text.first?.isLetter == true && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
            ? "to convert a value write `to\(ScalarType(type).name)(\(text))`" : ScalarType(type).literalHelp)
      }
      self = value
    case .dynamic(let tree):
      let dynamic = try Dynamic(tree)
      if case .null = dynamic { self = .null(.dynamic) } else { self = .dynamic(dynamic) }
    case .typeOf(let type): self = .string(type.type.rawValue)
    case .schemaOf(let schema):
      throw Diagnostic(
        "bad-literal", "a list of columns is not a value", at: schema.span, help: "write one type, as in `typeof(long)`")
    }
  }

  /// A text as a value of a type, as in the brackets of a literal or in a parameter; nil if it is not one.
  init?(text: String, as type: ScalarType) {
    if type == .string {
      self = .string(text)
      return
    }
    let trimmed = text.trimmingSpaces
    if trimmed.isEmpty || trimmed.lowercased() == "null" {
      self = .null(type)
      return
    }
    switch type {
    case .bool:
      switch trimmed.lowercased() {
      case "true", "1": self = .bool(true)
      case "false", "0": self = .bool(false)
      default: return nil
      }
    case .int:
      guard let number = Self.wholeNumber(trimmed), let small = Int32(exactly: number) else { return nil }
      self = .int(small)
    case .long:
      guard let number = Self.wholeNumber(trimmed) else { return nil }
      self = .long(number)
    case .real:
      guard let number = Self.realNumber(trimmed) else { return nil }
      self = .real(number)
    case .decimal:
      guard let number = Decimal128.parse(trimmed) else { return nil }
      self = .decimal(number)
    case .datetime:
      guard let ticks = DateTime.parse(trimmed) ?? Self.looseDate(trimmed) else { return nil }
      self = .datetime(ticks)
    case .timespan:
      guard let ticks = TimeSpan.parse(trimmed) else { return nil }
      self = .timespan(ticks)
    case .guid:
      guard let guid = GUID.parse(trimmed) else { return nil }
      self = .guid(guid)
    case .dynamic:
      self = .dynamic(JSONText.parseTree(trimmed) ?? .string(text))
    case .string:
      self = .string(text)
    }
  }

  /// A date whose parts are separated by spaces or commas: `2017 - 08 - 01`, `2025, 6, 14`.
  private static func looseDate(_ text: String) -> Int64? {
    let parts = text.split { $0 == "-" || $0 == "," || $0 == " " }.map { $0.count == 1 ? "0\($0)" : String($0) }
    return parts.count == 3 ? DateTime.parse(parts.joined(separator: "-")) : nil
  }

  private static func wholeNumber(_ text: String) -> Int64? {
    text.withUTF8Bytes { NumberText.parseInt64($0) }
      ?? text.withUTF8Bytes { NumberText.parseHexadecimal($0) }
  }

  private static func realNumber(_ text: String) -> Double? {
    switch text.lowercased() {
    case "nan": return .nan
    case "inf", "+inf": return .infinity
    case "-inf": return -.infinity
    default: return text.withUTF8Bytes { NumberText.parseDouble($0) }
    }
  }

  /// A dynamic scalar under its own type; arrays and bags stay dynamic.
  init(_ tree: Dynamic) {
    switch tree {
    case .null: self = .null(.dynamic)
    case .bool(let flag): self = .bool(flag)
    case .long(let number): self = .long(number)
    case .real(let number): self = .real(number)
    case .string(let text): self = .string(text)
    case .datetime(let ticks): self = .datetime(ticks)
    case .timespan(let ticks): self = .timespan(ticks)
    case .guid(let guid): self = .guid(guid)
    case .decimal(let number): self = .decimal(number)
    case .array, .object: self = .dynamic(tree)
    }
  }
}

extension Dynamic {
  /// A value inside `dynamic(...)`.
  init(_ syntax: DynamicSyntax) throws {
    switch syntax {
    case .null: self = .null
    case .scalar(let literal): self = Dynamic(try Value(literal))
    case .array(let elements, _): self = .array(try elements.map { try Dynamic($0) })
    case .object(let properties, _):
      self = .object(try properties.map { (key: $0.key, value: try Dynamic($0.value)) })
    }
  }
}

extension ScalarType {
  /// How to write a literal of this type.
  fileprivate var literalHelp: String? {
    switch self {
    case .datetime: "write it as in `datetime(2024-01-31 08:30)`"
    case .timespan: "write it as in `2h`, `1.5d` or `time(1.02:03:04)`"
    case .guid: "write it as in `guid(74be27de-1e4e-49d9-b579-fe0b331d3642)`"
    case .int: "an int is a whole number from -2,147,483,648 to 2,147,483,647"
    default: nil
    }
  }
}

extension String {
  var trimmingSpaces: String {
    var part = self[...]
    while let first = part.first, first.isWhitespace { part.removeFirst() }
    while let last = part.last, last.isWhitespace { part.removeLast() }
    return String(part)
  }
}

/// A constant as plain text, for options, chart properties and column names.
func printed(_ value: Value) -> String {
  if case .string(let text)? = value.converted(to: .string) { return text }
  return ""
}
