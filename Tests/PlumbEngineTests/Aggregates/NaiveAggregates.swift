@testable import PlumbEngine

/// What aggregates mean, written as loops over values.
enum Naive {
  static func values(_ rows: [[Value]], _ isConditional: Bool) -> [Value] {
    rows.filter { !isConditional || $0.last == .bool(true) }.map { $0[0] }.filter { !$0.isNull }
  }

  static func word(_ value: Value) -> Int64 {
    switch value {
    case .int(let number): Int64(number)
    case .long(let number), .datetime(let number), .timespan(let number): number
    default: 0
    }
  }

  static func word(_ type: ScalarType, _ number: Int64) -> Value {
    switch type {
    case .int: .int(Int32(truncatingIfNeeded: number))
    case .datetime: .datetime(number)
    case .timespan: .timespan(number)
    default: .long(number)
    }
  }

  static func real(_ value: Value) -> Double {
    if case .real(let number) = value { return number }
    return Double(word(value))
  }

  static func decimal(_ value: Value) -> Decimal128 {
    if case .decimal(let number) = value { return number }
    return .zero
  }

  static func mean(_ values: [Value]) -> Double {
    if values.allSatisfy({ $0.type != .real }) {
      let sum = values.reduce(Int128(0)) { $0 + Int128(word($1)) }
      return Double(sum) / Double(values.count)
    }
    return values.reduce(0) { $0 + real($1) } / Double(values.count)
  }

  static func spread(_ values: [Value], sample: Bool) -> Double? {
    if values.isEmpty { return nil }
    let middle = mean(values)
    let squares = values.reduce(0) { $0 + (real($1) - middle) * (real($1) - middle) }
    return squares / Double(sample ? Swift.max(values.count - 1, 1) : values.count)
  }

  static func covariance(_ rows: [[Value]], _ isConditional: Bool, sample: Bool) -> Value {
    let kept = rows.filter { (!isConditional || $0[2] == .bool(true)) && !$0[0].isNull && !$0[1].isNull }
    if kept.isEmpty { return .null(.real) }
    let x = mean(kept.map { $0[0] }), y = mean(kept.map { $0[1] })
    let products = kept.reduce(0) { $0 + (real($1[0]) - x) * (real($1[1]) - y) }
    return .real(products / Double(sample ? Swift.max(kept.count - 1, 1) : kept.count))
  }

  /// Less than 0, 0 or more; NaN is the least.
  static func order(_ lhs: Value, _ rhs: Value) -> Int {
    func sign<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }
    switch (lhs, rhs) {
    case (.bool(let a), .bool(let b)): return (a ? 1 : 0) - (b ? 1 : 0)
    case (.real(let a), .real(let b)):
      if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? 0 : a.isNaN ? -1 : 1 }
      return sign(a, b)
    case (.decimal(let a), .decimal(let b)): return a.compared(to: b)
    case (.guid(let a), .guid(let b)): return sign(a, b)
    case (.string(let a), .string(let b)): return a.withUTF8Bytes { a in b.withUTF8Bytes { a.compared(to: $0) } }
    case (.dynamic(let a), .dynamic(let b)):
      var left = ByteBuffer(), right = ByteBuffer()
      DynamicBytes.encode(a, to: &left)
      DynamicBytes.encode(b, to: &right)
      return left.withBytes { left in right.withBytes { DynamicBytes.compare(left, $0) } }
    default: return sign(word(lhs), word(rhs))
    }
  }

  static func isNaN(_ value: Value) -> Bool {
    if case .real(let number) = value { return number.isNaN }
    return false
  }

  static func extremum(_ values: [Value], _ type: ScalarType, isMaximum: Bool) -> Value {
    let numbers = values.filter { !isNaN($0) }
    var best = numbers.first ?? values.first ?? (type == .string ? .string("") : .null(type))
    for value in numbers where isMaximum ? order(value, best) > 0 : order(value, best) < 0 { best = value }
    return best
  }

  static func arg(_ rows: [[Value]], isMaximum: Bool, _ types: [ScalarType]) -> [Value] {
    var best: [Value]?
    for row in rows {
      guard let known = best else {
        best = row
        continue
      }
      if row[0].isNull || isNaN(row[0]) { continue }
      let lacks = known[0].isNull || isNaN(known[0])
      if lacks || (isMaximum ? order(row[0], known[0]) > 0 : order(row[0], known[0]) < 0) { best = row }
    }
    return best ?? types.map { $0 == .string ? .string("") : .null($0) }
  }

  /// Each value once, in the order of their coming.
  static func distinct(_ values: [Value]) -> [Value] {
    var kept: [Value] = []
    for value in values where !kept.contains(where: { order($0, value) == 0 }) { kept.append(value) }
    return kept
  }

  static func dynamic(_ value: Value) -> Dynamic {
    switch value {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .long(Int64(number))
    case .long(let number): .long(number)
    case .real(let number): .real(number)
    case .decimal(let number): .decimal(number)
    case .datetime(let ticks): .datetime(ticks)
    case .timespan(let ticks): .timespan(ticks)
    case .string(let text): .string(text)
    case .guid(let guid): .guid(guid)
    case .dynamic(let tree): tree
    }
  }

  static func array(_ values: [Value]) -> Value { .dynamic(.array(values.map(dynamic))) }

  static func bag(_ values: [Value]) -> Value {
    var members: [(key: String, value: Dynamic)] = []
    for case .dynamic(.object(let more)) in values {
      for member in more where !members.contains(where: { $0.key == member.key }) { members.append(member) }
    }
    return .dynamic(.object(members))
  }

  static func percentile(_ values: [Value], _ percentage: Double, _ type: ScalarType) -> Value {
    let result: ScalarType = type == .int ? .long : type
    if values.isEmpty { return .null(result) }
    // NaN sorts last.
    let sorted = values.sorted { isNaN($0) != isNaN($1) ? isNaN($1) : order($0, $1) < 0 }
    let found = sorted[nearestRank(percentage, sorted.count)]
    return type == .real ? found : word(result, word(found))
  }

  static func weightedPercentile(_ rows: [[Value]], _ percentage: Double, _ type: ScalarType) -> Value {
    var values: [Value] = []
    for row in rows where !row[0].isNull && !row[1].isNull && word(row[1]) > 0 {
      values += [Value](repeating: row[0], count: Int(word(row[1])))
    }
    return percentile(values, percentage, type)
  }

  /// Whether two results are the same, reals within rounding.
  static func agree(_ lhs: Value, _ rhs: Value) -> Bool {
    switch (lhs, rhs) {
    case (.real(let a), .real(let b)):
      return a == b || (a.isNaN && b.isNaN) || abs(a - b) <= 1e-9 * Swift.max(abs(a), abs(b), 1)
    case (.null(.string), .string("")), (.string(""), .null(.string)): return true
    default: return lhs == rhs
    }
  }
}
