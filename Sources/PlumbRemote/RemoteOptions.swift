/// What connections to other engines need from the program: its limits, and where passwords are.
package struct RemoteOptions: Sendable {
  /// The rows that a query may fetch where an operator after them runs here.
  package var fetchRows = 5_000_000
  /// The value of a variable of the environment.
  package var variable: @Sendable (_ name: String) -> String? = { _ in nil }
  /// A command that prints a token for Kusto services.
  package var tokenCommand: String?
  /// Asks the user for a password without showing it; nil if nobody can be asked.
  package var ask: (@Sendable (_ prompt: String) -> String?)?

  package init() {}
}
