import PlumbDatabase
import PlumbKit
import PlumbPresentation
import PlumbStorage
import PlumbSyntax

/// Completion of commands and of what they take, by their declarations.
struct CommandCompletion {
  let completion: ShellCompletion

  private typealias Candidate = Completion.Candidate

  /// - Parameter text: the line before the word, without white space at its start.
  func candidates(for word: String, after text: String) -> [Completion.Candidate] {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let first = words.first else { return Completion.matching(word, commands) }
    let known = CommandDeclaration.beginning(with: first)
    if let piped = pipedRows(of: known, text) { return completion.queries.queryCandidates(for: word, after: piped) }
    // What the word continues, such as `name=` before a path, is part of the value that is being typed.
    let isContinued = words.count > 1 && text.last.map { !$0.isWhitespace } == true
    let ways = known.map { way(of: $0, isContinued ? words.dropLast() : words) }
    guard let next = Usage.joined(ways.map { $0?.next }) else { return [] }
    if let start = ways.compactMap({ $0?.queryStart }).first {
      return completion.queries.queryCandidates(for: word, after: rest(of: text, from: start))
    }
    if text.last.map({ !$0.isWhitespace }) == true, !next.places.contains(where: \.takesPaths) { return [] }
    var found = next.words.map { Candidate(text: $0) }
    for place in next.places { found += candidates(in: place, for: word, after: rest(of: text, from: 1)) }
    let isOfFiles = next.places.contains(where: \.takesPaths)
    return isOfFiles && !word.hasPrefix("-") ? found : Completion.matching(word, found)
  }

  private var commands: [Completion.Candidate] {
    var seen: Set<String> = []
    return CommandDeclaration.all.compactMap { command in
      guard seen.insert(command.firstWord).inserted else { return nil }
      return Candidate(text: command.firstWord, note: command.secondWord == nil ? command.summary : "")
    }
  }

  /// What may follow in one command, and where the query begins that it takes.
  private func way(of command: CommandDeclaration, _ words: [String]) -> (next: Usage.Next, queryStart: Int?)? {
    let isAlias = command.aliases.contains(words[0])
    let name = isAlias ? [words[0]] : command.words.map(String.init)
    for (wanted, word) in zip(name, words) where wanted != word.lowercased() { return nil }
    if words.count < name.count { return (Usage.Next(words: [name[words.count]]), nil) }
    guard let next = command.parts.next(after: Array(words.dropFirst(name.count)), wantsMore: false) else { return nil }
    return (next, next.queryStart.map { $0 + name.count })
  }

  /// The query over the rows of a command that is piped on.
  private func pipedRows(of commands: [CommandDeclaration], _ text: String) -> String? {
    guard commands.contains(where: { $0.traits.contains(.isTabular) }), let pipe = text.firstIndex(of: "|") else { return nil }
    guard let command = parse(String(text[..<pipe])).script.statements.first, case .command(let syntax) = command,
      syntax.declaration?.traits.contains(.isTabular) == true
    else { return nil }
    // The columns are known once it has run; functions and operators are known before.
    return "datatable()[] " + text[pipe...]
  }

  /// The text from one of its words on.
  private func rest(of text: String, from word: Int) -> String {
    var rest = Substring(text)
    for _ in 0..<word { rest = rest.drop(while: \.isWhitespace).drop { !$0.isWhitespace } }
    return String(rest)
  }

  private func candidates(in place: Usage.Place, for word: String, after rest: String) -> [Completion.Candidate] {
    let catalog = completion.data.catalog
    switch place {
    case .tableName, .table, .tablePath: return plain(catalog.tableNames + catalog.attachedTableNames)
    case .functionName: return plain(catalog.storedFunctions.map(\.name))
    case .modelName: return plain((try? completion.data.modelNames) ?? [])
    case .databaseName: return plain(catalog.attached.map(\.name))
    case .columnPath: return columns(word)
    case .format: return Formats.all.map { Candidate(text: $0.name, note: $0.summary) }
    case .topic: return plain(Help.names(in: catalog))
    case .path, .file, .target: return completion.isSafe ? [] : files(word, rest)
    case .files:
      if completion.isSafe { return [] }
      if word.hasPrefix("-") { return plain(ManPage.optionNames(of: "import")) }
      return files(word, String(rest.reversed().prefix { !$0.isWhitespace }.reversed()), isQuoting: true)
    case .expression, .window, .columns, .pipeline, .pipelines, .newName, .schema, .properties, .query, .function, .script,
      .timespan, .text, .number, .assignment, .word, .newTables, .bindings, .string, .strings, .columnTexts, .rows:
      return []
    case .names, .renames: return plain(catalog.tableNames)
    case .type: return plain(ScalarTypeSyntax.allCases.map(\.rawValue))
    }
  }

  private func plain(_ names: [String]) -> [Completion.Candidate] { names.map { Candidate(text: $0) } }

  /// `runs.st` as one word.
  private func columns(_ word: String) -> [Completion.Candidate] {
    let catalog = completion.data.catalog
    let tables = catalog.tableNames.map(KQLName.inQuery) + catalog.attachedTableNames
    guard let table = tables.first(where: { word.hasPrefix($0 + ".") }), let path = NamePath(table)?.parts else {
      return tables.map { Candidate(text: $0 + ".", ending: nil) }
    }
    return plain(((try? Listing.schema(of: path, in: catalog)) ?? []).map { "\(table).\(KQLName.inQuery($0.name))" })
  }

  /// The files of the folder typed so far.
  ///
  /// - Parameter isQuoting: whether the command splits its text into words, so that names with spaces need quotes.
  private func files(_ word: String, _ rest: String, isQuoting: Bool = false) -> [Completion.Candidate] {
    var path = String((rest + word).drop(while: \.isWhitespace))
    if let equals = path.firstIndex(of: "=") { path = String(path[path.index(after: equals)...]) }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? "."
    let start = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let place = Paths.expandingHome(folder)
    var found: [Completion.Candidate] = []
    for name in Folder.names(in: place) {
      if found.count == 2000 { break }
      guard name.hasPrefix(start), start.hasPrefix(".") || !name.hasPrefix(".") else { continue }
      // What SQLite keeps beside its open files is not for users.
      if ["-wal", "-shm", "-journal"].contains(where: name.hasSuffix) { continue }
      // The word is the end of the part of the name typed so far.
      let typed = start.count - min(word.count, start.count)
      let isFolder = Folder.isFolder(Folder.path(place, name))
      var text = String(name.dropFirst(typed))
      if isQuoting, name.contains(where: { $0.isWhitespace }) {
        // A quote must come before what has already been typed.
        if typed > 0 || name.contains("\"") { continue }
        text = "\"\(text)\""
      }
      found.append(Candidate(text: text + (isFolder ? "/" : ""), ending: isFolder ? nil : " "))
    }
    return found.sorted { $0.text < $1.text }
  }
}

extension Usage.Place {
  /// Whether the files of a folder are offered in the place.
  fileprivate var takesPaths: Bool {
    switch self {
    case .path, .file, .target, .files: true
    default: false
    }
  }
}
