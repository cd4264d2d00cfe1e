extension ScalarFunction {
  /// Functions of statistics: distributions and tests.
  static let statistics: [ScalarFunction] = [
    ScalarFunction(
      "beta_cdf", "Returns the probability that a beta variable with `alpha` and `beta` is at most `x`.", "x, alpha, beta",
      examples: [.init("round(beta_cdf(0.5, 2, 2), 6)", is: "0.5"), .init("beta_cdf(1.5, 10, 20)", is: "NaN")],
      overloads: [
        .map { (x: Double, alpha: Double, beta: Double) -> Double in SpecialFunctions.betaDistribution(x, alpha, beta) }
      ]),
    ScalarFunction(
      "beta_inv", "Returns the `x` for which `beta_cdf` is `probability`; null for a probability outside 0 to 1.",
      "probability, alpha, beta",
      examples: [.init("round(beta_inv(0.1, 10, 20), 6)", is: "0.226415"), .init("beta_inv(1.5, 10, 20)", is: "")],
      overloads: [
        .maybe { (probability: Double, alpha: Double, beta: Double) -> Double? in
          guard alpha > 0, beta > 0 else { return .nan }
          return probability < 0 || probability > 1 ? nil : SpecialFunctions.betaInverse(probability, alpha, beta)
        }
      ]),
    ScalarFunction(
      "beta_pdf", "Returns the density at `x` of the beta distribution with `alpha` and `beta`.", "x, alpha, beta",
      examples: [.init("round(beta_pdf(0.5, 10, 20), 6)", is: "0.746176")],
      overloads: [
        .map { (x: Double, alpha: Double, beta: Double) -> Double in SpecialFunctions.betaDensity(x, alpha, beta) }
      ]),
    ScalarFunction(
      "welch_test", "Computes the p-value of Welch's test that two samples, given by mean, variance and count, have equal means.",
      "mean1, variance1, count1, mean2, variance2, count2",
      examples: [.init("welch_test(1, 1, 10, 1, 2, 20)", is: "1")],
      overloads: [
        .columns([.real, .real, .real, .real, .real, .real], to: .real) { (arguments: Arguments) in
          let inputs = (0..<6).map { Input<Double>(arguments, $0) }
          return mapRows(arguments) { (row: Int, _: ByteArena) -> Double in
            SpecialFunctions.welchTest(
              inputs[0][row], inputs[1][row], inputs[2][row], inputs[3][row], inputs[4][row], inputs[5][row])
          }
        }
      ]),
  ]

  /// Functions that read and merge the sketches of `tdigest()` and `hll()`; null for anything but a sketch.
  static let sketches: [ScalarFunction] = [
    ScalarFunction(
      "percentile_tdigest", "Returns the value at `percentile` of the sketch `digest`, as `type` if given.",
      "digest, percentile, [type]",
      examples: [.init("percentile_tdigest(dynamic([[7],[1,2,3],[1,1,1]]), 50)", is: "2")],
      overloads: [
        .maybe { (digest: CompactDynamic, percentile: Double) -> Double? in
          var sketch = TDigest(DynamicCursor(digest.bytes))
          return sketch?.percentile(percentile)
        },
        .columns([.exactly(.dynamic), .exactly(.real), .exactly(.string)], result: typeOfThirdArgument) {
          (arguments: Arguments) in try typedPercentiles(arguments)
        },
      ]).naming(.functionAndFirst),
    ScalarFunction(
      "percentiles_array_tdigest",
      "Lists the values at each `percentile` of the sketch `digest`, or at each of an array of them, as `type` if given.",
      "digest, percentile, ... or: digest, percentiles, [type]",
      examples: [
        .init("percentiles_array_tdigest(dynamic([[7],[1,2,3],[1,1,1]]), 50, 100)", is: "[2.0,3.0]"),
        .init("percentiles_array_tdigest(dynamic([[7],[1,2,3],[1,1,1]]), dynamic([50, 100]), typeof(long))", is: "[2,3]"),
      ],
      overloads: [
        .columns([.exactly(.dynamic), .exactly(.dynamic)], result: { $0[1].type == .dynamic ? .dynamic : nil }) {
          (arguments: Arguments) in listedPercentiles(arguments)
        },
        .columns([.exactly(.dynamic), .exactly(.dynamic), .exactly(.string)], result: { shapes in
          guard case .string(let name)? = shapes[2].constant, shapes[1].type == .dynamic else { return nil }
          return ScalarType(name: name) == nil ? nil : .dynamic
        }) { (arguments: Arguments) in listedPercentiles(arguments) },
        .columns([.exactly(.dynamic)], rest: .exactly(.real), minimumRest: 1, result: { _ in .dynamic }) {
          (arguments: Arguments) in percentileArrays(arguments)
        }
      ]),
    ScalarFunction(
      "rank_tdigest", "Counts the values in the sketch `digest` that are at most `value`.", "digest, value",
      examples: [.init("rank_tdigest(dynamic([[7],[1,2,3],[1,1,1]]), 2)", is: "2")],
      overloads: [
        .maybe { (digest: CompactDynamic, value: Double) -> Double? in rank(of: value, in: digest) },
        .maybe { (digest: CompactDynamic, value: Timestamp) -> Double? in rank(of: Double(value.ticks), in: digest) },
        .maybe { (digest: CompactDynamic, value: Interval) -> Double? in rank(of: Double(value.ticks), in: digest) },
      ]),
    ScalarFunction(
      "percentrank_tdigest", "Returns the percentage of the values in the sketch `digest` that are at most `value`.", "digest, value",
      examples: [.init("percentrank_tdigest(dynamic([[7],[1,2,3,4],[1,1,1,1]]), 4)", is: "100")],
      overloads: [
        .maybe { (digest: CompactDynamic, value: Double) -> Double? in percentRank(of: value, in: digest) },
        .maybe { (digest: CompactDynamic, value: Timestamp) -> Double? in percentRank(of: Double(value.ticks), in: digest) },
        .maybe { (digest: CompactDynamic, value: Interval) -> Double? in percentRank(of: Double(value.ticks), in: digest) },
      ]),
    ScalarFunction(
      "merge_tdigest", "Merges sketches of `tdigest()` into one.", "digest, digest, ...",
      examples: [.init("rank_tdigest(merge_tdigest(dynamic([[7],[1],[1]]), dynamic([[7],[2],[1]])), 2)", is: "2")],
      overloads: [
        .columns([], rest: .exactly(.dynamic), minimumRest: 1, result: { _ in .dynamic }) { (arguments: Arguments) in
          joinedSketches(arguments, { TDigest($0) }, { $0.merge($1) }) { (sketch: TDigest, out: inout ByteBuffer) in
            var sketch = sketch
            sketch.encode(to: &out)
          }
        }
      ]),
    ScalarFunction(
      "dcount_hll", "Estimates the number of distinct values in the sketch `hll`.", "hll",
      examples: [.init("dcount_hll(dynamic([[1024,14],[\"5\",\"6\"],[]]))", is: "2")],
      overloads: [.maybe { (hll: CompactDynamic) -> Int64? in HyperLogLog(DynamicCursor(hll.bytes))?.estimate }])
      .naming(.functionAndFirst),
    ScalarFunction(
      "hll_merge", "Merges sketches of `hll()` into one.", "hll, hll, ...",
      examples: [
        .init("dcount_hll(hll_merge(dynamic([[1024,14],[\"5\"],[]]), dynamic([[1024,14],[\"6\"],[]])))", is: "2")
      ],
      overloads: [
        .columns([], rest: .exactly(.dynamic), minimumRest: 1, result: { _ in .dynamic }) { (arguments: Arguments) in
          joinedSketches(arguments, { HyperLogLog($0) }, { $0.merge($1) }) { (sketch: HyperLogLog, out: inout ByteBuffer) in
            sketch.encode(to: &out)
          }
        }
      ]),
  ]
}

private let typeOfThirdArgument: @Sendable ([ArgumentShape]) -> ScalarType? = { (shapes: [ArgumentShape]) in
  guard case .string(let name)? = shapes[2].constant else { return nil }
  return ScalarType(name: name)
}

private func typedPercentiles(_ arguments: Arguments) throws -> Vector {
  let digests = Input<CompactDynamic>(arguments, 0), percentiles = Input<Double>(arguments, 1)
  let reals = maybeRows(arguments, nullWithArguments: true) { (row: Int) -> Double? in
    var sketch = TDigest(DynamicCursor(digests[row].bytes))
    return sketch?.percentile(percentiles[row])
  }
  if arguments.type == .real { return reals }
  if arguments.type.lane == .word {
    return reals.mapLanesOrNull(Double.self, to: arguments.type) { (number: Double) -> Int64? in
      Int64(exactly: number.rounded())
    }
  }
  let single = Arguments(
    vectors: [reals], count: arguments.count, type: arguments.type, context: arguments.context,
    span: arguments.span, argumentSpans: [arguments.span], prepared: Prepared())
  return try Overload.conversion(from: .real, to: arguments.type).kernel(single)
}

private func percentileArrays(_ arguments: Arguments) -> Vector {
  let digests = Input<CompactDynamic>(arguments, 0)
  let percentiles = arguments.vectors.indices.dropFirst().map { Input<Double>(arguments, $0) }
  return writtenRows(arguments, as: .dynamic, seesNulls: true) { (row: Int, out: inout ByteBuffer) -> Bool in
    guard let digest = digests.nullable(row), var sketch = TDigest(DynamicCursor(digest.bytes)) else { return false }
    let mark = out.beginArray()
    for percentile in percentiles {
      if let value = percentile.nullable(row).flatMap({ sketch.percentile($0) }) {
        out.appendReal(value)
      } else {
        out.appendNull()
      }
    }
    out.end(mark, count: percentiles.count)
    return true
  }
}

/// The values at the percentiles of an array; as the type that the third argument names, or real.
private func listedPercentiles(_ arguments: Arguments) -> Vector {
  let digests = Input<CompactDynamic>(arguments, 0), lists = Input<CompactDynamic>(arguments, 1)
  let types = arguments.vectors.count > 2 ? Input<Bytes>(arguments, 2) : nil
  return writtenRows(arguments, as: .dynamic) { (row: Int, out: inout ByteBuffer) -> Bool in
    guard var sketch = TDigest(DynamicCursor(digests[row].bytes)), lists[row].cursor.isArray else { return false }
    let type = types.flatMap { ScalarType(name: String($0[row])) }
    let mark = out.beginArray()
    let percentiles = lists[row].cursor.elements
    for percentile in percentiles {
      guard let value = percentile.number.flatMap({ sketch.percentile($0) }) else {
        out.appendNull()
        continue
      }
      if type == .long || type == .int, let whole = Int64(exactly: value.rounded()) {
        out.appendLong(whole)
      } else {
        out.appendReal(value)
      }
    }
    out.end(mark, count: percentiles.count)
    return true
  }
}

private func percentRank(of value: Double, in digest: CompactDynamic) -> Double? {
  guard var sketch = TDigest(DynamicCursor(digest.bytes)) else { return nil }
  return sketch.rank(of: value)
}

private func rank(of value: Double, in digest: CompactDynamic) -> Double? {
  guard var sketch = TDigest(DynamicCursor(digest.bytes)) else { return nil }
  return sketch.rank(of: value).map { ($0 / 100 * sketch.totalWeight).rounded() }
}

/// Merges the sketches of each row, skipping nulls; null without sketches.
private func joinedSketches<Sketch>(
  _ arguments: Arguments, _ read: (DynamicCursor) -> Sketch?, _ merge: (inout Sketch, Sketch) -> Void,
  _ write: (Sketch, inout ByteBuffer) -> Void
) -> Vector {
  let inputs = arguments.vectors.indices.map { Input<CompactDynamic>(arguments, $0) }
  return writtenRows(arguments, as: .dynamic, seesNulls: true) { (row: Int, out: inout ByteBuffer) -> Bool in
    var joined: Sketch?
    for input in inputs {
      guard let bytes = input.nullable(row), let sketch = read(DynamicCursor(bytes.bytes)) else { continue }
      guard var both = joined else {
        joined = sketch
        continue
      }
      merge(&both, sketch)
      joined = both
    }
    guard let joined else { return false }
    write(joined, &out)
    return true
  }
}
