import Glibc
import Synchronization

/// Large blocks that were given back, kept for the next buffer of about their size.
///
/// The kernel clears every page that it hands out: in a sort of ten million rows that was 40 % of the
/// time. Kept blocks are not counted as memory in use; there are never more of them than `limit` bytes.
public enum BufferRecycling {
  /// Blocks from this size on are kept.
  static let smallest = 1 << 20

  private static let limit = Atomic<Int>(0)
  private static let kept = Guarded<Kept>(Kept())

  private struct Kept: @unchecked Sendable {
    var blocks: [(base: UnsafeMutableRawPointer, capacity: Int)] = []
    var bytes = 0
  }

  /// How many bytes may be kept; 0, as at first, keeps none.
  public static func keep(upTo bytes: Int) { limit.store(bytes, ordering: .relaxed) }

  /// A kept block with room for `byteCount` bytes and not much more.
  static func take(_ byteCount: Int) -> (base: UnsafeMutableRawPointer, capacity: Int)? {
    guard limit.load(ordering: .relaxed) > 0 else { return nil }
    return kept.withLock { kept in
      var best: Int?
      for (place, block) in kept.blocks.enumerated() where block.capacity >= byteCount {
        if block.capacity <= byteCount &+ byteCount / 4, best.map({ block.capacity < kept.blocks[$0].capacity }) ?? true {
          best = place
        }
      }
      guard let best else { return nil }
      let block = kept.blocks.remove(at: best)
      kept.bytes &-= block.capacity
      return block
    }
  }

  /// Keeps a block, the oldest making room for it, or frees it.
  static func giveBack(_ base: UnsafeMutableRawPointer, capacity: Int) {
    let limit = limit.load(ordering: .relaxed)
    guard capacity <= limit / 2 else { return free(base) }
    kept.withLock { kept in
      while kept.bytes &+ capacity > limit, !kept.blocks.isEmpty {
        let oldest = kept.blocks.removeFirst()
        kept.bytes &-= oldest.capacity
        free(oldest.base)
      }
      kept.blocks.append((base, capacity))
      kept.bytes &+= capacity
    }
  }
}
