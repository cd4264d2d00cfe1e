import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension CommandAction {
  /// Commands that run other commands.
  static let scripting: [CommandAction] = [
    CommandAction(".execute database script") { command, given in
      guard case .script(let script)? = command.places.last?.value else { throw command.missing("commands") }
      let goesOn = command.properties["continueonerrors"] == "true"
      let throwsErrors = command.properties["throwonerrors"] == "true"
      var rows: [[Value]] = []
      for (statement, text) in zip(script.statements, script.texts) {
        do {
          try given.script.runInside(statement)
          rows.append([.string(statement.kind), .string(text), .string("Completed"), .string("")])
        } catch let problem where Self.list(problem).first?.code != "cancelled" && !throwsErrors {
          let reason = Self.list(problem).map(\.message).joined(separator: "; ")
          rows.append([.string(statement.kind), .string(text), .string("Failed"), .string(reason)])
          if !goesOn { break }
        }
      }
      return try Answer(
        [
          ColumnInfo("CommandType", .string), ColumnInfo("CommandText", .string), ColumnInfo("Result", .string),
          ColumnInfo("Reason", .string),
        ], rows: rows)
    }
  ]

  private static func list(_ error: any Error) -> [Diagnostic] {
    switch error {
    case let several as Diagnostics: several.list
    case let one as Diagnostic: [one]
    default: [Diagnostic("failed", "\(error)")]
    }
  }
}

extension StatementSyntax {
  /// The name of a command, or what else the statement is.
  fileprivate var kind: String {
    switch self {
    case .command(let command): command.name
    case .query: "query"
    case .letBinding, .setOption, .declareQueryParameters, .declarePattern, .aliasDatabase, .restrictAccess: "statement"
    }
  }
}
