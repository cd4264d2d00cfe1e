import PlumbEngine

/// A value that several readers need, made by the first of them and released after the last.
///
/// A page that spans several parts of a row group is decompressed once for all of them.
final class SharedPart<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var served: Set<Int> = []
  }

  private let state = LockedValue(State())
  private let users: Int

  /// - Parameter users: the number of readers.
  init(users: Int) { self.users = users }

  /// Returns the value for the reader with a number; waits if another reader is making it.
  func take(for user: Int, _ make: () throws -> Value) throws -> Value {
    if users == 1 { return try make() }
    return try state.withLock { state in
      let value = try state.value ?? make()
      state.served.insert(user)
      if state.served.count < users {
        state.value = value
      } else {
        state = State()
      }
      return value
    }
  }
}
