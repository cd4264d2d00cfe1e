import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A call of a function written in KQL: its body, with the call's arguments in place of its parameters.
struct FunctionExpansion {
  private let function: FunctionSyntax
  /// The scope of the function's definition, which its body sees.
  private let scope: Scope
  private let call: CallSyntax
  private let caller: ExpressionBinder
  /// The rows before the pipe, if the function is called by `invoke`.
  private let input: Relation?

  private var state: BindingState { caller.place.state }

  init(_ function: FunctionSyntax, from scope: Scope, _ call: CallSyntax, by caller: ExpressionBinder, input: Relation? = nil) {
    self.function = function
    self.scope = scope
    self.call = call
    self.caller = caller
    self.input = input
  }

  /// What the body returns.
  ///
  /// - Throws: errors in the call and in the body, `too-deep` and `too-complex`.
  func result() throws -> Bound {
    let name = call.name.text
    try state.functions.countExpansion(at: call.span, caller.place.context)
    let frame = Frame(parent: scope)
    defer { frame.forget() }
    try passArguments(in: frame)
    state.functions.push(name)
    defer { state.functions.pop() }
    let text = function.span.text
    let shown = scope.frame === state.stored ? state.catalog.storedFunction(named: name)?.shown : nil
    let isEntered = state.texts.enter(text, from: call.span, shown: shown)
    defer { if isEntered { state.texts.close(text) } }
    return try body(in: frame)
  }

  /// What the body returns once the parameters are in `frame`.
  private func body(in frame: Frame) throws -> Bound {
    var inside = caller
    inside.seesColumns = false
    for statement in function.statements {
      inside.place.scope = frame.now
      switch statement {
      case .letBinding(let syntax): try inside.define(syntax, in: frame)
      case .setOption: break
      case .query, .declareQueryParameters, .declarePattern, .aliasDatabase, .restrictAccess, .command:
        throw Diagnostic("misplaced-statement", "a function's body may contain only `let` statements and its result", at: statement.span)
      }
    }
    inside.place.scope = frame.now
    let result = try inside.any(function.result)
    if case .scalar(let expression) = result, expression.weight(upTo: 10_000) >= 10_000 {
      throw Diagnostic(
        "too-complex", "`\(call.name.text)` expands to an expression of more than 10,000 parts", at: call.span)
    }
    return result
  }

  // MARK: Arguments

  private func passArguments(in frame: Frame) throws {
    let parameters = function.parameters
    var given: [Int: ArgumentSyntax] = [:]
    for argument in call.arguments {
      guard let label = argument.name else { continue }
      guard let index = parameters.firstIndex(where: { $0.name.text == label.text }) else {
        throw Diagnostic(
          "unknown-parameter", "`\(call.name.text)` has no parameter `\(label.text)`", at: label.span,
          help: Suggestion.nearest(to: label.text, in: parameters.map(\.name.text)))
      }
      given[index] = argument
    }
    // Positional arguments fill the remaining parameters.
    var next = input == nil ? 0 : 1
    for argument in call.arguments where argument.name == nil {
      while given[next] != nil { next += 1 }
      given[next] = argument
    }
    if let excess = given.keys.filter({ $0 >= parameters.count }).min(), let argument = given[excess] {
      throw Diagnostic(
        "argument-count",
        "`\(call.name.text)` takes \(counted(parameters.count, "argument"))", at: argument.span)
    }
    for (index, parameter) in parameters.enumerated() {
      let name = parameter.name.text
      switch parameter.kind {
      case .table(let schema):
        let table: Relation
        if index == 0, let input {
          table = input
        } else if let argument = given[index] {
          guard case .table(let bound) = try caller.any(argument.value) else {
            throw Diagnostic("value-as-table", "`\(name)` expects a table, but this is a value", at: argument.span)
          }
          table = bound
        } else {
          throw missing(name)
        }
        frame.define(name, .table(try fitting(table, to: schema, of: name, at: given[index]?.span ?? call.span)))
      case .scalar(let typeSyntax, let defaultValue):
        let type = ScalarType(typeSyntax.type)
        let value: OpenExpression
        if let argument = given[index] {
          if index == 0, input != nil { throw missing(name) }
          value = try caller.calls.converting(caller.bind(argument.value), to: type, of: name)
        } else if let defaultValue, !(index == 0 && input != nil) {
          let defaults = caller.place.seeing(frame.now).constants.binder
          value = try caller.calls.converting(defaults.bind(defaultValue), to: type, of: name)
        } else if index == 0, input != nil {
          throw Diagnostic(
            "no-tabular-parameter", "the first parameter of `\(call.name.text)` is not a table, so rows cannot be piped in",
            at: call.name.span)
        } else {
          throw missing(name)
        }
        frame.define(name, .value(value, rows: value.readsRows ? caller.rows?.id : nil))
      }
    }
  }

  private func missing(_ name: String) -> Diagnostic {
    Diagnostic("argument-count", "`\(call.name.text)` needs an argument for `\(name)`", at: call.span)
  }

  /// Checks that a table has the columns that its parameter declares; other columns stay visible.
  private func fitting(
    _ table: Relation, to schema: SchemaSyntax, of name: String, at span: SourceSpan
  ) throws -> Relation {
    for column in schema.columns {
      guard let index = table.index(of: column.name.text) else {
        throw Diagnostic(
          "unknown-column", "the table for `\(name)` has no column `\(column.name.text)`", at: span)
      }
      let type = ScalarType(column.type.type)
      guard table.schema[index].type == type else {
        throw Diagnostic(
          "column-type",
          "the column `\(column.name.text)` is \(table.schema[index].type.described), "
            + "but `\(name)` expects \(type.described)",
          at: span)
      }
    }
    return table
  }
}
