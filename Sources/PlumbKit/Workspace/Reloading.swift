import Glibc
import PlumbDatabase
import PlumbStorage

extension Workspace {
  /// Reads files again that were loaded before. Their tables replace the former ones once all of them have been read.
  ///
  /// - Throws: a diagnostic that names a file; all tables stay as they were.
  package func reload(_ files: [(name: String?, path: String)], _ work: Work) throws {
    let made = Catalog(memory: memory)
    let intake = try Intake(
      into: MemorySink(catalog: made), options.reading, threads: options.threads, memoryLimit: options.memoryLimit, in: memory)
    try intake.take(files, work)
    for name in made.tableNames {
      if let table = try made.table(named: name) { catalog.add(table) }
    }
  }
}

/// The files that paths mean, and their sizes and times, to notice that some have changed, appeared or gone.
package struct FileStates: Equatable, Sendable {
  private var states: [String: String] = [:]

  /// - Parameter paths: as `--load` takes them: files, folders, patterns, `FILE#TABLE`.
  package init(_ paths: [String]) {
    for path in paths {
      let matches = (try? Folder.expanding(FileInput.file(ofPath: path))) ?? []
      for file in matches.flatMap({ Folder.isFolder($0) ? Folder.files(below: $0) : [$0] }) { states[file] = Self.state(file) }
    }
  }

  /// The size and the time of the last change; an empty text if the file does not exist.
  static func state(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return "" }
    return "\(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
  }
}
