import PlumbDiagnostics
import PlumbEngine

/// The types that all values seen so far could have.
struct TypeGuess: OptionSet {
  let rawValue: UInt16

  static let long = TypeGuess(rawValue: 1)
  static let real = TypeGuess(rawValue: 2)
  static let bool = TypeGuess(rawValue: 4)
  static let datetime = TypeGuess(rawValue: 8)
  static let timespan = TypeGuess(rawValue: 16)
  static let guid = TypeGuess(rawValue: 32)
  /// A datetime whose date has the day before the month.
  static let dayFirst = TypeGuess(rawValue: 64)
  /// A datetime that is the same moment whether days or months are first, or that only Americans write.
  static let certainOrder = TypeGuess(rawValue: 128)
  static let any: TypeGuess = [.long, .real, .bool, .datetime, .timespan, .guid, .dayFirst, .certainOrder]

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

  init(rawValue: UInt16) { self.rawValue = rawValue }

  private static func startingWithDigit(_ text: Bytes) -> TypeGuess {
    let digits = text.first == .minus ? text.part(from: 1) : text
    guard let lead = digits.first else { return [] }
    let isPadded = digits.count > 1 && lead == .digitZero && isDigit(digits[1])
    if digits.allSatisfy(isDigit) {
      return !isPadded && NumberText.parseInt64(text) != nil ? [.long, .real] : []
    }
    if text.count == 36 && GUID.parse(text) != nil { return .guid }
    if text.count >= 8 && isDate(text) { return moment(text) }
    if digits.filter({ $0 == .colon }).count == 2 { return isClock(digits) && TimeSpan.parse(text) != nil ? .timespan : [] }
    return !isPadded && isPlainReal(text) ? .real : []
  }

  /// Whether a number is about the same as a real: it is not too large, has no more digits than a real keeps, and is not an
  /// identifier in hexadecimal digits, such as `123e45`.
  private static func isPlainReal(_ text: Bytes) -> Bool {
    guard let value = NumberText.parseDouble(text), value.isFinite else { return false }
    let lead = text.prefix { isDigit($0) || $0 == .minus || $0 == .fullStop }
    let digits = lead.filter { isDigit($0) }
    let isWhole = !lead.contains(.fullStop)
    if isWhole, digits.count > 1, lead.count + 1 < text.count, isDigit(text[lead.count + 1]) { return false }
    let significant = digits.drop { $0 == .digitZero }
    return significant.count <= 17 || significant.count - significant.reversed().prefix { $0 == .digitZero }.count <= 17
  }

  private static func startingWithLetter(_ text: Bytes) -> TypeGuess {
    switch text.count {
    case 3 where String(text).lowercased() == "nan": .real
    case 4 where String(text).lowercased() == "true": .bool
    case 5 where String(text).lowercased() == "false": .bool
    case 36: GUID.parse(text) == nil ? [] : .guid
    case 8...40 where startsWithCalendarName(text): moment(text)
    default: []
    }
  }

  /// A moment in any spelling; one with only two numbers before its year is read in both orders.
  private static func moment(_ text: Bytes) -> TypeGuess {
    let (month, day) = (DateTime.parse(text, order: .monthFirst), DateTime.parse(text, order: .dayFirst))
    var guess: TypeGuess = []
    if month != nil { guess.insert(.datetime) }
    if day != nil { guess.insert(.dayFirst) }
    if guess.isEmpty { return guess }
    let isAmerican = text.contains(.slash) && (text.last ?? 0) | 0x20 == UInt8(ascii: "m")
    if month == day || month == nil || day == nil || isAmerican { guess.insert(.certainOrder) }
    return guess
  }

  private static func startsWithCalendarName(_ text: Bytes) -> Bool {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    let lead = String(text.part(from: 0, to: 3)).lowercased()
    return names.contains(lead) && text.contains { $0.isDigit }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// Whether it looks like a date in digits: `2024-01-05`, `2024/01/05`, `1/5/2024`, `05.01.2024`, `20240105T100000Z`, or
  /// `5 Jan 2024`; what looks like a version or an address does not.
  private static func isDate(_ text: Bytes) -> Bool {
    let lead = text.prefix { isDigit($0) }.count
    guard lead == 4 || lead == 8 || lead == 1 || lead == 2, lead < text.count else { return false }
    let separator = text[lead]
    switch lead {
    case 8: return separator == UInt8(ascii: "T") && text.count >= 15
    case 4:
      guard separator == .minus || separator == .slash || separator == .fullStop, text.count > 7, text[7] == separator else { return false }
      return isDigit(text[5]) && isDigit(text[6])
    default:
      guard [.minus, .slash, .fullStop, .space].contains(separator) else { return false }
      let rest = text.part(from: lead + 1)
      if let letter = rest.first, letter.isASCIILetter { return rest.count >= 7 }
      let second = rest.prefix { isDigit($0) }.count
      guard separator != .space, second == 1 || second == 2, rest.count > second, rest[second] == separator else { return false }
      let year = rest.part(from: second + 1).prefix { isDigit($0) }.count
      return year == 4 || year == 2 && separator == .slash
    }
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
    if contains(.datetime) || contains(.dayFirst) { return .datetime }
    if contains(.timespan) { return .timespan }
    return contains(.guid) ? .guid : .string
  }

  /// The order of days and months; the month first if nothing tells.
  var order: DateOrder { contains(.dayFirst) && !contains(.datetime) ? .dayFirst : .monthFirst }

  /// Whether nothing tells whether days or months are first.
  var isOrderUncertain: Bool { contains(.datetime) && contains(.dayFirst) && !contains(.certainOrder) }
}
