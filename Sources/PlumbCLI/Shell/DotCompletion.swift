import Glibc
import PlumbDatabase
import PlumbKit
import PlumbStorage
import PlumbPresentation
import PlumbSyntax

/// Completion of dot commands and of what they take: names, files, queries.
struct DotCompletion {
  let completion: Completion

  private typealias Candidate = Completion.Candidate

  /// - Parameter text: the line before the word, without white space at its start.
  func candidates(for word: String, after text: String) -> [Completion.Candidate] {
    guard let command = text.split(whereSeparator: \.isWhitespace).first.map(String.init) else {
      let own = DotCommand.all.map { Candidate(text: $0.name, note: $0.summary) }
      let ofDatabase = Set(DatabaseCommand.all.map(\.firstWord)).subtracting(own.map(\.text)).sorted()
      return Completion.matching(word, own + ofDatabase.map { Candidate(text: $0) })
    }
    let rest = String(text.dropFirst(command.count))
    switch command {
    case ".schema", ".column", ".mode", ".timer", ".timing", ".pager", ".help", ".detach":
      // They take one word.
      guard rest.allSatisfy(\.isWhitespace) else { return [] }
      return argument(of: command, word)
    case ".show" where rest.allSatisfy(\.isWhitespace): return names(word, ShowCommand.allSubjects)
    case ".train": return names(word, ShowCommand.methods)
    case ".import":
      if completion.isSafe { return [] }
      return word.hasPrefix("-") ? names(word, Self.importOptions) : files(word, lastWord(of: rest), isQuoting: true)
    case ".read", ".load", ".attach", ".output", ".once", ".report", ".open", ".save":
      return completion.isSafe ? [] : files(word, rest)
    case ".explain", ".profile", ".format", ".expand":
      return completion.queryCandidates(for: word, after: rest)
    case ".watch":
      let query = rest.drop(while: \.isWhitespace).drop { !$0.isWhitespace }
      return query.isEmpty ? [] : completion.queryCandidates(for: word, after: String(query))
    default: return ofDatabase(command, word, rest)
    }
  }

  private func argument(of command: String, _ word: String) -> [Completion.Candidate] {
    let catalog = completion.data.catalog
    switch command {
    case ".schema": return names(word, catalog.tableNames + Listing.attachedTableNames(of: catalog))
    case ".column": return columns(word)
    case ".mode":
      return Completion.matching(word, Formats.all.map { Candidate(text: $0.name, note: $0.summary) })
    case ".help": return names(word, Help.names(in: catalog))
    case ".detach": return names(word, catalog.attached.map(\.name))
    default: return names(word, ["on", "off"])
    }
  }

  private static let importOptions = [
    "--as", "--bad-rows", "--delimiter", "--header", "--help", "--kind", "--map", "--no-header", "--preview", "--rejects",
    "--replace", "--types",
  ]

  /// What comes before the word without white space between, where a path was begun.
  private func lastWord(of rest: String) -> String { String(rest.reversed().prefix { !$0.isWhitespace }.reversed()) }

  /// The second word of a command of databases, or a name of what it is about, or the query that it takes.
  private func ofDatabase(_ command: String, _ word: String, _ rest: String) -> [Completion.Candidate] {
    let own = DatabaseCommand.all.filter { $0.firstWord == command }
    if own.isEmpty { return [] }
    if let arrow = rest.firstRange(of: "<|") { return completion.queryCandidates(for: word, after: String(rest[arrow.upperBound...])) }
    let catalog = completion.data.catalog
    switch rest.split(whereSeparator: \.isWhitespace).map(String.init) {
    case []:
      let second = Set(own.compactMap(\.secondWord)).sorted()
      return names(word, second.isEmpty ? catalog.tableNames : second)
    case ["table"]: return names(word, catalog.tableNames)
    case ["function"]: return names(word, catalog.storedFunctions.map(\.name))
    case ["model"]: return names(word, (try? completion.data.modelNames) ?? [])
    default: return []
    }
  }

  private func names(_ word: String, _ names: [String]) -> [Completion.Candidate] {
    Completion.matching(word, names.map { Candidate(text: $0) })
  }

  /// `runs.st` as one word.
  private func columns(_ word: String) -> [Completion.Candidate] {
    let catalog = completion.data.catalog
    let tables = catalog.tableNames.map(KQLName.inQuery) + Listing.attachedTableNames(of: catalog)
    guard let table = tables.first(where: { word.hasPrefix($0 + ".") }), let path = NamePath(table)?.parts else {
      return Completion.matching(word, tables.map { Candidate(text: $0 + ".", ending: nil) })
    }
    return names(word, ((try? Listing.schema(of: path, in: catalog)) ?? []).map { "\(table).\(KQLName.inQuery($0.name))" })
  }

  /// The files of the folder that is typed so far.
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
      // The word is the end of what is typed of the name.
      let typed = start.count - min(word.count, start.count)
      let isFolder = Folder.isFolder(Folder.path(place, name))
      var text = String(name.dropFirst(typed))
      if isQuoting, name.contains(where: { $0.isWhitespace }) {
        // A quote must stand before what is typed already.
        if typed > 0 || name.contains("\"") { continue }
        text = "\"\(text)\""
      }
      found.append(Candidate(text: text + (isFolder ? "/" : ""), ending: isFolder ? nil : " "))
    }
    return found.sorted { $0.text < $1.text }
  }
}
