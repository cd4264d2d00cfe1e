import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A plugin that `evaluate` calls, declared in one place: its name, its meaning, and how it is bound.
///
/// Help, completion, messages and the example tests read this value. To add a plugin, add an element to one of the lists.
package struct Plugin: Sendable {
  package let name: String
  /// One sentence that names the parameters in backquotes.
  package let summary: String
  /// The parameters as a user writes them, `column, [prefix]`.
  package let parameters: String
  /// The columns of its rows, in words.
  package let columns: String
  /// Whole queries, and the first row of their answers as CSV.
  package let examples: [ScalarFunction.Example]
  /// From a call to the rows after it. Nothing runs here unless the columns depend on the data.
  let bind: @Sendable (PluginCall) throws -> Relation

  init(
    _ name: String, _ summary: String, _ parameters: String, columns: String, examples: [ScalarFunction.Example],
    bind: @escaping @Sendable (PluginCall) throws -> Relation
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.columns = columns
    self.examples = examples
    self.bind = bind
  }

  /// Every plugin, by name.
  package static let all: [Plugin] = (shapes + lookups + timelines + activities + sequences + patterns).sorted { $0.name < $1.name }

  package static func named(_ name: String) -> Plugin? { all.first { $0.name == name } }
}

/// A call of a plugin over the rows before it.
struct PluginCall {
  let call: CallSyntax
  /// The columns that the call declares; nil if it does not.
  let schema: SchemaSyntax?
  let span: SourceSpan
  let input: Relation
  let place: BindingPlace
  /// Expressions over the rows.
  let columns: ColumnExpressions
}

extension EvaluateSyntax: OperatorBinding {
  /// `evaluate plugin(...)`.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let name = call.name.text
    guard let plugin = Plugin.named(name) else {
      if let reason = UnsupportedName.plugin(name) {
        throw Diagnostic("unsupported-plugin", "the plugin `\(name)` is not supported", at: call.name.span, help: reason)
      }
      throw Diagnostic(
        "unknown-plugin", "unknown plugin `\(name)`", at: call.name.span,
        help: Suggestion.nearest(to: name, in: Plugin.all.map(\.name)))
    }
    return try plugin.bind(
      PluginCall(
        call: call, schema: schema, span: span, input: input, place: place,
        columns: place.columns(of: input, for: "`\(name)`")))
  }
}
