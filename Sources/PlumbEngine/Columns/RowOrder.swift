/// The position of a chunk's rows among all rows: the chunk's number in its source, and the number of that source in each union
/// around it. Rows of one chunk are in order themselves.
///
/// Compared from the outermost number inwards, so that unions can be nested to any depth. A chunk that is not in a
/// union needs no memory for it.
struct RowOrder: Comparable, Sendable {
  private let number: Int
  /// The numbers within the outermost one.
  private let inner: [Int]

  /// - Parameter number: increases in the order of a source's rows.
  init(_ number: Int) { self.init(number, []) }

  private init(_ number: Int, _ inner: [Int]) {
    self.number = number
    self.inner = inner
  }

  /// The same position in a source that is itself number `outer` of several.
  func within(_ outer: Int) -> RowOrder { RowOrder(outer, [number] + inner) }

  static func < (a: RowOrder, b: RowOrder) -> Bool {
    a.number == b.number ? a.inner.lexicographicallyPrecedes(b.inner) : a.number < b.number
  }
}

/// Numbers the rows of many chunks so that they can be compared: a worker numbers its chunks as they arrive, and a rank later
/// gives the position of each among all chunks of all workers.
///
/// One worker carries a source chunk, so that chunks of equal order are pieces of it, in order of arrival.
struct RowPlaces {
  private var orders: [RowOrder] = []
  /// The numbers of the chunks, ordered by the position of their rows.
  private var ordered: [Int] = []
  /// Whether chunks have arrived in the order of their rows, as from most sources: their numbers then compare directly.
  private(set) var areOrdered = true

  /// The number of a chunk's first row; further rows have the numbers after it.
  mutating func add(_ order: RowOrder) -> Int64 {
    let number = orders.count
    orders.append(order)
    if let last = ordered.last, order < orders[last] {
      areOrdered = false
      var low = 0, high = ordered.count
      while low < high {
        let middle = (low + high) / 2
        if order < orders[ordered[middle]] { high = middle } else { low = middle + 1 }
      }
      ordered.insert(number, at: low)
    } else {
      ordered.append(number)
    }
    return Int64(number) << 32
  }

  /// Translates the numbers of one worker into numbers that compare as its rows do.
  var ranks: Ranks { Self.ranks([self])[0] }

  /// Translates the numbers of each worker into numbers that compare across all of them.
  static func ranks(_ workers: [RowPlaces]) -> [Ranks] {
    var merged = workers.enumerated().flatMap { worker, places in places.ordered.map { (worker: worker, number: $0) } }
    // Swift's sort is stable, which keeps pieces of one chunk in order.
    if workers.count > 1 { merged.sort { workers[$0.worker].orders[$0.number] < workers[$1.worker].orders[$1.number] } }
    var ranks = workers.map { [Int64](repeating: 0, count: $0.orders.count) }
    for (rank, chunk) in merged.enumerated() { ranks[chunk.worker][chunk.number] = Int64(rank) << 32 }
    return ranks.map(Ranks.init)
  }

  struct Ranks {
    fileprivate let chunks: [Int64]

    /// The number in row order for a number in order of arrival.
    func callAsFunction(_ place: Int64) -> Int64 { chunks[Int(place >> 32)] | place & 0xFFFF_FFFF }
  }
}
