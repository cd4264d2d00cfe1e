import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// What `ingestionMapping` says: which column of the result comes from where in a file.
///
/// Columns of JSON, Parquet and similar files are named by paths such as `$.a.b[0]`, fields of delimited text by ordinals.
struct IngestionMapping {
  /// The columns as the file is read with them.
  private(set) var schema: Schema = []
  /// The columns of the result as KQL over those.
  private var expressions: [String] = []

  /// - Throws: what is wrong with the mapping, without a place.
  init(_ text: String, for result: Schema) throws {
    guard case .array(let elements)? = JSONText.parseTree(text) else {
      throw Diagnostic(
        "bad-mapping", "the mapping is not an array of JSON objects",
        help: #"write `[{"Column": "a", "Properties": {"Path": "$.a"}}]`"#)
    }
    var parts: [String: Part] = [:]
    for element in elements {
      let part = try Part(element)
      guard result.contains(where: { $0.name == part.column }) else {
        throw Diagnostic(
          "unknown-column", "the mapping has a column `\(part.column)`, which the schema does not have",
          help: Suggestion.nearest(to: part.column, in: result.map(\.name)))
      }
      guard parts.updateValue(part, forKey: part.column) == nil else {
        throw Diagnostic("bad-mapping", "the mapping has the column `\(part.column)` twice")
      }
    }
    let ordinals = parts.values.compactMap { if case .field(let ordinal) = $0.source { ordinal } else { nil } }
    let paths = parts.values.contains { if case .path = $0.source { true } else { false } }
    if !ordinals.isEmpty, paths { throw Diagnostic("bad-mapping", "a mapping has either paths or ordinals") }
    if let last = ordinals.max() { schema = (0...last).map { ColumnInfo("field\($0)", .string) } }
    for column in result {
      guard let part = parts[column.name] else {
        expressions.append("\(bracketed(column.name)) = \(Self.null(column.type))")
        continue
      }
      expressions.append("\(bracketed(column.name)) = \(add(part, for: column))")
    }
  }

  /// Adds what a column reads to the schema, and returns its value as KQL.
  private mutating func add(_ part: Part, for column: ColumnInfo) -> String {
    switch part.source {
    case .constant(let text):
      let literal = PlumbEngine.Value.string(text).literal
      return column.type == .string ? literal : "to\(column.type.name)(\(literal))"
    case .field(let ordinal): return part.converted(bracketed("field\(ordinal)"), from: .string, to: column.type)
    case .path(let steps):
      let name = steps.first?.key ?? ""
      // A property that is read as a whole by one column has its type in the file as well.
      let type = steps.count == 1 && part.transform == nil ? column.type : .dynamic
      if let known = schema.firstIndex(where: { $0.name == name }) {
        if schema[known].type != type { schema[known] = ColumnInfo(name, .dynamic) }
      } else {
        schema.append(ColumnInfo(name, type))
      }
      return part.converted(bracketed(name) + steps.dropFirst().map(\.text).joined(), from: nil, to: column.type)
    }
  }

  private static func null(_ type: ScalarType) -> String { type == .string ? "\"\"" : "\(type.name)(null)" }

  /// The columns of the result over the rows of the file.
  func columns(of rows: Relation, at place: BindingPlace, _ span: SourceSpan) throws -> Relation {
    let parsed = parse("print 0 | project \(expressions.joined(separator: ", "))", as: .unique())
    guard case .query(let statement)? = parsed.script.statements.last, let step = statement.query.operators.last, !parsed.hasErrors
    else { throw Diagnostic("bad-mapping", "the mapping cannot be applied", at: span) }
    do { return try OperatorBindings.known[step].bind(rows, at: place) } catch let problem as Diagnostic {
      throw Diagnostic(problem.code, problem.message, at: span, help: problem.help)
    }
  }
}

/// One element of a mapping.
private struct Part {
  /// A step of a path: a property, or an element of an array.
  struct Step {
    let key: String
    let text: String
  }

  enum Source {
    case path([Step])
    case field(Int)
    case constant(String)
  }

  let column: String
  let source: Source
  /// The function that makes a datetime of a number.
  let transform: String?

  private static let transforms = [
    "datetimefromunixseconds": "unixtime_seconds_todatetime", "datetimefromunixmilliseconds": "unixtime_milliseconds_todatetime",
    "datetimefromunixmicroseconds": "unixtime_microseconds_todatetime",
    "datetimefromunixnanoseconds": "unixtime_nanoseconds_todatetime",
  ]

  init(_ element: Dynamic) throws {
    func members(_ value: Dynamic?) -> [String: Dynamic] {
      guard case .object(let members)? = value else { return [:] }
      return Dictionary(members.map { ($0.key.lowercased(), $0.value) }) { $1 }
    }
    let outer = members(element)
    let properties = outer.merging(members(outer["properties"])) { $1 }
    func text(_ name: String) -> String? {
      switch properties[name] {
      case .string(let text)?: text
      case .long(let number)?: String(number)
      default: nil
      }
    }
    guard let column = text("column") ?? text("name") else {
      throw Diagnostic("bad-mapping", "an element of the mapping has no `Column`")
    }
    self.column = column
    if let constant = text("constvalue") {
      source = .constant(constant)
    } else if let path = text("path") {
      source = .path(try Self.steps(path))
    } else if let ordinal = text("ordinal") {
      guard let number = Int(ordinal), (0..<10_000).contains(number) else {
        throw Diagnostic("bad-mapping", "the ordinal of `\(column)` is not a whole number")
      }
      source = .field(number)
    } else {
      throw Diagnostic("bad-mapping", "`\(column)` has neither `Path` nor `Ordinal` nor `ConstValue` in the mapping")
    }
    transform = try text("transform").flatMap { name in
      if name.isEmpty || name.lowercased() == "none" { return nil }
      guard let function = Self.transforms[name.lowercased()] else {
        throw Diagnostic("unsupported-option", "the mapping's transformation `\(name)` is not supported", help: "apply it in the query")
      }
      return function
    }
  }

  /// - Parameter type: that of the value; nil for one that may be dynamic.
  func converted(_ value: String, from type: ScalarType?, to target: ScalarType) -> String {
    if let transform { return "\(transform)(tolong(\(value)))" }
    return type == target || target == .dynamic && type == nil ? value : "to\(target.name)(\(value))"
  }

  /// The steps of `$.a['b'][0]`, the first of which is a property.
  private static func steps(_ path: String) throws -> [Step] {
    let bad = Diagnostic("bad-mapping", "`\(path)` is not a path", help: "write it as in `$.a.b[0]`, beginning with a property")
    var rest = Substring(path)
    guard rest.first == "$" else { throw bad }
    rest.removeFirst()
    var steps: [Step] = []
    while let first = rest.first {
      rest.removeFirst()
      if first == ".", rest.first == "[" { continue }
      if first == "." {
        let key = String(rest.prefix { $0 != "." && $0 != "[" })
        if key.isEmpty { throw bad }
        rest = rest.dropFirst(key.count)
        steps.append(Step(key: key, text: bracketed(key)))
      } else if first == "[", let mark = rest.first, mark == "'" || mark == "\"" {
        rest.removeFirst()
        let key = String(rest.prefix { $0 != mark })
        rest = rest.dropFirst(key.count)
        guard rest.hasPrefix("\(mark)]"), !key.isEmpty else { throw bad }
        rest = rest.dropFirst(2)
        steps.append(Step(key: key, text: bracketed(key)))
      } else if first == "[", let end = rest.firstIndex(of: "]"), let index = Int(rest[..<end]) {
        rest = rest[rest.index(after: end)...]
        if steps.isEmpty { throw bad }
        steps.append(Step(key: "", text: "[\(index)]"))
      } else {
        throw bad
      }
    }
    if steps.isEmpty { throw bad }
    return steps
  }
}
