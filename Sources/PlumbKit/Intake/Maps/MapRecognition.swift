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
    var options = options
    (options.batchBytes, options.onReject, options.cache) = (frontBytes, nil, nil)
    guard let rows = try? RowFile(file, options), (try? rows.begin()) != nil, (try? rows.next()) != nil else { return nil }
    let columns = rows.schema.map(\.name)
    // A map that reads the tables of a database does not read rows.
    if let map = of(columns: columns) { return map.tables.isEmpty ? map : nil }
    guard !answerColumns.isDisjoint(with: columns), let front = try? rows.front(frontBytes) else { return nil }
    let text = String(decoding: front, as: UTF8.self)
    return all.first { map in map.tables.isEmpty && map.columns.contains { $0.allSatisfy { text.contains("\"\($0)\"") } } }
  }

  /// The columns of answers: of those that list the names of columns and the values of rows, and of pages one after the other.
  private static let answerColumns: Set<String> = ["tables", "Tables", "columns", "Columns", "FrameType", "workflow_runs", "jobs", "data", "value"]
}
