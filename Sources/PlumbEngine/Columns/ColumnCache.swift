import Synchronization

/// Columns of row groups that were read from files, cached for later queries up to a limit; safe from any thread.
///
/// The least recently used column is evicted first.
package final class ColumnCache: Sendable {
  private struct Kept {
    var vector: Vector
    var bytes: Int
    var lastUse: Int
  }

  private struct State {
    var vectors: [Key: Kept] = [:]
    var bytes = 0
    var uses = 0
    /// Columns that were read once.
    var seen: Set<Key> = []
  }

  /// A column of a row group, identified by numbers that the owner chooses.
  package struct Key: Hashable, Sendable {
    let owner: Int
    let group: Int
    let column: Int

    package init(owner: Int, group: Int, column: Int) {
      self.owner = owner
      self.group = group
      self.column = column
    }
  }

  private let owners = Atomic<Int>(0)

  /// Returns a new number for an owner of columns.
  package func newOwner() -> Int { owners.wrappingAdd(1, ordering: .relaxed).newValue }

  private let state = LockedValue(State())
  private let limit: Int
  private let keepsAtOnce: Bool
  /// The account to which the cache is charged, whichever query reads it.
  private let memory: MemoryAccount

  /// - Parameters:
  ///   - limit: the maximum number of bytes; 0 disables the cache.
  ///   - keepsAtOnce: whether a column is cached when it is first read; otherwise when it is read again, so that a single scan
  ///     of a large file leaves memory to its query.
  package init(limit: Int, keepsAtOnce: Bool, in memory: MemoryAccount) {
    self.limit = limit
    self.keepsAtOnce = keepsAtOnce
    self.memory = memory
  }

  /// Returns the cached column, or the one that `read` returns.
  package func column(_ key: Key, _ read: () throws -> Vector) rethrows -> Vector {
    guard limit > 0 else { return try read() }
    let (kept, isWorthKeeping) = state.withLock { state in
      guard var found = state.vectors[key] else { return (Vector?.none, keepsAtOnce || !state.seen.insert(key).inserted) }
      state.uses += 1
      found.lastUse = state.uses
      state.vectors[key] = found
      return (found.vector, true)
    }
    if let kept { return kept }
    guard isWorthKeeping else { return try read() }
    let vector = try memory.bound { try read() }
    replace(key, with: vector)
    return vector
  }

  /// Replaces a cached column.
  package func replace(_ key: Key, with vector: Vector) {
    let bytes = vector.storedByteCount
    guard bytes <= limit / 4 else { return }
    state.withLock { state in
      state.uses += 1
      if let old = state.vectors.removeValue(forKey: key) { state.bytes -= old.bytes }
      if state.bytes + bytes > limit {
        for (oldest, entry) in state.vectors.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
          state.vectors[oldest] = nil
          state.bytes -= entry.bytes
          if state.bytes + bytes <= limit * 3 / 4 { break }
        }
      }
      state.vectors[key] = Kept(vector: vector, bytes: bytes, lastUse: state.uses)
      state.bytes += bytes
    }
  }
}
