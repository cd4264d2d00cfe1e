extension Vector {
  /// Adds to each row the number of its value times `stride`; false if a value is outside the domain.
  func add(
    _ domain: DictionaryLift.Domain, times stride: UInt32, to out: UnsafeMutablePointer<UInt32>, count n: Int
  ) -> Bool {
    if isConstant { return resized(to: n).expanded().add(domain, times: stride, to: out, count: n) }
    switch domain {
    case .texts:
      switch encoding {
      case .codes8: add(lanes(UInt8.self), times: stride, to: out, count: n)
      case .codes16: add(lanes(UInt16.self), times: stride, to: out, count: n)
      case .plain, .narrow, .codes32: add(lanes(UInt32.self), times: stride, to: out, count: n)
      }
      return true
    case .words(let range):
      return encoding == .narrow
        ? add(lanes(Int32.self), in: range, times: stride, to: out, count: n)
        : add(lanes(Int64.self), in: range, times: stride, to: out, count: n)
    case .bools:
      let values = lanes(UInt8.self)
      for i in 0..<n { out[i] &+= (nulls.map { $0[i] != 0 } ?? false ? 2 : UInt32(values[i])) &* stride }
      return true
    }
  }

  @inline(__always)
  private func add<C: FixedWidthInteger>(
    _ codes: UnsafePointer<C>, times stride: UInt32, to out: UnsafeMutablePointer<UInt32>, count n: Int
  ) {
    for i in 0..<n { out[i] &+= UInt32(truncatingIfNeeded: codes[i]) &* stride }
  }

  @inline(__always)
  private func add<C: FixedWidthInteger>(
    _ values: UnsafePointer<C>, in range: ClosedRange<Int64>, times stride: UInt32, to out: UnsafeMutablePointer<UInt32>,
    count n: Int
  ) -> Bool {
    let width = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    var isOutside = false
    if let nulls {
      for i in 0..<n {
        let distance = nulls[i] != 0 ? width &+ 1 : UInt64(bitPattern: Int64(truncatingIfNeeded: values[i]) &- range.lowerBound)
        isOutside = isOutside || distance > width &+ 1 || distance > width && nulls[i] == 0
        out[i] &+= UInt32(truncatingIfNeeded: distance) &* stride
      }
    } else {
      for i in 0..<n {
        let distance = UInt64(bitPattern: Int64(truncatingIfNeeded: values[i]) &- range.lowerBound)
        isOutside = isOutside || distance > width
        out[i] &+= UInt32(truncatingIfNeeded: distance) &* stride
      }
    }
    return !isOutside
  }
}
