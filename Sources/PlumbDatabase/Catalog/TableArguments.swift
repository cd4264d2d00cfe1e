import PlumbDiagnostics
import PlumbEngine

/// Reads the arguments of a call in turn; those written with their names are taken from wherever they stand.
///
/// Each reader gives nil when the argument is not there, and throws `argument-types` with what is needed when it is
/// something else. `finish` comes last.
package struct TableArguments {
  private var values: ArraySlice<TableFunction.Argument>
  private var named: [String: TableFunction.Argument]
  /// Where the argument that was read last stands.
  package private(set) var span: SourceSpan
  private var elements: [SourceSpan] = []

  package init(_ call: TableFunction.Call) {
    values = call.arguments[...]
    named = call.named
    span = call.span
  }

  /// The next argument, or the one called `name`; a null counts as none.
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
    default: throw wrong("`\(name)` is a string")
    }
  }

  /// A string, or an array of strings.
  package mutating func strings(_ name: String) throws -> [String]? { try texts(name)?.map(\.text) }

  /// The same with where each is written: its own place in an array that is written out, else the argument's.
  package mutating func texts(_ name: String) throws -> [(text: String, span: SourceSpan)]? {
    switch next(name) {
    case nil: return nil
    case .string(let text)?, .dynamic(.string(let text))?: return [(text, span)]
    case .dynamic(.array(let values))?:
      return try values.enumerated().map { index, value in
        let place = elements.count == values.count ? elements[index] : span
        guard case .string(let text) = value else {
          throw Diagnostic("argument-types", "`\(name)` holds strings only", at: place)
        }
        return (text, place)
      }
    default: throw wrong("`\(name)` is a string, or an array of strings")
    }
  }

  /// A whole number from 0.
  package mutating func count(_ name: String) throws -> Int64? {
    switch next(name) {
    case nil: return nil
    case .long(let number)? where number >= 0: return number
    case .int(let number)? where number >= 0: return Int64(number)
    default: throw wrong("`\(name)` is a whole number from 0")
    }
  }

  /// A moment in ticks.
  package mutating func moment(_ name: String) throws -> Int64? {
    switch next(name) {
    case nil: return nil
    case .datetime(let ticks)?: return ticks
    default: throw wrong("`\(name)` is a datetime, as in `ago(2d)`")
    }
  }

  /// A length of time in ticks.
  package mutating func duration(_ name: String) throws -> Int64? {
    switch next(name) {
    case nil: return nil
    case .timespan(let ticks)?: return ticks
    default: throw wrong("`\(name)` is a timespan, as in `2h`")
    }
  }

  package mutating func flag(_ name: String) throws -> Bool? {
    switch next(name) {
    case nil: return nil
    case .bool(let isSet)?: return isSet
    default: throw wrong("`\(name)` is true or false")
    }
  }

  /// A diagnostic about the argument that was read last.
  package func wrong(_ message: String, code: String = "argument-types", help: String? = nil) -> Diagnostic {
    Diagnostic(code, message, at: span, help: help)
  }

  /// - Throws: a diagnostic when arguments are left.
  package func finish() throws {
    if let (name, argument) = named.min(by: { $0.key < $1.key }) {
      throw Diagnostic("unknown-argument", "there is no parameter `\(name)` here", at: argument.span)
    }
    if let first = values.first { throw Diagnostic("argument-count", "there are too many arguments", at: first.span) }
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
      "no-pipelines", "the rows before the pipe name no pipelines", at: span,
      help: "they need a column `name` or `pipeline` of type string")
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
