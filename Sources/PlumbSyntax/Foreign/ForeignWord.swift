import PlumbDiagnostics

/// A word of SQL, Splunk, pandas, PromQL, DuckDB or another language where KQL has its own, and what to write instead.
///
/// The parser and the binder ask for it when a text cannot be read or a name is unknown. A word that becomes an operator or a
/// command of Plumb is not foreign any more and needs no change here.
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
    /// A command with a dot, as in the shells of SQLite and DuckDB.
    case command
  }

  /// Lower-case words; those of several words are separated by spaces.
  package let names: [String]
  package let place: Place
  /// What to do, as a help line.
  package let advice: String
  /// What KQL writes instead, with `a`, `b`, `other`, `10`, `1h` and `"x"` where the user's operands go; nil for advice alone.
  package private(set) var kql: String?
  /// The beginning of the step that takes the operands of this one as they are, such as `extend`; nil if they differ.
  package private(set) var keyword: String?
  /// Whether it is a program, so that options and paths follow.
  private(set) var isProgram = false
  /// Whether it reads a file, which a command does here.
  private(set) var readsFiles = false
  /// Whether it names the column of a row's moment.
  package private(set) var namesMoment = false

  /// - Parameters:
  ///   - names: lower-case names separated by commas.
  ///   - kql: what KQL writes instead.
  ///   - note: how it differs, after a comma.
  init(_ names: String, _ place: Place, _ kql: String, note: String? = nil) {
    self.init(names, place, advice: "write `\(kql)`" + (note.map { ", " + $0 } ?? ""))
    self.kql = kql
  }

  /// The advice with the user's operands, and what comes before it, such as the table.
  func advice(_ operands: ForeignOperands, after lead: String = "") -> String {
    guard let kql else { return advice }
    return advice.replacing("`\(kql)`", with: "`\(lead)\(operands.filling(kql))`")
  }

  /// Marks a program of other shells, after which options and paths follow.
  func asProgram() -> ForeignWord {
    var word = self
    word.isProgram = true
    return word
  }

  /// Marks the words of the functions that read files.
  func readingFiles() -> ForeignWord {
    var word = self
    word.readsFiles = true
    return word
  }

  /// Marks the names of columns that hold the moment of a row.
  func namingMoments() -> ForeignWord {
    var word = self
    word.namesMoment = true
    return word
  }

  /// The function of KQL that takes the same arguments in the same order, and how many; nil if there is none.
  var counterpart: (name: String, count: Int)? {
    guard let kql, let open = kql.firstIndex(of: "("), kql.hasSuffix(")"), open != kql.startIndex else { return nil }
    let inner = kql[kql.index(after: open)...].dropLast()
    let parts = inner.isEmpty ? [] : inner.split(separator: ",").map { $0.drop { $0 == " " } }
    guard kql[..<open].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }), parts.allSatisfy({ $0.allSatisfy(\.isLetter) }) else { return nil }
    return (String(kql[..<open]), parts.count)
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
  package static let all: [ForeignWord] = functions + steps + clauses + values + starts + commands

  // A table for each place, made when it is first asked: one of them is asked at every query.
  private static let functionTable = byName(functions)
  private static let stepTable = byName(steps)
  private static let clauseTable = byName(clauses)
  private static let valueTable = byName(values)
  private static let startTable = byName(starts)
  private static let commandTable = byName(commands)

  private static func byName(_ words: [ForeignWord]) -> [String: ForeignWord] {
    var table: [String: ForeignWord] = [:]
    for word in words {
      for name in word.names where table[name] == nil && !isOurs(name, word.place) { table[name] = word }
    }
    return table
  }

  /// Whether a name is declared by Plumb itself.
  private static func isOurs(_ name: String, _ place: Place) -> Bool {
    switch place {
    case .step: OperatorDeclaration.named(name)?.isSupported == true
    case .command: !CommandDeclaration.beginning(with: name).isEmpty
    case .function, .clause, .value, .start: false
    }
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
      case .command: commandTable
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
