import PlumbEngine
import Synchronization

/// The bin number of each value of the features: at most 255 bins and one for missing values.
final class BinnedFeatures: @unchecked Sendable {
  static let binLimit = 255
  static let missing = 255
  /// The number of rows from which the bounds of bins are computed.
  private static let sampleLimit = 200_000

  /// Ascending: a value belongs to the first bin whose bound is not below it, or to the last bin.
  let bounds: [[Double]]
  /// One byte per row.
  private let bins: [Buffer]

  init(_ matrix: FeatureMatrix, context: ExecutionContext) throws {
    let made = LockedValue<[(bounds: [Double], bins: Buffer)?]>(Array(repeating: nil, count: matrix.featureCount))
    let next = Atomic<Int>(0)
    try WorkerPool.shared.run(workers: Swift.min(context.threads, Swift.max(1, matrix.featureCount))) { _ in
      while true {
        let feature = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard feature < matrix.featureCount else { break }
        try context.checkpoint()
        let values = matrix.column(feature)
        let bounds = BinnedFeatures.bounds(values, count: matrix.rowCount)
        let bins = Buffer(byteCount: matrix.rowCount)
        BinnedFeatures.assign(values, count: matrix.rowCount, bounds, to: bins.view(UInt8.self))
        made.withLock { $0[feature] = (bounds, bins) }
      }
    }
    let all = made.withLock { $0.compactMap { $0 } }
    bounds = all.map(\.bounds)
    bins = all.map(\.bins)
  }

  func column(_ feature: Int) -> BufferView<UInt8> { bins[feature].view(UInt8.self) }

  /// Returns midpoints between neighbouring values; all of them, or enough for bins of about equally many rows.
  private static func bounds(_ values: BufferView<Double>, count n: Int) -> [Double] {
    let taken = Swift.min(n, sampleLimit)
    let sample = Buffer(of: Double.self, count: taken)
    var known = 0
    for i in 0..<taken {
      let value = values[taken == n ? i : i * n / taken]
      sample.view(Double.self)[known] = value
      if !value.isNaN { known += 1 }
    }
    let sorted = SortedFeature.sortedKeys(sample.view(Double.self), count: known)
    var distinct: [Double] = []
    // The number of sampled values that are at most `distinct[i]`.
    var upTo: [Int] = []
    for place in 0..<known {
      let value = sample.view(Double.self)[Int(sorted[place].row)]
      if distinct.last == value {
        upTo[upTo.count - 1] = place + 1
      } else {
        distinct.append(value)
        upTo.append(place + 1)
      }
    }
    guard distinct.count > 1 else { return [] }
    var bounds: [Double] = []
    if distinct.count <= binLimit {
      for i in 1..<distinct.count { bounds.append(Impurity.threshold(between: distinct[i - 1], and: distinct[i])) }
      return bounds
    }
    var quota = 1
    for i in 0..<distinct.count - 1 where upTo[i] * binLimit >= quota * known {
      bounds.append(Impurity.threshold(between: distinct[i], and: distinct[i + 1]))
      quota = upTo[i] * binLimit / known + 1
      if bounds.count == binLimit - 1 { break }
    }
    return bounds
  }

  private static func assign(
    _ values: BufferView<Double>, count n: Int, _ bounds: [Double], to bins: BufferView<UInt8>
  ) {
    let bounds = BufferView(bounds)
    for i in 0..<n {
      let value = values[i]
      if value.isNaN {
        bins[i] = UInt8(missing)
        continue
      }
      // Branchless binary search: how many bounds are below the value.
      var low = 0, length = bounds.count
      while length > 0 {
        let half = (length &+ 1) &>> 1
        low = bounds[low &+ half &- 1] < value ? low &+ half : low
        length = length &- half
      }
      bins[i] = UInt8(truncatingIfNeeded: low)
    }
  }
}
