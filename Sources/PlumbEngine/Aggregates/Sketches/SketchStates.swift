/// A sketch of each group's distinct values, as a dynamic value that `dcount_hll` reads.
final class DistinctSketchState: AggregateState {
  var dependsOnOrder: Bool { false }
  private let type: ScalarType
  private let accuracy: Int
  private let hasPredicate: Bool
  private var sketches: [HyperLogLog?] = []
  private var filter = RowFilter()
  private var hashes = Growing<UInt64>(capacity: 4096)

  init(_ type: ScalarType, accuracy: Int, predicate: Bool) {
    self.type = type
    self.accuracy = accuracy
    hasPredicate = predicate
    grow(to: 1)
  }

  func grow(to groups: Int) {
    if groups > sketches.count { sketches += [HyperLogLog?](repeating: nil, count: groups - sketches.count) }
  }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let kept = filter.rows(inputs[..<1], predicate: hasPredicate ? inputs[1] : nil, count: n)
    var keep: UnsafePointer<UInt8>?
    switch kept {
    case .none: return
    case .all: break
    case .some(let mask): keep = mask
    }
    hash(inputs[0], n)
    let hashes = self.hashes.base
    for i in 0..<n {
      if let keep, keep[i] == 0 { continue }
      let group = groups.map { Int($0[i]) } ?? 0
      if sketches[group] == nil { sketches[group] = HyperLogLog(accuracy: Int64(accuracy)) }
      sketches[group]?.add(hashes[i])
    }
  }

  /// Hashes of each row's value: equal values of int and long, or of different dictionaries, have equal hashes.
  private func hash(_ vector: Vector, _ n: Int) {
    hashes.extend(to: n, with: 0)
    let out = hashes.base
    let step = vector.isConstant ? 0 : 1
    switch type.lane {
    case .byte: for i in 0..<n { out[i] = XXHash64.hash(UInt64(vector.lanes(UInt8.self)[i &* step])) }
    case .word: for i in 0..<n { out[i] = XXHash64.hash(UInt64(bitPattern: vector.word(at: i &* step))) }
    case .float:
      for i in 0..<n {
        out[i] = XXHash64.hash(UInt64(bitPattern: ValueIDs.number(vector.lanes(Double.self)[i &* step])))
      }
    case .wide:
      for i in 0..<n {
        let start = (vector.data + (i &* step) &* 16).assumingMemoryBound(to: UInt8.self)
        out[i] = XXHash64.hash(Bytes(start: start, count: 16), seed: 0)
      }
    case .bytes:
      for i in 0..<n {
        let bytes = vector.bytes(at: i &* step)
        out[i] = type == .dynamic ? DynamicBytes.hash(bytes) : XXHash64.hash(bytes, seed: 0)
      }
    }
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? DistinctSketchState else { return }
    for i in 0..<range.count where range.lowerBound + i < other.sketches.count {
      guard let theirs = other.sketches[range.lowerBound + i] else { continue }
      let group = Int(groups[i])
      grow(to: group + 1)
      if sketches[group] == nil { sketches[group] = theirs } else { sketches[group]?.merge(theirs) }
    }
  }

  func finish(count n: Int) -> [Vector] {
    grow(to: n)
    return [encodedSketches(n) { group, out in sketches[group]?.encode(to: &out) != nil }]
  }
}

/// A sketch of each group's values that `percentile_tdigest` reads; values have weights or count once each.
final class DistributionSketchState: AggregateState {
  var dependsOnOrder: Bool { true }
  private let type: ScalarType
  private let isWeighted: Bool
  private var sketches: [TDigest?] = []
  private var filter = RowFilter()

  init(_ type: ScalarType, weighted: Bool) {
    self.type = type
    isWeighted = weighted
    grow(to: 1)
  }

  func grow(to groups: Int) {
    if groups > sketches.count { sketches += [TDigest?](repeating: nil, count: groups - sketches.count) }
  }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let kept = filter.rows(inputs[..<(isWeighted ? 2 : 1)], predicate: nil, count: n)
    var keep: UnsafePointer<UInt8>?
    switch kept {
    case .none: return
    case .all: break
    case .some(let mask): keep = mask
    }
    let values = inputs[0]
    for i in 0..<n {
      if let keep, keep[i] == 0 { continue }
      let place = values.isConstant ? 0 : i
      let value = type == .real ? values.lanes(Double.self)[place] : Double(values.word(at: place))
      let weight = isWeighted ? inputs[1].lanes(Double.self)[inputs[1].isConstant ? 0 : i] : 1
      let group = groups.map { Int($0[i]) } ?? 0
      if sketches[group] == nil { sketches[group] = TDigest() }
      sketches[group]?.add(value, weight: weight)
    }
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? DistributionSketchState else { return }
    for i in 0..<range.count where range.lowerBound + i < other.sketches.count {
      guard let theirs = other.sketches[range.lowerBound + i] else { continue }
      let group = Int(groups[i])
      grow(to: group + 1)
      if sketches[group] == nil { sketches[group] = theirs } else { sketches[group]?.merge(theirs) }
    }
  }

  func finish(count n: Int) -> [Vector] {
    grow(to: n)
    return [encodedSketches(n) { group, out in sketches[group]?.encode(to: &out) != nil }]
  }
}

/// What can be read from a dynamic value and merged with others of its kind.
protocol MergeableSketch {
  /// Whether the sketch depends on the order in which sketches are merged.
  static var dependsOnOrder: Bool { get }
  init?(_ cursor: DynamicCursor)
  mutating func merge(_ other: Self)
  mutating func encode(to out: inout ByteBuffer)
}
extension HyperLogLog: MergeableSketch {
  static var dependsOnOrder: Bool { false }
}
extension TDigest: MergeableSketch {
  static var dependsOnOrder: Bool { true }
}

/// One sketch merged from all sketches of a group; values that are not sketches are left out.
final class SketchMergeState<Sketch: MergeableSketch>: AggregateState {
  var dependsOnOrder: Bool { Sketch.dependsOnOrder }
  private var sketches: [Sketch?] = [nil]

  func grow(to groups: Int) {
    if groups > sketches.count { sketches += [Sketch?](repeating: nil, count: groups - sketches.count) }
  }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let input = inputs[0]
    for i in 0..<n where !input.isNull(i) {
      guard let sketch = Sketch(DynamicCursor(input.bytes(at: input.isConstant ? 0 : i))) else { continue }
      take(sketch, groups.map { Int($0[i]) } ?? 0)
    }
  }

  private func take(_ sketch: Sketch, _ group: Int) {
    grow(to: group + 1)
    if sketches[group] == nil { sketches[group] = sketch } else { sketches[group]?.merge(sketch) }
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? SketchMergeState<Sketch> else { return }
    for i in 0..<range.count where range.lowerBound + i < other.sketches.count {
      if let theirs = other.sketches[range.lowerBound + i] { take(theirs, Int(groups[i])) }
    }
  }

  func finish(count n: Int) -> [Vector] {
    grow(to: n)
    return [encodedSketches(n) { group, out in sketches[group]?.encode(to: &out) != nil }]
  }
}

/// A dynamic column of what `encode` appends for each group; null if it returns false.
private func encodedSketches(_ groups: Int, _ encode: (Int, inout ByteBuffer) -> Bool) -> Vector {
  let builder = VectorBuilder(.dynamic, capacity: groups)
  var out = ByteBuffer()
  for group in 0..<groups {
    out.removeAll()
    if encode(group, &out) { out.withBytes { builder.append(bytes: $0) } } else { builder.appendNull() }
  }
  return builder.finish()
}

extension AggregateFunction {
  /// Sketches: small dynamic values from which counts and percentiles are read later.
  static let sketches: [AggregateFunction] = [
    AggregateFunction(
      "hll", "Builds a sketch of the distinct values of `expression`, for `dcount_hll`.", "expression, [accuracy]",
      examples: [.init("range x from 1 to 9 step 1 | summarize h = hll(x) | project dcount_hll(h)", is: "9")],
      overloads: [
        .distinctSketch([.any], predicate: false), .distinctSketch([.any, .exactly(.long)], predicate: false),
      ]),

    AggregateFunction(
      "hll_if", "Builds a sketch of the distinct values of `expression` where `predicate` is true.",
      "expression, predicate, [accuracy]",
      examples: [
        .init("range x from 1 to 9 step 1 | summarize h = hll_if(x, x > 4) | project dcount_hll(h)", is: "5")
      ],
      overloads: [
        .distinctSketch([.any, .exactly(.bool)], predicate: true),
        .distinctSketch([.any, .exactly(.bool), .exactly(.long)], predicate: true),
      ]),

    AggregateFunction(
      "hll_merge", "Merges the sketches of distinct values in `sketch` into one.", "sketch",
      examples: [
        .init(
          "range x from 1 to 9 step 1 | summarize h = hll(x) by x % 2"
            + " | summarize m = hll_merge(h) | project dcount_hll(m)",
          is: "9")
      ],
      overloads: [.fixed([.dynamic], to: .dynamic) { SketchMergeState<HyperLogLog>() }]),

    AggregateFunction(
      "tdigest", "Builds a sketch of the values of `expression`, each counted `weight` times, for `percentile_tdigest`.",
      "expression, [weight]",
      examples: [
        .init("range x from 1 to 99 step 1 | summarize t = tdigest(x) | project percentile_tdigest(t, 50)", is: "50")
      ],
      overloads: [ScalarType.long, .int, .real, .datetime, .timespan].flatMap { type in
        [
          AggregateOverload.fixed([type], to: .dynamic) { DistributionSketchState(type, weighted: false) },
          AggregateOverload.fixed([type, .real], to: .dynamic) { DistributionSketchState(type, weighted: true) },
        ]
      }),

    digestMerge("tdigest_merge"), digestMerge("merge_tdigest"),
  ]

  private static func digestMerge(_ name: String) -> AggregateFunction {
    AggregateFunction(
      name, "Merges the sketches of a distribution in `sketch` into one.", "sketch",
      examples: [
        .init(
          "range x from 1 to 99 step 1 | summarize t = tdigest(x) by x % 2"
            + " | summarize m = \(name)(t) | project percentile_tdigest(m, 50)",
          is: "50")
      ],
      overloads: [
        .fixed([.dynamic], to: .dynamic, naming: .prefixed("merge_tdigests")) { SketchMergeState<TDigest>() }
      ])
  }
}

extension AggregateOverload {
  fileprivate static func distinctSketch(_ parameters: [ParameterType], predicate: Bool) -> AggregateOverload {
    AggregateOverload(parameters, results: { _ in [.dynamic] }) { shapes in
      let plain = predicate ? 2 : 1
      let accuracy = shapes.count > plain ? try sketchAccuracy(shapes[plain]) : 1
      return DistinctSketchState(shapes[0].type, accuracy: accuracy, predicate: predicate)
    }
  }
}
