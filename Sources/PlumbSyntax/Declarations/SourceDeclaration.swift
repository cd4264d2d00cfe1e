/// The declaration of a keyword with which a query can begin in place of a table.
package struct SourceDeclaration: Sendable {
  package let keyword: String
  /// Other spellings that Kusto accepts.
  package let aliases: [String]
  package let usage: String
  /// One sentence.
  package let summary: String
  /// Queries on the simulated world that show its use; a test runs them.
  package let examples: [String]
  /// Words that belong to the source rather than to the data.
  package let clauses: [String]
  package let settings: [OperatorDeclaration.Setting]
  /// Whether it is a word of the pipeline vocabulary.
  package let isWord: Bool
  /// Whether what follows the keyword makes it one, rather than the name of a table or column.
  let starts: @Sendable (Parser) -> Bool
  let parse: @Sendable (inout Parser) throws(SyntaxFailure) -> SourceSyntax

  init(
    _ keyword: String, aliases: [String] = [], usage: String, summary: String, examples: [String],
    clauses: [String] = [], settings: [OperatorDeclaration.Setting] = [], isWord: Bool = false,
    starts: @escaping @Sendable (Parser) -> Bool,
    parse: @escaping @Sendable (inout Parser) throws(SyntaxFailure) -> SourceSyntax
  ) {
    self.keyword = keyword
    self.aliases = aliases
    self.usage = usage
    self.summary = summary
    self.examples = examples
    self.clauses = clauses
    self.settings = settings
    self.isWord = isWord
    self.starts = starts
    self.parse = parse
  }

  /// A source that is parsed so that it can be rejected by name.
  static func unsupported(
    _ keyword: String, starts: @escaping @Sendable (Parser) -> Bool,
    parse: @escaping @Sendable (inout Parser) throws(SyntaxFailure) -> SourceSyntax
  ) -> SourceDeclaration {
    SourceDeclaration(keyword, usage: "", summary: "", examples: [], starts: starts, parse: parse)
  }

  package var isSupported: Bool { !usage.isEmpty }

  /// The keywords of the supported sources.
  package static let keywords = all.filter(\.isSupported).map(\.keyword)
}

extension SourceDeclaration {
  /// All of them, in alphabetical order.
  package static let all: [SourceDeclaration] = {
    let own: [SourceDeclaration] = [
      DatatableSyntax.source, EvaluateSyntax.source, ExternaldataSyntax.source, FindSyntax.source,
      ExternaldataSyntax.inlineTable, MacroExpandSyntax.source, PrintSyntax.source,
      RangeSyntax.source, SearchSyntax.source, UnionSyntax.source,
    ]
    return (own + WordDeclaration.all.map(\.source)).sorted { $0.keyword < $1.keyword }
  }()

  private static let byName: [String: SourceDeclaration] = {
    var table: [String: SourceDeclaration] = [:]
    for declaration in all {
      for name in [declaration.keyword] + declaration.aliases { table[name] = declaration }
    }
    return table
  }()

  package static func named(_ name: String) -> SourceDeclaration? { byName[name] }

  /// Whether a bracket may follow the keyword directly, which after other words is a call.
  package var takesBracket: Bool { Self.takingBrackets.contains(keyword) }

  private static let takingBrackets = Set(
    all.filter { source in
      let next = source.usage.dropFirst(source.keyword.count).drop { $0 == " " }
      return next.first == "(" || !source.isWord && source.starts(Parser("\(source.keyword) (x)"))
    }.map(\.keyword))
}
