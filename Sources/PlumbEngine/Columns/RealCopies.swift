extension ScalarType {
  /// Whether `Vector.copyReals` can read values of the type: a number, a bool, or ticks.
  package var hasReals: Bool {
    switch self {
    case .bool, .int, .long, .real, .decimal, .datetime, .timespan: true
    case .string, .guid, .dynamic: false
    }
  }
}

/// Columns of numbers as plain doubles, for code that does arithmetic on whole columns.
extension Vector {
  /// Writes `count` numbers to `target`: NaN for null, 0 and 1 for a bool, ticks for times. Other types give NaN.
  package func copyReals(to target: BufferView<Double>) {
    guard count > 0 else { return }
    if isConstant {
      var one = Double.nan
      resized(to: 1).copyStoredReals(1, to: &one)
      target.fill(0, count: count, with: one)
    } else {
      target.withPointer { copyStoredReals(count, to: $0) }
    }
  }

  private func copyStoredReals(_ n: Int, to target: UnsafeMutablePointer<Double>) {
    switch type {
    case .real: target.update(from: lanes(Double.self), count: n)
    case .bool:
      let values = lanes(UInt8.self)
      for i in 0..<n { target[i] = values[i] != 0 ? 1 : 0 }
    case .int, .long, .datetime, .timespan:
      if encoding == .narrow {
        let values = lanes(Int32.self)
        for i in 0..<n { target[i] = Double(values[i]) }
      } else {
        let values = lanes(Int64.self)
        for i in 0..<n { target[i] = Double(values[i]) }
      }
    case .decimal:
      let values = lanes(Decimal128.self)
      for i in 0..<n { target[i] = values[i].double }
    case .string, .guid, .dynamic: target.update(repeating: .nan, count: n)
    }
    if let nulls { for i in 0..<n where nulls[i] != 0 { target[i] = .nan } }
  }
}
