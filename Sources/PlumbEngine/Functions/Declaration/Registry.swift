extension ScalarFunction {
  /// Every scalar function and operator, by family.
  package static let all: [ScalarFunction] = [
    operators,
    stringOperators,
    listSearchOperators,
    membershipOperators,
    stringFunctions,
    regexFunctions,
    dynamicFunctions,
    arrayFunctions,
    setFunctions,
    bagFunctions,
    encodingFunctions,
    networkFunctions,
    parsingFunctions,
    userAgents,
    seriesFunctions,
    seriesFilling,
    seriesAnalysis,
    conditionals,
    betweenOperators,
    conversions,
    rounding,
    datetimes,
    timespans,
    timeZones,
    geography,
    mathematics,
    bitwise,
    statistics,
    sketches,
    units,
    miscellaneous,
  ].flatMap { $0 }

  private static let byName: [String: ScalarFunction] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  package static func named(_ name: String) -> ScalarFunction? { byName[name] }
}
