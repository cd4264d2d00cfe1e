import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The plugins that `evaluate` calls.
package enum Plugins {
  package static var names: [String] { Plugin.all.map(\.name) }
}

/// A plugin that `evaluate` calls.
struct Plugin: Sendable {
  let name: String
  let bind: @Sendable (PluginCall) throws -> Relation

  /// To add one, add an element.
  static let all: [Plugin] = [
    Plugin(name: "active_users_count") { try $0.activeUsersCount() },
    Plugin(name: "activity_counts_metrics") { try $0.activityCountsMetrics() },
    Plugin(name: "bag_unpack") { try $0.bagUnpack() },
    Plugin(name: "dcount_intersect") { try $0.sketchIntersections() },
    Plugin(name: "ipv4_lookup") { try $0.addressLookup(.ipv4) },
    Plugin(name: "ipv6_lookup") { try $0.addressLookup(.ipv6) },
    Plugin(name: "narrow") { try $0.narrow() },
    Plugin(name: "pivot") { try $0.pivot() },
    Plugin(name: "rolling_percentile") { try $0.rollingPercentile() },
    Plugin(name: "schema_merge") { try $0.schemaMerge() },
    Plugin(name: "sliding_window_counts") { try $0.slidingWindowCounts() },
  ]
}

/// A call of a plugin over the rows before it.
struct PluginCall {
  let call: CallSyntax
  /// The columns that the call says it gives; nil when it does not.
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
    guard let plugin = Plugin.all.first(where: { $0.name == name }) else {
      throw Diagnostic(
        "unsupported-plugin", "the plugin `\(name)` is not supported", at: call.name.span,
        help: Suggestion.nearest(to: name, in: Plugins.names))
    }
    return try plugin.bind(
      PluginCall(
        call: call, schema: schema, span: span, input: input, place: place,
        columns: place.columns(of: input, for: "`\(name)`")))
  }
}
