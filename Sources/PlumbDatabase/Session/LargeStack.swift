import PlumbEngine

/// Runs `body` on a thread of its own with a stack of 512 MB, and waits for it.
///
/// Binding and optimising recurse as deep as the parser lets a text nest. The stack is address space
/// only until it is used.
func onLargeStack<Value>(_ body: () throws -> Value) throws -> Value {
  try withoutActuallyEscaping(body) { body in
    let outcome = LockedValue<Result<Value, any Error>?>(nil)
    let account = MemoryAccount.current
    let work = UncheckedBox(body)
    let thread = SystemThread(stackBytes: 512 << 20) {
      let result = Result { try account.bound(work.value) }
      outcome.withLock { $0 = result }
    }
    thread?.join()
    // If no thread can be created, the caller's stack has to suffice.
    guard let result = outcome.withLock({ $0 }) else { return try body() }
    return try result.get()
  }
}
