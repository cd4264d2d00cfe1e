import PlumbPresentation

/// The state of all pipelines on one screen.
enum Overview {
  /// Shows the word `overview` with as many breaches, risks and failures as the terminal has lines for.
  static func show(in conversation: Conversation) throws {
    let most = max(5, min(20, ((Console.rows ?? 24) - 12) / 3))
    try conversation.show(try conversation.answers(to: "overview(\(most))"))
  }
}
