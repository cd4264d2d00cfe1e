import PlumbDiagnostics

/// A word of SQL, Splunk, pandas, PromQL, DuckDB or another language where KQL has its own, and what to write instead.
///
/// The parser and the binder ask for it when a text cannot be read or a name is unknown, so a word that becomes valid
/// KQL needs no change here.
package struct ForeignWord: Sendable {
  package enum Place: Hashable, Sendable, CaseIterable {
    /// Called with brackets, on its own or as a method.
    case function
    /// After a pipe, where an operator should be, or as a method of a table.
    case step
    /// After a value, where the text cannot go on so.
    case clause
    /// Where a value should be.
    case value
    /// At the beginning of a statement.
    case start
  }

  /// Lower-case words; those of several words are separated by spaces.
  package let names: [String]
  package let place: Place
  /// What to do, as a help line.
  package let advice: String
  /// The beginning of the step that takes the operands of this one as they are, such as `extend`; nil if they differ.
  package private(set) var keyword: String?

  /// - Parameters:
  ///   - names: lower-case names separated by commas.
  ///   - kql: what KQL writes instead.
  ///   - note: how it differs, after a comma.
  init(_ names: String, _ place: Place, _ kql: String, note: String? = nil) {
    self.init(names, place, advice: "write `\(kql)`" + (note.map { ", " + $0 } ?? ""))
  }

  /// The same with the keyword of a step that takes the same operands.
  func like(_ keyword: String) -> ForeignWord {
    var word = self
    word.keyword = keyword
    return word
  }

  init(_ names: String, _ place: Place, advice: String) {
    self.names = names.split(separator: ",").map { String($0.drop { $0 == " " }) }
    self.place = place
    self.advice = advice
  }

  /// All words; an earlier one wins.
  package static let all: [ForeignWord] = functions + steps + clauses + values + starts

  // A table for each place, made when it is first asked: one of them is asked at every query.
  private static let functionTable = byName(functions)
  private static let stepTable = byName(steps)
  private static let clauseTable = byName(clauses)
  private static let valueTable = byName(values)
  private static let startTable = byName(starts)

  private static func byName(_ words: [ForeignWord]) -> [String: ForeignWord] {
    var table: [String: ForeignWord] = [:]
    for word in words {
      for name in word.names where table[name] == nil { table[name] = word }
    }
    return table
  }

  /// The word of this spelling in a place, in any case of letters.
  package static func named(_ name: String, _ place: Place) -> ForeignWord? {
    let table =
      switch place {
      case .function: functionTable
      case .step: stepTable
      case .clause: clauseTable
      case .value: valueTable
      case .start: startTable
      }
    return table[name.lowercased()]
  }

  /// What to write for a call of a function that does not exist; nil if nothing is known of it.
  package static func function(_ name: String) -> String? {
    if let word = named(name, .function) { return word.advice }
    // `p95`, `perc95`, `percentile95`: the percentage is in the name.
    let lower = name.lowercased()
    for prefix in ["percentile", "perc", "quantile", "p"] where lower.hasPrefix(prefix) {
      let digits = lower.dropFirst(prefix.count).drop { $0 == "_" }
      if let percentage = Int(digits), (0...100).contains(percentage) { return "write `percentile(x, \(percentage))`" }
      if let permille = Int(digits), digits.count == 3 { return "write `percentile(x, \(permille / 10).\(permille % 10))`" }
    }
    return nil
  }
}
