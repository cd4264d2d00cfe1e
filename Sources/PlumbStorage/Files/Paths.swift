import Glibc

/// The file's name without its folders, for messages.
func lastPart(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

/// The path from the root, which stays valid wherever the next process starts; unchanged if the file does not exist.
package func absolutePath(_ path: String) -> String {
  guard let real = realpath(path, nil) else { return path }
  defer { free(real) }
  return String(cString: real)
}

/// The argument for SQLite's open: the path, or a URI for a file that cannot change, which needs no locks.
func sqliteLocation(_ path: String, isImmutable: Bool) -> String {
  // A path that looks like a URI is not one.
  guard isImmutable else { return path.hasPrefix("file:") ? "./" + path : path }
  var escaped = ""
  for scalar in path.unicodeScalars {
    switch scalar {
    case "%": escaped += "%25"
    case "?": escaped += "%3F"
    case "#": escaped += "%23"
    default: escaped.unicodeScalars.append(scalar)
    }
  }
  return "file:\(escaped)?immutable=1"
}
