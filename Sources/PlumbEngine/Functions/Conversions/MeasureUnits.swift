/// Units of measure for the `convert_` functions: each unit's size in the measure's base unit.
struct MeasureUnit: Sendable {
  let name: String
  /// A value of this unit times `factor`, plus `offset`, is in the base unit.
  let factor: Double
  let offset: Double

  init(_ name: String, _ factor: Double, offset: Double = 0) {
    self.name = name
    self.factor = factor
    self.offset = offset
  }
}

enum Measure: String, CaseIterable, Sendable {
  case angle, energy, force, length, mass, speed, temperature, volume

  /// `value` in another unit of the measure; nil if one of the names is unknown. Names ignore case.
  func convert(_ value: Double, from: Bytes, to: Bytes) -> Double? {
    guard let source = unit(named: from), let target = unit(named: to) else { return nil }
    if source.name == target.name { return value }
    return (value * source.factor + source.offset - target.offset) / target.factor
  }

  func unit(named name: Bytes) -> MeasureUnit? {
    units.first { $0.name.withUTF8Bytes { CaselessOrder.areEqual($0, name) } }
  }

  var units: [MeasureUnit] {
    switch self {
    case .angle: Measure.angles
    case .energy: Measure.energies
    case .force: Measure.forces
    case .length: Measure.lengths
    case .mass: Measure.masses
    case .speed: Measure.speeds
    case .temperature: Measure.temperatures
    case .volume: Measure.volumes
    }
  }

  /// In degrees.
  private static let angles: [MeasureUnit] = [
    .init("Arcminute", 1.0 / 60), .init("Arcsecond", 1.0 / 3600), .init("Centiradian", 1.8 / .pi),
    .init("Deciradian", 18 / .pi), .init("Degree", 1), .init("Gradian", 0.9), .init("Microdegree", 1e-6),
    .init("Microradian", 1.8e-4 / .pi), .init("Millidegree", 1e-3), .init("Milliradian", 0.18 / .pi),
    .init("Nanodegree", 1e-9), .init("Nanoradian", 1.8e-7 / .pi), .init("NatoMil", 360.0 / 6400),
    .init("Radian", 180 / .pi), .init("Revolution", 360), .init("Tilt", 90),
  ]

  /// In joules.
  private static let energies: [MeasureUnit] = [
    .init("BritishThermalUnit", 1055.05585262), .init("Calorie", 4.184), .init("DecathermEc", 1.05505585262e9),
    .init("DecathermImperial", 1.05505585257348e9), .init("DecathermUs", 1.054804e9),
    .init("ElectronVolt", 1.602176634e-19), .init("Erg", 1e-7), .init("FootPound", 1.3558179483314004),
    .init("GigabritishThermalUnit", 1055.05585262e9), .init("GigaelectronVolt", 1.602176634e-10),
    .init("Gigajoule", 1e9), .init("GigawattDay", 8.64e13), .init("GigawattHour", 3.6e12),
    .init("HorsepowerHour", 2.6845195376961729e6), .init("Joule", 1),
    .init("KilobritishThermalUnit", 1055.05585262e3), .init("Kilocalorie", 4184),
    .init("KiloelectronVolt", 1.602176634e-16), .init("Kilojoule", 1e3), .init("KilowattDay", 8.64e7),
    .init("KilowattHour", 3.6e6), .init("MegabritishThermalUnit", 1055.05585262e6), .init("Megacalorie", 4.184e6),
    .init("MegaelectronVolt", 1.602176634e-13), .init("Megajoule", 1e6), .init("MegawattDay", 8.64e10),
    .init("MegawattHour", 3.6e9), .init("Millijoule", 1e-3), .init("TeraelectronVolt", 1.602176634e-7),
    .init("TerawattDay", 8.64e16), .init("TerawattHour", 3.6e15), .init("ThermEc", 1.05505585262e8),
    .init("ThermImperial", 1.05505585257348e8), .init("ThermUs", 1.054804e8), .init("WattDay", 86_400),
    .init("WattHour", 3600),
  ]

  /// In newtons.
  private static let forces: [MeasureUnit] = [
    .init("Decanewton", 10), .init("Dyn", 1e-5), .init("KilogramForce", 9.80665), .init("Kilonewton", 1e3),
    .init("KiloPond", 9.80665), .init("KilopoundForce", 4448.2216152605), .init("Meganewton", 1e6),
    .init("Micronewton", 1e-6), .init("Millinewton", 1e-3), .init("Newton", 1),
    .init("OunceForce", 0.27801385095378125), .init("Poundal", 0.138254954376),
    .init("PoundForce", 4.4482216152605), .init("ShortTonForce", 8896.443230521), .init("TonneForce", 9806.65),
  ]

  /// In metres.
  private static let lengths: [MeasureUnit] = [
    .init("Angstrom", 1e-10), .init("AstronomicalUnit", 1.495978707e11), .init("Centimeter", 0.01),
    .init("Chain", 20.1168), .init("DataMile", 1828.8), .init("Decameter", 10), .init("Decimeter", 0.1),
    .init("DtpPica", 0.0254 / 6), .init("DtpPoint", 0.0254 / 72), .init("Fathom", 1.8288), .init("Foot", 0.3048),
    .init("Hand", 0.1016), .init("Hectometer", 100), .init("Inch", 0.0254), .init("KilolightYear", 9.46073047258e18),
    .init("Kilometer", 1e3), .init("Kiloparsec", 3.08567758128e19), .init("LightYear", 9.46073047258e15),
    .init("MegalightYear", 9.46073047258e21), .init("Megaparsec", 3.08567758128e22), .init("Meter", 1),
    .init("Microinch", 2.54e-8), .init("Micrometer", 1e-6), .init("Mil", 2.54e-5), .init("Mile", 1609.344),
    .init("Millimeter", 1e-3), .init("Nanometer", 1e-9), .init("NauticalMile", 1852),
    .init("Parsec", 3.08567758128e16), .init("PrinterPica", 0.0042175176), .init("PrinterPoint", 0.00035145980),
    .init("Shackle", 27.432), .init("SolarRadius", 6.95510e8), .init("Twip", 0.0254 / 1440),
    .init("UsSurveyFoot", 1200.0 / 3937), .init("Yard", 0.9144),
  ]

  /// In kilograms.
  private static let masses: [MeasureUnit] = [
    .init("Centigram", 1e-5), .init("Decagram", 0.01), .init("Decigram", 1e-4), .init("EarthMass", 5.9722e24),
    .init("Grain", 6.479891e-5), .init("Gram", 1e-3), .init("Hectogram", 0.1), .init("Kilogram", 1),
    .init("Kilopound", 453.59237), .init("Kilotonne", 1e6), .init("LongHundredweight", 50.80234544),
    .init("LongTon", 1016.0469088), .init("Megapound", 453_592.37), .init("Megatonne", 1e9),
    .init("Microgram", 1e-9), .init("Milligram", 1e-6), .init("Nanogram", 1e-12), .init("Ounce", 0.028349523125),
    .init("Pound", 0.45359237), .init("ShortHundredweight", 45.359237), .init("ShortTon", 907.18474),
    .init("Slug", 14.593902937206365), .init("SolarMass", 1.98947e30), .init("Stone", 6.35029318),
    .init("Tonne", 1000),
  ]

  /// In metres a second.
  private static let speeds: [MeasureUnit] = [
    .init("CentimeterPerHour", 0.01 / 3600), .init("CentimeterPerMinute", 0.01 / 60),
    .init("CentimeterPerSecond", 0.01), .init("DecimeterPerMinute", 0.1 / 60), .init("DecimeterPerSecond", 0.1),
    .init("FootPerHour", 0.3048 / 3600), .init("FootPerMinute", 0.3048 / 60), .init("FootPerSecond", 0.3048),
    .init("InchPerHour", 0.0254 / 3600), .init("InchPerMinute", 0.0254 / 60), .init("InchPerSecond", 0.0254),
    .init("KilometerPerHour", 1 / 3.6), .init("KilometerPerMinute", 1000.0 / 60), .init("KilometerPerSecond", 1e3),
    .init("Knot", 1852.0 / 3600), .init("MeterPerHour", 1.0 / 3600), .init("MeterPerMinute", 1.0 / 60),
    .init("MeterPerSecond", 1), .init("MicrometerPerMinute", 1e-6 / 60), .init("MicrometerPerSecond", 1e-6),
    .init("MilePerHour", 0.44704), .init("MillimeterPerHour", 1e-3 / 3600), .init("MillimeterPerMinute", 1e-3 / 60),
    .init("MillimeterPerSecond", 1e-3), .init("NanometerPerMinute", 1e-9 / 60), .init("NanometerPerSecond", 1e-9),
    .init("UsSurveyFootPerHour", 1200.0 / 3937 / 3600), .init("UsSurveyFootPerMinute", 1200.0 / 3937 / 60),
    .init("UsSurveyFootPerSecond", 1200.0 / 3937), .init("YardPerHour", 0.9144 / 3600),
    .init("YardPerMinute", 0.9144 / 60), .init("YardPerSecond", 0.9144),
  ]

  /// In kelvins.
  private static let temperatures: [MeasureUnit] = [
    .init("DegreeCelsius", 1, offset: 273.15), .init("DegreeDelisle", -2.0 / 3, offset: 373.15),
    .init("DegreeFahrenheit", 5.0 / 9, offset: 459.67 * 5 / 9), .init("DegreeNewton", 100.0 / 33, offset: 273.15),
    .init("DegreeRankine", 5.0 / 9), .init("DegreeReaumur", 1.25, offset: 273.15),
    .init("DegreeRoemer", 40.0 / 21, offset: 273.15 - 7.5 * 40 / 21), .init("Kelvin", 1),
    .init("MillidegreeCelsius", 1e-3, offset: 273.15), .init("SolarTemperature", 5778),
  ]

  /// In cubic metres.
  private static let volumes: [MeasureUnit] = [
    .init("AcreFoot", 1 / 0.000810714), .init("AuTablespoon", 2e-5), .init("BoardFoot", 2.3597372158e-3),
    .init("Centiliter", 1e-5), .init("CubicCentimeter", 1e-6), .init("CubicDecimeter", 1e-3),
    .init("CubicFoot", 0.0283168), .init("CubicHectometer", 1e6), .init("CubicInch", 1.6387e-5),
    .init("CubicKilometer", 1e9), .init("CubicMeter", 1), .init("CubicMicrometer", 1e-18),
    .init("CubicMile", 4.16818182544058e9), .init("CubicMillimeter", 1e-9), .init("CubicYard", 0.764554858),
    .init("Decaliter", 1e-2), .init("DecausGallon", 0.0378541), .init("Deciliter", 1e-4),
    .init("DeciusGallon", 0.000378541), .init("HectocubicFoot", 2.83168), .init("HectocubicMeter", 100),
    .init("Hectoliter", 0.1), .init("HectousGallon", 0.378541), .init("ImperialBeerBarrel", 0.16365924),
    .init("ImperialGallon", 0.00454609000000181), .init("ImperialOunce", 2.8413062499962901e-5),
    .init("ImperialPint", 5.6826125e-4), .init("KilocubicFoot", 28.3168), .init("KilocubicMeter", 1e3),
    .init("KiloimperialGallon", 4.54609000000181), .init("Kiloliter", 1), .init("KilousGallon", 3.78541),
    .init("Liter", 1e-3), .init("MegacubicFoot", 28_316.8), .init("MegaimperialGallon", 4546.09000000181),
    .init("Megaliter", 1e3), .init("MegausGallon", 3785.41), .init("MetricCup", 2.5e-4),
    .init("MetricTeaspoon", 5e-6), .init("Microliter", 1e-9), .init("Milliliter", 1e-6),
    .init("OilBarrel", 0.158987294928), .init("UkTablespoon", 1.5e-5), .init("UsBeerBarrel", 0.117347765304),
    .init("UsCustomaryCup", 2.365882365e-4), .init("UsGallon", 0.00378541), .init("UsLegalCup", 2.4e-4),
    .init("UsOunce", 2.957352956253760505068307980135e-5), .init("UsPint", 4.73176473e-4),
    .init("UsQuart", 9.46352946e-4), .init("UsTablespoon", 1.478676478125e-5), .init("UsTeaspoon", 4.92892159375e-6),
  ]
}
