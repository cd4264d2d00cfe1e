import PlumbDiagnostics

/// Another program that runs parts of plans over the tables that it stores.
package protocol RemoteEngine: AnyObject, Sendable {
  /// The name under which it is attached.
  var name: String { get }

  /// Says a node in the engine's language.
  ///
  /// - Parameter inputs: the parts that the node reads from, as this engine made them.
  /// - Throws: a `RemoteObstacle` if the engine cannot run the node with exactly the same meaning.
  func part(for plan: LogicalPlan, over inputs: [any RemotePart]) throws -> any RemotePart
}

/// A part of a plan in a remote engine's language.
package protocol RemotePart: Sendable {
  /// The query for it; `cut` says which operator runs here after it, and why.
  ///
  /// - Throws: a `RemoteObstacle` if the engine can compute with its columns but not send them exactly.
  func query(cut: RemoteCut?) throws -> any RemoteQuery
}

/// Why an engine cannot run a node.
package struct RemoteObstacle: Error {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
}

/// Where a plan leaves a remote engine: the operator that runs here, and why it does.
package struct RemoteCut: Sendable {
  package let label: String
  package let reason: String

  package init(label: String, reason: String) {
    self.label = label
    self.reason = reason
  }
}

/// What is sent to a remote engine.
package protocol RemoteQuery: AnyObject, Sendable {
  /// The query in the engine's language, without secrets.
  var text: String { get }
  /// One line for `explain`: the engine, and where the plan was cut.
  var label: String { get }
  /// Whether the rows arrive in an order that the query asked for.
  var isOrdered: Bool { get }
  /// Sends the query.
  func open(_ context: ExecutionContext) throws -> any ExternalCursor
}
