import PlumbDiagnostics

/// Commands, read by their declarations.
extension Parser {
  mutating func parseCommand() throws(SyntaxFailure) -> CommandSyntax {
    let start = index
    var reading = CommandReading()
    let declaration = try readCommandName(into: &reading)
    let nameSpan = span(from: start)
    do throws(SyntaxFailure) {
      if declaration.isLine {
        try readLine(of: declaration, into: &reading)
      } else {
        try read(declaration.parts.parts[...], of: declaration, isEnd: true, into: &reading)
        try checkCommandEnd(of: declaration, reading)
      }
    } catch {
      // More is waited for only where something was written that may take several lines.
      if !declaration.takesLines || !reading.isBegun { forgetEarlyEnd() }
      throw error
    }
    var pipes: [any OperatorNode] = []
    if declaration.traits.contains(.isTabular), at(.pipe) {
      let span = span(from: start)
      pipes = try parsePipes(QuerySyntax(source: .implied(span), operators: [], span: span)).operators
    }
    let span = span(from: start)
    return CommandSyntax(
      name: declaration.name, nameSpan: nameSpan, places: reading.places, words: reading.words, pipes: pipes,
      text: text(in: span), span: span)
  }

  /// What was read of a command so far.
  private struct CommandReading {
    var places: [CommandSyntax.Place] = []
    var words: [String] = []
    /// Whether anything follows the name.
    var isBegun = false
  }

  // MARK: Names

  /// Returns the command with the longest name that begins here, and reads the table's name inside it.
  private mutating func readCommandName(into reading: inout CommandReading) throws(SyntaxFailure) -> CommandDeclaration {
    let start = index
    let first = advance()
    let known = CommandDeclaration.beginning(with: first.text.lowercased())
    var best: CommandDeclaration?
    for candidate in known {
      let rest = candidate.aliases.contains(first.text) ? [] : candidate.words.dropFirst()
      var offset = 0
      let fits = rest.allSatisfy { word in
        let token = token(after: offset)
        let length = word == "T" ? nameLength(after: offset) : token.kind == .word && token.text.lowercased() == word ? 1 : 0
        offset += length
        return length > 0
      }
      if fits, best.map({ $0.words.count < candidate.words.count }) ?? true { best = candidate }
    }
    if let best {
      if best.aliases.contains(first.text) { return best }
      for word in best.words.dropFirst() {
        if word == "T" {
          reading.places.append(CommandSyntax.Place(name: "T", value: .name(try parseName("the name of a table"))))
        } else {
          advance()
        }
      }
      return best
    }
    // What follows an unknown command is not looked into.
    let rest = at(.commandText) ? advance() : nil
    let second = known.isEmpty ? rest.map { String($0.text.prefix { !$0.isWhitespace }) } ?? "" : at(.word) ? token.text : ""
    throw unknownCommand(first, second, known, from: start)
  }

  private mutating func unknownCommand(
    _ first: Token, _ second: String, _ known: [CommandDeclaration], from start: Int
  ) -> SyntaxFailure {
    defer { forgetEarlyEnd() }
    if known.isEmpty {
      // Names of one word, and of two where the second was written.
      let names = CommandDeclaration.firstWords + (second.isEmpty ? [] : CommandDeclaration.all.map(\.name))
      return fail(
        "unknown-command", "unknown command `\(VisibleText.string(first.text))`", at: first.span,
        help: ForeignWord.named(first.text, .command)?.advice ?? Suggestion.nearest(to: second.isEmpty ? first.text : "\(first.text) \(second)", in: names)
          ?? Suggestion.nearest(to: first.text, in: names) ?? "`.help` lists the commands")
    }
    let seconds = Set(known.compactMap(\.secondWord)).sorted()
    let span = second.isEmpty ? first.span : SourceSpan.joining(first.span, token.span)
    let found = second.isEmpty ? "" : "; found `\(second)`"
    return fail(
      "unknown-command", "`\(first.text)` expects one of \(seconds.joined(separator: ", "))\(found)", at: span,
      help: second.isEmpty ? nil : Suggestion.nearest(to: second, in: seconds))
  }

  // MARK: Commands that end with their line

  private mutating func readLine(
    of declaration: CommandDeclaration, into reading: inout CommandReading
  ) throws(SyntaxFailure) {
    let help = "write `\(declaration.usage)`"
    let nameSpan = token(before: 1).span
    let rest = at(.commandText) ? advance() : nil
    guard let part = declaration.parts.parts.first else {
      if let rest { throw fail("unexpected-text", "unexpected `\(shortened(rest.text))` after `\(declaration.name)`", at: rest.span, help: help) }
      return
    }
    var isRequired = true
    var inner = part
    if case .optional(let parts) = part, let first = parts.first {
      isRequired = false
      inner = first
    }
    guard let rest else {
      guard isRequired else { return }
      let needed = if case .value(let place, _) = inner { place.noun } else { "a word" }
      throw fail("missing-operand", "`\(declaration.name)` needs \(needed)", at: nameSpan, help: help)
    }
    let words = rest.text.split(whereSeparator: \.isWhitespace)
    switch inner {
    case .either(let choices):
      guard words.count == 1, choices.contains(rest.text) else {
        throw fail(
          "unexpected-text",
          "`\(declaration.name)` expects \(choices.joined(separator: " or ")); found `\(shortened(rest.text))`",
          at: rest.span, help: help)
      }
      reading.words.append(rest.text)
    case .value(let place, let name):
      if !place.takesSeveralWords, words.count > 1, let extra = words.dropFirst().first {
        throw fail(
          "unexpected-text", "unexpected `\(shortened(String(extra)))` after `\(declaration.name)`", at: rest.span, help: help)
      }
      reading.places.append(CommandSyntax.Place(name: name, value: .text(rest.text, rest.span)))
    case .word, .optional, .hidden: break
    }
  }

  private func shortened(_ text: String) -> String {
    VisibleText.string(text.count > 40 ? "\(text.prefix(37))…" : text)
  }

  // MARK: Commands made of words

  /// Reads parts one after the other.
  ///
  /// - Parameter isEnd: whether the command may end after them, so that what may be left out begins on the same line.
  private mutating func read(
    _ parts: ArraySlice<Usage.Part>, of declaration: CommandDeclaration, isEnd: Bool, into reading: inout CommandReading
  ) throws(SyntaxFailure) {
    for place in parts.indices {
      let rest = parts[(place + 1)...]
      switch parts[place] {
      case .word(let word):
        try readWord(word, of: declaration, before: rest.first)
      case .either(let words):
        guard at(.word), let word = words.first(where: { $0 == token.text.lowercased() }) else {
          throw unexpected("one of \(words.joined(separator: ", "))", help: "write `\(declaration.usage)`")
        }
        advance()
        reading.words.append(word)
      case .optional(let inner), .hidden(let inner):
        let mayEnd = isEnd && rest.allSatisfy(\.mayBeLeftOut)
        guard let first = inner.first, begins(first) else { continue }
        var isBracketed = false
        if case .value(let place, _) = first { isBracketed = place == .properties || (place == .schema || place == .function) && at(.leftParen) }
        guard !mayEnd || isOnSameLine || isBracketed else { continue }
        if case .word(let word) = first { reading.words.append(word) }
        try read(inner[...], of: declaration, isEnd: mayEnd, into: &reading)
      case .value(let kind, let name):
        let stops = rest.compactMap { part -> String? in
          if case .optional(let inner) = part, case .word(let word)? = inner.first { word } else { nil }
        }
        reading.isBegun = reading.isBegun || !at(.end)
        let value = try readValue(kind, stops: stops, of: declaration)
        reading.places.append(CommandSyntax.Place(name: name, value: value))
      }
    }
  }

  private mutating func readWord(
    _ word: String, of declaration: CommandDeclaration, before next: Usage.Part?
  ) throws(SyntaxFailure) {
    if begins(.word(word)) {
      for _ in 0..<(word == "<|" ? 2 : word.split(separator: "-").count * 2 - 1) { advance() }
      return
    }
    var wanted = "`\(word)`"
    if case .value(let place, _)? = next { wanted += " and \(place.noun)" }
    throw unexpected(wanted, help: "write `\(declaration.usage)`")
  }

  /// Returns whether an optional part begins here.
  private func begins(_ part: Usage.Part) -> Bool {
    switch part {
    case .word("<|"): return at(.less) && token(after: 1).kind == .pipe && isAdjacent(after: 1)
    case .word("="): return at(.assign)
    case .word(let word):
      // `column-docstrings` is three tokens.
      return word.split(separator: "-").enumerated().allSatisfy { place, part in
        let token = token(after: place * 2)
        return token.kind == .word && token.text.lowercased() == part
          && (place == 0 || self.token(after: place * 2 - 1).kind == .minus && isAdjacent(after: place * 2))
      }
    case .either(let words): return at(.word) && words.contains(token.text.lowercased())
    case .value(.properties, _): return atWord("with") && token(after: 1).kind == .leftParen
    case .value(.names, _), .value(.schema, _), .value(.function, _), .value(.columnTexts, _): return at(.leftParen)
    case .value: return !at(.end) && !at(.semicolon) && !at(.pipe) && !at(.command)
    case .optional(let inner), .hidden(let inner): return inner.first.map { begins($0) } ?? false
    }
  }

  private mutating func readValue(
    _ place: Usage.Place, stops: [String], of declaration: CommandDeclaration
  ) throws(SyntaxFailure) -> CommandSyntax.Value {
    if at(.end) || at(.semicolon) || at(.command), place != .query && place != .script {
      throw unexpected(place.noun, help: "write `\(declaration.usage)`")
    }
    switch place {
    case .newName, .tableName, .functionName, .modelName, .databaseName:
      return .name(try readDashedName(place.noun))
    case .table:
      var names = [try readDashedName(place.noun)]
      while skip(.dot) { names.append(try readDashedName("the name of a table")) }
      return .path(names)
    case .schema: return .schema(try parseSchema())
    case .properties:
      advance()
      return .properties(try parsePropertyList())
    case .query: return .query(try parseEmbeddedQuery(stops: stops, of: declaration))
    case .function: return .function(try parseEmbeddedFunction())
    case .script: return .script(parseEmbeddedScript())
    case .timespan:
      if at(.timespan) { return .expression(.literal(try parseLiteral())) }
      // A bare word is not one, and neither is a table after it.
      if at(.word), token(after: 1).kind != .leftParen, token(after: 1).kind != .dot {
        throw unexpected(place.noun, help: "write `\(declaration.usage)`")
      }
      return .expression(try parseExpression())
    case .path:
      guard at(.commandText) || at(.string) else { throw unexpected(place.noun, help: "write `\(declaration.usage)`") }
      let token = advance()
      return .text(token.kind == .string ? readString(token).text : token.text, token.span)
    case .expression, .window, .columns, .pipeline, .pipelines: return .expression(try parseExpression())
    case .newTables:
      var tables: [NewTableSyntax] = []
      repeat { tables.append(NewTableSyntax(name: try readDashedName(place.noun), schema: try parseSchema())) } while skip(.comma)
      return .tables(tables)
    case .names:
      let nesting = try enter(.leftParen, "before the names")
      var names = [try readDashedName("a name")]
      while skip(.comma), !isClosing(nesting) { names.append(try readDashedName("a name")) }
      try leave(nesting)
      return .names(names)
    case .renames:
      var renames = [try readRename(of: declaration)]
      while skip(.comma) { renames.append(try readRename(of: declaration)) }
      return .renames(renames)
    case .bindings:
      var statements: [StatementSyntax] = []
      while atBinding {
        statements.append(try parseStatement())
        while skip(.semicolon) {}
      }
      if statements.isEmpty { throw unexpected(place.noun, help: "write `\(declaration.usage)`") }
      return .bindings(statements)
    case .string, .strings:
      guard place == .strings, at(.leftParen) else { return .strings([try readQuoted(place, of: declaration)]) }
      let nesting = try enter(.leftParen, "before the texts")
      var strings = [try readQuoted(.string, of: declaration)]
      while skip(.comma), !isClosing(nesting) { strings.append(try readQuoted(.string, of: declaration)) }
      try leave(nesting)
      return .strings(strings)
    case .columnTexts:
      let nesting = try enter(.leftParen, "before the columns")
      var texts: [(column: NameSyntax, text: StringSyntax)] = []
      repeat {
        let column = try parseName("a column")
        try expect(.colon, ":", "after the column")
        texts.append((column, try readQuoted(.string, of: declaration)))
      } while skip(.comma) && !isClosing(nesting)
      try leave(nesting)
      return .columnTexts(texts)
    case .type: return .type(try parseType())
    case .rows:
      guard at(.commandText) else { throw unexpected(place.noun, help: "write `\(declaration.usage)`") }
      let token = advance()
      return .text(token.text, token.span)
    case .text, .file, .target, .files, .number, .topic, .format, .tablePath, .columnPath, .assignment, .word:
      throw unexpected(place.noun)
    }
  }

  private mutating func readQuoted(
    _ place: Usage.Place, of declaration: CommandDeclaration
  ) throws(SyntaxFailure) -> StringSyntax {
    guard at(.string) else { throw unexpected(place.noun, help: "write `\(declaration.usage)`") }
    let token = advance()
    return StringSyntax(text: readString(token).text, span: token.span)
  }

  /// `A = B ifexists`, `a = T.b`
  private mutating func readRename(of declaration: CommandDeclaration) throws(SyntaxFailure) -> RenameSyntax {
    let newName = try readDashedName("a new name")
    try expect(.assign, "=", "and the old name")
    var old = [try readDashedName("the old name")]
    while skip(.dot) { old.append(try readDashedName("a name")) }
    return RenameSyntax(newName: newName, old: old, isOptional: skipWord("ifexists"))
  }

  /// A name, which in commands may have dashes in it without quotes.
  private mutating func readDashedName(_ noun: String) throws(SyntaxFailure) -> NameSyntax {
    let start = index
    var name = try parseName(noun)
    if !name.isQuoted {
      while at(.minus), isJoined(after: 0), [.word, .long].contains(token(after: 1).kind), isAdjacent(after: 1) {
        advance()
        advance()
        name.span = span(from: start)
        name.text = text(in: name.span)
      }
    }
    if name.text.isEmpty || name.text.utf8.count > 1_024 || name.text.utf8.contains(0) {
      throw fail("bad-name", "this is not a name for a table or a function", at: name.span)
    }
    return name
  }

  private func isJoined(after distance: Int) -> Bool { token(before: 1).upper == token.lower }

  /// What follows on the command's line must belong to it.
  private mutating func checkCommandEnd(
    of declaration: CommandDeclaration, _ reading: CommandReading
  ) throws(SyntaxFailure) {
    if at(.end) || at(.semicolon) || at(.command) || !isOnSameLine { return }
    if at(.pipe), declaration.traits.contains(.isTabular) { return }
    throw unexpectedInCommand(declaration)
  }

  private mutating func unexpectedInCommand(_ declaration: CommandDeclaration) -> SyntaxFailure {
    if token.kind == .unknown { return SyntaxFailure() }
    return fail(
      "unexpected-text", "\(found) cannot follow here in `\(declaration.name)`", at: token.span,
      help: "write `\(declaration.usage)`")
  }
}
