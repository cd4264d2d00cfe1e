import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ExpressionBinder {
  /// `let name = value`: the value is bound where it is defined.
  func define(_ syntax: LetSyntax, in frame: Frame) throws {
    let name = syntax.name
    if frame.defines(name.text) {
      throw Diagnostic("duplicate-name", "`\(name.text)` is defined twice", at: name.span)
    }
    switch syntax.value {
    case .function(let function):
      frame.define(name.text, .function(function, frame.now))
    case .entityGroup(let group):
      frame.define(name.text, .entityGroup(group, frame.now))
    case .expression(let expression):
      do {
        switch try any(expression) {
        case .scalar(let value):
          frame.define(name.text, .value(value, rows: value.readsRows ? rows?.id : nil))
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
  func any(_ expression: ExpressionSyntax) throws -> Bound {
    switch expression.withoutParentheses {
    case .query(let query): return .table(try place.relation(query))
    case .path(let path): return .table(try place.relation(.path(path)))
    case .name(let name):
      if visibleRows?.index(of: name.text) != nil {
        return .scalar(try value(of: name))
      }
      switch place.scope.binding(named: name.text) {
      case .table(let table): return .table(table)
      case .function(let function, let scope) where function.parameters.isEmpty:
        return try FunctionExpansion(function, from: scope, CallSyntax(calling: name, at: name.span), by: self).result()
      case .value, .function, .pattern, .database, .entityGroup, .broken: return .scalar(try value(of: name))
      case nil:
        if place.catalog.hasTable(named: name.text) {
          return .table(try place.relation(.name(name)))
        }
        return .scalar(try value(of: name))
      }
    case .call(let call):
      let name = call.name.text
      if case .function(let function, let scope)? = place.scope.binding(named: name) {
        return try FunctionExpansion(function, from: scope, call, by: self).result()
      }
      if case .pattern? = place.scope.binding(named: name) {
        return .table(try place.relation(.call(call)))
      }
      if place.scope.binding(named: name) == nil,
        TableForm(rawValue: name) != nil || place.catalog.function(named: name) != nil
      {
        return .table(try place.relation(.call(call)))
      }
      return .scalar(try bind(call))
    case .member(let member):
      if let path = member.asPath, namesAttached(path) || namesPattern(path) {
        return .table(try place.relation(.path(path)))
      }
      return .scalar(try bind(expression))
    case .literal, .unary, .binary, .logical, .between, .membership, .element, .star, .parenthesized:
      return .scalar(try bind(expression))
    }
  }

  /// Whether a path is a table of an attached database rather than a property of a value.
  private func namesAttached(_ path: EntityPathSyntax) -> Bool {
    guard let name = path.database?.text else { return false }
    if case .database? = place.scope.binding(named: name) {
      if case .name(let member) = path.entity { return !member.text.hasPrefix("$current_") }
      return true
    }
    guard place.catalog.attached(named: name) != nil else { return false }
    return visibleRows?.index(of: name) == nil && place.scope.binding(named: name) == nil
  }

  /// Whether a path is a table of a pattern.
  private func namesPattern(_ path: EntityPathSyntax) -> Bool {
    guard let call = path.qualifiers.first else { return false }
    if case .pattern? = place.scope.binding(named: call.name.text) { return true }
    return false
  }
}

/// Forms of the query language that look like calls and return tables.
enum TableForm: String {
  case table, materialize, database, cluster, view

  /// Whether queries can use it as a function.
  var isFunction: Bool { self == .table || self == .materialize }
}
