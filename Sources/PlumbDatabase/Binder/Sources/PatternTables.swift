import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Patterns: tables that `declare pattern` defines under texts, such as `country("Canada").Alberta`.
extension DeclarePatternSyntax {
  /// Checks the pattern and defines its name.
  func declare(in text: Frame) throws {
    let name = self.name.text
    let before = text.now
    text.define(name, .broken)
    guard let mapping else {
      text.define(name, .pattern(self, before))
      return
    }
    for parameter in mapping.parameters + (mapping.path.map { [$0] } ?? []) {
      guard case .scalar(let type, nil) = parameter.kind, type.type == .string else {
        throw Diagnostic(
          "parameter-type", "a pattern's parameter must be a string without a default", at: parameter.span,
          help: "write `\(parameter.name.text): string`")
      }
    }
    guard !mapping.parameters.isEmpty else {
      throw Diagnostic("missing-parameter", "a pattern needs at least one parameter", at: span)
    }
    for definition in mapping.definitions {
      guard definition.arguments.count == mapping.parameters.count, (definition.path == nil) == (mapping.path == nil) else {
        let shape = Self.shape(of: name, mapping)
        throw Diagnostic(
          "argument-count", "this definition does not match the pattern's parameters", at: definition.span,
          help: "the pattern is `\(shape)`")
      }
    }
    text.define(name, .pattern(self, before))
  }

  /// The table that a pattern has for these values.
  ///
  /// - Parameter outer: the scope that the definitions see.
  func table(
    _ call: CallSyntax, path: NameSyntax?, from outer: Scope, at place: BindingPlace
  ) throws -> Relation {
    let name = self.name.text
    let values = try call.arguments.map { argument -> String in
      guard argument.name == nil, case .string(let value) = try place.constants.value(argument.value, what: "a pattern's value") else {
        throw Diagnostic("argument-types", "the values of a pattern must be strings", at: argument.span)
      }
      return value
    }
    let span = path.map { SourceSpan.joining(call.span, $0.span) } ?? call.span
    let asked = Self.reference(name, values, path?.text)
    guard let mapping else {
      throw Diagnostic(
        "unknown-pattern", "the pattern `\(name)` has no definitions, so `\(asked)` has no meaning", at: span,
        help: "write `declare pattern \(name) = (x: string) { (\"...\") = { ... }; }`")
    }
    guard values.count == mapping.parameters.count, (path == nil) == (mapping.path == nil) else {
      throw Diagnostic(
        "argument-count", "`\(asked)` does not match the pattern's parameters", at: span,
        help: "write `\(Self.shape(of: name, mapping))`")
    }
    guard let definition = mapping.definitions.first(where: { $0.values == values && $0.path?.text == path?.text }) else {
      let known = mapping.definitions.map { Self.reference(name, $0.values, $0.path?.text) }
      throw Diagnostic(
        "unknown-pattern", "the pattern `\(name)` has no definition of `\(asked)`", at: span,
        help: Suggestion.nearest(to: asked, in: known)
          ?? (known.isEmpty ? nil : "it has " + known.prefix(6).map { "`\($0)`" }.joined(separator: ", ")))
    }
    let inner = CallSyntax(calling: self.name, at: span)
    guard case .table(let result) = try FunctionExpansion(definition.body, from: outer, inner, by: place.constants.binder).result()
    else { throw Diagnostic("value-as-table", "`\(asked)` is a value, but a table is expected here", at: span) }
    return result
  }

  func missingValues(at span: SourceSpan) -> Diagnostic {
    let shape = mapping.map { Self.shape(of: name.text, $0) } ?? "\(name.text)(\"...\")"
    return Diagnostic(
      "pattern-as-table", "`\(name.text)` is a pattern and needs its values", at: span, help: "write `\(shape)`")
  }

  /// `country("Canada").["Alberta"]`
  private static func reference(_ name: String, _ values: [String], _ path: String?) -> String {
    let arguments = values.map(KQLText.string).joined(separator: ", ")
    return "\(name)(\(arguments))" + (path.map { ".\(KQLName.inQuery($0))" } ?? "")
  }

  /// `country(name).[state]`
  private static func shape(of name: String, _ mapping: PatternMappingSyntax) -> String {
    let parameters = mapping.parameters.map(\.name.text).joined(separator: ", ")
    return "\(name)(\(parameters))" + (mapping.path.map { ".[\($0.name.text)]" } ?? "")
  }
}

extension EntityPathSyntax {
  /// The table of `pattern("x").y`; nil if the path does not belong to a pattern.
  func tableOfPattern(at place: BindingPlace) throws -> Relation? {
    guard qualifiers.count == 1, let call = qualifiers.first, case .name(let name) = entity,
      case .pattern(let pattern, let outer)? = place.scope.binding(named: call.name.text)
    else { return nil }
    return try pattern.table(call, path: name, from: outer, at: place)
  }
}

extension PatternDefinitionSyntax {
  fileprivate var values: [String] {
    arguments.compactMap { argument in
      if case .string(let text, _) = argument.value { return text }
      return nil
    }
  }
}
