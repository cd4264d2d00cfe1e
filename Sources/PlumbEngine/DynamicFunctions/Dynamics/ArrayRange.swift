/// The values that `range(...)` steps over.
enum ArrayRange {
  /// The maximum number of elements that `range` and `repeat` return.
  static let limit: Int64 = 1 << 20

  static func words(
    _ start: Int64, _ stop: Int64, _ step: Int64, to out: inout ByteBuffer,
    _ append: (inout ByteBuffer, Int64) -> Void
  ) -> Bool {
    guard step != 0 else { return false }
    let mark = out.beginArray()
    var count = 0
    var value = start
    while count < limit && (step > 0 ? value <= stop : value >= stop) {
      append(&out, value)
      count &+= 1
      let (next, overflow) = value.addingReportingOverflow(step)
      if overflow { break }
      value = next
    }
    out.end(mark, count: count)
    return true
  }

  static func reals(_ start: Double, _ stop: Double, _ step: Double, to out: inout ByteBuffer) -> Bool {
    guard step != 0, start.isFinite, stop.isFinite, step.isFinite else { return false }
    let mark = out.beginArray()
    var count = 0
    // Multiplied, not added up, so that rounding errors do not accumulate.
    while count < limit {
      let value = start + Double(count) * step
      guard step > 0 ? value <= stop : value >= stop else { break }
      out.appendReal(value)
      count &+= 1
    }
    out.end(mark, count: count)
    return true
  }
}
