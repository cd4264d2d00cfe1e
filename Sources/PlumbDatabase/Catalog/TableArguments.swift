import PlumbDiagnostics
import PlumbEngine

/// Reads the arguments of a call in turn; named arguments may be in any position.
///
/// Each reader returns nil if the argument is missing, and throws `argument-types` with what is expected if it is
/// something else. `finish` comes last.
package struct TableArguments {
  private var values: ArraySlice<TableFunction.Argument>
  private var named: [String: TableFunction.Argument]
  /// The position of the argument that was read last.
  package private(set) var span: SourceSpan
  private var elements: [SourceSpan] = []

  package init(_ call: TableFunction.Call) {
    values = call.arguments[...]
    named = call.named
    span = call.span
  }

  /// The next argument, or the one called `name`; a null counts as missing.
  package mutating func next(_ name: String) -> Value? {
    guard let argument = named.removeValue(forKey: name) ?? values.popFirst() else { return nil }
    span = argument.span
    elements = argument.elements
    return argument.value.isNull ? nil : argument.value
  }

  package mutating func string(_ name: String) throws -> String? {
    switch next(name) {
    case nil: return nil
    case .string(let text)?, .dynamic(.string(let text))?: return text
    default: throw wrong("`\(name)` must be a string")
    }
  }

  /// A string, or an array of strings.
  package mutating func strings(_ name: String) throws -> [String]? { try texts(name)?.map(\.text) }

  /// The same, with the position of each: its own position in an array literal, else the argument's.
  package mutating func texts(_ name: String) throws -> [(text: String, span: SourceSpan)]? {
    switch next(name) {
    case nil: return nil
    case .string(let text)?, .dynamic(.string(let text))?: return [(text, span)]
    case .dynamic(.array(let values))?:
      return try values.enumerated().map { index, value in
        let place = elements.count == values.count ? elements[index] : span
        guard case .string(let text) = value else {
          throw Diagnostic("argument-types", "`\(name)` may contain only strings", at: place)
        }
        return (text, place)
      }
    default: throw wrong("`\(name)` must be a string or an array of strings")
    }
  }

  /// A whole number of at least 0.
  package mutating func count(_ name: String) throws -> Int64? {
    switch next(name) {
    case nil: return nil
    case .long(let number)? where number >= 0: return number
    case .int(let number)? where number >= 0: return Int64(number)
    default: throw wrong("`\(name)` must be a whole number of at least 0")
    }
  }

  /// A moment in ticks.
  package mutating func moment(_ name: String) throws -> Int64? {
    switch next(name) {
    case nil: return nil
    case .datetime(let ticks)?: return ticks
    default: throw wrong("`\(name)` must be a datetime, as in `ago(2d)`")
    }
  }

  /// A length of time in ticks.
  package mutating func duration(_ name: String) throws -> Int64? {
    switch next(name) {
    case nil: return nil
    case .timespan(let ticks)?: return ticks
    default: throw wrong("`\(name)` must be a timespan, as in `2h`")
    }
  }

  package mutating func flag(_ name: String) throws -> Bool? {
    switch next(name) {
    case nil: return nil
    case .bool(let isSet)?: return isSet
    default: throw wrong("`\(name)` must be true or false")
    }
  }

  /// A diagnostic about the argument that was read last.
  package func wrong(_ message: String, code: String = "argument-types", help: String? = nil) -> Diagnostic {
    Diagnostic(code, message, at: span, help: help)
  }

  /// - Throws: a diagnostic when arguments are left.
  package func finish() throws {
    if let (name, argument) = named.min(by: { $0.key < $1.key }) {
      throw Diagnostic("unknown-argument", "unknown parameter `\(name)`", at: argument.span)
    }
    if let first = values.first { throw Diagnostic("argument-count", "too many arguments", at: first.span) }
  }
}

extension TableFunction.Call {
  /// Whether there are rows before the pipe, which then name pipelines.
  ///
  /// - Throws: `no-pipelines` when they have neither a column `name` nor `pipeline` of type string.
  package func inputNamesPipelines() throws -> Bool {
    guard let input else { return false }
    if input.pipelineColumn != nil { return true }
    throw Diagnostic(
      "no-pipelines", "the rows before the pipe do not name pipelines", at: span,
      help: "the rows must have a string column `name` or `pipeline`")
  }
}

extension TableFunction.Run {
  /// The distinct texts of the column `name` or `pipeline` of the rows before the pipe, in order.
  package func inputPipelines() throws -> [String] {
    guard let input, let index = input.schema.pipelineColumn else { return [] }
    var seen: Set<String> = []
    var names: [String] = []
    for group in input.groups {
      let column = try group.column(index)
      for row in 0..<group.count {
        let text = String(column.cellBytes(at: row))
        if seen.insert(text).inserted { names.append(text) }
      }
    }
    return names
  }
}

extension Schema {
  /// The column that names pipelines.
  fileprivate var pipelineColumn: Int? {
    firstIndex(of: ColumnInfo("name", .string)) ?? firstIndex(of: ColumnInfo("pipeline", .string))
  }
}
