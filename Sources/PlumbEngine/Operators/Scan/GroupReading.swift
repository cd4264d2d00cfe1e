import Synchronization

/// The columns of one row group that a scan reads, shared by the workers that carry the group's chunks.
///
/// Each column is read once. A worker that finds others reading takes columns that are not being read, then those of
/// the next group, and only then waits.
final class GroupReading: Sendable {
  private final class Slot: Sendable {
    let vector = LockedValue<Vector?>(nil)
  }

  private let group: RowGroup
  private let columns: [Int]
  private let slots: [Slot]
  private let piecesLeft: Atomic<Int>

  init(_ group: RowGroup, columns: [Int]) {
    self.group = group
    self.columns = columns
    slots = columns.map { _ in Slot() }
    piecesLeft = Atomic((group.count + Chunk.preferredCount - 1) / Chunk.preferredCount)
  }

  /// All columns, in the scan's order.
  func vectors(aheadOf next: GroupReading?) throws -> [Vector] {
    if try !readUnclaimed() { _ = try next?.readUnclaimed() }
    return try columns.indices.map { place in
      try slots[place].vector.withLock { try read(place, &$0) }
    }
  }

  /// Reads what no other worker is reading; returns whether all columns are ready.
  private func readUnclaimed() throws -> Bool {
    var isWhole = true
    for place in columns.indices {
      let wasFree: Void? = try slots[place].vector.withLockIfFree { _ = try read(place, &$0) }
      if wasFree == nil { isWhole = false }
    }
    return isWhole
  }

  private func read(_ place: Int, _ kept: inout Vector?) throws -> Vector {
    if let kept { return kept }
    let vector = try group.column(columns[place])
    kept = vector
    return vector
  }

  /// One of the group's chunks has its columns; after the last one everything is released.
  func finishPiece() {
    guard piecesLeft.wrappingSubtract(1, ordering: .relaxed).newValue == 0 else { return }
    for slot in slots { slot.vector.withLock { $0 = nil } }
  }
}
