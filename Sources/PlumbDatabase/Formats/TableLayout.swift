import PlumbDiagnostics
import PlumbEngine

/// How wide each column of a terminal table is, and which columns there is room for.
struct TableLayout {
  /// Widths of the columns shown, the first ones of the schema.
  var widths: [Int]
  /// Columns at the end that do not fit at any width.
  var hidden: Int

  /// No column of text is made narrower than this.
  private static let floor = 8

  /// - Parameters:
  ///   - natural: the width of each column's widest cell, its name included.
  ///   - values: the width of the widest value, under which a column that is no text is not cut.
  ///   - between: columns of the terminal between two columns, and `around`: outside the first and last.
  init(
    natural: [Int], isText: [Bool], values: [Int], between: Int, around: Int, fitting width: Int?
  ) {
    widths = natural
    hidden = 0
    guard let width, Self.total(natural, between, around) > width else { return }
    var least = natural.indices.map { i in
      // Names give way before numbers do.
      min(natural[i], max(Self.floor, isText[i] ? 0 : values[i]))
    }
    while least.count > 1, Self.total(least, between, around) > width {
      least.removeLast()
      hidden += 1
    }
    let spare = width - Self.total(least, between, around)
    widths = spare < 0 ? [max(1, width - around)] : Self.sharing(spare, over: least, upTo: natural)
  }

  /// Gives the spare room to the columns, the same ceiling for all that want more than it.
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
