import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation

/// A target for output: a file that appears only when it is complete, or an open descriptor.
package final class Destination {
  package let sink: ByteSink
  private let descriptor: Int32
  /// The file being written, and its final name; nil if it is written in place.
  private let temporary: (path: String, final: String)?

  /// Files that are not complete yet: whoever ends the process early removes them.
  package static let unfinished = Guarded<Set<String>>([])

  /// An open descriptor, such as standard output.
  package init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    temporary = nil
    sink = .file(descriptor, name: name)
  }

  /// - Parameter appends: whether to write after the file's existing contents, in place.
  /// - Throws: a diagnostic if the file cannot be created.
  package init(path: String, appends: Bool = false) throws {
    if let number = Self.descriptorNumber(path) {
      descriptor = dup(number)
      temporary = nil
      sink = .file(descriptor, name: "`\(path)`")
      if descriptor < 0 { throw Self.failure(path) }
      return
    }
    var final = path
    if let resolved = realpath(path, nil) {
      final = String(cString: resolved)
      free(resolved)
    }
    var status = stat()
    let exists = stat(final, &status) == 0
    if exists && (appends || status.st_mode & S_IFMT != S_IFREG) {
      // A device or a named pipe cannot be replaced.
      descriptor = open(final, O_WRONLY | O_CLOEXEC | (appends ? O_APPEND : 0))
      temporary = nil
    } else {
      let name = "\(final).\(getpid()).part"
      descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      temporary = (name, final)
      if descriptor >= 0 {
        if exists { fchmod(descriptor, status.st_mode & 0o7777) }
        Self.unfinished.withLock { _ = $0.insert(name) }
      }
    }
    sink = .file(descriptor, name: "`\(path)`")
    if descriptor < 0 { throw Self.failure(path) }
  }

  /// The descriptor that `/dev/stdout` or `/dev/fd/3` means; such a file is never replaced.
  private static func descriptorNumber(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default:
      for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
        return Int32(path.dropFirst(folder.count))
      }
      return nil
    }
  }

  private static func failure(_ path: String) -> Diagnostic {
    Diagnostic("write-failed", "cannot write to `\(path)`: \(String(cString: strerror(errno)))")
  }

  /// Gives the file its name; nothing more may be written after this.
  package func commit() throws {
    try sink.flush()
    guard let temporary else { return }
    if close(descriptor) != 0 || rename(temporary.path, temporary.final) != 0 {
      let reason = String(cString: strerror(errno))
      discard()
      throw Diagnostic("write-failed", "cannot write to `\(temporary.final)`: \(reason)")
    }
    Self.unfinished.withLock { _ = $0.remove(temporary.path) }
  }

  /// Removes the unfinished file.
  package func discard() {
    guard let temporary else { return }
    unlink(temporary.path)
    Self.unfinished.withLock { _ = $0.remove(temporary.path) }
  }
}
