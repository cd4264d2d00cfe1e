import PlumbEngine

/// What a table is for, in the user's words.
package struct TableNotes: Hashable, Sendable {
  package var docString = ""
  package var folder = ""
  /// What columns are for, by their names.
  package var columns: [String: String] = [:]

  package init() {}

  package var isEmpty: Bool { docString.isEmpty && folder.isEmpty && columns.isEmpty }

  /// As a workspace file keeps them.
  package var json: String {
    Dynamic.object([
      ("docString", .string(docString)), ("folder", .string(folder)),
      ("columns", .object(columns.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
    ]).json
  }

  /// Text that is not such an object gives empty notes.
  package init(json: String) {
    let tree = JSONText.parseTree(json)
    func text(_ value: Dynamic?) -> String { if case .string(let text)? = value { text } else { "" } }
    docString = text(tree?["docString"])
    folder = text(tree?["folder"])
    if case .object(let members)? = tree?["columns"] {
      columns = Dictionary(members.map { ($0.key, text($0.value)) }) { $1 }
    }
  }

  /// Moves the notes of columns that have other names now, and drops those of columns that are gone.
  func renaming(_ names: [String: String], keeping schema: Schema) -> TableNotes {
    var result = self
    result.columns = Dictionary(columns.map { (names[$0.key] ?? $0.key, $0.value) }) { $1 }
      .filter { column in schema.contains { $0.name == column.key } }
    return result
  }
}
