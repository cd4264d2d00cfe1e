import Glibc
import PlumbDiagnostics
import PlumbEngine

/// A file for data that arrives from elsewhere, which only this process can read.
struct TemporaryFile {
  let path: String
  private let descriptor: Int32

  /// - Parameter ending: the end of the name, such as `.csv.gz`, by which formats are recognised.
  init(ending: String) throws {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/plumb-data-XXXXXX\(ending)".utf8CString)
    descriptor = mkstemps(&template, Int32(ending.utf8.count))
    guard descriptor >= 0 else {
      throw Diagnostic("write-failed", "cannot write to the folder for temporary files: \(String(cString: strerror(errno)))")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func write(_ data: [UInt8]) throws {
    var written = 0
    while written < data.count {
      let count = data[written...].withContiguousStorageIfAvailable { Glibc.write(descriptor, $0.baseAddress, $0.count) } ?? -1
      if count < 0 && errno == EINTR { continue }
      if count <= 0 {
        throw Diagnostic("write-failed", "cannot write the data to a temporary file: \(String(cString: strerror(errno)))")
      }
      written += count
    }
  }

  func remove() {
    close(descriptor)
    unlink(path)
  }

  /// Runs `body`, whose errors are about data that the user knows under another name.
  func withoutPath<T>(called name: String, _ body: () throws -> T) throws -> T {
    func renamed(_ diagnostic: Diagnostic) -> Diagnostic {
      var renamed = diagnostic.withoutPlace
      let file = path.split(separator: "/").last.map(String.init) ?? path
      let shown = name.contains(" ") ? name : "`\(name)`"
      for text in [path, file] {
        renamed.message = renamed.message.replacing("`\(text)`", with: shown).replacing(text, with: name)
      }
      return renamed
    }
    do { return try body() } catch let one as Diagnostic { throw renamed(one) } catch let several as Diagnostics {
      throw Diagnostics(several.list.map(renamed))
    }
  }
}
