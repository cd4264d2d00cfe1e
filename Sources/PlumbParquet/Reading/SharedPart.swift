import PlumbEngine

/// Something that several readers need, made by the first of them and dropped after the last.
///
/// A page that reaches over parts of a row group is unpacked once for all of them.
final class SharedPart<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var served: Set<Int> = []
  }

  private let state = Guarded(State())
  private let users: Int

  /// - Parameter users: how many readers there are.
  init(users: Int) { self.users = users }

  /// The value for the reader of a number; another reader that makes it is waited for.
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
