import Glibc

/// Sizes of data as `format_bytes` writes them, in steps of 1024.
enum ByteSize {
  private static let units: [StaticString] = ["Bytes", "KB", "MB", "GB", "TB", "PB", "EB"]

  /// Appends `size` in `unit`, or in a suitable unit if `unit` is empty; false, and nothing appended,
  /// for a unit that does not exist.
  static func print(_ size: Double, precision: Int64 = 0, unit: Bytes, to out: inout ByteBuffer) -> Bool {
    var index = 0
    if unit.isEmpty {
      var rest = size.magnitude
      while rest >= 1024 && index < units.count - 1 {
        rest /= 1024
        index += 1
      }
    } else {
      guard let named = units.firstIndex(where: { String(describing: $0).withUTF8Bytes { CaselessOrder.areEqual($0, unit) } })
      else { return false }
      index = named
    }
    let places = Int(Swift.min(Swift.max(precision, 0), 15))
    let power = NumberText.powersOfTen[places]
    let value = size / pow(1024, Double(index))
    let rounded = (value * power).rounded(.toNearestOrAwayFromZero) / power
    NumberText.print(rounded.isFinite ? rounded : value, to: &out)
    out.append(.space)
    out.append(units[index])
    return true
  }
}
