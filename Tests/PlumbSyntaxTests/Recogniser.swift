@testable import PlumbSyntax

/// Says whether the grammar derives a text: for each rule and place, all the places where it can end.
///
/// Right for any grammar without left recursion, ambiguous or not; answers are kept, so the work
/// stays polynomial.
final class Recogniser {
  private let grammar: EBNF
  private var tokens: [Token] = []
  /// Reads commands, which their declarations describe.
  private var parser = Parser("")
  private var memo: [String: [Int: [Int]]] = [:]

  init(_ grammar: EBNF) { self.grammar = grammar }

  func accepts(_ text: String) -> Bool {
    let lexer = Lexer(text)
    guard lexer.diagnostics.isEmpty else { return false }
    tokens = lexer.tokens
    parser = Parser(text)
    memo = [:]
    return ends(ofRule: "script", at: 0).contains(tokens.count - 1)
  }

  private func ends(ofRule name: String, at start: Int) -> [Int] {
    if let known = memo[name]?[start] { return known }
    guard let node = grammar.rules[name] else { return [] }
    let result = ends(of: node, at: start)
    memo[name, default: [:]][start] = result
    return result
  }

  private func ends(of node: EBNF.Node, at start: Int) -> [Int] {
    switch node {
    case .rule(let name): return ends(ofRule: name, at: start)
    case .literal(_, let literal):
      for (i, expected) in literal.enumerated() {
        let token = token(at: start + i)
        if token.kind != expected.kind || token.text != expected.text { return [] }
        let touches = i > 0 && literal[i - 1].upper == expected.lower
        // Keywords with dashes are one word; graph arrows may have spaces.
        if touches, literal[0].kind == .word, tokens[start + i - 1].upper != token.lower { return [] }
      }
      return [start + literal.count]
    case .tokenClass(let name): return ends(ofClass: name, at: start)
    case .optional(let inner): return unique([start] + ends(of: inner, at: start))
    case .choice(let nodes): return unique(nodes.flatMap { ends(of: $0, at: start) })
    case .sequence(let nodes):
      var places = [start]
      for inner in nodes {
        places = unique(places.flatMap { ends(of: inner, at: $0) })
        if places.isEmpty { break }
      }
      return places
    case .repeated(let inner):
      var reached: Set<Int> = [start]
      var open = [start]
      while let place = open.popLast() {
        for end in ends(of: inner, at: place) where reached.insert(end).inserted { open.append(end) }
      }
      return reached.sorted()
    }
  }

  private func unique(_ places: [Int]) -> [Int] { places.count < 2 ? places : Set(places).sorted() }

  private func token(at index: Int) -> Token { tokens[min(index, tokens.count - 1)] }

  private func ends(ofClass name: String, at start: Int) -> [Int] {
    let token = token(at: start)
    let isWord = token.kind == .word
    let matches: Bool
    switch name {
    case "WORD": matches = isWord && !ReservedWords.all.contains(token.text)
    case "ANY_WORD": matches = isWord
    case "STRING": matches = token.kind == .string
    case "LONG": matches = token.kind == .long
    case "REAL": matches = token.kind == .real
    case "TIMESPAN": matches = token.kind == .timespan
    case "TYPED_LITERAL": matches = token.kind == .typedLiteral
    case "COMMAND", "TABULAR_COMMAND": return commandEnd(from: start, isTabular: name == "TABULAR_COMMAND").map { [$0] } ?? []
    case "BREAK":
      if token.kind == .semicolon { return [start + 1] }
      return parser.moved(to: start).mayBeginStatement ? [start] : []
    case "BOOL": matches = isWord && ReservedWords.booleans[token.text] != nil
    case "TYPE": matches = isWord && TypeName.types[token.text] != nil
    case "STRING_OPERATOR": matches = isWord && ReservedWords.stringOperators[token.text] != nil
    case "ENTITY_QUALIFIER": matches = isWord && EntityQualifier.names.contains(token.text)
    case "ADJACENT":
      return start > 0 && tokens[start - 1].upper == token.lower ? [start] : []
    case "BARE_NAME": return bareNameEnds(from: start)
    case "OPERANDS": return freeTextEnds(from: start)
    default: matches = false
    }
    return matches ? [start + 1] : []
  }

  /// Where a command ends, before the steps that its rows are piped through.
  private func commandEnd(from start: Int, isTabular: Bool) -> Int? {
    var parser = parser.moved(to: start)
    guard parser.at(.command), let command = try? parser.parseCommand(), parser.diagnostics.isEmpty else { return nil }
    guard command.declaration?.traits.contains(.isTabular) == isTabular else { return nil }
    if !isTabular { return parser.index }
    return tokens[start..<parser.index].firstIndex { $0.kind == .pipe } ?? parser.index
  }

  /// Where the tokens end that touch each other and are words, numbers, dashes or dots.
  private func bareNameEnds(from start: Int) -> [Int] {
    func isPart(_ token: Token) -> Bool {
      switch token.kind {
      case .long, .real, .timespan: true
      case .word: !token.text.hasPrefix("!") && !token.text.hasSuffix("~")
      default: false
      }
    }
    guard isPart(token(at: start)) else { return [] }
    var end = start + 1
    while token(at: end).lower == tokens[end - 1].upper,
      isPart(token(at: end)) || [.minus, .dot].contains(token(at: end).kind)
    {
      end += 1
    }
    if end == start + 1, ReservedWords.all.contains(tokens[start].text) { return [] }
    return isPart(tokens[end - 1]) ? [end] : []
  }

  /// Any place up to the first `|` or `;` outside brackets.
  private func freeTextEnds(from start: Int) -> [Int] {
    var places = [start]
    var depth = 0
    var index = start
    while index < tokens.count - 1 {
      switch tokens[index].kind {
      case .leftParen, .leftBracket, .leftBrace: depth += 1
      case .rightParen, .rightBracket, .rightBrace: depth -= 1
      case .pipe where depth == 0: return places
      case .semicolon where depth == 0: return places
      default: break
      }
      if depth < 0 { return places }
      index += 1
      places.append(index)
    }
    return places
  }
}
