/// What a class of a regular expression contains: code points, and Unicode classes that RE2 knows by name.
struct CharacterClass {
  var points = ScalarSet()
  /// In RE2's notation, such as `\p{L}` or `\P{Greek}`.
  var names: [String] = []

  mutating func formUnion(_ other: CharacterClass) {
    points = points.union(other.points)
    names += other.names
  }

  /// All members as ranges; `isASCII` limits what names add to ASCII characters.
  func members(isASCII: Bool) -> ScalarSet {
    names.reduce(points) { $0.union(NamedClasses.members(of: $1, isASCII: isASCII)) }
  }

  /// The class in RE2's notation, between brackets.
  func text(isNegated: Bool = false, excluding excluded: ScalarSet = ScalarSet()) -> String {
    // Excluded characters are never members of a class that is not negated, so only a negated class lists them.
    let points = isNegated ? points.union(excluded) : points
    if points.isEmpty && names.isEmpty { return isNegated ? "[\\x{0}-\\x{10FFFF}]" : "[^\\x{0}-\\x{10FFFF}]" }
    var text = isNegated ? "[^" : "["
    for range in points.ranges {
      text += Self.hexadecimal(range.lowerBound)
      if range.count > 1 { text += "-" + Self.hexadecimal(range.upperBound) }
    }
    return text + names.joined() + "]"
  }

  static func hexadecimal(_ value: UInt32) -> String { "\\x{" + String(value, radix: 16) + "}" }
}

// MARK: - The classes of a backslash and a letter

extension CharacterClass {
  static let asciiDigits = CharacterClass(points: ScalarSet(pairs: "09"))
  static let asciiSpace = CharacterClass(points: ScalarSet([0x09...0x0D, 0x20...0x20]))
  static let asciiWord = CharacterClass(points: ScalarSet(pairs: "09AZaz__"))

  static let digits = CharacterClass(names: ["\\p{Nd}"])
  /// Unicode's property White_Space.
  static let space = CharacterClass(
    points: ScalarSet([
      0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
      0x205F...0x205F, 0x3000...0x3000,
    ]))
  /// Alphabetic, marks, decimal digits, connectors and Join_Control. What is alphabetic but no letter, mark or letter number
  /// are the circled and squared letters, which are written out.
  static let word = CharacterClass(
    points: ScalarSet([0x200C...0x200D, 0x24B6...0x24E9, 0x1F130...0x1F149, 0x1F150...0x1F169, 0x1F170...0x1F189]),
    names: ["\\p{L}", "\\p{M}", "\\p{Nl}", "\\p{Nd}", "\\p{Pc}"])

  /// The names between `[:` and `:]`.
  static let posix: [String: ScalarSet] = [
    "alnum": ScalarSet(pairs: "09AZaz"), "alpha": ScalarSet(pairs: "AZaz"), "ascii": ScalarSet([0...0x7F]),
    "blank": ScalarSet(pairs: "\t\t  "), "cntrl": ScalarSet([0...0x1F, 0x7F...0x7F]), "digit": ScalarSet(pairs: "09"),
    "graph": ScalarSet(pairs: "!~"), "lower": ScalarSet(pairs: "az"), "print": ScalarSet(pairs: " ~"),
    "punct": ScalarSet(pairs: "!/:@[`{~"), "space": asciiSpace.points, "upper": ScalarSet(pairs: "AZ"),
    "word": asciiWord.points, "xdigit": ScalarSet(pairs: "09AFaf"),
  ]
}
