import PlumbDiagnostics
import PlumbSyntax

/// Finds parameters that no script declares, though scripts declare others.
package enum ParameterNames {
  /// - Throws: `unknown-parameter` for the first of them. If scripts declare no parameters, there is nothing to compare with,
  ///     and unreadable scripts are reported when they are run.
  package static func check(_ given: [String], declaredIn texts: [String]) throws {
    guard !given.isEmpty else { return }
    var declared: [String] = []
    for text in texts {
      let parsed = parse(text)
      if parsed.hasErrors { return }
      for case .declareQueryParameters(let statement) in parsed.script.statements {
        declared += statement.parameters.map(\.name.text)
      }
    }
    guard !declared.isEmpty, let unknown = given.first(where: { !declared.contains($0) }) else { return }
    let listed = declared.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
    throw Diagnostic(
      "unknown-parameter", "`--param \(unknown)=...` sets a parameter that no script declares",
      help: Suggestion.nearest(to: unknown, in: declared) ?? "declared: \(listed)")
  }
}
