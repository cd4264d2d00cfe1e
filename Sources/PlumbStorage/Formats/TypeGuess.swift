import PlumbDiagnostics
import PlumbEngine

/// The types that all values seen so far could have.
struct TypeGuess: OptionSet {
  let rawValue: UInt8

  static let long = TypeGuess(rawValue: 1)
  static let real = TypeGuess(rawValue: 2)
  static let bool = TypeGuess(rawValue: 4)
  static let datetime = TypeGuess(rawValue: 8)
  static let timespan = TypeGuess(rawValue: 16)
  static let guid = TypeGuess(rawValue: 32)
  static let any: TypeGuess = [.long, .real, .bool, .datetime, .timespan, .guid]

  /// The types that a text could have; only a string if empty.
  ///
  /// Numbers with leading zeros or a plus are codes, such as post codes and telephone numbers, and stay text.
  /// So do whole numbers too large for a long, which a real would round.
  init(_ text: Bytes) {
    let text = text.trimmed
    guard let first = text.first else {
      self = .any
      return
    }
    switch first {
    case 0x30...0x39, .minus, .fullStop: self = TypeGuess.startingWithDigit(text)
    case 0x41...0x5A, 0x61...0x7A: self = TypeGuess.startingWithLetter(text)
    default: self = []
    }
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  private static func startingWithDigit(_ text: Bytes) -> TypeGuess {
    let digits = text.first == .minus ? text.part(from: 1) : text
    guard let lead = digits.first else { return [] }
    let isPadded = digits.count > 1 && lead == .digitZero && isDigit(digits[1])
    if digits.allSatisfy(isDigit) {
      return !isPadded && NumberText.parseInt64(text) != nil ? [.long, .real] : []
    }
    if text.count == 36 && GUID.parse(text) != nil { return .guid }
    if text.count >= 8 && isDate(text) { return DateTime.parse(text) == nil ? [] : .datetime }
    if digits.filter({ $0 == .colon }).count == 2 { return isClock(digits) && TimeSpan.parse(text) != nil ? .timespan : [] }
    return !isPadded && NumberText.parseDouble(text) != nil ? .real : []
  }

  private static func startingWithLetter(_ text: Bytes) -> TypeGuess {
    switch text.count {
    case 3 where String(text).lowercased() == "nan": .real
    case 4 where String(text).lowercased() == "true": .bool
    case 5 where String(text).lowercased() == "false": .bool
    case 36: GUID.parse(text) == nil ? [] : .guid
    default: []
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// Starts with `YYYY-MM-` or `YYYY/MM/`; other orders of day and month would be too uncertain.
  private static func isDate(_ text: Bytes) -> Bool {
    guard text.count >= 8, text[4] == .minus || text[4] == .slash, text[7] == text[4] else { return false }
    return [0, 1, 2, 3, 5, 6].allSatisfy { isDigit(text[$0]) }
  }

  /// `[d.]hh:mm:ss[.f]`, as spans are printed.
  private static func isClock(_ digits: Bytes) -> Bool {
    guard let colon = digits.firstIndex(of: .colon), colon >= 2, digits.count >= colon + 6 else { return false }
    return digits.allSatisfy { isDigit($0) || $0 == .colon || $0 == .fullStop }
      && isDigit(digits[colon - 1]) && isDigit(digits[colon - 2]) && digits[colon + 3] == .colon
  }

  /// The narrowest type; string if nothing else fits, and for columns without values.
  var type: ScalarType {
    if self == .any || isEmpty { return .string }
    if contains(.long) { return .long }
    if contains(.real) { return .real }
    if contains(.bool) { return .bool }
    if contains(.datetime) { return .datetime }
    return contains(.timespan) ? .timespan : .guid
  }
}
