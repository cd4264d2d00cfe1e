import PlumbDatabase
import PlumbEngine
import PlumbKit
import ReadlineShim

/// Completion with TAB: what fits at the cursor, in queries and in commands.
final class ShellCompletion: Sendable {
  private let current: LockedValue<Completion>
  private let pendingText = LockedValue("")
  private let safety = LockedValue(false)

  init(workspace: Workspace) { current = LockedValue(Completion(workspace: workspace)) }

  /// Completion of queries over the current workspace.
  var queries: Completion { current.withLock { $0 } }

  /// What is known about the data.
  var data: CompletionData { queries.data }

  /// Switches to another workspace's data.
  func use(_ workspace: Workspace) {
    let next = Completion(workspace: workspace)
    current.withLock { $0 = next }
    next.data.prepare()
  }

  var isSafe: Bool {
    get { safety.withLock { $0 } }
    set { safety.withLock { $0 = newValue } }
  }

  /// Makes this the completion of the terminal.
  func install() {
    LineEditor.start { line, word in
      self.candidates(
        for: String(decoding: line[word], as: UTF8.self), after: String(decoding: line[..<word.lowerBound], as: UTF8.self))
    }
  }

  /// The lines of the query before the one being typed.
  func setPendingText(_ text: String) {
    pendingText.withLock { $0 = text }
    LineColours.setPendingText(text)
  }

  /// The words that begin with `word` and fit after `text`, the rest of the line before the cursor.
  func candidates(for word: String, after text: String) -> [Completion.Candidate] {
    data.begin()
    let pending = plumb_readline_took_earlier() ? "" : pendingText.withLock { $0 }
    let start = text.drop(while: \.isWhitespace)
    if pending.isEmpty, start.hasPrefix(".") || start.isEmpty && word.hasPrefix(".") {
      return CommandCompletion(completion: self).candidates(for: word, after: String(start))
    }
    return queries.queryCandidates(for: word, after: pending.isEmpty ? text : pending + "\n" + text)
  }
}
