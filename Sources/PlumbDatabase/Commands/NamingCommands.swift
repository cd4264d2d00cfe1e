import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

// What tables are called, and what they are for.

extension CommandContext {
  /// `.rename tables A = B, B = A`: all of them at once.
  func rename(_ renames: [RenameSyntax]) throws -> Answer {
    var pairs: [(old: String, new: String)] = []
    for rename in renames {
      guard rename.old.count == 1, let old = rename.old.first else {
        throw Diagnostic("not-a-name", "the tables are named alone, without a database", at: rename.newName.span)
      }
      if rename.isOptional, !catalog.hasTable(named: old.text) { continue }
      _ = try knownTable(old)
      if let twice = pairs.first(where: { $0.old == old.text || $0.new == rename.newName.text }) {
        let name = twice.old == old.text ? old : rename.newName
        throw Diagnostic("duplicate-table", "the table `\(name.text)` is named twice", at: name.span)
      }
      pairs.append((old.text, rename.newName.text))
    }
    for rename in renames where catalog.hasTable(named: rename.newName.text) {
      guard pairs.contains(where: { $0.old == rename.newName.text }) || !pairs.contains(where: { $0.new == rename.newName.text }) else {
        throw Diagnostic("table-exists", "a table `\(rename.newName.text)` already exists", at: rename.newName.span)
      }
    }
    if !pairs.isEmpty { try make(renaming(pairs)) }
    return try changed(pairs.map(\.new))
  }

  /// The changes that rename tables, whose new names may be the old names of others; notes move with them.
  func renaming(_ pairs: [(old: String, new: String)]) -> [CatalogChange] {
    let pairs = pairs.filter { $0.old != $0.new }
    let notes = pairs.map { catalog.notes(ofTable: $0.old) }
    // A name is free once its table has one that nothing else has.
    let swaps = pairs.contains { pair in pairs.contains { $0.old == pair.new } }
    let between = pairs.map { swaps ? "$renamed \($0.old)" : $0.new }
    var changes: [CatalogChange] = zip(pairs, between).map { .renameTable($0.old, to: $1) }
    if swaps { changes += zip(pairs, between).map { .renameTable($1, to: $0.new) } }
    changes += pairs.filter { !catalog.notes(ofTable: $0.old).isEmpty }.map { .describe($0.old, TableNotes()) }
    changes += zip(pairs, notes).filter { !$1.isEmpty }.map { .describe($0.new, $1) }
    return changes
  }

  /// The changes that keep what `with (docstring = "...", folder = "...")` says of tables.
  func descriptions(_ command: CommandSyntax, of tables: [String]) -> [CatalogChange] {
    let properties = command.properties
    guard properties["docstring"] != nil || properties["folder"] != nil else { return [] }
    return tables.map { table in
      var notes = catalog.notes(ofTable: table)
      notes.docString = properties["docstring"] ?? notes.docString
      notes.folder = properties["folder"] ?? notes.folder
      return .describe(table, notes)
    }
  }

  /// Keeps what `docstring`, `folder` and `column-docstrings` say of a table; nil if the command says nothing of the kind.
  ///
  /// - Parameter merges: whether columns that are not named keep their texts.
  func describe(_ table: NameSyntax, by command: CommandSyntax, merges: Bool) throws -> Answer? {
    let says = ["docstring", "folder", "column-docstrings"].filter(command.has)
    if says.isEmpty { return nil }
    let known = try knownTable(table)
    var notes = catalog.notes(ofTable: table.text)
    let texts = command.places.flatMap { place -> [StringSyntax] in
      if case .strings(let strings) = place.value { strings } else { [] }
    }
    for (word, text) in zip(says, texts) {
      if word == "docstring" { notes.docString = text.text } else { notes.folder = text.text }
    }
    for case .columnTexts(let columns) in command.places.map(\.value) {
      if !merges { notes.columns = [:] }
      for (column, text) in columns {
        guard known.contains(where: { $0.name == column.text }) else {
          throw Diagnostic(
            "unknown-column", "`\(table.text)` has no column `\(column.text)`", at: column.span,
            help: Suggestion.nearest(to: column.text, in: known.map(\.name)))
        }
        notes.columns[column.text] = text.text.isEmpty ? nil : text.text
      }
    }
    try make([.describe(table.text, notes)])
    return try details(of: [table.text])
  }

  /// Tables with Kusto's columns.
  func details(of names: [String]) throws -> Answer {
    try Answer(
      [
        ColumnInfo("TableName", .string), ColumnInfo("DatabaseName", .string), ColumnInfo("Folder", .string),
        ColumnInfo("DocString", .string), ColumnInfo("TotalRowCount", .long),
      ],
      rows: names.map { name in
        let notes = catalog.notes(ofTable: name)
        let rows = try catalog.table(named: name)?.rowCount ?? 0
        return [.string(name), .string(catalog.name), .string(notes.folder), .string(notes.docString), .long(Int64(rows))]
      })
  }
}
