/// Unicode classes by name, as in `\p{Letter}`, `\p{Greek}` or `\p{gc=Lu}`.
enum NamedClasses {
  /// The class of a name; nil if there is none. Case, spaces, `_` and `-` in a name do not matter.
  static func named(_ name: String) -> CharacterClass? {
    var name = name
    if let equals = name.firstIndex(where: { $0 == "=" || $0 == ":" }) {
      guard ["gc", "generalcategory", "sc", "script", "scx", "scriptextensions"].contains(loose(String(name[..<equals]))) else {
        return nil
      }
      name = String(name[name.index(after: equals)...])
    }
    let key = loose(name)
    if key == "any" { return CharacterClass(points: ScalarSet([0...ScalarSet.last])) }
    if key == "ascii" { return CharacterClass(points: ScalarSet([0...0x7F])) }
    if let test = properties[key] { return CharacterClass(points: scan(key, test)) }
    let known = categories[key] ?? (key.count <= 2 ? key.prefix(1).uppercased() + key.dropFirst() : scriptName(name))
    let text = "\\p{\(known)}"
    return isKnown(text) ? CharacterClass(names: [text]) : nil
  }

  /// The same name for every spelling of it.
  private static func loose(_ name: String) -> String { name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " } }

  /// `old italic` as RE2 writes it: `Old_Italic`.
  private static func scriptName(_ name: String) -> String {
    name.split { $0 == "_" || $0 == "-" || $0 == " " }.map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined(separator: "_")
  }

  private static func isKnown(_ text: String) -> Bool {
    (try? Array(text.utf8).withUnsafeBufferPointer { try RegexProgram($0) }) != nil
  }

  // MARK: - Names and what they stand for

  private static let categories: [String: String] = [
    "letter": "L", "casedletter": "LC", "uppercaseletter": "Lu", "lowercaseletter": "Ll", "titlecaseletter": "Lt",
    "modifierletter": "Lm", "otherletter": "Lo", "mark": "M", "combiningmark": "M", "nonspacingmark": "Mn", "spacingmark": "Mc",
    "enclosingmark": "Me", "number": "N", "decimalnumber": "Nd", "digit": "Nd", "letternumber": "Nl", "othernumber": "No",
    "punctuation": "P", "punct": "P", "connectorpunctuation": "Pc", "dashpunctuation": "Pd", "openpunctuation": "Ps",
    "closepunctuation": "Pe", "initialpunctuation": "Pi", "finalpunctuation": "Pf", "otherpunctuation": "Po", "symbol": "S",
    "mathsymbol": "Sm", "currencysymbol": "Sc", "modifiersymbol": "Sk", "othersymbol": "So", "separator": "Z",
    "spaceseparator": "Zs", "lineseparator": "Zl", "paragraphseparator": "Zp", "other": "C", "control": "Cc", "cntrl": "Cc",
    "format": "Cf", "privateuse": "Co", "surrogate": "Cs",
  ]

  private typealias Test = @Sendable (Unicode.Scalar.Properties) -> Bool

  private static let properties: [String: Test] = [
    "alphabetic": { $0.isAlphabetic }, "alpha": { $0.isAlphabetic }, "uppercase": { $0.isUppercase }, "upper": { $0.isUppercase },
    "lowercase": { $0.isLowercase }, "lower": { $0.isLowercase }, "whitespace": { $0.isWhitespace }, "space": { $0.isWhitespace },
    "emoji": { $0.isEmoji }, "math": { $0.isMath }, "hexdigit": { $0.isHexDigit }, "asciihexdigit": { $0.isASCIIHexDigit },
    "joincontrol": { $0.isJoinControl }, "dash": { $0.isDash }, "ideographic": { $0.isIdeographic }, "idstart": { $0.isIDStart },
    "idcontinue": { $0.isIDContinue }, "cased": { $0.isCased },
  ]

  // MARK: - Members

  private static let cache = LockedValue<[String: ScalarSet]>([:])

  private static func remembered(_ key: String, _ compute: () -> ScalarSet) -> ScalarSet {
    if let known = cache.withLock({ $0[key] }) { return known }
    let set = compute()
    cache.withLock { $0[key] = set }
    return set
  }

  /// Planes 4 to 13 and the end of plane 14 have no characters.
  private static func scan(_ key: String, _ test: Test) -> ScalarSet {
    remembered(key) {
      var parts: [ClosedRange<UInt32>] = []
      for value in [0..<0x3_23B0, 0xE_0000..<0xE_0200].joined() {
        guard let scalar = Unicode.Scalar(UInt32(value)), test(scalar.properties) else { continue }
        parts.append(scalar.value...scalar.value)
      }
      return ScalarSet(parts)
    }
  }

  /// Every code point but surrogates, in ascending order.
  private static let everything: [UInt8] = {
    var text: [UInt8] = []
    text.reserveCapacity(4_500_000)
    for value in 0...ScalarSet.last where value & 0x1F_F800 != 0xD800 {
      let tail = UInt8(truncatingIfNeeded: 0x80 | value & 0x3F)
      let second = UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F)
      let third = UInt8(truncatingIfNeeded: 0x80 | value >> 12 & 0x3F)
      switch value {
      case 0..<0x80: text.append(UInt8(value))
      case 0x80..<0x800: text += [UInt8(0xC0 | value >> 6), tail]
      case 0x800..<0x1_0000: text += [UInt8(0xE0 | value >> 12), second, tail]
      default: text += [UInt8(0xF0 | value >> 18), third, second, tail]
      }
    }
    return text
  }()

  /// The members of classes that RE2 knows, which are the runs of matches in a text of every character.
  static func members(of names: String, isASCII: Bool) -> ScalarSet {
    remembered(isASCII ? "ascii " + names : names) {
      let program = Array("[\(names)]+".utf8).withUnsafeBufferPointer { try? RegexProgram($0) }
      guard let program else { return ScalarSet() }
      var parts: [ClosedRange<UInt32>] = []
      everything.withUnsafeBufferPointer { all in
        let text = isASCII ? all.part(from: 0, to: 0x80) : all
        var at = 0
        while at < text.count, let run = program.firstRange(in: text, from: at) {
          parts.append(text.scalar(at: run.lowerBound).value.value...text.scalar(before: run.upperBound).value)
          at = run.upperBound
        }
      }
      return ScalarSet(parts)
    }
  }
}
