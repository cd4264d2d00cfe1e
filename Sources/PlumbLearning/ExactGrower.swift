import Glibc
import PlumbDiagnostics
import PlumbEngine
import Synchronization

/// Grows a tree whose thresholds are the midpoints between neighbouring values.
///
/// Every feature's rows are sorted once; a split preserves the order on each side, so a node is one range of each order.
/// (As in SLIQ and SPRINT: Mehta, Agrawal, Rissanen 1996; Shafer, Agrawal, Mehta 1996.)
final class ExactGrower: @unchecked Sendable {
  private let data: TrainingData
  private let options: TreeOptions
  private let context: ExecutionContext
  private let rowCount: Int
  private let labels: Buffer
  private let weights: Buffer?
  private var orders: [Buffer] = []
  /// A bit for each row: whether it goes left.
  private let sides: Buffer
  /// Space for the right side while an order is split, one block per worker.
  private let rooms: [Buffer]
  private let candidates: Buffer
  /// k ln k, for the entropy of whole counts.
  private let logs: Buffer?

  /// A node that is yet to be created: a range of every order.
  private struct Pending {
    var start: Int
    var end: Int
    var depth: Int
    /// The node whose right branch this is; -1 for a left branch, which follows its parent.
    var parent: Int
    var counts: [Double]
  }

  init(_ data: TrainingData, _ options: TreeOptions, _ context: ExecutionContext) throws {
    self.data = data
    self.options = options
    self.context = context
    let n = data.rowCount
    rowCount = n
    let labels = Buffer(of: Int32.self, count: n)
    for (row, label) in data.labels.enumerated() { labels.view(Int32.self)[row] = label }
    self.labels = labels
    weights = data.weights.map { from in
      let buffer = Buffer(of: Double.self, count: n)
      for row in 0..<n { buffer.view(Double.self)[row] = from[row] }
      return buffer
    }
    sides = Buffer.zeros(byteCount: n / 8 + 1)
    rooms = (0..<Swift.min(context.threads, Swift.max(1, data.features.featureCount))).map { _ in
      Buffer(of: UInt64.self, count: n)
    }
    candidates = Buffer(of: SplitCandidate.self, count: Swift.max(1, data.features.featureCount))
    if options.criterion == .entropy, data.classCount == 2, data.weights == nil {
      let table = Buffer(of: Double.self, count: n + 1)
      for k in 0...n { table.view(Double.self)[k] = k == 0 ? 0 : Double(k) * log(Double(k)) }
      logs = table
    } else {
      logs = nil
    }
    orders = try sortedOrders()
  }

  private func sortedOrders() throws -> [Buffer] {
    let count = data.features.featureCount
    let made = LockedValue<[Buffer?]>(Array(repeating: nil, count: count))
    try overFeatures(rows: rowCount) { feature, _ in
      try self.context.checkpoint()
      let order = SortedFeature.entries(
        self.data.features.column(feature), labels: self.labels.view(Int32.self), count: self.rowCount)
      made.withLock { $0[feature] = order }
    }
    return made.withLock { $0.compactMap { $0 } }
  }

  /// Calls `body` for every feature, on all workers if there are many rows.
  private func overFeatures(rows: Int, _ body: @Sendable (_ feature: Int, _ worker: Int) throws -> Void) throws {
    let count = data.features.featureCount
    guard rows >= 16_384, rooms.count > 1 else {
      for feature in 0..<count {
        if rows >= 16_384 { try context.checkpoint() }
        try body(feature, 0)
      }
      return
    }
    let next = Atomic<Int>(0)
    try WorkerPool.shared.run(workers: rooms.count) { worker in
      while true {
        let feature = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard feature < count else { break }
        try body(feature, worker)
      }
    }
  }

  func grow() throws -> DecisionTree {
    var nodes: [DecisionTree.Node] = []
    var counts: [Double] = []
    let held = HeldMemory()
    let nodeBytes = HeldMemory.bytes(ofNodes: 1, classes: data.classCount)
    var random = RandomGenerator(seed: options.seed)
    var rootCounts = [Double](repeating: 0, count: data.classCount)
    for (row, label) in data.labels.enumerated() { rootCounts[Int(label)] += data.weights?[row] ?? 1 }
    var pending = [Pending(start: 0, end: rowCount, depth: 0, parent: -1, counts: rootCounts)]
    while let task = pending.popLast() {
      held.add(nodeBytes)
      try context.checkpoint()
      let index = nodes.count
      if task.parent >= 0 { nodes[task.parent].right = Int32(truncatingIfNeeded: index) }
      let rows = task.end - task.start
      let impurity = Impurity.of(task.counts, options.criterion)
      counts += task.counts
      nodes.append(
        DecisionTree.Node(
          feature: -1, missingGoesLeft: false, sawMissing: false, right: -1,
          samples: Int32(truncatingIfNeeded: rows), threshold: 0, impurity: impurity))
      if isLeaf(depth: task.depth, rows: rows, impurity) { continue }
      guard let (feature, split) = try bestSplit(task, &random) else { continue }
      let order = orders[feature].view(UInt64.self) + task.start
      let known = SplitScan.known(order, rows)
      let values = data.features.column(feature)
      nodes[index].feature = Int32(truncatingIfNeeded: feature)
      nodes[index].threshold =
        split.position >= known
        ? .infinity
        : Impurity.threshold(
          between: values[SortedFeature.row(order[split.position - 1])],
          and: values[SortedFeature.row(order[split.position])])
      let leftRows = split.position + (split.missingGoesLeft ? rows - known : 0)
      nodes[index].sawMissing = known < rows
      // If training has no missing values, later ones go to the larger side.
      nodes[index].missingGoesLeft = known < rows ? split.missingGoesLeft : leftRows > rows - leftRows
      let leftCounts = mark(order, rows, split, known: known)
      let rightCounts = zip(task.counts, leftCounts).map { Swift.max(0, $0 - $1) }
      let middle = task.start + leftRows
      let left = Pending(start: task.start, end: middle, depth: task.depth + 1, parent: -1, counts: leftCounts)
      let right = Pending(start: middle, end: task.end, depth: task.depth + 1, parent: index, counts: rightCounts)
      try part(
        task, at: middle, split: feature, isInOrder: known == rows || !split.missingGoesLeft,
        keepsLeft: !isLeaf(left), keepsRight: !isLeaf(right))
      pending.append(right)
      pending.append(left)
    }
    return DecisionTree(
      features: data.features.names, classes: data.classes, criterion: options.criterion, nodes: nodes, counts: counts)
  }

  private func isLeaf(depth: Int, rows: Int, _ impurity: Double) -> Bool {
    options.isLeaf(depth: depth, rows: rows) || impurity <= Impurity.nothing
  }

  private func isLeaf(_ task: Pending) -> Bool {
    isLeaf(depth: task.depth, rows: task.end - task.start, Impurity.of(task.counts, options.criterion))
  }

  /// Returns the feature and position of the best split; among equals the first feature's, at its lowest value.
  @inline(never) private func bestSplit(_ task: Pending, _ random: inout RandomGenerator) throws -> (Int, SplitCandidate)? {
    let featureCount = data.features.featureCount
    let results = candidates.view(SplitCandidate.self)
    var best: (feature: Int, split: SplitCandidate)?
    func consider(_ feature: Int) {
      if results[feature].isFound, results[feature].merit > best?.split.merit ?? -.infinity {
        best = (feature, results[feature])
      }
    }
    let wanted = options.featuresPerSplit.map { Swift.max(1, $0) } ?? featureCount
    if wanted >= featureCount {
      try overFeatures(rows: task.end - task.start) { feature, _ in self.scan(feature, task) }
      for feature in 0..<featureCount { consider(feature) }
      return best
    }
    // Fisher–Yates shuffle, as far as needed; constant features do not compete.
    var features = Array(0..<featureCount)
    var visited = 0
    for place in 0..<featureCount where visited < wanted {
      let other = place + Int(truncatingIfNeeded: random.below(UInt64(featureCount - place)))
      features.swapAt(place, other)
      let feature = features[place]
      if SplitScan.isConstant(orders[feature].view(UInt64.self) + task.start, task.end - task.start) { continue }
      visited += 1
      scan(feature, task)
      consider(feature)
    }
    return best
  }

  private func scan(_ feature: Int, _ task: Pending) {
    let rows = task.end - task.start
    let order = orders[feature].view(UInt64.self) + task.start
    var result = SplitCandidate()
    if !SplitScan.isConstant(order, rows) {
      let scan = SplitScan(order, rows: rows, minLeaf: options.minLeaf, criterion: options.criterion)
      if data.classCount == 2, weights == nil {
        result = scan.best(positives: Int(task.counts[1]), logs: logs.map { $0.view(Double.self) })
      } else {
        result = scan.best(
          counts: task.counts, labels: labels.view(Int32.self),
          weights: weights.map { $0.view(Double.self) })
      }
    }
    candidates.view(SplitCandidate.self)[feature] = result
  }

  /// Records the direction of each row of a node; returns the weight of each class on the left.
  private func mark(_ order: BufferView<UInt64>, _ rows: Int, _ split: SplitCandidate, known: Int) -> [Double] {
    let sides = sides.view(UInt8.self)
    let labels = labels.view(Int32.self)
    var leftCounts = [Double](repeating: 0, count: data.classCount)
    let weights = weights?.view(Double.self)
    for i in 0..<rows {
      let row = SortedFeature.row(order[i])
      let bit: UInt8 = 1 &<< UInt8(truncatingIfNeeded: row & 7)
      if i < split.position || (split.missingGoesLeft && i >= known) {
        sides[row &>> 3] |= bit
        leftCounts[Int(labels[row])] += weights?[row] ?? 1
      } else {
        sides[row &>> 3] &= ~bit
      }
    }
    return leftCounts
  }

  /// Splits the range of every order in two, keeping the order; a side that will not be read is not written.
  @inline(never) private func part(
    _ task: Pending, at middle: Int, split: Int, isInOrder: Bool, keepsLeft: Bool, keepsRight: Bool
  ) throws {
    guard keepsLeft || keepsRight else { return }
    try overFeatures(rows: task.end - task.start) { feature, worker in
      if feature == split && isInOrder { return }
      let rows = task.end - task.start
      let order = self.orders[feature].view(UInt64.self) + task.start
      if SplitScan.isConstant(order, rows) { return }
      let sides = self.sides.view(UInt8.self)
      if !keepsRight {
        ExactGrower.keepLeft(order, rows, sides)
      } else if !keepsLeft {
        ExactGrower.keepRight(order, rows, sides)
      } else {
        ExactGrower.part(order, rows, sides, self.rooms[worker].view(UInt64.self))
      }
    }
  }

  @inline(__always) private static func left(_ entry: UInt64, _ sides: BufferView<UInt8>) -> Int {
    let row = SortedFeature.row(entry)
    return Int(truncatingIfNeeded: sides[row &>> 3] &>> UInt8(truncatingIfNeeded: row & 7) & 1)
  }

  private static func keepLeft(_ order: BufferView<UInt64>, _ rows: Int, _ sides: BufferView<UInt8>) {
    var place = 0
    for i in 0..<rows {
      let entry = order[i]
      order[place] = entry
      place &+= left(entry, sides)
    }
  }

  private static func keepRight(_ order: BufferView<UInt64>, _ rows: Int, _ sides: BufferView<UInt8>) {
    var place = rows &- 1
    var i = rows &- 1
    while i >= 0 {
      let entry = order[i]
      order[place] = entry
      place &-= 1 &- left(entry, sides)
      i &-= 1
    }
  }

  private static func part(
    _ order: BufferView<UInt64>, _ rows: Int, _ sides: BufferView<UInt8>,
    _ room: BufferView<UInt64>
  ) {
    var lefts = 0, rights = 0
    for i in 0..<rows {
      let entry = order[i]
      let isLeft = left(entry, sides)
      order[lefts] = entry
      room[rights] = entry
      lefts &+= isLeft
      rights &+= 1 &- isLeft
    }
    order.copy(room, count: rights, to: lefts)
  }
}
