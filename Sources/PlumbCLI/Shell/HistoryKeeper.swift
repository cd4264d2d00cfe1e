import Glibc
import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbStorage

/// Writes queries to where they outlive the session: to the workspace file or, without one or when another process
/// is writing to it, to the state folder. The prompt does not wait for it.
final class HistoryKeeper: Sendable {
  private struct State {
    var waiting: [(entry: StoredQuery, file: WorkspaceFile?)] = []
    var isWorking = false
  }

  private let state = LockedValue(State())

  /// Entries of one file are stored in order.
  func add(_ entry: StoredQuery, to file: WorkspaceFile?) {
    let starts = state.withLock { state in
      state.waiting.append((entry, file))
      defer { state.isWorking = true }
      return !state.isWorking
    }
    if starts { _ = BackgroundRun { self.work() } }
  }

  /// Waits until everything is written, but not for long.
  func finish() {
    for _ in 0..<400 where state.withLock({ $0.isWorking }) { usleep(5_000) }
  }

  private func work() {
    while true {
      let batch = state.withLock { state in
        defer { state.waiting = [] }
        if state.waiting.isEmpty { state.isWorking = false }
        return state.waiting
      }
      if batch.isEmpty { return }
      var rest = batch[...]
      while let first = rest.first {
        let part = rest.prefix { $0.file === first.file }
        rest = rest.dropFirst(part.count)
        let entries = part.map(\.entry)
        if let file = first.file, (try? file.remember(entries)) ?? false { continue }
        StateHistory.append(entries)
      }
    }
  }
}

/// The queries of sessions without a workspace file, one line of JSON each, in a file that only the user can read.
enum StateHistory {
  /// A longer file loses its older half when it is read.
  private static let sizeLimit = 4 << 20

  private static var path: String? { StateFolder.path.map { $0 + "/queries.jsonl" } }

  /// The columns of a line: those of the table `history`.
  static func append(_ entries: [StoredQuery]) {
    let rows = entries.filter(\.isQuery).map { QueryLog.Entry($0).cells }
    guard !rows.isEmpty, let path, let descriptor = opened(path, O_WRONLY | O_APPEND) else { return }
    defer { close(descriptor) }
    // One write for all, so that lines of two shells do not mix.
    var bytes: [UInt8] = []
    let sink = ByteSink { bytes.append(contentsOf: $0) }
    let writer = ResultFormat.jsonl.writer(to: sink)
    guard (try? writer.write(Answer(Table(name: "", schema: QueryLog.schema, rows: rows)))) != nil,
      (try? writer.finish()) != nil, (try? sink.flush()) != nil
    else { return }
    _ = Glibc.write(descriptor, bytes, bytes.count)
  }

  /// All entries, the oldest first; skips invalid lines.
  static func entries() -> [QueryLog.Entry] {
    guard let path, access(path, R_OK) == 0 else { return [] }
    shorten(path)
    let context = ExecutionContext(now: Machine.now, threads: 1, memoryLimit: 256 << 20)
    var options = ReadOptions(context: context)
    options.format = .ndjson
    options.columns = QueryLog.schema
    options.badRows = .skip
    guard let table = try? readTable(named: "history", path, options).table else { return [] }
    return table.groups.flatMap { group in
      ((try? group.columns).map { columns in (0..<group.count).compactMap { QueryLog.Entry(columns, row: $0) } }) ?? []
    }
  }

  private static func opened(_ path: String, _ flags: Int32) -> Int32? {
    let descriptor = Glibc.open(path, flags | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    return descriptor >= 0 ? descriptor : nil
  }

  private static func shorten(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_size > sizeLimit, let text = try? QueryText.file(path) else { return }
    let lines = text.split(separator: "\n")
    let kept = lines.suffix(lines.count / 2).joined(separator: "\n") + "\n"
    guard let descriptor = opened(path + ".new", O_WRONLY | O_TRUNC) else { return }
    Console.write(kept, to: descriptor)
    close(descriptor)
    rename(path + ".new", path)
  }
}
