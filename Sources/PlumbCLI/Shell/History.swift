import Glibc
import PlumbDiagnostics
import PlumbKit
import PlumbStorage
import ReadlineShim

/// The queries of this and earlier sessions for the arrow keys and Ctrl-R: those of the workspace file, or without one
/// those of a file in the state folder that only the user can read.
struct History {
  /// The number of entries in the file.
  private static let limit: Int32 = 5000

  private var path: String?
  private var file: WorkspaceFile?
  private var last = ""
  private let keeper = HistoryKeeper()

  /// Reads the history of a workspace file, or `history` in the state folder, replacing the current one.
  mutating func open(_ file: WorkspaceFile?) {
    plumb_history_clear()
    plumb_history_limit(Self.limit)
    self.file = file
    path = nil
    last = ""
    if let file {
      // A damaged history is reported when it is queried.
      for entry in (try? file.history()) ?? [] where entry.text != last && !entry.text.utf8.contains(0) {
        last = entry.text
        plumb_history_add(VisibleText.typed(last))
      }
      return
    }
    guard let path = StateFolder.path.map({ $0 + "/history" }) else { return }
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    fchmod(descriptor, 0o600)
    Glibc.close(descriptor)
    LineEditor.readHistory(path)
    self.path = path
  }

  /// Stores an entry at once, so that a crash loses nothing; repetitions are stored once.
  mutating func add(_ text: String) {
    guard text != last, !text.isEmpty, text.utf8.count <= 1 << 20, !text.utf8.contains(0) else { return }
    last = text
    plumb_history_add(VisibleText.typed(text))
    if let path { plumb_history_append_last(path) }
  }

  /// Stores the outcome of a query.
  func keep(_ entry: QueryLog.Entry) { keeper.add(entry.stored, to: file) }

  /// Stores a shell command, only for the arrow keys.
  func keep(command: String) {
    if file != nil { keeper.add(StoredQuery(text: command, at: Machine.now, isQuery: false), to: file) }
  }

  /// Completes writing, and shortens a long file in the state folder. Each entry was appended when it was run, so that
  /// shells that run at the same time keep each other's.
  func close() {
    keeper.finish()
    if let path { plumb_history_shorten(path, 2 * Self.limit) }
  }
}

/// The user's folder for state that sessions leave: `plumb` in `$XDG_STATE_HOME`, which is `~/.local/state` if not set.
enum StateFolder {
  /// Created if necessary; nil without a home.
  static var path: String? {
    var folder: String
    if let state = Environment.variable("XDG_STATE_HOME") {
      folder = state
      mkdir(folder, 0o700)
    } else if let home = Environment.variable("HOME") {
      folder = home
      for part in ["/.local", "/state"] {
        folder += part
        mkdir(folder, 0o700)
      }
    } else {
      return nil
    }
    folder += "/plumb"
    mkdir(folder, 0o700)
    return folder
  }
}

/// Variables of the environment; empty ones count as not set.
enum Environment {
  static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value[0] != 0 else { return nil }
    return String(cString: value)
  }
}
