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

  /// Whether it is written where it is: a device, a pipe, or a file to which more is added.
  package var isInPlace: Bool { temporary == nil }

  /// Files that are not complete yet: whoever ends the process early removes them.
  package static let unfinished = LockedValue<Set<String>>([])

  /// An open descriptor, such as standard output.
  package init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    temporary = nil
    sink = .file(descriptor, name: name)
  }

  /// What names a file to write.
  package enum Origin {
    /// The command line: symbolic links are followed, and an existing file is replaced.
    case commandLine
    /// A query or command that the user types: an existing file is replaced, but a symbolic link is not followed.
    case user
    /// A script: a file that exists is left alone.
    case script
  }

  /// - Parameters:
  ///   - appends: whether to write after the file's existing contents, in place.
  ///   - origin: what names the file, and thus what it may replace.
  /// - Throws: a diagnostic if the file cannot be created.
  package init(path: String, appends: Bool = false, namedBy origin: Origin = .commandLine) throws {
    if !appends { try Self.check(path, origin) }
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

  /// - Throws: `file-exists` or `symbolic-link` if the file is one that `origin` may not replace.
  private static func check(_ path: String, _ origin: Origin) throws {
    var status = stat()
    guard origin != .commandLine, lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFLNK {
      throw Diagnostic(
        "symbolic-link", "`\(path)` is a symbolic link, and Plumb writes through links only if the command line names them",
        help: "name the file to which it points")
    }
    if origin == .script {
      throw Diagnostic(
        "file-exists", "`\(path)` exists, and a script does not replace it", help: "allow this with `--overwrite`, or name another file")
    }
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
