import Glibc
import Synchronization

/// Large blocks that were given back, kept for the next buffer of about their size.
///
/// The kernel clears every page that it hands out: in a sort of ten million rows that was 40 % of the
/// time. Kept blocks are not counted as memory in use; there are never more of them than `limit` bytes.
package enum BufferRecycling {
  /// Blocks from this size on are kept.
  static let smallest = 1 << 20

  private static let limit = Atomic<Int>(0)
  private static let kept = Guarded<Kept>(Kept())

  typealias Block = (base: UnsafeMutableRawPointer, capacity: Int)

  private struct Kept: @unchecked Sendable {
    /// The oldest first.
    var blocks: [Block] = []
    var bytes = 0
    /// The most that was in use when a large block was asked for.
    var most = 0

    mutating func remove(at place: Int) -> Block {
      let block = blocks.remove(at: place)
      bytes &-= block.capacity
      return block
    }

    /// Takes out the smallest block of at least `excess` bytes, or the oldest where all are smaller; nil when there is none.
    mutating func drop(_ excess: Int) -> Block? {
      let place = blocks.indices.filter { blocks[$0].capacity >= excess }.min { blocks[$0].capacity < blocks[$1].capacity }
      return blocks.isEmpty ? nil : remove(at: place ?? 0)
    }
  }

  /// How many bytes may be kept; 0, as at first, keeps none.
  package static func keep(upTo bytes: Int) { limit.store(bytes, ordering: .relaxed) }

  /// A kept block with room for `byteCount` bytes and not much more.
  ///
  /// Without one, others make room for what will be asked of the kernel, unless more than both was in use before: what is
  /// kept never adds to the most that is used.
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
        // A little over the most is cheaper than giving back what the next query asks for.
        let room = max(kept.bytes &- byteCount, kept.most &+ kept.most / 64 &- used)
        while kept.bytes > room, let block = kept.drop(kept.bytes &- room) { dropped.append(block.base) }
        return nil
      }
      return kept.remove(at: best)
    }
  }

  /// Keeps a block, others making room for it, or frees it.
  ///
  /// - `charged`: the bytes that `account` gets back once the block is kept or freed.
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
      // Kept blocks were charged to nobody; until they are freed they are to the process.
      MemoryAccount.process.charge(block.capacity)
      Reclaimer.free(block.base, capacity: block.capacity, block.capacity, .process)
    }
  }
}

extension BufferRecycling {
  /// Returns when no block is waiting to be freed.
  static func settle() { Reclaimer.settle() }
}

/// Frees large blocks on a thread of its own.
///
/// The kernel takes up to 100 ms to take back a gigabyte of small pages, which a user who has cancelled a query would wait
/// for. Blocks stay charged until they are freed.
private enum Reclaimer {
  private struct Queue: @unchecked Sendable {
    var blocks: [(base: UnsafeMutableRawPointer, charged: Int, account: MemoryAccount)] = []
    var isRunning = false
  }

  private static let queue = Guarded(Queue())
  private static let smallest = 8 << 20

  static func free(_ base: UnsafeMutableRawPointer, capacity: Int, _ charged: Int, _ account: MemoryAccount) {
    if capacity >= smallest {
      let mustStart = queue.withLock { queue in
        queue.blocks.append((base, charged, account))
        defer { queue.isRunning = true }
        return !queue.isRunning
      }
      if mustStart, !startThread(stackBytes: 256 << 10, { work() }) { work() }
      return
    }
    Glibc.free(base)
    account.charge(-charged)
  }

  static func settle() {
    while queue.withLock({ $0.isRunning }) { usleep(500) }
  }

  /// Frees what is there; the thread ends when nothing is left.
  private static func work() {
    while true {
      let next = queue.withLock { queue in
        let block = queue.blocks.popLast()
        if block == nil { queue.isRunning = false }
        return block
      }
      guard let next else { return }
      Glibc.free(next.base)
      next.account.charge(-next.charged)
    }
  }
}
