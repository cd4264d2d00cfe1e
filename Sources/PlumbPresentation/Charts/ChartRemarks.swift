extension [String] {
  /// Adds a remark that begins with a count, in the singular or the plural; none when nothing was counted.
  mutating func remark(_ count: Int, _ one: String, _ many: String) {
    guard count > 0 else { return }
    append("\(ChartNumber.grouped(Double(count))) \(count == 1 ? one : many)")
  }

  /// Says how many values a chart leaves out because no axis has a place for them.
  mutating func remark(notFinite count: Int) {
    remark(count, "value that is NaN or infinite is not drawn", "values that are NaN or infinite are not drawn")
  }
}
