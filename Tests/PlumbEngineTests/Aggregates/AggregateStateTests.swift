import Testing

@testable import PlumbEngine
@testable import PlumbDiagnostics

/// Every state against a loop over values: nulls, constants, codes, several chunks, several states joined.
@Suite struct AggregateStateTests {
  /// The rows of a group, each with the values of all column arguments.
  typealias Rows = [[Value]]

  struct Case: CustomTestStringConvertible, Sendable {
    let function: String
    let columns: [ScalarType]
    var constants: [Value] = []
    /// One value for each result column.
    let expected: @Sendable (Rows) -> [Value]
    var testDescription: String { "\(function)(\(columns.map(\.name).joined(separator: ", ")))" }
  }

  static let everyType: [ScalarType] = ScalarType.allCases

  static let cases: [Case] = {
    var cases: [Case] = [
      Case(function: "count", columns: []) { [.long(Int64($0.count))] },
      Case(function: "count", columns: [.string]) { [.long(Int64($0.count))] },
      Case(function: "countif", columns: [.bool]) { rows in [.long(Int64(rows.filter { $0[0] == .bool(true) }.count))] },
    ]
    for isConditional in [false, true] {
      let suffix = isConditional ? "if" : ""
      let more: [ScalarType] = isConditional ? [.bool] : []
      func add(_ name: String, _ type: ScalarType, _ expected: @escaping @Sendable ([Value]) -> Value) {
        cases.append(
          Case(function: name + suffix, columns: [type] + more) { [expected(Naive.values($0, isConditional))] })
      }
      for type in [ScalarType.int, .long, .timespan] {
        add("sum", type) { Naive.word(type == .int ? .long : type, $0.reduce(0) { $0 &+ Naive.word($1) }) }
      }
      add("sum", .real) { .real($0.reduce(0) { $0 + Naive.real($1) }) }
      add("sum", .decimal) { .decimal($0.reduce(.zero) { $0.adding(Naive.decimal($1)) ?? .zero }) }
      for type in [ScalarType.int, .long, .real] { add("avg", type) { .real(Naive.mean($0)) } }
      for type in [ScalarType.datetime, .timespan] {
        add("avg", type) { values in
          let sum = values.reduce(Int128(0)) { $0 + Int128(Naive.word($1)) }
          return values.isEmpty ? .null(type) : Naive.word(type, Int64(truncatingIfNeeded: sum / Int128(values.count)))
        }
      }
      for type in everyType {
        add("min", type) { Naive.extremum($0, type, isMaximum: false) }
        add("max", type) { Naive.extremum($0, type, isMaximum: true) }
        add("count_distinct", type) { .long(Int64(Naive.distinct($0).count)) }
        add("dcount", type) { .long(Int64(Naive.distinct($0).count)) }
      }
      for type in [ScalarType.int, .real] {
        add("variance", type) { .real(Naive.spread($0, sample: true) ?? 0) }
        add("stdev", type) { .real((Naive.spread($0, sample: true) ?? 0).squareRoot()) }
        add("variancep", type) { values in
          // `variancepif` is documented with the variance of a sample.
          if isConditional { return .real(Naive.spread(values, sample: true) ?? 0) }
          return Naive.spread(values, sample: false).map { .real($0) } ?? .null(.real)
        }
        add("stdevp", type) { Naive.spread($0, sample: false).map { .real($0.squareRoot()) } ?? .null(.real) }
      }
      cases.append(Case(function: "covariance" + suffix, columns: [.real, .real] + more) {
        [Naive.covariance($0, isConditional, sample: true)]
      })
      cases.append(Case(function: "covariancep" + suffix, columns: [.real, .real] + more) {
        [Naive.covariance($0, isConditional, sample: false)]
      })
    }
    for type in everyType {
      for isConditional in [false, true] {
        let suffix = isConditional ? "_if" : ""
        let more: [ScalarType] = isConditional ? [.bool] : []
        cases.append(Case(function: "make_list" + suffix, columns: [type] + more) {
          [Naive.array(Naive.values($0, isConditional))]
        })
        cases.append(Case(function: "make_list" + suffix, columns: [type] + more, constants: [.long(3)]) {
          [Naive.array(Array(Naive.values($0, isConditional).prefix(3)))]
        })
        cases.append(Case(function: "make_set" + suffix, columns: [type] + more) {
          [Naive.array(Naive.distinct(Naive.values($0, isConditional)))]
        })
      }
      cases.append(Case(function: "make_list_with_nulls", columns: [type]) { [Naive.array($0.map { $0[0] })] })
      cases.append(Case(function: "arg_max", columns: [type, .string, .long]) { Naive.arg($0, isMaximum: true, [type, .string, .long]) })
      cases.append(Case(function: "arg_min", columns: [type, .string]) { Naive.arg($0, isMaximum: false, [type, .string]) })
      cases.append(Case(function: "take_any", columns: [type, .long]) { $0.first ?? [.null(type), .null(.long)] })
      cases.append(Case(function: "take_any", columns: [type]) { rows in
        let full = rows.first { !$0[0].isNull && $0[0] != .string("") }
        return full ?? rows.first ?? [.null(type)]
      })
      cases.append(Case(function: "take_anyif", columns: [type, .bool]) { rows in
        let kept = rows.filter { $0[1] == .bool(true) }
        let full = kept.first { !$0[0].isNull && $0[0] != .string("") }
        return [(full ?? kept.first)?[0] ?? .null(type)]
      })
    }
    for type in [ScalarType.int, .long, .real, .datetime, .timespan] {
      let percentages: [Value] = [.long(0), .long(50), .real(99.9), .long(100), .long(30)]
      cases.append(Case(function: "percentiles", columns: [type], constants: percentages) { rows in
        percentages.map { Naive.percentile(Naive.values(rows, false), $0.percentage ?? 0, type) }
      })
      cases.append(Case(function: "percentiles_array", columns: [type], constants: [.long(10), .long(90)]) { rows in
        let values = Naive.values(rows, false)
        if values.isEmpty { return [.null(.dynamic)] }
        return [Naive.array([10, 90].map { Naive.percentile(values, $0, type) })]
      })
      cases.append(Case(function: "percentilew", columns: [type, .int], constants: [.long(60)]) { rows in
        [Naive.weightedPercentile(rows, 60, type)]
      })
    }
    let bits: [(String, @Sendable (Int64, Int64) -> Int64)] = [
      ("binary_all_and", { $0 & $1 }), ("binary_all_or", { $0 | $1 }), ("binary_all_xor", { $0 ^ $1 }),
    ]
    for (name, apply) in bits {
      cases.append(Case(function: name, columns: [.long]) { rows in
        let words = Naive.values(rows, false).map { Naive.word($0) }
        return [words.isEmpty ? .null(.long) : .long(words.dropFirst().reduce(words[0], apply))]
      })
    }
    cases.append(Case(function: "make_bag", columns: [.dynamic]) { [Naive.bag(Naive.values($0, false))] })
    return cases
  }()

  @Test(arguments: cases) func agreesWithALoop(_ test: Case) throws {
    for seed in 1...12 as ClosedRange<UInt64> {
      try check(test, seed: seed, groupCount: seed % 3 == 0 ? 1 : seed % 3 == 1 ? 5 : 40)
    }
  }

  /// Feeds three states with random chunks, joins them, and compares each group with `expected`.
  private func check(_ test: Case, seed: UInt64, groupCount: Int) throws {
    var maker = ColumnMaker(seed: seed)
    let function = try #require(AggregateFunction.named(test.function))
    let arguments = test.columns.indices.map { BoundExpression.column($0, test.columns[$0], .none) }
      + test.constants.map { BoundExpression.literal($0, .none) }
    let bound = try function.binding(arguments, at: .none)
    let types = bound.arguments.map(\.type)
    let isTotal = groupCount == 1

    let target = try bound.makeState()
    target.grow(to: groupCount)
    var rows = [Rows](repeating: [], count: groupCount)
    for part in 0..<3 {
      // Each state numbers its groups in its own way.
      let shift = part * 2
      let state = part == 0 ? target : try bound.makeState()
      state.grow(to: groupCount)
      for _ in 0..<maker.below(4) {
        let count = maker.below(60)
        var columns: [[Value]] = []
        var vectors: [Vector] = []
        for (index, type) in test.columns.enumerated() {
          let (values, vector) = maker.column(type, count: count, nulls: maker.below(2) == 0)
          columns.append(values)
          vectors.append(try converted(vector, bound.arguments[index]))
        }
        for (offset, value) in test.constants.enumerated() {
          let type = types[test.columns.count + offset]
          vectors.append(.constant(value.converted(to: type) ?? value, count: count))
        }
        let groups = (0..<count).map { _ in UInt32(maker.below(groupCount)) }
        try groups.withUnsafeBufferPointer {
          try state.update(vectors, groups: isTotal ? nil : $0.baseAddress, count: count)
        }
        for row in 0..<count {
          let group = (Int(groups[row]) + (part == 0 ? 0 : shift)) % groupCount
          rows[group].append(columns.map { $0[row] })
        }
      }
      if part == 0 { continue }
      let middle = maker.below(groupCount + 1)
      // In two parts, or group by group.
      let isSingle = maker.below(2) == 0
      let ranges = isSingle ? (0..<groupCount).map { $0..<$0 + 1 } : [0..<middle, middle..<groupCount]
      for range in ranges {
        let places = range.map { UInt32(($0 + shift) % groupCount) }
        try places.withUnsafeBufferPointer { places in
          if let base = places.baseAddress { try target.merge(state, range: range, groups: base) }
        }
      }
    }

    let results = try target.finish(count: groupCount)
    #expect(results.map(\.type) == bound.results)
    for group in 0..<groupCount {
      let found = results.map { $0.value(at: group) }
      let wanted = test.expected(rows[group])
      #expect(
        zip(found, wanted).allSatisfy(Naive.agree) && found.count == wanted.count,
        "seed \(seed), group \(group): \(found) is not \(wanted) over \(rows[group])")
    }
  }

  private func converted(_ vector: Vector, _ argument: BoundExpression) throws -> Vector {
    guard case .call(let call) = argument else { return vector }
    let context = ExecutionContext(now: 0, threads: 1, memoryLimit: 1 << 30)
    return try call.apply([vector.decoded().expanded()], count: vector.count, context)
  }
}
