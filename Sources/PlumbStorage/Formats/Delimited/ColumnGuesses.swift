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

  /// Whether reals would lose zeros by which values differ, as in versions and numbers of chapters; with an example.
  func changed(_ column: Int) -> String? { type(column) == .real && decimals[column].isMixed ? decimals[column].padded : nil }

  var count: Int { types.count }

  /// The narrowest type of a column; string without values.
  func type(_ column: Int) -> ScalarType { hasValues[column] ? types[column].type : .string }

  /// The number of columns that are not texts.
  var typedCount: Int { types.indices.count { type($0) != .string } }
}

/// How many digits follow the points of a column's numbers.
private struct Decimals {
  private var count: Int?
  private(set) var isMixed = false
  /// A number with a zero at its end, which is not its only decimal.
  private(set) var padded: String?

  mutating func add(_ text: Bytes) {
    guard let point = text.firstIndex(of: .fullStop), text.part(from: point + 1).allSatisfy({ $0.isDigit }) else { return }
    let own = text.count - point - 1
    if let count, count != own { isMixed = true }
    count = own
    if own > 1, text[text.count - 1] == .digitZero, padded == nil { padded = String(text) }
  }
}
