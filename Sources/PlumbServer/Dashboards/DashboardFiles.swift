import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// The dashboards that a server shows, each a file; one that does not exist is made by the first tile that is saved in it.
package final class DashboardFiles: Sendable {
  private struct Entry {
    let path: String
    var dashboard: Dashboard
    /// When the file was changed, as its system counts; nil if it does not exist.
    var changed: [Int]?
  }

  private let entries: LockedValue<[Entry]>
  private static let largest = 16 << 20

  /// - Parameters:
  ///   - paths: the files.
  ///   - database: the name that a new dashboard has for the data.
  ///   - mayBeMissing: whether files that do not exist are made later.
  /// - Throws: a diagnostic if a file is not a dashboard.
  package init(_ paths: [String], database: String, mayBeMissing: Bool) throws {
    entries = LockedValue(try paths.map { path in
      guard let changed = Self.changed(path) else {
        if !mayBeMissing { throw Diagnostic("no-file", "cannot open `\(path)`: no such file", help: "`--writable` makes it when the first query is pinned") }
        let name = path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? "Dashboard"
        return Entry(path: path, dashboard: Dashboard(title: name, database: database), changed: nil)
      }
      return Entry(path: path, dashboard: try Self.read(path), changed: changed)
    })
  }

  /// None.
  package init() { entries = LockedValue([]) }

  var count: Int { entries.withLock { $0.count } }

  /// The dashboards as the files have them now.
  var all: [Dashboard] {
    entries.withLock { entries in
      for place in entries.indices { Self.refresh(&entries[place]) }
      return entries.map(\.dashboard)
    }
  }

  /// Changes a dashboard and saves it.
  ///
  /// - Throws: a diagnostic if the file cannot be written; then nothing has changed.
  func change(_ place: Int, _ body: (inout Dashboard) -> Void) throws {
    try entries.withLock { entries in
      guard entries.indices.contains(place) else { throw Diagnostic("no-dashboard", "unknown dashboard `\(place)`: the server shows \(entries.count)") }
      Self.refresh(&entries[place])
      var dashboard = entries[place].dashboard
      body(&dashboard)
      let destination = try Destination(path: entries[place].path)
      destination.sink.buffer.append(DashboardText.lines(dashboard.tree) + "\n")
      do { try destination.commit() } catch {
        destination.discard()
        throw error
      }
      entries[place].dashboard = dashboard
      entries[place].changed = Self.changed(entries[place].path)
    }
  }

  /// Reads a file that has changed; one that is wrong for the moment leaves the dashboard as it was.
  private static func refresh(_ entry: inout Entry) {
    guard let changed = changed(entry.path), changed != entry.changed else { return }
    entry.changed = changed
    if let dashboard = try? read(entry.path) { entry.dashboard = dashboard }
  }

  private static func changed(_ path: String) -> [Int]? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return [Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
  }

  private static func read(_ path: String) throws -> Dashboard {
    var status = stat()
    if stat(path, &status) == 0, Int(status.st_size) > largest { throw Diagnostic("not-a-dashboard", "`\(path)` is larger than 16 MB, so it is not a dashboard") }
    return try Dashboard(json: QueryText.file(path), name: path)
  }
}
