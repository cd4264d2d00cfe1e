import Glibc
import Synchronization

/// The bytes that buffers hold for a query, a workspace or the process, and the limit on them.
///
/// Accounts nest: a query's buffers also count for its workspace and for the process. A buffer charges the
/// account of its thread (`current`) and releases to the same one, whichever thread frees it.
package final class MemoryAccount: Sendable {
  /// Everything that this process holds; without a limit.
  package static let process = MemoryAccount(limit: .max, parent: nil)

  /// The maximum number of bytes.
  package let limit: Int
  private let parent: MemoryAccount?
  private let bytes = Atomic<Int>(0)
  private let most = Atomic<Int>(0)

  package init(limit: Int, in parent: MemoryAccount = .process) {
    self.limit = limit
    self.parent = parent
  }

  private init(limit: Int, parent: MemoryAccount?) {
    self.limit = limit
    self.parent = parent
  }

  deinit { trimIfLarge() }

  /// The allocator keeps small blocks that were freed. After a query that held much of its limit they return to the kernel,
  /// so that the next one does not add its own to them.
  func trimIfLarge() {
    if peak > limit / 8 { BufferRecycling.trim(isDue: isSmall) }
  }

  /// Whether the limit is so small that what the allocator keeps of the last query matters, and is returned in a few milliseconds.
  var isSmall: Bool { limit <= 1 << 30 }

  /// The number of bytes held now.
  package var used: Int { bytes.load(ordering: .relaxed) }

  /// The smallest limit of this account and those that include it.
  var smallestLimit: Int { Swift.min(limit, parent?.smallestLimit ?? .max) }

  /// The maximum ever held at once.
  package var peak: Int { most.load(ordering: .relaxed) }

  /// Adds `count` bytes, or subtracts them if negative.
  ///
  /// Each buffer does this twice; a call passes the parent on without retaining it, which a loop does not.
  package func charge(_ count: Int) {
    let now = bytes.wrappingAdd(count, ordering: .relaxed).newValue
    if now > most.load(ordering: .relaxed) { most.max(now, ordering: .relaxed) }
    parent?.charge(count)
  }

  /// The account whose limit `more` bytes would exceed, this one or one that includes it; nil if there is room. Waits first
  /// for blocks that are still being freed.
  func overdrawn(by more: Int = 0) -> MemoryAccount? {
    guard firstOverdrawn(by: more) != nil else { return nil }
    BufferRecycling.settle()
    return firstOverdrawn(by: more)
  }

  private func firstOverdrawn(by more: Int) -> MemoryAccount? {
    used &+ more > limit ? self : parent?.firstOverdrawn(by: more)
  }
}

extension MemoryAccount {
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// The account to which this thread charges: the innermost `bound`, or the process.
  package static var current: MemoryAccount {
    guard let raw = pthread_getspecific(key) else { return process }
    return Unmanaged<MemoryAccount>.fromOpaque(raw).takeUnretainedValue()
  }

  /// Runs `body`; what this thread and its workers allocate meanwhile is charged to this account.
  package func bound<Result>(_ body: () throws -> Result) rethrows -> Result {
    let outer = pthread_getspecific(Self.key)
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    defer { pthread_setspecific(Self.key, outer) }
    return try withExtendedLifetime(self) { try body() }
  }
}
