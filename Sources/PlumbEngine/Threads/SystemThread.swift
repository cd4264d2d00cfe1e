import Glibc

/// A thread of the system, the only kind that Plumb starts.
package struct SystemThread {
  private let thread: pthread_t

  /// Starts a thread that runs `body`. It must be joined or detached.
  ///
  /// - Parameter stackBytes: the size of its stack, which is only address space until it is used; nil for the default.
  /// - Returns: nil if the system cannot create one.
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

  /// Waits until the thread ends.
  package func join() { pthread_join(thread, nil) }

  /// Lets the thread end by itself.
  package func detach() { pthread_detach(thread) }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

/// Starts a thread that ends by itself; returns false if the system cannot create one.
package func startThread(stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void) -> Bool {
  guard let thread = SystemThread(stackBytes: stackBytes, body) else { return false }
  thread.detach()
  return true
}
