import PlumbDiagnostics
import PlumbSyntax

/// Finds parameters that no script declares, though scripts ask for others.
package enum ParameterNames {
  /// - Throws: `unknown-parameter` for the first of them. Scripts that declare no parameters have nothing to compare with,
  ///   and those that cannot be read are told of when they are run.
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
      "unknown-parameter", "`--param \(unknown)=...` gives a value to a parameter that is not declared",
      help: Suggestion.nearest(to: unknown, in: declared) ?? "declared: \(listed)")
  }
}
