import Glibc
import PlumbEngine

/// Runs `body` on a thread of its own with a stack of 512 MB, and waits for it.
///
/// Binding and optimising recurse as deep as the parser lets a text nest. The stack is address space
/// only until it is used.
func onLargeStack<Result>(_ body: () throws -> Result) throws -> Result {
  try withoutActuallyEscaping(body) { body in
    let account = MemoryAccount.current
    let task = Task { try account.bound(body) }
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return try body() }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, 512 << 20) == 0 else { return try body() }
    var thread = pthread_t()
    let raw = Unmanaged.passUnretained(task as AnyTask).toOpaque()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<AnyTask>.fromOpaque(argument).takeUnretainedValue().run() }
        return nil
      }, raw)
    guard status == 0 else { return try body() }
    pthread_join(thread, nil)
    guard let outcome = task.outcome else { return try body() }
    return try outcome.get()
  }
}

private class AnyTask {
  func run() {}
}

private final class Task<Value>: AnyTask {
  private let body: () throws -> Value
  private(set) var outcome: Result<Value, any Error>?

  init(_ body: @escaping () throws -> Value) { self.body = body }

  override func run() { outcome = Result { try body() } }
}
