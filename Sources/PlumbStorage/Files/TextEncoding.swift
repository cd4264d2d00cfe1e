import PlumbDiagnostics
import PlumbEngine

/// How the characters of a text are written as bytes.
///
/// To add an encoding, add a case and, if it has one byte a character, its table.
package enum TextEncoding: String, CaseIterable, Sendable {
  case utf8 = "utf-8"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"
  case windows1252 = "windows-1252"
  case latin1 = "iso-8859-1"
  case latin9 = "iso-8859-15"

  /// The encoding with a name such as `utf-16` or `cp1252`, in any case.
  package init?(name: String) {
    let wanted = name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    if let known = Self.allCases.first(where: { $0.rawValue.filter { $0 != "-" } == wanted }) {
      self = known
      return
    }
    switch wanted {
    case "utf16", "unicode", "ucs2", "ucs2le": self = .utf16LittleEndian
    case "cp1252", "win1252", "ansi": self = .windows1252
    case "latin1", "l1", "88591": self = .latin1
    case "latin9", "885915": self = .latin9
    case "ascii", "usascii", "utf8sig": self = .utf8
    default: return nil
    }
  }

  /// The names in a sentence.
  package static let names = allCases.dropLast().map(\.rawValue).joined(separator: ", ") + " or " + TextEncoding.latin9.rawValue

  /// What a text's first bytes say about it: a mark of UTF-16, or, without one, the zeros that ASCII has in UTF-16.
  static func ofFront(_ front: [UInt8]) -> TextEncoding? {
    if front.starts(with: [0xFF, 0xFE]) { return front.count >= 4 && front[2] == 0 && front[3] == 0 ? nil : .utf16LittleEndian }
    if front.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
    let sample = front.prefix(64)
    guard sample.count >= 8 else { return nil }
    let zeros = sample.indices.filter { sample[$0] == 0 }
    guard zeros.count * 4 >= sample.count, sample.contains(where: { $0.isASCIILetter || $0.isDigit }) else { return nil }
    if zeros.allSatisfy({ $0 % 2 == 1 }) { return .utf16LittleEndian }
    return zeros.allSatisfy { $0 % 2 == 0 } ? .utf16BigEndian : nil
  }

  /// The characters of bytes 0x80...0x9F in Windows-1252; the five that it leaves open are the control characters of Latin-1.
  private static let windowsSpecials: [UInt16] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
    0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
  ]

  /// Whether a byte is not a character that texts in Windows-1252 have.
  static func isOddInWindows1252(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x81, 0x8D, 0x8F, 0x90, 0x9D: true
    case 0..<0x20: byte < 0x07 || byte > 0x0D && byte != 0x1A && byte != 0x1B
    default: byte == 0x7F
    }
  }

  /// The character of each byte, for encodings with one byte a character.
  var table: [UInt16]? {
    var table = (0..<256).map { UInt16($0) }
    switch self {
    case .utf8, .utf16LittleEndian, .utf16BigEndian: return nil
    case .latin1: break
    case .windows1252: table.replaceSubrange(0x80..<0xA0, with: Self.windowsSpecials)
    case .latin9:
      for (byte, character) in [(0xA4, 0x20AC), (0xA6, 0x160), (0xA8, 0x161), (0xB4, 0x17D), (0xB8, 0x17E), (0xBC, 0x152), (0xBD, 0x153), (0xBE, 0x178)] {
        table[byte] = UInt16(character)
      }
    }
    return table
  }
}

/// How many characters beyond ASCII are well formed in UTF-8, and how many bytes are not.
struct UTF8Tally {
  private(set) var valid = 0
  private(set) var invalid = 0

  /// Counts a part of a text; unless it is the whole text, it may start and end inside a character.
  mutating func add(_ bytes: [UInt8], isWhole: Bool) {
    bytes.withBytes { bytes in
      var at = isWhole ? 0 : bytes.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
      while at < bytes.count {
        let lead = bytes[at]
        if lead < 0x80 {
          at += 1
          continue
        }
        let length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : 2
        if !isWhole, at + length > bytes.count, lead >= 0xC2 { return }
        if at + length <= bytes.count, isUTF8(bytes.part(from: at, to: at + length)) {
          valid += 1
          at += length
        } else {
          invalid += 1
          at += 1
        }
      }
    }
  }
}
