import Glibc

/// A sketch of a distribution from which percentiles are read, exact while values are few.
// Dunning and Ertl, "Computing extremely accurate quantiles using t-digests" (2019): the merging digest
// with the scale function k1.
struct TDigest: Sendable {
  /// Values in order with their weights.
  private(set) var means: [Double] = []
  private(set) var weights: [Double] = []
  private var pending: [(value: Double, weight: Double)] = []
  private(set) var totalWeight = 0.0
  private(set) var minimum = Double.infinity
  private(set) var maximum = -Double.infinity
  /// Whether centroids represent values that differ.
  private var isLossy = false

  /// The number of distinct values that are stored as they are.
  private static let exactLimit = 2048
  private static let compression = 400.0
  private static let pendingLimit = 4096
  /// The number at the start of the sketch's `dynamic` form.
  private static let formatVersion: Int64 = 7

  init() {}

  var isEmpty: Bool { totalWeight == 0 }

  mutating func add(_ value: Double, weight: Double = 1) {
    guard !value.isNaN, weight > 0, weight.isFinite else { return }
    pending.append((value, weight))
    totalWeight += weight
    minimum = Swift.min(minimum, value)
    maximum = Swift.max(maximum, value)
    if pending.count >= TDigest.pendingLimit { flush() }
  }

  mutating func merge(_ other: TDigest) {
    if other.isEmpty { return }
    isLossy = isLossy || other.isLossy
    for (mean, weight) in zip(other.means, other.weights) { pending.append((mean, weight)) }
    pending.append(contentsOf: other.pending)
    totalWeight += other.totalWeight
    minimum = Swift.min(minimum, other.minimum)
    maximum = Swift.max(maximum, other.maximum)
    flush()
  }

  /// Sorts pending values; reading requires it, adding does it occasionally.
  mutating func flush() {
    if pending.isEmpty { return }
    pending.sort { $0.value < $1.value }
    var merged: [(value: Double, weight: Double)] = []
    merged.reserveCapacity(means.count + pending.count)
    func take(_ value: Double, _ weight: Double) {
      if let last = merged.last, last.value == value {
        merged[merged.count - 1].weight += weight
      } else {
        merged.append((value, weight))
      }
    }
    var i = 0
    for entry in pending {
      while i < means.count && means[i] <= entry.value {
        take(means[i], weights[i])
        i += 1
      }
      take(entry.value, entry.weight)
    }
    while i < means.count {
      take(means[i], weights[i])
      i += 1
    }
    pending.removeAll(keepingCapacity: true)
    if merged.count > TDigest.exactLimit { merged = compressed(merged) }
    means = merged.map(\.value)
    weights = merged.map(\.weight)
  }

  private mutating func compressed(_ sorted: [(value: Double, weight: Double)]) -> [(value: Double, weight: Double)] {
    isLossy = true
    var result: [(value: Double, weight: Double)] = []
    var current = sorted[0]
    var before = 0.0
    var limit = TDigest.limit(after: 0)
    for entry in sorted.dropFirst() {
      if (before + current.weight + entry.weight) / totalWeight <= limit {
        current.weight += entry.weight
        // Weighted halves, so that infinities and huge values do not overflow into NaN.
        current.value += (entry.value - current.value) * (entry.weight / current.weight)
      } else {
        before += current.weight
        limit = TDigest.limit(after: before / totalWeight)
        result.append(current)
        current = entry
      }
    }
    result.append(current)
    return result
  }

  /// The largest quantile that a centroid starting at `quantile` may reach.
  private static func limit(after quantile: Double) -> Double {
    let scale = compression / (2 * .pi)
    let k = scale * asin(2 * Swift.min(Swift.max(quantile, 0), 1) - 1) + 1
    return k >= compression / 4 ? 1 : (sin(k / scale) + 1) / 2
  }

  /// The value of nearest rank at `percentile` of a hundred; nil if the sketch is empty.
  mutating func percentile(_ percentile: Double) -> Double? {
    flush()
    guard let last = means.last else { return nil }
    if percentile >= 100 { return maximum }
    let rank = Swift.max(percentile, 0) / 100 * totalWeight
    var before = 0.0
    for i in means.indices {
      let weight = weights[i]
      if before + weight >= rank {
        if !isLossy || weight <= 1 { return means[i] }
        // The values of a centroid are assumed to be spread evenly between the midpoints to its neighbours.
        let low = i == 0 ? minimum : (means[i - 1] + means[i]) / 2
        let high = i == means.count - 1 ? maximum : (means[i] + means[i + 1]) / 2
        let value = low + (high - low) * Swift.min(Swift.max((rank - before) / weight, 0), 1)
        return value.isFinite ? value : means[i]
      }
      before += weight
    }
    return last
  }

  /// The percentage of weight at or below `value`.
  mutating func rank(of value: Double) -> Double? {
    flush()
    if means.isEmpty { return nil }
    var below = 0.0
    for i in means.indices where means[i] <= value { below += weights[i] }
    return below / totalWeight * 100
  }
}

extension TDigest {
  /// Appends `[[7],[values],[weights]]` in compact form.
  mutating func encode(to out: inout ByteBuffer) {
    flush()
    let mark = out.beginArray()
    let head = out.beginArray()
    out.appendLong(TDigest.formatVersion)
    if isLossy {
      out.appendReal(minimum)
      out.appendReal(maximum)
    }
    out.end(head, count: isLossy ? 3 : 1)
    for (values, isWeight) in [(means, false), (weights, true)] {
      let inner = out.beginArray()
      for value in values {
        if let whole = Int64(exactly: value), isWeight || abs(value) < 1e15 {
          out.appendLong(whole)
        } else {
          out.appendReal(value)
        }
      }
      out.end(inner, count: values.count)
    }
    out.end(mark, count: 3)
  }

  /// Reads what `encode` wrote; nil for anything else.
  init?(_ cursor: DynamicCursor) {
    guard cursor.count == 3, let head = cursor.element(at: 0), let values = cursor.element(at: 1),
      let counts = cursor.element(at: 2), head.element(at: 0)?.number == Double(TDigest.formatVersion),
      values.isArray, counts.isArray, values.count == counts.count
    else { return nil }
    var read: [Double?] = []
    values.forEachElement { read.append($0.number) }
    var readWeights: [Double?] = []
    counts.forEachElement { readWeights.append($0.number) }
    for (value, weight) in zip(read, readWeights) {
      guard let value, let weight, weight > 0 else { return nil }
      add(value, weight: weight)
    }
    if head.count == 3, let low = head.element(at: 1)?.number, let high = head.element(at: 2)?.number {
      isLossy = true
      minimum = Swift.min(minimum, low)
      maximum = Swift.max(maximum, high)
    }
    flush()
  }
}
