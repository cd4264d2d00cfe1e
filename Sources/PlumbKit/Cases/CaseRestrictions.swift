import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbTelemetry

extension CaseFile {
  /// Closes the words of the case's difficulty in a catalog.
  func restrict(_ catalog: Catalog) {
    guard isOpen else { return }
    for word in settings.difficulty.closedWords {
      guard let function = catalog.function(named: word) else { continue }
      catalog.add(
        TableFunction(
          word, function.summary, function.parameters, ranking: function.ranking, presentation: function.presentation,
          meaning: { [difficulty = settings.difficulty] call in
          throw Diagnostic(
            "case-word", "`\(word)` cannot be used while this case is open (difficulty \(difficulty.rawValue))", at: call.span,
            help: "investigate with KQL over the tables; `.hint` helps, and `--difficulty easy` allows every word")
          }))
    }
  }
}
