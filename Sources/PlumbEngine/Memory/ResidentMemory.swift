import Glibc
import MallocShim
import Synchronization

/// What the kernel counts as this process's memory, and a limit on it.
///
/// Accounts count buffers, and refuse one before it is made. This counts whatever else there is: small objects, libraries, and what
/// the allocator keeps of freed blocks. The kernel is asked rarely: not before the process could have reached the limit.
package enum ResidentMemory {
  private static let limit = Atomic<Int>(.max)
  /// The limit as it was given.
  private static let given = Atomic<Int>(.max)
  /// When to ask the kernel again, in nanoseconds of the monotonic clock.
  private static let next = Atomic<UInt64>(0)
  /// Bytes that a process can take into use in a nanosecond, in large pages and on several cores.
  private static let fastest = 16
  private static let shortestWait: UInt64 = 200_000, longestWait: UInt64 = 1_000_000_000
  /// What queries may take at least, above what the program takes by itself: readers, libraries and threads need some of it.
  private static let least = 128 << 20

  /// Limits the process, for programs that do nothing but run queries. A fortieth more is tolerated.
  package static func limit(to bytes: Int) {
    given.store(bytes, ordering: .relaxed)
    limit.store(Swift.max(bytes &+ bytes / 40, plumb_resident_bytes() &+ least), ordering: .relaxed)
    next.store(0, ordering: .relaxed)
  }

  /// The limit, if the process holds more although the allocator returned what it kept; cheap where it cannot hold so much yet.
  static var exceededLimit: Int? {
    let limit = limit.load(ordering: .relaxed)
    guard limit < .max else { return nil }
    let now = monotonicNanoseconds, due = next.load(ordering: .relaxed)
    // One thread asks for all.
    guard now >= due, next.compareExchange(expected: due, desired: now &+ shortestWait, ordering: .relaxed).exchanged else { return nil }
    var room = limit &- plumb_resident_bytes()
    if room < 0 {
      BufferRecycling.empty()
      room = limit &- plumb_resident_bytes()
    }
    guard room >= 0 else { return given.load(ordering: .relaxed) }
    next.store(now &+ Swift.min(Swift.max(UInt64(room / fastest), shortestWait), longestWait), ordering: .relaxed)
    return nil
  }

  /// Lets the allocator return what it keeps if the limit leaves too little room for another `size` bytes.
  ///
  /// - Returns: whether there is room then.
  @discardableResult static func makeRoom(for size: Int) -> Bool {
    let limit = limit.load(ordering: .relaxed)
    // Buffers are most of what a process holds: with few of them there is room, and the kernel need not be asked.
    guard limit < .max, MemoryAccount.process.used &+ size > limit / 4 else { return true }
    if plumb_resident_bytes() &+ size <= limit { return true }
    BufferRecycling.empty()
    return plumb_resident_bytes() &+ size <= limit
  }

  /// The limit, if it leaves too little room for another `size` bytes.
  static func limit(exceededBy size: Int) -> Int? { makeRoom(for: size) ? nil : given.load(ordering: .relaxed) }

  private static var monotonicNanoseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
