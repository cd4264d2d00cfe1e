import Glibc
import PlumbDiagnostics
import PlumbEngine

/// The system's tz database, which the package `tzdata` installs: a file for each zone.
package struct SystemTimeZones: TimeZoneSource {
  /// The folders that may contain it.
  private let folders: [String]

  package static let usualFolders = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"]

  package init(folders: [String] = usualFolders) { self.folders = folders }

  package func names() throws -> [String] {
    for folder in folders {
      var found: [String] = []
      collect(folder, "", depth: 0, &found)
      if !found.isEmpty { return found.sorted() }
    }
    throw Diagnostic(
      "no-time-zones", "this system has no time zone database",
      help: "install the package `tzdata`, or set `TZDIR` to the folder of such a database")
  }

  /// Zones and regions begin with a capital letter; other files of the database, and copies of it with
  /// other rules, do not.
  private func collect(_ folder: String, _ prefix: String, depth: Int, _ found: inout [String]) {
    for name in Folder.names(in: folder) where name.utf8.first.map({ (0x41...0x5A).contains($0) }) ?? false {
      let path = folder + "/" + name
      if !Folder.isFolder(path) { found.append(prefix + name) } else if depth < 3 {
        collect(path, prefix + name + "/", depth: depth + 1, &found)
      }
    }
  }

  package func file(ofZone name: String) throws -> [UInt8]? {
    for folder in folders where access(folder + "/" + name, R_OK) == 0 {
      return try FileSource(path: folder + "/" + name).sample(at: 0, count: 1 << 20)
    }
    return nil
  }
}
