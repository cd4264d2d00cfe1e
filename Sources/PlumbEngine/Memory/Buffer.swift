import Glibc
import Synchronization

/// A block of memory that vectors share; it is freed with its last owner and charged to an account until then.
package final class Buffer: @unchecked Sendable {
  package let base: UnsafeMutableRawPointer
  package let byteCount: Int
  /// The size of the underlying block, which can be larger than requested if it is reused.
  private let capacity: Int
  /// The account to which the block is charged.
  private let account = MemoryAccount.current

  /// - Note: large blocks request huge pages from the kernel, which made random reads a third faster.
  package init(byteCount: Int) {
    self.byteCount = byteCount
    if byteCount >= BufferRecycling.smallest, let block = BufferRecycling.take(byteCount) {
      base = block.base
      capacity = block.capacity
    } else if byteCount >= 1 << 22 {
      ResidentMemory.makeRoom(for: byteCount)
      var pointer: UnsafeMutableRawPointer?
      posix_memalign(&pointer, 1 << 21, byteCount)
      base = pointer ?? malloc(byteCount)
      capacity = byteCount
      madvise(base, byteCount, 14 /* MADV_HUGEPAGE */)
    } else {
      base = malloc(Swift.max(byteCount, 1))
      capacity = byteCount
    }
    account.charge(byteCount)
  }

  deinit {
    if capacity >= BufferRecycling.smallest {
      BufferRecycling.giveBack(base, capacity: capacity, byteCount, account)
    } else {
      free(base)
      account.charge(-byteCount)
    }
  }

  /// An uninitialised block for `count` values of `T`.
  package convenience init<T: BitwiseCopyable>(of type: T.Type, count: Int) {
    self.init(byteCount: count &* MemoryLayout<T>.stride)
  }

  @inline(__always)
  package func values<T: BitwiseCopyable>(_ type: T.Type = T.self) -> UnsafeMutablePointer<T> {
    base.assumingMemoryBound(to: T.self)
  }

  /// The first `count` bytes, which stay as long as the buffer does.
  package func bytes(_ count: Int) -> Bytes {
    Bytes(start: base.assumingMemoryBound(to: UInt8.self), count: Swift.min(count, byteCount))
  }

  /// Sets a byte to 1, which several workers may do at once.
  @inline(__always) func mark(_ place: Int) {
    base.assumingMemoryBound(to: Atomic<UInt8>.self)[place].store(1, ordering: .relaxed)
  }

  /// A block of `count` bytes, all zero.
  package static func zeros(byteCount: Int) -> Buffer {
    let buffer = Buffer(byteCount: byteCount)
    memset(buffer.base, 0, byteCount)
    return buffer
  }
}

/// Several owners in one reference, for a vector whose values point into several blocks.
package final class Owners: @unchecked Sendable {
  let list: [AnyObject]
  init(_ list: [AnyObject]) { self.list = list }
}

/// A growing array of plain values over counted memory.
///
/// - Note: `append` is written to be inlined with its members in registers; hoist `base` out of loops.
struct Growing<T: BitwiseCopyable>: ~Copyable {
  private(set) var buffer: Buffer
  private(set) var count = 0
  private(set) var capacity: Int

  init(capacity: Int = 16) {
    self.capacity = Swift.max(capacity, 4)
    buffer = Buffer(of: T.self, count: self.capacity)
  }

  @inline(__always) var base: UnsafeMutablePointer<T> { buffer.values() }

  /// The values as they are now; another `append` may move them.
  @inline(__always) var view: BufferView<T> { buffer.view() }

  @inline(__always) subscript(index: Int) -> T {
    get { base[index] }
    nonmutating set { base[index] = newValue }
  }

  @inline(__always) mutating func append(_ value: T) {
    if count == capacity { grow(to: count &+ 1) }
    base[count] = value
    count &+= 1
  }

  mutating func append(contentsOf source: UnsafePointer<T>, count added: Int) {
    if count &+ added > capacity { grow(to: count &+ added) }
    (base + count).update(from: source, count: added)
    count &+= added
  }

  /// Makes `count` at least `newCount`; new elements are `value`.
  mutating func extend(to newCount: Int, with value: T) {
    guard newCount > count else { return }
    if newCount > capacity { grow(to: newCount) }
    (base + count).update(repeating: value, count: newCount &- count)
    count = newCount
  }

  mutating func removeAll() { count = 0 }

  private mutating func grow(to needed: Int) {
    let larger = Swift.max(needed, capacity &* 2)
    let next = Buffer(of: T.self, count: larger)
    memcpy(next.base, buffer.base, count &* MemoryLayout<T>.stride)
    buffer = next
    capacity = larger
  }
}
