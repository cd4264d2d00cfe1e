import PlumbCases
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// What an open case tells its investigator while the shell waits: interjections, and how the time runs.
final class CaseWatch {
  private let workspace: Workspace
  private let current: CaseFile
  /// How many interjections were shown.
  private var shown: Int
  private var hasWarned = false
  private var isOver: Bool

  /// - Returns: nil for a workspace without an open case.
  init?(_ workspace: Workspace) {
    guard let current = workspace.openCase, current.isOpen else { return nil }
    self.workspace = workspace
    self.current = current
    let route = current.route
    shown = route.count { $0.kind == .event }
    isOver = route.contains { $0.kind == .timer }
  }

  private static let minute: Int64 = 600_000_000

  /// The texts that are new since the last call.
  func news() -> [String] {
    do {
      try current.refresh()
      guard current.isOpen else { return [] }
      if try current.interjectWhatIsDue(), let store = workspace.store { try store.refresh(workspace.catalog) }
      let events = current.route.filter { $0.kind == .event }
      var texts = events.dropFirst(shown).map { "── \(VisibleText.lines($0.text))" }
      shown = events.count
      if let deadline = current.deadline {
        let left = deadline - Machine.now
        if left <= 0, !isOver {
          isOver = true
          try current.add(.timer, "The time is over.", via: "timer")
          texts.append("── The time is over. You can still answer; the report says how much later it was.")
        } else if left > 0, left <= 5 * Self.minute, !hasWarned {
          hasWarned = true
          texts.append("── \(left >= Self.minute ? "\(left / Self.minute) minutes are" : "Less than a minute is") left.")
        }
      }
      return texts
    } catch {
      // What cannot be read now is read with the next query, which reports it.
      return []
    }
  }
}
