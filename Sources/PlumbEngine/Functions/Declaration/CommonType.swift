extension ScalarType {
  /// The common type of values of these types, as for the branches of `iff`; nil if none exists.
  ///
  /// Whole numbers widen to long, numbers to real and then decimal, and anything combined with dynamic is dynamic.
  static func common(_ types: some Sequence<ScalarType>) -> ScalarType? {
    var met: ScalarType?
    for type in types {
      guard let so = met else {
        met = type
        continue
      }
      guard let both = common(so, type) else { return nil }
      met = both
    }
    return met
  }

  /// The type of one of several values, as for the branches of `iff`: a dynamic value becomes what the others are, and only
  /// dynamic values alone stay dynamic.
  static func choice(_ types: [ScalarType]) -> ScalarType? {
    common(types.allSatisfy { $0 == .dynamic } ? types : types.filter { $0 != .dynamic })
  }

  static func common(_ a: ScalarType, _ b: ScalarType) -> ScalarType? {
    if a == b { return a }
    if a == .dynamic || b == .dynamic { return .dynamic }
    guard a.isNumeric, b.isNumeric else { return nil }
    // Declared from narrow to wide: int, long, real, decimal.
    return a.rawValue > b.rawValue ? a : b
  }
}
