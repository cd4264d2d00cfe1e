import PlumbDiagnostics
import PlumbEngine

/// A kind of file that rows can be read from: how it is recognised, and how it is opened.
///
/// To add one, write a file in `Formats/` with a value like the others and a `RowReader`, and put the value into `all`.
package struct FileFormat: Sendable {
  /// Its name in `--load-format` and `externaldata`.
  package let name: String
  /// Its name in messages.
  package let title: String
  /// Other names that options accept.
  let otherNames: [String]
  /// File name extensions that indicate the format, without the full stop; a folder's files with them are its tables.
  let endings: [String]
  /// Extensions of files that have the format unless their front looks like another one.
  let likelyEndings: [String]
  /// Whether reading of a longer file can continue where an earlier reading stopped; other files are read as a whole.
  let canGrow: Bool
  /// Extensions of accompanying files that belong to its contents.
  let companions: [String]
  /// Whether the front of a file, unpacked, looks like the format; nil if it does not.
  let recognises: @Sendable (_ front: ArraySlice<UInt8>) -> Certainty?
  /// The tables in a file, one of which `FILE#TABLE` names; nil for formats with one table per file.
  let parts: (@Sendable (FileInput) throws -> [String])?
  /// Opens a file; no rows are read before `begin`.
  let open: @Sendable (FileInput, ReadOptions) throws -> any RowReader

  init(
    name: String, title: String, otherNames: [String] = [], endings: [String] = [], likelyEndings: [String] = [],
    canGrow: Bool = false,
    companions: [String] = [], recognises: @escaping @Sendable (_ front: ArraySlice<UInt8>) -> Certainty?,
    parts: (@Sendable (FileInput) throws -> [String])? = nil,
    open: @escaping @Sendable (FileInput, ReadOptions) throws -> any RowReader
  ) {
    self.name = name
    self.title = title
    self.otherNames = otherNames
    self.endings = endings
    self.likelyEndings = likelyEndings
    self.canGrow = canGrow
    self.companions = companions
    self.recognises = recognises
    self.parts = parts
    self.open = open
  }

  /// Every format. The first of equally certain formats wins.
  package static let all: [FileFormat] = [.csv, .tsv, .json, .ndjson, .lines, .parquet, .delta, .sqlite]

  /// How certain it is that a file has a format, from least to most.
  enum Certainty: Int, Comparable {
    /// Any text could have it.
    case fallback
    /// Its front looks like it.
    case text
    /// Its name indicates it.
    case name
    /// It begins like no other format.
    case magic

    static func < (lhs: Certainty, rhs: Certainty) -> Bool { lhs.rawValue < rhs.rawValue }
  }
}

extension FileFormat: Hashable {
  package static func == (lhs: FileFormat, rhs: FileFormat) -> Bool { lhs.name == rhs.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension FileFormat {
  /// The format with a name such as `csv` or `jsonl`, in any case.
  package init?(name: String) {
    let wanted = name.lowercased()
    if wanted == FileFormat.raw.name {
      self = .raw
      return
    }
    guard let found = Self.all.first(where: { $0.name == wanted || $0.otherNames.contains(wanted) || $0.endings.contains(wanted) })
    else { return nil }
    self = found
  }

  /// The names in a sentence: `csv, tsv or json`.
  package static let names = inSentence(all.map(\.name))

  /// The formats of a folder's tables in a sentence.
  package static let namesOfTables = inSentence(all.filter { !$0.endings.isEmpty }.map(\.title))

  private static func inSentence(_ words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }

  /// The format of a file: the one that the user states, else by what is at its front where that is plain, else by its name.
  ///
  /// - Throws: a diagnostic when the file cannot be read, or is of a format that Plumb does not read.
  static func of(_ input: FileInput, stated: FileFormat? = nil) throws -> FileFormat {
    if input.isFolder { return stated ?? .delta }
    let front = try input.front
    if let foreign = ForeignFormat.of(front, endings: input.endings, isStated: stated != nil) { throw foreign.diagnostic(input.name) }
    if let stated { return stated }
    let text = try front.dropFirst(input.markLength)
    let ending = input.endings.last
    let ranked = all.compactMap { format -> (FileFormat, Certainty)? in
      var certainty = format.recognises(text)
      if let ending, format.endings.contains(ending) { certainty = max(certainty ?? .name, .name) }
      if let ending, format.likelyEndings.contains(ending) { certainty = max(certainty ?? .text, .text) }
      return certainty.map { (format, $0) }
    }
    guard let best = ranked.map(\.1).max(), let found = ranked.first(where: { $0.1 == best })?.0 else {
      throw Diagnostic("unknown-format", "Plumb does not recognise the format of `\(input.name)`", help: "it reads \(names)")
    }
    return found
  }

  /// Whether a folder is one table, whatever files are in it.
  package static func isTableFolder(_ path: String) -> Bool { DeltaLog.isTable(path) }

  /// Whether a folder's file with this name is a table of the folder.
  package static func isTable(named file: String) -> Bool {
    guard let ending = FileInput.endings(of: file).last else { return false }
    return all.contains { $0.endings.contains(ending) }
  }
}
