import Glibc
import PlumbEngine
import PlumbStorage

extension ShippedMap {
  private static let frontBytes = 1 << 18

  /// The map for what a path names: a database, a file of rows, or a folder or pattern all of whose files have the same map.
  static func of(path: String, _ options: ReadOptions) -> ShippedMap? {
    var map: ShippedMap?
    guard let places = try? Folder.expanding(path) else { return nil }
    for place in places {
      guard let files = Folder.isFolder(place) ? try? Folder.tables(below: place) : [place], !FileFormat.isTableFolder(place) else { return nil }
      for file in files {
        guard access(file, F_OK) == 0, !Folder.isPipe(file), let own = of(file: file, options), map == nil || map?.name == own.name else { return nil }
        map = own
      }
    }
    return map
  }

  private static func of(file: String, _ options: ReadOptions) -> ShippedMap? {
    if FileInput.isSQLite(file) { return (try? FileInput.tables(in: file, options)).flatMap { of(tables: $0 ?? []) } }
    // Most files hold none of the names; reading the columns of a large JSON file would take long.
    guard let front = try? FileInput.front(of: file, options, count: frontBytes), all.contains(where: { $0.isNamed(in: front, around: "") }) else { return nil }
    var options = options
    (options.batchBytes, options.onReject, options.cache) = (frontBytes, nil, nil)
    guard let rows = try? RowFile(file, options), (try? rows.begin()) != nil, (try? rows.next()) != nil else { return nil }
    let columns = rows.schema.map(\.name)
    // A map that reads the tables of a database does not read rows.
    if let map = of(columns: columns) { return map.tables.isEmpty ? map : nil }
    guard !answerColumns.isDisjoint(with: columns) else { return nil }
    return all.first { $0.isNamed(in: front, around: "\"") }
  }

  /// Whether a text has all names of one of the sets of columns, each between two marks.
  private func isNamed(in text: [UInt8], around mark: String) -> Bool {
    tables.isEmpty && columns.contains { names in
      names.allSatisfy { Self.holds(text, Array((mark + $0 + mark).utf8)) }
    }
  }

  private static func holds(_ text: [UInt8], _ name: [UInt8]) -> Bool {
    text.withBytes { text in
      var at = 0
      while at + name.count <= text.count {
        if text[at] == name[0], text.part(from: at, to: at + name.count).elementsEqual(name) { return true }
        at += 1
      }
      return false
    }
  }

  /// The columns of answers: of those that list the names of columns and the values of rows, and of pages one after the other.
  private static let answerColumns: Set<String> = ["tables", "Tables", "columns", "Columns", "FrameType", "workflow_runs", "jobs", "data", "value"]
}
