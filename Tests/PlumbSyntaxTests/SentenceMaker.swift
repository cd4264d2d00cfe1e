@testable import PlumbSyntax

/// Makes sentences of a grammar at random, shorter the deeper it is in rules.
struct SentenceMaker {
  private let grammar: EBNF
  private var dice: Dice
  private var text = ""
  private var isAdjacent = false
  /// Whether the next piece is on the line of the one before it.
  private var staysOnLine = false
  /// The least number of rules below a rule, which shows the way out.
  private let depths: [String: Int]

  init(_ grammar: EBNF, seed: UInt64) {
    self.grammar = grammar
    dice = Dice(seed: seed)
    var depths: [String: Int] = [:]
    var isChanging = true
    while isChanging {
      isChanging = false
      for (name, node) in grammar.rules {
        guard let depth = Self.depth(of: node, depths), depth + 1 < depths[name] ?? .max else { continue }
        depths[name] = depth + 1
        isChanging = true
      }
    }
    self.depths = depths
  }

  private static func depth(of node: EBNF.Node, _ depths: [String: Int]) -> Int? {
    switch node {
    case .literal, .tokenClass, .optional, .repeated: return 0
    case .rule(let name): return depths[name]
    case .choice(let nodes): return nodes.compactMap { depth(of: $0, depths) }.min()
    case .sequence(let nodes):
      var deepest = 0
      for inner in nodes {
        guard let depth = depth(of: inner, depths) else { return nil }
        deepest = max(deepest, depth)
      }
      return deepest
    }
  }

  mutating func sentence() -> String {
    text = ""
    write(.rule("script"), budget: Int.random(in: 14...40, using: &dice))
    return text
  }

  private mutating func write(_ node: EBNF.Node, budget: Int) {
    switch node {
    case .literal(let literal, _): put(literal)
    case .tokenClass(let name): put(ofClass: name)
    case .rule(let name): if let inner = grammar.rules[name] { write(inner, budget: budget - 1) }
    case .sequence(let nodes): for inner in nodes { write(inner, budget: budget) }
    case .optional(let inner):
      if budget > 0, Int.random(in: 0..<5, using: &dice) < 2 { write(inner, budget: budget - 1) }
    case .repeated(let inner):
      while budget > 0, Int.random(in: 0..<10, using: &dice) < 3 { write(inner, budget: budget - 2) }
    case .choice(let nodes):
      let ways = nodes.map { Self.depth(of: $0, depths) ?? .max }
      let shallowest = ways.min() ?? 0
      let open = budget > shallowest + 4 ? Array(nodes) : zip(nodes, ways).filter { $1 <= shallowest + 1 }.map(\.0)
      if let choice = open.randomElement(using: &dice) { write(choice, budget: budget) }
    }
  }

  private mutating func put(_ piece: String) {
    if !text.isEmpty, !isAdjacent { text += Int.random(in: 0..<20, using: &dice) == 0 && !staysOnLine ? "\n" : " " }
    isAdjacent = false
    staysOnLine = false
    text += piece
  }

  /// A command of any declaration, at the beginning of a line.
  private mutating func putCommand(isTabular: Bool) {
    let known = CommandDeclaration.all.filter { $0.traits.contains(.isTabular) == isTabular }
    guard let command = known.randomElement(using: &dice) else { return }
    if !text.isEmpty, !text.hasSuffix("<|") { text += "\n" }
    text += command.name
    staysOnLine = command.isLine
    put(command.parts.parts)
    staysOnLine = false
    if command.isLine { text += "\n" }
  }

  private mutating func put(_ parts: [Usage.Part]) {
    for part in parts {
      switch part {
      case .word(let word): put(word)
      case .either(let words): put(words.randomElement(using: &dice) ?? "?")
      case .optional(let inner), .hidden(let inner): 
        guard Bool.random(using: &dice) else { continue }
        // What may be left out begins on the line of what is before it.
        staysOnLine = true
        put(inner)
      case .value(let place, _): put(in: place)
      }
    }
  }

  private mutating func put(in place: Usage.Place) {
    switch place {
    case .newName, .tableName, .functionName, .modelName, .databaseName: put(["T", "my-table", "['a b']"].randomElement(using: &dice) ?? "T")
    case .table: put(["T", "shop.orders"].randomElement(using: &dice) ?? "T")
    case .schema: write(.rule("schema"), budget: 2)
    case .properties: put("with (folder = \"x\", docstring = 'y;')")
    case .query: write(.rule("embedded-query"), budget: 8)
    case .function: write(.rule("embedded-function"), budget: 8)
    case .script: write(.rule("embedded-script"), budget: 4)
    case .timespan: put("2h")
    case .expression, .window, .columns, .pipeline, .pipelines: write(.rule("expression"), budget: 3)
    case .path: put(["a/b.sqlite", "\"a b.sqlite\""].randomElement(using: &dice) ?? "a")
    case .text: put("it's ; // all")
    case .columnPath: put("a.b")
    case .number: put("5")
    case .newTables: put("T (a: long), ['a b'] (b: string)")
    case .names: put(["(T)", "(a, ['b c'])"].randomElement(using: &dice) ?? "(T)")
    case .renames: put(["A = B", "A = B ifexists, B = A", "b = T.a"].randomElement(using: &dice) ?? "A = B")
    case .bindings: put("let D = T | where a; let A = U;")
    case .string: put(["\"x\"", "'y;'"].randomElement(using: &dice) ?? "''")
    case .strings: put(["'a.csv'", "('a.csv', \"b.csv\")"].randomElement(using: &dice) ?? "''")
    case .columnTexts: put("(a: \"x\", ['b c']: 'y')")
    case .type: put(["long", "string", "dynamic"].randomElement(using: &dice) ?? "long")
    // Anything may be in rows, up to the `;` at the end of their line.
    case .rows: put(text.hasSuffix("<|") ? "1,it's {x\n2,| b;\n" : "[1,it's] [2,{];\n")
    case .file, .target, .files, .topic, .format, .tablePath, .assignment, .word: put("x.y=z")
    }
  }

  private mutating func put(ofClass name: String) {
    let pieces: [String]
    switch name {
    case "ADJACENT":
      isAdjacent = true
      return
    case "WORD", "ANY_WORD": pieces = ["a", "b", "c1", "Col", "status", "title", "message", "type", "_x"]
    case "STRING": pieces = ["\"x\"", "'y'", "@\"z\\d\"", "\"a\\n\\u00e9\"", "h'q'", "\"\"", "```m\nn```"]
    case "LONG": pieces = ["0", "5", "42", "0xFF", "9223372036854775807"]
    case "REAL": pieces = ["1.5", "2.", "1e5", "0.25"]
    case "TIMESPAN": pieces = ["1d", "2h", "1.5m", "10ms", "3ticks"]
    case "BARE_NAME": pieces = ["entra-signin-eastus", "o365", "a-2d-b", "x.y-365-1.5", "9-lives", "b"]
    case "TYPED_LITERAL": pieces = ["datetime(2024-01-01)", "int(null)", "real(+inf)", "time(1.02:03:04)"]
    case "COMMAND": return putCommand(isTabular: false)
    case "TABULAR_COMMAND": return putCommand(isTabular: true)
    case "BREAK": pieces = [";", ";", "\n\n;"]
    case "BOOL": pieces = ["true", "False"]
    case "TYPE": pieces = ["long", "string", "datetime", "dynamic", "double"]
    case "STRING_OPERATOR": pieces = ["has", "!contains", "startswith_cs", "hasprefix"]
    case "ENTITY_QUALIFIER": pieces = ["database", "cluster"]
    case "OPERANDS": pieces = ["x as (y | z)", ""]
    default: pieces = ["?"]
    }
    put(pieces.randomElement(using: &dice) ?? "?")
  }
}
