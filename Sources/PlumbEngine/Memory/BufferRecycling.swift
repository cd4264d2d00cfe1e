import Glibc
import MallocShim
import Synchronization

/// Large blocks that were released, cached for the next buffer of about their size.
///
/// The kernel clears every page that it provides: in a sort of ten million rows that was 40 % of the
/// time. Cached blocks do not count as memory in use; they never exceed `limit` bytes in total.
package enum BufferRecycling {
  /// The size from which blocks are cached.
  static let smallest = 1 << 20

  private static let limit = Atomic<Int>(0)
  private static let kept = LockedValue<Kept>(Kept())
  /// Whether a query that held much of a small limit has ended since `trimIfDue` last trimmed.
  private static let isDue = Atomic<Bool>(false)

  typealias Block = (base: UnsafeMutableRawPointer, capacity: Int)

  private struct Kept: @unchecked Sendable {
    /// The oldest first.
    var blocks: [Block] = []
    var bytes = 0
    /// The maximum in use when a large block was requested.
    var most = 0

    mutating func remove(at place: Int) -> Block {
      let block = blocks.remove(at: place)
      bytes &-= block.capacity
      return block
    }

    /// Removes the smallest block of at least `excess` bytes, or the oldest if all are smaller; nil if the cache is empty.
    mutating func drop(_ excess: Int) -> Block? {
      let place = blocks.indices.filter { blocks[$0].capacity >= excess }.min { blocks[$0].capacity < blocks[$1].capacity }
      return blocks.isEmpty ? nil : remove(at: place ?? 0)
    }
  }

  /// Sets the number of bytes that may be cached; 0, the initial value, disables the cache.
  package static func keep(upTo bytes: Int) { limit.store(bytes, ordering: .relaxed) }

  /// A cached block with room for `byteCount` bytes and not much more.
  ///
  /// Without one, drops cached blocks to make room for what the kernel will provide, unless the peak exceeds both: the
  /// cache never adds to the peak of memory use.
  static func take(_ byteCount: Int) -> Block? {
    guard limit.load(ordering: .relaxed) > 0 else { return nil }
    var dropped: [UnsafeMutableRawPointer] = []
    defer { for base in dropped { free(base) } }
    return kept.withLock { kept in
      let used = MemoryAccount.process.used &+ byteCount
      kept.most = max(kept.most, used)
      var best: Int?
      for (place, block) in kept.blocks.enumerated() where block.capacity >= byteCount {
        if block.capacity <= byteCount &+ byteCount / 4, best.map({ block.capacity < kept.blocks[$0].capacity }) ?? true {
          best = place
        }
      }
      guard let best else {
        // A little over the peak is cheaper than freeing what the next query requests.
        let room = max(kept.bytes &- byteCount, kept.most &+ kept.most / 64 &- used)
        while kept.bytes > room, let block = kept.drop(kept.bytes &- room) { dropped.append(block.base) }
        return nil
      }
      return kept.remove(at: best)
    }
  }

  /// Caches a block, dropping others to make room, or frees it.
  ///
  /// - `charged`: the bytes that are returned to `account` once the block is cached or freed.
  static func giveBack(_ base: UnsafeMutableRawPointer, capacity: Int, _ charged: Int, _ account: MemoryAccount) {
    let limit = limit.load(ordering: .relaxed)
    guard capacity <= limit / 2 else { return Reclaimer.free(base, capacity: capacity, charged, account) }
    var dropped: [Block] = []
    kept.withLock { kept in
      while kept.bytes &+ capacity > limit, let block = kept.drop(kept.bytes &+ capacity &- limit) { dropped.append(block) }
      kept.blocks.append((base, capacity))
      kept.bytes &+= capacity
    }
    account.charge(-charged)
    for block in dropped {
      // Cached blocks were not charged; until they are freed they are charged to the process.
      MemoryAccount.process.charge(block.capacity)
      Reclaimer.free(block.base, capacity: block.capacity, block.capacity, .process)
    }
  }
}

extension BufferRecycling {
  /// Frees all cached blocks and returns to the kernel what the allocator keeps, before it returns.
  static func empty() {
    settle()
    let blocks = kept.withLock { kept in
      defer { (kept.blocks, kept.bytes) = ([], 0) }
      return kept.blocks
    }
    for block in blocks { free(block.base) }
    plumb_malloc_trim()
  }

  /// Returns when no block is waiting to be freed.
  static func settle() { Reclaimer.settle() }

  /// Returns to the kernel what the allocator keeps of small blocks, soon; if it is due, at the latest when the next query
  /// with a small limit begins.
  static func trim(isDue: Bool) {
    if isDue { self.isDue.store(true, ordering: .relaxed) }
    Reclaimer.trim()
  }

  /// The same before it returns, if it is due.
  static func trimIfDue() {
    if isDue.exchange(false, ordering: .relaxed) { plumb_malloc_trim() }
  }
}

/// Frees large blocks on a separate thread.
///
/// The kernel needs up to 100 ms to reclaim a gigabyte of small pages, and a user who has cancelled a query should not
/// wait for that. Blocks stay charged until they are freed.
private enum Reclaimer {
  private struct Queue: @unchecked Sendable {
    var blocks: [(base: UnsafeMutableRawPointer, charged: Int, account: MemoryAccount)] = []
    var isRunning = false
    var mustTrim = false
  }

  private static let queue = LockedValue(Queue())
  private static let smallest = 8 << 20

  static func free(_ base: UnsafeMutableRawPointer, capacity: Int, _ charged: Int, _ account: MemoryAccount) {
    guard capacity < smallest else { return start { $0.blocks.append((base, charged, account)) } }
    Glibc.free(base)
    account.charge(-charged)
  }

  /// Among gigabytes this takes tens of milliseconds.
  static func trim() { start { $0.mustTrim = true } }

  /// Adds work, for which a thread is started if none is at it.
  private static func start(_ add: (inout Queue) -> Void) {
    let mustStart = queue.withLock { queue in
      add(&queue)
      defer { queue.isRunning = true }
      return !queue.isRunning
    }
    if mustStart, !startThread(stackBytes: 256 << 10, { work() }) { work() }
  }

  static func settle() {
    while queue.withLock({ $0.isRunning }) { usleep(500) }
  }

  /// Frees the waiting blocks, then trims; the thread ends when nothing is left to do.
  private static func work() {
    while true {
      let (next, mustTrim) = queue.withLock { queue in
        let block = queue.blocks.popLast()
        let mustTrim = block == nil && queue.mustTrim
        if mustTrim { queue.mustTrim = false }
        if block == nil, !mustTrim { queue.isRunning = false }
        return (block, mustTrim)
      }
      if let next {
        Glibc.free(next.base)
        next.account.charge(-next.charged)
      } else if mustTrim {
        plumb_malloc_trim()
      } else {
        return
      }
    }
  }
}
