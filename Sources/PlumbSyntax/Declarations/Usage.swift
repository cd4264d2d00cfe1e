/// How something is written, part by part. Help prints it, completion follows it, and its words have the colour
/// of keywords.
package struct Usage: Sendable, Hashable {
  package indirect enum Part: Sendable, Hashable {
    /// A word as it is typed.
    case word(String)
    /// One of several words.
    case either([String])
    /// A user's value, and its name in help.
    case value(Place, String)
    case optional([Part])
    /// Parts that are read and not shown.
    case hidden([Part])
  }

  /// The kind of value that a user enters.
  package enum Place: Sendable, Hashable {
    case expression
    /// `(t1 .. t2)`
    case window
    case columns
    case pipeline
    case pipelines

    // In commands.

    /// A name for something new.
    case newName
    case tableName
    /// A table's name, perhaps after that of its database.
    case table
    case functionName
    case modelName
    case databaseName
    /// `(a: long, b: string)`
    case schema
    /// `with (name = value, ...)`
    case properties
    /// A query, and the statements before it.
    case query
    /// The parameters and the body of a function.
    case function
    /// Commands and queries up to the end of the text.
    case script
    case timespan
    /// The path of a file, up to white space.
    case path
    /// `T (a: long), U (b: string)`
    case newTables
    /// `(A, B)`
    case names
    /// `A = B ifexists, B = A`
    case renames
    /// `let A = T | where a > 1; let B = U;`
    case bindings
    /// A text in quotes.
    case string
    /// One text in quotes, or several in brackets.
    case strings
    /// `(a: "text", b: "text")`
    case columnTexts
    /// The name of a type.
    case type
    /// Rows up to an empty line or a line that ends with `;`.
    case rows

    // In commands that end with their line, whose text is left to them.

    /// Anything at all.
    case text
    case file
    /// A file, or `|` and a program.
    case target
    /// Files and options.
    case files
    case number
    /// The name of something that help knows.
    case topic
    case format
    /// A table, with its database before it if it has one.
    case tablePath
    /// `TABLE.COLUMN`
    case columnPath
    /// `NAME=VALUE`
    case assignment
    case word

    /// For a sentence that says what is missing.
    package var noun: String {
      switch self {
      case .expression: "an expression"
      case .window: "a window of time"
      case .columns: "columns"
      case .pipeline: "a pipeline"
      case .pipelines: "pipelines"
      case .newName: "a name"
      case .tableName, .table, .tablePath: "the name of a table"
      case .functionName: "the name of a function"
      case .modelName: "the name of a model"
      case .databaseName: "the name of an attached database"
      case .schema: "the columns in brackets"
      case .properties: "properties in brackets"
      case .query: "a query"
      case .function: "the parameters in brackets and the body in braces"
      case .script: "commands"
      case .timespan: "a timespan"
      case .newTables: "a table and its columns in brackets"
      case .names: "names in brackets"
      case .renames: "a new name, `=` and an old one"
      case .bindings: "a `let` statement"
      case .string: "a text in quotes"
      case .strings: "a text in quotes, or several in brackets"
      case .columnTexts: "columns with a text each in brackets"
      case .type: "a type"
      case .rows: "rows"
      case .path, .file: "the path of a file"
      case .text: "a text"
      case .target: "a file, or `|` and a program"
      case .files: "the path of a file or a folder"
      case .number: "a number"
      case .topic: "a name"
      case .format: "a format"
      case .columnPath: "a table and a column"
      case .assignment: "a name and a value"
      case .word: "a word"
      }
    }

    /// Whether the text is left to the command, up to the end of the line.
    var isLeftToCommand: Bool {
      switch self {
      case .text, .file, .target, .files, .number, .topic, .format, .tablePath, .columnPath, .assignment, .word: true
      case .expression, .window, .columns, .pipeline, .pipelines, .newName, .tableName, .table, .functionName, .modelName,
        .databaseName, .schema, .properties, .query, .function, .script, .timespan, .path, .newTables, .names, .renames, .bindings,
        .string, .strings, .columnTexts, .type, .rows:
        false
      }
    }

    /// Whether it may take several lines, so that a text which ends before it is not finished.
    var takesLines: Bool {
      switch self {
      case .query, .function, .schema, .script, .properties, .newTables, .bindings, .rows: true
      default: false
      }
    }

    /// Whether the text may hold white space.
    var takesSeveralWords: Bool {
      switch self {
      case .text, .file, .target, .files, .topic, .tablePath, .columnPath, .assignment: true
      default: false
      }
    }
  }

  package let parts: [Part]

  package init(_ parts: [Part]) { self.parts = parts }

  /// As help shows it, such as `depth n`, in square brackets if it is optional.
  package var text: String { Self.text(parts) }

  private static func text(_ parts: [Part]) -> String {
    parts.compactMap { part -> String? in
      switch part {
      case .word(let word): word
      case .either(let words): words.joined(separator: "|")
      case .value(_, let name): name
      case .optional(let inner): "[\(text(inner))]"
      case .hidden: nil
      }
    }.joined(separator: " ")
  }

  /// All words that may be typed.
  package var words: [String] { Self.words(parts) }

  private static func words(_ parts: [Part]) -> [String] {
    parts.flatMap { part -> [String] in
      switch part {
      case .word(let word): [word]
      case .either(let words): words
      case .value: []
      case .optional(let inner), .hidden(let inner): words(inner)
      }
    }
  }
}

extension Usage.Part {
  var mayBeLeftOut: Bool {
    switch self {
    case .optional, .hidden: true
    case .word, .either, .value: false
    }
  }
}

extension Usage.Part: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self = .word(value) }
}

extension Usage {
  /// What may follow the text typed so far.
  package struct Next: Sendable, Hashable {
    package var words: [String] = []
    package var places: [Place] = []
    /// Where the text of a query begins that goes on to the end, as an index of the words; nil elsewhere.
    package var queryStart: Int?

    package init(words: [String] = [], places: [Place] = [], queryStart: Int? = nil) {
      self.words = words
      self.places = places
      self.queryStart = queryStart
    }

    fileprivate mutating func add(_ other: Next) {
      for word in other.words where !words.contains(word) { words.append(word) }
      for place in other.places where !places.contains(place) { places.append(place) }
      queryStart = queryStart ?? other.queryStart
    }
  }

  /// What may follow, or nil if the words do not match.
  ///
  /// - Parameters:
  ///   - words: the text typed so far, split at white space and commas.
  ///   - wantsMore: whether it ends with a comma.
  package func next(after words: [String], wantsMore: Bool) -> Next? {
    Self.next(parts[...], words[...], wantsMore)
  }

  private static func next(_ parts: ArraySlice<Part>, _ words: ArraySlice<String>, _ wantsMore: Bool) -> Next? {
    guard let word = words.first else {
      var result = firsts(parts)
      if result.places.contains(where: { $0 == .query || $0 == .script }) { result.queryStart = words.startIndex }
      return result
    }
    guard let part = parts.first else { return nil }
    let rest = parts.dropFirst()
    switch part {
    case .word(let wanted): return word == wanted ? next(rest, words.dropFirst(), wantsMore) : nil
    case .either(let wanted): return wanted.contains(word) ? next(rest, words.dropFirst(), wantsMore) : nil
    case .optional(let inner), .hidden(let inner):
      return joined([next(inner + rest, words, wantsMore), next(rest, words, wantsMore)])
    case .value(let place, _):
      if place == .window { return afterWindow(rest, words, wantsMore) }
      if place == .query || place == .script { return Next(places: [place], queryStart: words.startIndex) }
      // A value may consist of any number of words, up to one with which the rest begins.
      let ends = firsts(rest).words
      let limit = words.firstIndex { ends.contains($0) } ?? words.endIndex
      if limit == words.endIndex, wantsMore { return Next(places: [place]) }
      return limit == words.startIndex ? nil : next(rest, words[limit...], wantsMore)
    }
  }

  /// What follows `(t1 .. t2)`, which ends with its bracket.
  private static func afterWindow(_ rest: ArraySlice<Part>, _ words: ArraySlice<String>, _ wantsMore: Bool) -> Next? {
    var depth = 0
    for place in words.indices {
      depth += words[place].reduce(0) { $0 + ($1 == "(" ? 1 : $1 == ")" ? -1 : 0) }
      if depth == 0 { return next(rest, words[(place + 1)...], wantsMore) }
    }
    return Next(places: [.expression])
  }

  /// What the parts may begin with.
  private static func firsts(_ parts: ArraySlice<Part>) -> Next {
    var result = Next()
    for part in parts {
      switch part {
      case .word(let word): result.add(Next(words: [word]))
      case .either(let words): result.add(Next(words: words))
      case .value(.window, _): result.add(Next(words: ["("]))
      case .value(let place, _): result.add(Next(places: [place]))
      case .optional(let inner):
        result.add(firsts(inner[...]))
        continue
      case .hidden: continue
      }
      return result
    }
    return result
  }

  /// What any of several ways allows; nil if none does.
  package static func joined(_ ways: [Next?]) -> Next? {
    let fitting = ways.compactMap { $0 }
    if fitting.isEmpty { return nil }
    return fitting.reduce(into: Next()) { $0.add($1) }
  }
}
