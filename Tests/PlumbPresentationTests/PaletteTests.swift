import PlumbDiagnostics
import Testing

/// The colours for a light background: readable on white, and with the meaning of those for a dark one.
@Suite struct PaletteTests {
  /// The colour of `38;5;n`, whose numbers from 16 on mean the same on every terminal.
  private func colour(_ code: String) -> (red: Double, green: Double, blue: Double)? {
    let parts = code.split(separator: ";").compactMap { Int($0) }
    guard let place = parts.firstIndex(of: 38), place + 2 < parts.count, parts[place + 1] == 5 else { return nil }
    let number = parts[place + 2]
    if number >= 232 { return (Double(8 + 10 * (number - 232)), Double(8 + 10 * (number - 232)), Double(8 + 10 * (number - 232))) }
    guard number >= 16 else { return nil }
    func level(_ step: Int) -> Double { step == 0 ? 0 : Double(55 + 40 * step) }
    return (level((number - 16) / 36), level((number - 16) / 6 % 6), level((number - 16) % 6))
  }

  /// The contrast with white, as WCAG 2.1 defines it.
  private func contrast(_ colour: (red: Double, green: Double, blue: Double)) -> Double {
    func linear(_ value: Double) -> Double {
      let share = value / 255
      return share <= 0.04045 ? share / 12.92 : power((share + 0.055) / 1.055, 2.4)
    }
    return 1.05 / (0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue) + 0.05)
  }

  /// `base` to the power 2.4, by Newton's method on the fifth root.
  private func power(_ base: Double, _ exponent: Double) -> Double {
    var root = 0.5
    for _ in 0..<100 { root -= (root * root * root * root * root - base) / (5 * root * root * root * root) }
    let square = base * base
    return square * root * root
  }

  @Test func everyColourCanBeReadOnWhite() throws {
    for ink in Palette.Ink.all {
      let code = Palette.light.code(ink)
      // What is plain, bold or reversed has the colour of the terminal.
      if ["", "1", "7"].contains(code) { continue }
      let shown = try #require(colour(code), "\(ink) has \(code), whose colour differs between terminals")
      #expect(contrast(shown) >= 4.5, "\(ink): \(contrast(shown))")
    }
  }

  @Test func coloursMeanTheSameOnBothBackgrounds() throws {
    // The hues of the sixteen colours: red, green, yellow, blue, magenta, cyan.
    for ink in Palette.Ink.all {
      guard let dark = Palette.dark.code(ink).split(separator: ";").compactMap({ Int($0) }).last(where: { (31...36).contains($0) }) else { continue }
      let (red, green, blue) = try #require(colour(Palette.light.code(ink)))
      switch dark {
      case 31: #expect(red > 2 * max(green, blue), "\(ink)")
      case 32: #expect(green > 2 * max(red, blue), "\(ink)")
      case 33: #expect(red > green && green > 1.5 * blue, "\(ink)")
      case 34: #expect(blue > green && green > red, "\(ink)")
      case 35: #expect(min(red, blue) > 2 * green, "\(ink)")
      default: #expect(min(green, blue) > 1.5 * red, "\(ink)")
      }
      #expect(Palette.dark.code(ink).hasPrefix("1;") == Palette.light.code(ink).hasPrefix("1;"), "\(ink)")
    }
  }

  @Test func seriesDiffer() {
    for palette in Palette.allCases { #expect(Set((0...6).map { palette.code(.series($0)) }).count == 7) }
  }
}
