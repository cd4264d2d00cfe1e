import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Functions of the query language itself that give tables.
let tableFunctionNames: Set<String> = ["table", "materialize", "database", "cluster", "view"]

extension Binder {
  /// `let name = value`: the value is bound where it stands.
  func define(_ syntax: LetSyntax, in frame: Frame, place: Place) throws {
    let name = syntax.name
    if frame.defines(name.text) {
      throw Diagnostic("duplicate-name", "`\(name.text)` is defined twice", at: name.span)
    }
    switch syntax.value {
    case .function(let function):
      frame.define(name.text, .function(function, frame.now))
    case .expression(let expression):
      do {
        switch try any(expression, at: place) {
        case .scalar(let value):
          frame.define(name.text, .value(value, row: value.columns.isEmpty ? nil : place.row?.id))
        case .table(var table):
          table.name = name.text
          frame.define(name.text, .table(table))
        }
      } catch {
        frame.define(name.text, .broken)
        throw error
      }
    }
  }

  /// An expression that can be a value or a table; its names decide.
  func any(_ expression: ExpressionSyntax, at place: Place) throws -> Bound {
    switch expression.withoutParentheses {
    case .query(let query): return .table(try relation(query, in: place.scope))
    case .path(let path): return .table(try relation(.path(path), in: place.scope, implied: nil))
    case .name(let name):
      if place.seesColumns, place.row?.index(of: name.text) != nil {
        return .scalar(try value(of: name, at: place))
      }
      switch place.scope.binding(named: name.text) {
      case .table(let table): return .table(table)
      case .function(let function, let scope) where function.parameters.isEmpty:
        let call = CallSyntax(calling: name, at: name.span)
        return try expand(function, from: scope, call, at: place, input: nil)
      case .value, .function, .pattern, .broken: return .scalar(try value(of: name, at: place))
      case nil:
        if catalog.hasTable(named: name.text) {
          return .table(try relation(.name(name), in: place.scope, implied: nil))
        }
        return .scalar(try value(of: name, at: place))
      }
    case .call(let call):
      let name = call.name.text
      if case .function(let function, let scope)? = place.scope.binding(named: name) {
        return try expand(function, from: scope, call, at: place, input: nil)
      }
      if case .pattern? = place.scope.binding(named: name) {
        return .table(try relation(.call(call), in: place.scope, implied: nil))
      }
      if place.scope.binding(named: name) == nil,
        tableFunctionNames.contains(name) || catalog.function(named: name) != nil
      {
        return .table(try relation(.call(call), in: place.scope, implied: nil))
      }
      return .scalar(try bind(call, at: place))
    case .member(let member):
      if let path = member.asPath, namesAttached(path, at: place) || namesPattern(path, at: place) {
        return .table(try relation(.path(path), in: place.scope, implied: nil))
      }
      return .scalar(try bind(expression, at: place))
    case .literal, .unary, .binary, .logical, .between, .membership, .element, .star, .parenthesized:
      return .scalar(try bind(expression, at: place))
    }
  }

  /// The body of a function with its parameters standing for the call's arguments.
  ///
  /// - Throws: mistakes in the call and in the body, `too-deep` and `too-complex`.
  func expand(
    _ function: FunctionSyntax, from scope: Scope, _ call: CallSyntax, at place: Place, input: Relation?
  ) throws -> Bound {
    let name = call.name.text
    guard expanding.count < 64 else {
      throw Diagnostic("too-deep", "functions call each other more than 64 deep here", at: call.span)
    }
    try countExpansion(at: call.span)
    let frame = Frame(parent: scope)
    defer { frame.forget() }
    try pass(call, to: function, in: frame, from: place, input: input)
    expanding.append(name)
    defer { expanding.removeLast() }
    // Only the outermost function of the catalog is called in the user's text.
    guard scope.frame === stored, !isInStored else { return try body(of: function, in: frame, call, at: place) }
    let before = diagnostics.count
    isInStored = true
    defer {
      isInStored = false
      moveMistakes(since: before, to: call.span, in: name)
    }
    do {
      return try body(of: function, in: frame, call, at: place)
    } catch let diagnostic as Diagnostic {
      throw Binder.moving(diagnostic, to: call.span, in: name)
    }
  }

  /// What a function's body gives once its parameters are in `frame`.
  private func body(
    of function: FunctionSyntax, in frame: Frame, _ call: CallSyntax, at place: Place
  ) throws -> Bound {
    let inside = { Place(scope: frame.now, row: place.row, seesColumns: false, what: place.what) }
    for statement in function.statements {
      switch statement {
      case .letBinding(let syntax): try define(syntax, in: frame, place: inside())
      case .setOption: break
      case .query, .declareQueryParameters, .declarePattern, .aliasDatabase, .restrictAccess, .command:
        throw Diagnostic("misplaced-statement", "a function's body holds `let` and its result only", at: statement.span)
      }
    }
    let result = try any(function.result, at: inside())
    if case .scalar(let expression) = result, expression.weight(upTo: 10_000) >= 10_000 {
      throw Diagnostic(
        "too-complex", "`\(call.name.text)` makes an expression of more than 10,000 parts", at: call.span)
    }
    return result
  }

  // MARK: Arguments

  private func pass(
    _ call: CallSyntax, to function: FunctionSyntax, in frame: Frame, from place: Place, input: Relation?
  ) throws {
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
    // Arguments without names take the places that are left.
    var next = input == nil ? 0 : 1
    for argument in call.arguments where argument.name == nil {
      while given[next] != nil { next += 1 }
      given[next] = argument
    }
    if let excess = given.keys.filter({ $0 >= parameters.count }).min(), let argument = given[excess] {
      throw Diagnostic(
        "argument-count",
        "`\(call.name.text)` takes \(parameters.count) argument\(parameters.count == 1 ? "" : "s")", at: argument.span)
    }
    for (index, parameter) in parameters.enumerated() {
      let name = parameter.name.text
      switch parameter.kind {
      case .table(let schema):
        let table: Relation
        if index == 0, let input {
          table = input
        } else if let argument = given[index] {
          guard case .table(let bound) = try any(argument.value, at: place) else {
            throw Diagnostic("value-as-table", "`\(name)` is a table, and this is a value", at: argument.span)
          }
          table = bound
        } else {
          throw missing(name, call)
        }
        frame.define(name, .table(try fitting(table, to: schema, of: name, at: given[index]?.span ?? call.span)))
      case .scalar(let typeSyntax, let defaultValue):
        let type = ScalarType(typeSyntax.type)
        let value: BoundExpression
        if let argument = given[index] {
          if index == 0, input != nil { throw missing(name, call) }
          value = try converting(bind(argument.value, at: place), to: type, of: name)
        } else if let defaultValue, !(index == 0 && input != nil) {
          value = try converting(bind(defaultValue, at: Place(scope: frame.now, row: nil)), to: type, of: name)
        } else if index == 0, input != nil {
          throw Diagnostic(
            "no-tabular-parameter", "the first parameter of `\(call.name.text)` is no table, so rows cannot be piped in",
            at: call.name.span)
        } else {
          throw missing(name, call)
        }
        frame.define(name, .value(value, row: value.columns.isEmpty ? nil : place.row?.id))
      }
    }
  }

  private func missing(_ name: String, _ call: CallSyntax) -> Diagnostic {
    Diagnostic("argument-count", "`\(call.name.text)` needs an argument for `\(name)`", at: call.span)
  }

  /// Checks that a table has the columns that its parameter declares; others stay visible.
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
            + "and `\(name)` needs \(type.described)",
          at: span)
      }
    }
    return table
  }
}

extension BoundExpression {
  /// How many parts the expression has, counted no further than `limit`.
  func weight(upTo limit: Int) -> Int {
    guard case .call(let call) = self, limit > 1 else { return 1 }
    var total = 1
    for argument in call.arguments {
      total += argument.weight(upTo: limit - total)
      if total >= limit { return limit }
    }
    return total
  }
}
