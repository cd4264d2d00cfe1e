import PlumbDiagnostics
import PlumbEngine

/// The width of each column of a terminal table, and which columns fit.
struct TableLayout {
  /// Widths of the columns shown, the first ones of the schema.
  var widths: [Int]
  /// The number of columns at the end that do not fit at any width.
  var hidden: Int
  /// Whether cells are cut so much that the widest row shows less than a third of itself.
  private(set) var isCrowded = false

  /// No column of text is made narrower than the first of these that leaves room for all columns; if none does,
  /// a few readable columns are better than many unreadable ones.
  private static let floors = [16, 12, 8]
  private static let floorWhenHiding = 12
  /// Names of things are shown whole up to this width.
  private static let keyWidth = 32

  /// - Parameters:
  ///   - natural: the width of each column's widest cell, including its name.
  ///   - isKey: whether a column's texts name things that the next question is about, so that they are cut last.
  ///   - values: the width of the widest value, below which a column that is not text is not cut.
  ///   - between: terminal columns between two columns, and `around`: outside the first and last.
  init(
    natural: [Int], isText: [Bool], isKey: [Bool] = [], values: [Int], between: Int, around: Int, fitting width: Int?
  ) {
    widths = natural
    hidden = 0
    guard let width, Self.total(natural, between, around) > width else { return }
    func leastWidths(_ floor: Int) -> [Int] {
      natural.indices.map { i in
        // Names shrink before numbers do, and the first column identifies the row.
        min(natural[i], max(floor, i == 0 ? width / 3 : 0, isText[i] ? 0 : values[i], isKey.indices.contains(i) && isKey[i] ? Self.keyWidth : 0))
      }
    }
    let floor = Self.floors.first { Self.total(leastWidths($0), between, around) <= width } ?? Self.floorWhenHiding
    var least = leastWidths(floor)
    while least.count > 1, Self.total(least, between, around) > width {
      least.removeLast()
      hidden += 1
    }
    let spare = width - Self.total(least, between, around)
    widths = spare < 0 ? [max(1, width - around)] : Self.sharing(spare, over: least, upTo: natural)
    isCrowded = natural.count > 1 && natural.reduce(0, +) / 3 > widths.reduce(0, +)
  }

  /// Distributes the spare room among the columns, with the same maximum for all that want more.
  private static func sharing(_ spare: Int, over least: [Int], upTo wanted: [Int]) -> [Int] {
    var given = least
    var spare = spare
    while spare > 0 {
      let wanting = given.indices.filter { given[$0] < wanted[$0] }
      guard let lowest = wanting.map({ given[$0] }).min() else { break }
      for i in wanting where given[i] == lowest && spare > 0 {
        given[i] += 1
        spare -= 1
      }
    }
    return given
  }

  private static func total(_ widths: [Int], _ between: Int, _ around: Int) -> Int {
    widths.reduce(0, +) + max(0, widths.count - 1) * between + around
  }
}
