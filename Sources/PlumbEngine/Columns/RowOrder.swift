/// Where a chunk's rows come among all rows: the chunk's number in its source, and the number of that source in each union
/// around it. Rows of one chunk are in order themselves.
///
/// Compared from the outermost number inwards, so that unions of unions nest as deep as they like. A chunk that is in no
/// union needs no memory for it.
struct RowOrder: Comparable, Sendable {
  private let number: Int
  /// The numbers within the outermost one.
  private let inner: [Int]

  /// - Parameter number: grows in the order of a source's rows.
  init(_ number: Int) { self.init(number, []) }

  private init(_ number: Int, _ inner: [Int]) {
    self.number = number
    self.inner = inner
  }

  /// The same place in a source that is itself number `outer` of several.
  func within(_ outer: Int) -> RowOrder { RowOrder(outer, [number] + inner) }

  static func < (a: RowOrder, b: RowOrder) -> Bool {
    a.number == b.number ? a.inner.lexicographicallyPrecedes(b.inner) : a.number < b.number
  }
}

/// Rows of many chunks as numbers that can be compared: a worker numbers its chunks as they come, and a rank says later
/// where each stands among all chunks of all workers.
///
/// One source chunk is carried by one worker, so that chunks of equal order are pieces of it, in the order of their coming.
struct RowPlaces {
  private var orders: [RowOrder] = []
  /// The numbers of the chunks, ordered by where their rows come.
  private var ordered: [Int] = []
  /// Whether chunks have come in the order of their rows, as from most sources: places compare as they are then.
  private(set) var areOrdered = true

  /// The place of a chunk's first row; further rows have the numbers after it.
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

  /// What turns the places of one worker into places that compare as its rows do.
  var ranks: Ranks { Self.ranks([self])[0] }

  /// What turns the places of each worker into places that compare across all of them.
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

    /// The place in the order of the rows for a place by the order of coming.
    func callAsFunction(_ place: Int64) -> Int64 { chunks[Int(place >> 32)] | place & 0xFFFF_FFFF }
  }
}
