import Glibc
import PlumbDiagnostics
import PlumbKit
import PlumbProcess

/// The user's editor on a temporary file.
enum Editor {
  static func edit(_ text: String) throws -> String {
    var path = Array((Environment.variable("TMPDIR") ?? "/tmp").utf8CString.dropLast())
    path += Array("/plumb-XXXXXX.kql".utf8CString)
    let descriptor = mkstemps(&path, 4)
    guard descriptor >= 0 else {
      throw Diagnostic("write-failed", "cannot create a temporary file: \(String(cString: strerror(errno)))")
    }
    let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(name) }
    Console.write(text.hasSuffix("\n") ? text : text + "\n", to: descriptor)
    close(descriptor)
    let editor = Environment.variable("VISUAL") ?? Environment.variable("EDITOR") ?? "vi"
    let status = try ChildProcess("\(editor) '\(name)'", hasInput: false).finish()
    if status != 0 {
      throw Diagnostic("no-program", "`\(VisibleText.string(editor))` ended with status \(status), so nothing was run")
    }
    return try QueryText.file(name)
  }
}
