import Glibc
import PlumbDiagnostics

/// Reads the text of a query from where the user says it is.
package enum QueryText {
  /// Queries are never this long.
  private static let longest = 64 << 20

  package static func standardInput() throws -> String { try read(STDIN_FILENO, name: "standard input") }

  package static func file(_ path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Diagnostic("no-file", "cannot open `\(path)`: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    return try read(descriptor, name: "`\(path)`")
  }

  private static func read(_ descriptor: Int32, name: String) throws -> String {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = Glibc.read(descriptor, &block, block.count)
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw Diagnostic("no-file", "cannot read \(name): \(String(cString: strerror(errno)))")
      }
      bytes.append(contentsOf: block[..<got])
      if bytes.count > longest {
        throw Diagnostic("text-too-long", "\(name) is larger than 64 MB, too large for a query")
      }
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic("not-utf8", "\(name) is not UTF-8 text")
    }
    return text
  }
}
