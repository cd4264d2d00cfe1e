/// Some rows of some columns on their way through a pipeline.
///
/// - Shape: every column has `count` rows, after its selection.
/// - Lazy: filtering only narrows selections; a column is gathered when it is first read, so a
///   column that nobody reads is never copied.
/// - Order: `order` gives the position of the rows among all rows, whichever worker made the chunk.
package final class Chunk: @unchecked Sendable {
  package let count: Int
  var order: RowOrder
  /// For a chunk fresh from a scan: the scan's conditions that all rows meet, a bit each.
  var satisfied: UInt64 = 0
  /// For statistics: the column that says how many rows each of its rows represents.
  var weightColumn: Int?
  private var columns: [LazyColumn]

  init(columns: [LazyColumn], count: Int, order: RowOrder) {
    self.columns = columns
    self.count = count
    self.order = order
  }

  convenience init(_ vectors: [Vector], count: Int, order: RowOrder) {
    self.init(columns: vectors.map { LazyColumn(base: $0, selection: nil) }, count: count, order: order)
  }

  package convenience init(_ vectors: [Vector], count: Int) { self.init(vectors, count: count, order: RowOrder(0)) }

  package var columnCount: Int { columns.count }

  /// The values of a column, `count` of them.
  package func column(_ index: Int) -> Vector {
    if let selection = columns[index].selection {
      let gathered = columns[index].base.gathering(selection, canMiss: columns[index].canMiss)
      columns[index] = LazyColumn(base: gathered, selection: nil)
      return gathered
    }
    return columns[index].base
  }

  /// Gathers a column on all workers, whereas `column(_:)` would use one.
  func gather(_ index: Int, _ context: ExecutionContext) throws {
    guard let selection = columns[index].selection, !columns[index].canMiss else { return }
    columns[index] = LazyColumn(base: try columns[index].base.gathering(selection, context), selection: nil)
  }

  /// A column as it is, not yet gathered.
  func lazyColumn(_ index: Int) -> LazyColumn { columns[index] }

  /// All columns, gathered.
  package func vectors() -> [Vector] { (0..<columns.count).map { column($0) } }

  /// The rows that `selection` names, in its order.
  func selecting(_ selection: Selection) -> Chunk {
    var composed: [(Selection, Selection)] = []
    let narrowed = columns.map { column -> LazyColumn in
      guard let old = column.selection else {
        return LazyColumn(base: column.base, selection: selection)
      }
      if let known = composed.first(where: { $0.0 === old }) {
        return LazyColumn(base: column.base, selection: known.1, canMiss: column.canMiss)
      }
      let both = old.composed(with: selection)
      composed.append((old, both))
      return LazyColumn(base: column.base, selection: both, canMiss: column.canMiss)
    }
    let chunk = Chunk(columns: narrowed, count: selection.count, order: order)
    chunk.weightColumn = weightColumn
    return chunk
  }

  /// The same rows; texts that are codes have one for the empty text, which a gather that can miss needs.
  func includingEmptyTexts() -> Chunk {
    let texts = vectors().map { vector -> Vector in
      guard vector.type == .string, vector.encoding.isCodes, !vector.isConstant, let dictionary = vector.dictionary else {
        return vector
      }
      return Vector(
        .string, count: vector.count, data: vector.data, owner: vector.owner, encoding: vector.encoding,
        dictionary: dictionary.includingEmpty.dictionary)
    }
    return Chunk(texts, count: count, order: order)
  }

  /// These columns, by index, in this order.
  func picking(_ indices: [Int]) -> Chunk {
    Chunk(columns: indices.map { columns[$0] }, count: count, order: order)
  }

  /// The same rows with more columns at the end.
  func appending(_ vectors: [Vector]) -> Chunk {
    Chunk(
      columns: columns + vectors.map { LazyColumn(base: $0, selection: nil) }, count: count,
      order: order)
  }

  /// The same rows with another last column.
  func replacingLast(with vector: Vector) -> Chunk {
    var changed = columns
    changed[changed.count - 1] = LazyColumn(base: vector, selection: nil)
    return Chunk(columns: changed, count: count, order: order)
  }

  /// The same rows with one more column at the end, gathered when it is read.
  func appending(_ column: LazyColumn) -> Chunk {
    Chunk(columns: columns + [column], count: count, order: order)
  }

  /// `length` rows from `start`.
  func slice(_ start: Int, _ length: Int) -> Chunk {
    if start == 0 && length == count { return self }
    // Columns that share a selection continue to share it, so that a later filter narrows it once.
    var cut: [(Selection, Selection)] = []
    let sliced = columns.map { column -> LazyColumn in
      guard let whole = column.selection else { return LazyColumn(base: column.base.slice(start, length), selection: nil) }
      if let known = cut.first(where: { $0.0 === whole }) {
        return LazyColumn(base: column.base, selection: known.1, canMiss: column.canMiss)
      }
      cut.append((whole, whole.slice(start, length)))
      return LazyColumn(base: column.base, selection: cut[cut.count - 1].1, canMiss: column.canMiss)
    }
    return Chunk(columns: sliced, count: length, order: order)
  }
}

/// A column of a chunk before it is gathered: base values, and which of them.
struct LazyColumn {
  let base: Vector
  let selection: Selection?
  var canMiss = false
}
