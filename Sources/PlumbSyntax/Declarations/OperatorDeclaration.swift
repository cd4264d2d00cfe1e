import PlumbDiagnostics

/// One step after a `|`, as parsed.
package protocol OperatorNode: Sendable {
  /// The operators that are parsed to such a node: one, or a few that differ in a word.
  static var declarations: [OperatorDeclaration] { get }
  var span: SourceSpan { get }
  func print(to printer: inout Printer)
}

/// The declaration of an operator: the word after the `|`, its help, and the function that parses the rest.
///
/// Parser, printer, reserved words, help, completion and colours read this value; the binder reads the node.
package struct OperatorDeclaration: Sendable {
  /// What completion offers after the keyword.
  package enum Operands: Sendable {
    case nothing, columns, expressions, condition, order, tables, join, plugin, function, chart
  }

  package struct Traits: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// Aggregates may be called in it.
    package static let aggregates = Traits(rawValue: 1)
    /// Its brackets contain steps over the rows before it.
    package static let holdsSteps = Traits(rawValue: 2)
    /// It is a word of the pipeline vocabulary, and tables may have the same name.
    package static let isWord = Traits(rawValue: 4)
  }

  /// A setting before the operands, such as `kind=inner`, and its values if there are only a few.
  package struct Setting: Sendable, ExpressibleByStringLiteral {
    package let name: String
    package let values: [String]

    package init(_ name: String, _ values: [String]) {
      self.name = name
      self.values = values
    }

    package init(stringLiteral name: String) { self.init(name, []) }
  }

  package typealias Parse = @Sendable (_ parser: inout Parser, _ start: Int) throws(SyntaxFailure) -> any OperatorNode
  /// What is wrong with the text after the operands, if the operator knows better than “cannot follow here”.
  package typealias Mistake = @Sendable (Parser) -> (message: String, help: String?)?

  package let keyword: String
  /// Other spellings that Kusto accepts.
  package let aliases: [String]
  /// As a user writes it; optional parts are in square brackets.
  package let usage: String
  /// One sentence.
  package let summary: String
  /// Queries on the simulated world that show its use; a test runs them.
  package let examples: [String]
  /// Words that belong to the operator rather than to the data.
  package let clauses: [String]
  package let settings: [Setting]
  package let operands: Operands
  package let traits: Traits
  let mistake: Mistake?
  let parse: Parse

  init(
    _ keyword: String, aliases: [String] = [], usage: String, summary: String, examples: [String],
    clauses: [String] = [], settings: [Setting] = [], operands: Operands = .expressions, traits: Traits = [],
    mistake: Mistake? = nil, parse: @escaping Parse
  ) {
    self.keyword = keyword
    self.aliases = aliases
    self.usage = usage
    self.summary = summary
    self.examples = examples
    self.clauses = clauses
    self.settings = settings
    self.operands = operands
    self.traits = traits
    self.mistake = mistake
    self.parse = parse
  }

  /// An operator that is parsed so that it can be rejected by name.
  static func unsupported(_ keyword: String, parse: @escaping Parse) -> OperatorDeclaration {
    OperatorDeclaration(keyword, usage: "", summary: "", examples: [], parse: parse)
  }

  package var isSupported: Bool { !usage.isEmpty }
}

/// Operators by the types of their nodes. A function over the pack sees each of them, so that the compiler reports a
/// forgotten operator.
package struct OperatorSet<each Node: OperatorNode> {
  static var declarations: [OperatorDeclaration] {
    var all: [OperatorDeclaration] = []
    repeat all += (each Node).declarations
    return all
  }
}

extension OperatorDeclaration {
  /// In alphabetical order.
  package static let all = KnownOperators.declarations.sorted { $0.keyword < $1.keyword }

  private static let byName: [String: OperatorDeclaration] = {
    var table: [String: OperatorDeclaration] = [:]
    for declaration in all {
      for name in [declaration.keyword] + declaration.aliases { table[name] = declaration }
    }
    return table
  }()

  /// The operator of this keyword or other spelling.
  package static func named(_ name: String) -> OperatorDeclaration? { byName[name] }

  /// The keywords of the supported operators.
  package static let keywords = all.filter(\.isSupported).map(\.keyword)

  /// Whether a word with dashes is an operator or the beginning of one, cut at a dash.
  static func isPrefix(_ word: String) -> Bool { prefixes.contains(word) }

  private static let prefixes: Set<String> = {
    var prefixes: Set<String> = []
    // Hyphenated words of other languages are one word as well, so that the error covers all of it.
    for name in all.map(\.keyword) + ["order-by", "group-by"] {
      let parts = name.split(separator: "-")
      for length in 1...max(1, parts.count) { prefixes.insert(parts.prefix(length).joined(separator: "-")) }
    }
    return prefixes
  }()
}

extension OperatorDeclaration {
  /// The place of an operator in a list for somebody who is choosing one: those that most queries use come first.
  package static func rank(of keyword: String) -> Int { mostUsed.firstIndex(of: keyword) ?? mostUsed.count }

  private static let mostUsed = [
    "where", "summarize", "project", "extend", "sort", "take", "top", "count", "distinct", "render", "join", "predict", "why",
    "lineage", "blast", "make-series", "mv-expand", "parse", "project-away", "project-rename", "union", "lookup",
  ]
}
