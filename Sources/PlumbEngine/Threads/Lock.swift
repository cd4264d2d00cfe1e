import Glibc

/// A pthread mutex with one condition.
///
/// - Note: the standard library's `Mutex` waits on a futex of its own, which the thread sanitizer cannot see: it would report
///     everything that such a mutex protects as a race.
public final class Lock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  public init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  @inlinable public func locked<T>(_ body: () throws -> T) rethrows -> T {
    take()
    defer { giveBack() }
    return try body()
  }

  /// Like `withLock`, but returns nil at once if another thread holds the lock.
  @inlinable public func lockedIfFree<T>(_ body: () throws -> T) rethrows -> T? {
    guard takeIfFree() else { return nil }
    defer { giveBack() }
    return try body()
  }

  /// Inside `locked`: waits for a signal.
  public func wait() { pthread_cond_wait(condition, mutex) }

  /// Inside `locked`: waits for a signal, but no longer than `milliseconds`.
  public func wait(milliseconds: Int) {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = time.tv_nsec &+ (milliseconds % 1000) &* 1_000_000
    time.tv_sec &+= milliseconds / 1000 &+ nanoseconds / 1_000_000_000
    time.tv_nsec = nanoseconds % 1_000_000_000
    pthread_cond_timedwait(condition, mutex, &time)
  }

  /// Inside `locked`: wakes all waiters.
  public func signal() { pthread_cond_broadcast(condition) }

  @usableFromInline func take() { pthread_mutex_lock(mutex) }
  @usableFromInline func takeIfFree() -> Bool { pthread_mutex_trylock(mutex) == 0 }
  @usableFromInline func giveBack() { pthread_mutex_unlock(mutex) }
}

/// A value that one thread at a time may access.
public final class LockedValue<Value>: @unchecked Sendable {
  @usableFromInline let lock = Lock()
  @usableFromInline var value: Value

  public init(_ value: Value) { self.value = value }

  @inlinable public func withLock<T>(_ body: (inout Value) throws -> T) rethrows -> T {
    try lock.locked { try body(&value) }
  }

  /// Like `withLock`, but returns nil at once if another thread holds the lock.
  @inlinable public func withLockIfFree<T>(_ body: (inout Value) throws -> T) rethrows -> T? {
    try lock.lockedIfFree { try body(&value) }
  }
}
