import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbTelemetry

extension CaseFile {
  /// Closes the words of the case's difficulty in a catalog.
  func restrict(_ catalog: Catalog) {
    guard isOpen else { return }
    for function in catalog.functions where settings.difficulty.closes(function) {
      catalog.add(
        TableFunction(
          function.name, function.summary, function.parameters, examples: function.examples, tells: function.insight,
          ranking: function.ranking, presentation: function.presentation,
          meaning: { [difficulty = settings.difficulty] call in
            throw Diagnostic(
              "case-word", "`\(function.name)` cannot be used while this case is open (difficulty \(difficulty.rawValue))", at: call.span,
              help: "investigate with KQL over the tables; `.hint` helps, and `--difficulty easy` allows every word")
          }))
    }
  }
}
