/// What the calls of an agent may use. An agent cannot raise these limits.
package struct AgentLimits: Sendable {
  /// The maximum number of rows in a reply, and the number without an argument `limit`.
  package var rows = 1_000
  package var usualRows = 100
  /// The maximum length of the rows in a reply as text, and of one value.
  package var bytes = 64 << 10
  package var cellBytes = 2_000
  /// The bytes that one query may hold.
  package var memory = 1 << 30
  /// The time that one query may take.
  package var milliseconds = 60_000.0

  package init() {}
}
