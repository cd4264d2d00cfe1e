import Foundation

@testable import PlumbSyntax

/// The rules of Grammar/plumb.ebnf, read into a form that can be walked.
struct EBNF {
  indirect enum Node {
    case sequence([Node])
    case choice([Node])
    case optional(Node)
    case repeated(Node)
    case rule(String)
    /// A quoted text, as the tokens that it represents.
    case literal(String, [Token])
    case tokenClass(String)
  }

  struct Mistake: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var rules: [String: Node] = [:]

  init(contentsOf file: URL) throws {
    var reader = Reader(try String(contentsOf: file, encoding: .utf8))
    while let name = try reader.readWord() {
      try reader.expect("=")
      if rules[name] != nil { throw Mistake(description: "`\(name)` has two rules") }
      rules[name] = try reader.readChoice()
      try reader.expect(";")
    }
    for node in rules.values { try check(node) }
  }

  private func check(_ node: Node) throws {
    switch node {
    case .sequence(let nodes), .choice(let nodes): for inner in nodes { try check(inner) }
    case .optional(let inner), .repeated(let inner): try check(inner)
    case .rule(let name): if rules[name] == nil { throw Mistake(description: "no rule `\(name)`") }
    case .literal, .tokenClass: break
    }
  }

  private struct Reader {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    private mutating func skipSpace() {
      while true {
        rest = rest.drop(while: \.isWhitespace)
        guard rest.hasPrefix("(*"), let end = rest.range(of: "*)") else { return }
        rest = rest[end.upperBound...]
      }
    }

    private mutating func skip(_ sign: String) -> Bool {
      skipSpace()
      guard rest.hasPrefix(sign) else { return false }
      rest = rest.dropFirst(sign.count)
      return true
    }

    mutating func expect(_ sign: String) throws {
      if !skip(sign) { throw Mistake(description: "`\(sign)` is missing before `\(rest.prefix(40))`") }
    }

    mutating func readWord() throws -> String? {
      skipSpace()
      let word = rest.prefix { $0.isLetter || $0 == "-" || $0 == "_" }
      if word.isEmpty {
        if rest.isEmpty { return nil }
        throw Mistake(description: "no rule starts with `\(rest.prefix(40))`")
      }
      rest = rest.dropFirst(word.count)
      return String(word)
    }

    mutating func readChoice() throws -> Node {
      var choices = [try readSequence()]
      while skip("|") { choices.append(try readSequence()) }
      return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func readSequence() throws -> Node {
      skipSpace()
      if rest.hasPrefix(";") { return .sequence([]) }
      var parts = [try readPart()]
      while skip(",") { parts.append(try readPart()) }
      return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func readPart() throws -> Node {
      for (open, close) in [("[", "]"), ("{", "}"), ("(", ")")] where skip(open) {
        let inner = try readChoice()
        try expect(close)
        return open == "[" ? .optional(inner) : open == "{" ? .repeated(inner) : inner
      }
      if skip("\"") {
        let text = String(rest.prefix { $0 != "\"" })
        rest = rest.dropFirst(text.count + 1)
        // A first word keeps the lexer from reading a dot as a command.
        return .literal(text, Array(Lexer("x " + text).tokens.dropFirst().dropLast()))
      }
      guard let word = try readWord() else { throw Mistake(description: "the grammar ends too early") }
      return word.allSatisfy({ $0.isUppercase || $0 == "_" }) ? .tokenClass(word) : .rule(word)
    }
  }
}
