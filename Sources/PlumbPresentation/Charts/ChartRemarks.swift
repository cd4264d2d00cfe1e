extension [String] {
  /// Adds a remark that begins with a count, in the singular or the plural; nothing if the count is 0.
  mutating func remark(_ count: Int, _ one: String, _ many: String) {
    guard count > 0 else { return }
    append("\(ChartNumber.grouped(Double(count))) \(count == 1 ? one : many)")
  }

  /// Says how many values a chart leaves out because they cannot be placed on an axis.
  mutating func remark(notFinite count: Int) {
    remark(count, "value that is NaN or infinite is not drawn", "values that are NaN or infinite are not drawn")
  }
}
