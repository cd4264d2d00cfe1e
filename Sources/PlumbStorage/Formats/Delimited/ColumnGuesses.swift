import PlumbDiagnostics
import PlumbEngine

/// The types that the values of each column could have.
struct ColumnGuesses {
  var types: [TypeGuess]
  var hasValues: [Bool]
  private var decimals: [Decimals]

  init(count: Int) {
    types = Array(repeating: .any, count: count)
    hasValues = Array(repeating: false, count: count)
    decimals = Array(repeating: Decimals(), count: count)
  }

  mutating func add(_ text: Bytes, to column: Int) {
    let guess = TypeGuess(text)
    types[column].formIntersection(guess)
    hasValues[column] = true
    if types[column].contains(.real), !guess.contains(.long) { decimals[column].add(text) }
  }

  /// A value that would lose a zero by which versions and numbers of chapters differ; nil for measures and prices.
  func changed(_ column: Int) -> String? { type(column) == .real ? decimals[column].paddedVersion : nil }

  var count: Int { types.count }

  /// The narrowest type of a column; string without values.
  func type(_ column: Int) -> ScalarType { hasValues[column] ? types[column].type : .string }

  /// The number of columns that are not texts.
  var typedCount: Int { types.indices.count { type($0) != .string } }
}

/// How many digits follow the points of a column's numbers.
private struct Decimals {
  private var fewest = Int.max
  private var most = 0
  private var isNegative = false
  private var padded: String?
  /// Versions have one or two decimals, in one column both.
  private static let most = 2

  /// A number with a zero after another decimal, if the column's numbers could be versions.
  var paddedVersion: String? { fewest < most && most <= Decimals.most && !isNegative ? padded : nil }

  mutating func add(_ text: Bytes) {
    guard let point = text.firstIndex(of: .fullStop), text.part(from: point + 1).allSatisfy({ $0.isDigit }) else { return }
    let own = text.count - point - 1
    (fewest, most) = (min(fewest, own), max(most, own))
    if text[0] == .minus { isNegative = true }
    if own > 1, text[text.count - 1] == .digitZero, padded == nil { padded = String(text) }
  }
}
