extension ScalarFunction {
  /// Every scalar function and operator, by family.
  public static let all: [ScalarFunction] = operators

  private static let byName: [String: ScalarFunction] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  public static func named(_ name: String) -> ScalarFunction? { byName[name] }
}
