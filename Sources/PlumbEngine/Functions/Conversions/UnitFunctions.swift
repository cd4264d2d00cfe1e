import PlumbDiagnostics

extension ScalarFunction {
  /// Functions between units of measure.
  static let units: [ScalarFunction] = [
    conversion(.angle, "convert_angle(1.2, 'Degree', 'Arcminute')", "72"),
    conversion(.energy, "convert_energy(1, 'Kilojoule', 'Joule')", "1000"),
    conversion(.force, "convert_force(1, 'Kilonewton', 'Newton')", "1000"),
    conversion(.length, "convert_length(1.2, 'Foot', 'Yard')", "0.4", digits: 9),
    conversion(.mass, "convert_mass(1, 'Kilogram', 'Gram')", "1000"),
    conversion(.speed, "convert_speed(36, 'KilometerPerHour', 'MeterPerSecond')", "10", digits: 9),
    conversion(.temperature, "convert_temperature(1.2, 'Kelvin', 'DegreeCelsius')", "-271.95", digits: 9),
    conversion(.volume, "convert_volume(1, 'CubicMeter', 'Liter')", "1000"),
    ScalarFunction(
      "format_bytes", "Writes `size` as a number of bytes, in `unit` or a suitable unit.",
      "size, [digits, unit]",
      examples: [
        .init("format_bytes(564)", is: "564 Bytes"), .init("format_bytes(10332, 1)", is: "10.1 KB"),
        .init("format_bytes(20010332, 0, \"KB\")", is: "19541 KB"),
      ],
      overloads: [
        formatBytes([.real]), formatBytes([.real, .long]), formatBytes([.real, .long, .string]),
      ]).naming(.firstArgument),
  ]

  private static func conversion(
    _ measure: Measure, _ example: String, _ result: String, digits: Int? = nil
  ) -> ScalarFunction {
    ScalarFunction(
      "convert_\(measure.rawValue)",
      "Converts `value`, \(measure.kind), from one unit to another; null if a unit is unknown.", "value, from, to",
      examples: [.init(digits.map { "round(\(example), \($0))" } ?? example, is: result)],
      overloads: [
        .maybe { (value: Double, from: Bytes, to: Bytes) -> Double? in measure.convert(value, from: from, to: to) }
      ])
  }

  private static func formatBytes(_ types: [ScalarType]) -> Overload {
    .columns(types, to: .string) { (arguments: Arguments) in
      let sizes = Input<Double>(arguments, 0)
      let digits = types.count > 1 ? Input<Int64>(arguments, 1) : nil
      let units = types.count > 2 ? Input<Bytes>(arguments, 2) : nil
      let builder = VectorBuilder(.string, capacity: arguments.count, for: arguments.context)
      var out = ByteBuffer()
      for row in 0..<arguments.count {
        out.removeAll()
        if let size = sizes.nullable(row) {
          let unit = units?[row] ?? Bytes(start: nil, count: 0)
          guard ByteSize.print(size, precision: digits?.nullable(row) ?? 0, unit: unit, to: &out) else {
            throw Diagnostic(
              "unknown-unit", "`\(String(unit))` is not a unit of size", at: arguments.span(of: 2),
              help: "the units are Bytes, KB, MB, GB, TB, PB and EB")
          }
        }
        out.withBytes { builder.append(bytes: $0) }
      }
      return builder.finish()
    }
  }
}

extension Measure {
  /// The measure with its article.
  fileprivate var kind: String {
    switch self {
    case .angle, .energy: "an \(rawValue)"
    case .force, .length, .mass, .speed, .temperature, .volume: "a \(rawValue)"
    }
  }
}
