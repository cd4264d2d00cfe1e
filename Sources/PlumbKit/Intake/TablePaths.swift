import Glibc
import PlumbDiagnostics
import PlumbStorage

/// What paths mean as tables: a file, the files that match a pattern, the tables of a folder, or those of a file that contains
/// several.
struct TablePaths {
  /// Whether a path means all tables of a file that contains several, or only one that is named.
  let takesAllTables: Bool
  /// How a file is read.
  let options: (String) throws -> ReadOptions

  /// The tables that a path means, each with its own path.
  ///
  /// - Throws: a diagnostic if nothing is there.
  func tables(at path: String, named name: String?) throws -> [(table: String, path: String)] {
    if path == "-" { return [(name ?? "input", path)] }
    if let (files, table) = try namedTable(path) { return files.map { (name ?? table, "\($0)#\(table)") } }
    return try Folder.expanding(path).flatMap { match -> [(table: String, path: String)] in
      guard FileInput.exists(match) else {
        throw Diagnostic("no-file", "cannot open `\(match)`: \(String(cString: strerror(errno)))")
      }
      if Folder.isFolder(match), !FileFormat.isTableFolder(match) { return try tables(ofFolder: match, named: name) }
      return try tables(ofFile: match, named: name, takesAll: takesAllTables)
    }
  }

  /// The file's name without folders and endings.
  static func tableName(forFile path: String) -> String {
    let file = path.split(separator: "/").last ?? "table"
    let stem = file.prefix { $0 != "." }
    return stem.isEmpty ? String(file) : String(stem)
  }

  private func tables(ofFile path: String, named name: String?, takesAll: Bool) throws -> [(table: String, path: String)] {
    if !Folder.isPipe(path), !Folder.isFolder(path), !path.contains("#") || access(path, F_OK) == 0 {
      if let members = FileInput.members(ofArchive: path), !members.isEmpty {
        return members.map { (name ?? Self.tableName(forFile: String($0.dropFirst(path.count + 1))), $0) }
      }
      if name == nil, takesAll, let tables = try FileInput.tables(in: path, options(path)) {
        return tables.map { ($0, "\(path)#\($0)") }
      }
    }
    return [(name ?? Self.tableName(forFile: path), path)]
  }

  /// The tables of the files below a folder, named after the files, or after the folder with the partitions that they are in.
  ///
  /// - Throws: `no-file` if there are none.
  private func tables(ofFolder folder: String, named name: String?) throws -> [(table: String, path: String)] {
    let files = try Folder.tables(below: folder)
    guard !files.isEmpty else {
      throw Diagnostic("no-file", "the folder `\(folder)` contains no \(FileFormat.namesOfTables) file")
    }
    return try files.flatMap { file in
      let name = name ?? partitionedTable(file, in: folder)
      return try tables(ofFile: file, named: name, takesAll: takesAllTables || FileInput.isSQLite(file))
    }
  }

  /// The name of the folder that has the partitions; nil for a file that is in none below `folder`.
  private func partitionedTable(_ file: String, in folder: String) -> String? {
    let parts = file.dropFirst(folder.count).split(separator: "/").dropLast()
    guard let first = parts.firstIndex(where: { PartitionColumn.isPartition($0) }) else { return nil }
    let outer = first > parts.startIndex ? String(parts[first - 1]) : absolutePath(folder).split(separator: "/").last.map(String.init)
    return outer.map { Self.tableName(forFile: $0) }
  }

  /// The files that `PATTERN#TABLE` or `FOLDER#TABLE` means, if a path is one: those that have the table.
  ///
  /// - Throws: a diagnostic if none of them has it.
  private func namedTable(_ path: String) throws -> (files: [String], table: String)? {
    guard access(path, F_OK) != 0, let mark = path.lastIndex(of: "#") else { return nil }
    let (front, table) = (String(path[..<mark]), String(path[path.index(after: mark)...]))
    guard Folder.isFolder(front) || access(front, F_OK) != 0 && front.contains(where: { "*?[".contains($0) }) else { return nil }
    let candidates = try Folder.expanding(front).flatMap { Folder.isFolder($0) ? try Folder.tables(below: $0) : [$0] }
    let files = candidates.filter { file in
      let names = FileInput.members(ofArchive: file)?.map { String($0.dropFirst(file.count + 1)) }
        ?? (try? FileInput.tables(in: file, options(file))) ?? []
      return names.contains(table)
    }
    guard !files.isEmpty else {
      throw Diagnostic("unknown-table", "no file that `\(front)` means has a table `\(table)`")
    }
    return (files, table)
  }
}
