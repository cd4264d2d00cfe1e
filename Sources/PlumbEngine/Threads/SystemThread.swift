import Glibc

/// A thread of the system: the one way in which Plumb starts any.
package struct SystemThread {
  private let thread: pthread_t

  /// Starts a thread that runs `body`. It must be joined or detached.
  ///
  /// - Parameter stackBytes: the size of its stack, which is address space only until it is used; nil for the usual one.
  /// - Returns: nil when the system has no room for one.
  package init?(stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    if let stackBytes, pthread_attr_setstacksize(&attributes, stackBytes) != 0 { return nil }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Body(body))
    let status = pthread_create(
      &thread, &attributes,
      { raw in
        if let raw { Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run() }
        return nil
      }, box.toOpaque())
    guard status == 0 else {
      box.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits for its end.
  package func join() { pthread_join(thread, nil) }

  /// Lets it end by itself.
  package func detach() { pthread_detach(thread) }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

/// Starts a thread that ends by itself; false when the system has no room for one.
package func startThread(stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void) -> Bool {
  guard let thread = SystemThread(stackBytes: stackBytes, body) else { return false }
  thread.detach()
  return true
}
