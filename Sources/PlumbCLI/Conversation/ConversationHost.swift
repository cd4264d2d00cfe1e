import PlumbDatabase
import PlumbEngine
import PlumbKit
import PlumbSyntax

/// Who holds a conversation: the shell with a person in front of it, or a script without one.
protocol ConversationHost: AnyObject {
  /// The shell, for commands that need a person.
  var shell: Shell? { get }

  /// Runs statements of the database and shows their answers.
  ///
  /// - Parameter text: the statements as they were written, with what was prepared for them.
  func run(_ statements: [StatementSyntax], text: String, in conversation: Conversation) throws

  /// Shows answers where the settings send them.
  func show(_ answers: [Answer], milliseconds: Double?, in conversation: Conversation) throws

  /// Writes a text that is what was asked for.
  ///
  /// - Parameter isLong: whether a person may want to page through it.
  func write(_ text: String, isLong: Bool) throws

  /// Tells what went wrong.
  func report(_ error: any Error, source: String, name: String?)

  /// From now on the conversation is about another workspace.
  func didMove(to workspace: Workspace)

  /// The tables of the workspace are others, or what may be done with it.
  func didChange(_ workspace: Workspace)
}
